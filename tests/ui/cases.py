"""The cases: each is a story with the real tray and the real agent. run.py runs one by its name."""
import os
import pathlib
import signal
import socket
import subprocess
import threading

import reader
from desk import BIN, LIMIT, Desk, until
from panel import Notifications, Panel


def _cart(desk, cart="main"):
    return next(one for one in desk.ask("carts", "list")["carts"] if one["cart"] == cart)


def _parameter(desk, name):
    return desk.ask("parameters", "list", name)["parameters"][name]


def _become_late(desk, *changes):
    """The store stops, and each change (SKU, difference, reason) waits for it until it is late. The cause is known before:
    what is told of a post that is late is told once, with what is known then."""
    desk.stop_store()
    for sku, difference, reason in changes or [("SKU-0001", "-1", "phone_order")]:
        desk.ctl("submit", sku, difference, "--reason", reason)
    until(lambda: all(cart.get("last_error") for cart in desk.ask("status")["carts"]), "the agent knows why")
    desk.ctl("parameters", "set", "LatenessSeconds=2")


def _xembed_icon(desk):
    """Middle of the icon's window in an XEmbed panel, or None."""
    found = subprocess.run(["xdotool", "search", "--onlyvisible", "--class", "^stocktray$"], env=desk.environment,
                           capture_output=True, text=True).stdout.split()
    for window in found:
        shape = subprocess.run(["xdotool", "getwindowgeometry", "--shell", window], env=desk.environment, capture_output=True,
                               text=True).stdout
        at = dict(line.split("=") for line in shape.split() if "=" in line)
        if 8 <= int(at.get("WIDTH", 0)) <= 64 and 8 <= int(at.get("HEIGHT", 0)) <= 64 and int(at["Y"]) > 700:
            return int(at["X"]) + int(at["WIDTH"]) // 2, int(at["Y"]) + int(at["HEIGHT"]) // 2
    return None


def _mouse(desk, *words):
    subprocess.run(["xdotool", *map(str, words)], env=desk.environment, check=True)


def status_notifier_shows_icon_and_menu():
    with Desk() as desk:
        panel = Panel()
        panel.start()
        desk.start_store()
        desk.start_agent(SynchQOH="true")
        desk.add_cart(name="Seeds & More")
        desk.start_tray()
        until(lambda: panel.find("Problems: 1"), "that its counts were never compared is a problem")
        desk.compare()
        until(lambda: not panel.find("Problems: 1"), "until they were")
        icon = until(lambda: panel.shows("stocktray-equal"), "the icon says equal")
        assert icon["Title"] == "Stocktray: Nothing waits.", icon["Title"]
        desk.ctl("submit", "SKU-0001", "-1", "--reason", "phone_order")
        until(lambda: panel.title() == "Stocktray: All counts are equal.", "the title follows the first confirmation")
        cart = until(lambda: panel.find("Seeds & More: all equal"), "the cart's menu")
        labels = [entry[1] for entry in cart[4]]
        for label in ("Synchronize Inventory", "Get QOH From Website…", "Send QOH To Website…", "Compare Now…", "Pause Until", "Open Store"):
            assert any(one.startswith(label) for one in labels), (label, labels)
        until(lambda: [entry[1] for entry in panel.menu()][:1] == ["All counts are equal."], "the menu begins with the same words")
        until(lambda: panel.check("QOH Synchronization (SynchQOH)") == 1, "it is on")


def xembed_shows_icon_and_menu():
    with Desk() as desk:
        desk.start_agent(SynchQOH="true")
        desk.start("trayer", "--edge", "bottom", "--align", "right", "--widthtype", "request", "--height", "28")
        desk.start_tray()
        place = until(lambda: _xembed_icon(desk), "the icon in the XEmbed panel")
        _mouse(desk, "mousemove", *place)

        # A click that comes before the icon listens is lost; a person clicks again, too.
        def opened():
            if not reader.every("menu item", "Open Stocktray"):
                _mouse(desk, "click", 3)
            return reader.every("menu item", "Open Stocktray")

        until(opened, "the menu opens by a right click")
        _mouse(desk, "key", "Down", "Down", "Return")
        reader.wait_for("frame", "Stocktray: There is no cart yet.")


def without_a_display_it_says_so():
    with Desk() as desk:
        there = {name: value for name, value in desk.environment.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
        done = subprocess.run([BIN / "stocktray"], env=there, capture_output=True, text=True, timeout=LIMIT)
        assert done.returncode == 1, done
        assert done.stderr.startswith("stocktray: There is no display"), done.stderr


def a_busy_bus_costs_no_icon():
    with Desk() as desk:
        panel = Panel()
        panel.start()
        desk.start_agent(SynchQOH="true")
        desk.environment["LD_PRELOAD"] = str(BIN / "libstocktray-slow-bus.so")
        desk.start_tray()
        until(panel.icon, "the icon")
        panel.stop()
        panel.start()
        until(panel.icon, "the icon in the panel that came back")
        until(lambda: panel.find("Open Stocktray"), "with its menu")


def xembed_on_another_screen_of_the_display():
    with Desk(screen=1) as desk:
        desk.start_agent(SynchQOH="true")
        desk.start("trayer", "--edge", "bottom", "--align", "right", "--widthtype", "request", "--height", "28")
        desk.start_tray()
        until(lambda: _xembed_icon(desk), "the icon in the panel of this screen")
        assert not reader.every("frame"), "and no window in its place"


def toggles_arrive_at_the_agent():
    with Desk() as desk:
        panel = Panel()
        panel.start()
        desk.start_store()
        desk.start_agent(SynchQOH="true")
        desk.add_cart()
        desk.start_tray()
        until(lambda: panel.find("Synchronize Inventory"), "the cart's check")
        panel.click("Synchronize Inventory")
        until(lambda: _cart(desk)["synchronize_inventory"] is False, "the agent was told")
        until(lambda: panel.check("Synchronize Inventory") == 0, "the check follows the agent")
        panel.click("Synchronize Inventory")
        until(lambda: _cart(desk)["synchronize_inventory"] is True, "on again")
        until(lambda: panel.shows("stocktray-equal"), "the icon follows")
        until(lambda: panel.find("Problems: 1"), "its counts are to be compared again")

        panel.click("For 1 Hour")
        until(lambda: panel.shows("stocktray-paused"), "every cart is paused")
        panel.click("Resume")
        until(lambda: panel.shows("stocktray-equal"), "it goes on")

        panel.click("QOH Synchronization")
        reader.press("Cancel")
        until(lambda: panel.check("QOH Synchronization") == 1, "nothing happens without a yes")
        assert _parameter(desk, "SynchQOH") is True
        panel.click("QOH Synchronization")
        reader.press("Turn Off")
        until(lambda: _parameter(desk, "SynchQOH") is False, "it is off")
        until(lambda: panel.shows("stocktray-off"), "the icon says off")
        until(lambda: panel.find("QOH synchronization is off for all carts"), "the menu says why")
        until(lambda: panel.menu() and not panel.find("Synchronize Inventory"), "and offers no more of it")
        panel.click("Turn QOH Synchronization On")
        until(lambda: _parameter(desk, "SynchQOH") is True, "it is on")


def a_stalled_store_notifies_and_recovery_withdraws():
    with Desk() as desk:
        panel, notes = Panel(), Notifications()
        panel.start()
        desk.start_store()
        desk.start_agent(retry_ms=600_000, SynchQOH="true", SlowSeconds="1")
        desk.add_cart()
        desk.compare()
        desk.start_tray()
        until(lambda: panel.shows("stocktray-equal"), "all is well")
        assert not notes.history, notes.history
        _become_late(desk)
        note = until(lambda: notes.find("Main Store"), "a notification that names the cart")
        text = notes.shown[note]
        assert "could not be reached" in text["body"], text
        assert "Try Again Now" in text["actions"].values(), text
        icon = until(lambda: panel.shows("stocktray-late"), "the icon says late")
        assert icon["Title"] == "Stocktray: Main Store is late.", icon["Title"]
        until(lambda: panel.find("Problems: 1"), "the menu has the problem")

        panel.click("All Problems…")
        reader.wait_for("frame", "Problems")
        until(lambda: reader.says("could not be reached"), "the window explains it")
        reader.wait_for("table cell", "Main Store")

        desk.start_store()
        notes.press(note, "Try Again Now")
        until(lambda: panel.shows("stocktray-equal"), "its button helped")
        until(lambda: not notes.find("Main Store: "), "the notification is withdrawn")
        until(lambda: "Main Store follows again" in notes.history, "the recovery is told")
        until(lambda: reader.says("There are no problems."), "the window follows")


def a_notification_server_that_hangs_does_not_hold_the_tray():
    with Desk() as desk:
        panel, notes = Panel(), Notifications()
        panel.start()
        desk.start_store()
        desk.start_agent(SynchQOH="true", SlowSeconds="1")
        desk.add_cart()
        desk.start_tray()
        until(lambda: panel.shows("stocktray-equal"), "all is well")
        notes.hangs = True
        _become_late(desk)
        until(lambda: panel.shows("stocktray-late") and notes._held, "it is late, and the notification is under way")
        panel.click("All Problems…")
        reader.wait_for("frame", "Problems")
        until(lambda: reader.says("could not be reached"), "menu and windows work")
        assert not notes.shown
        notes.wake()
        until(lambda: notes.find("Main Store: "), "then it is shown")
        notes.hangs = True
        desk.start_store()
        until(lambda: panel.shows("stocktray-equal"), "the store follows again")
        notes.wake()
        until(lambda: not notes.find("Main Store: "), "and withdrawn")


def a_notification_is_withdrawn_when_its_cause_ends():
    with Desk() as desk:
        panel, notes = Panel(), Notifications()
        panel.start()
        desk.start_store()
        desk.start_agent(SynchQOH="true", SlowSeconds="1", LatenessSeconds="2")
        desk.add_cart()
        desk.start_tray()
        until(lambda: panel.shows("stocktray-equal"), "all is well")
        desk.stop_store()
        desk.ctl("submit", "SKU-0001", "-1", "--reason", "phone_order")
        until(lambda: notes.find("Main Store: "), "late is told")
        desk.start_store()
        until(lambda: not notes.find("Main Store: "), "it is withdrawn by itself")


def a_panel_that_comes_late_and_starts_again():
    with Desk() as desk:
        panel = Panel()
        desk.start_agent()
        desk.start_tray()
        reader.wait_for("frame", "Stocktray: ")  # no panel yet: the window
        panel.start()
        until(lambda: panel.shows("stocktray-off"), "the icon in the late panel")
        panel.stop()
        panel.start()
        until(lambda: panel.shows("stocktray-off"), "the icon in the panel that was started again")
        until(lambda: panel.find("Open Stocktray"), "with its menu")


def a_watcher_without_a_host_is_no_tray():
    with Desk() as desk:
        panel = Panel(has_host=False)
        panel.start()
        desk.start_agent()
        desk.start_tray()
        reader.wait_for("frame", "Stocktray: ")  # nobody would show an icon: the window
        panel.turn_host(True)
        until(lambda: panel.shows("stocktray-off"), "the icon, once there is a host")
        reader.press("Close")
        until(reader.gone, "with an icon the window closes like any other")
        panel.turn_host(False)
        reader.wait_for("frame", "Stocktray: ")


def _browser(desk):
    """A browser that writes down what it is to show; gives the file."""
    program, opened = desk.dir / "browser", desk.dir / "opened"
    program.write_text(f'#!/bin/sh\necho "$1" >>{opened}\n')
    program.chmod(0o755)
    entry = desk.dir / ".local/share/applications/browser.desktop"
    entry.parent.mkdir(parents=True)
    entry.write_text(f"[Desktop Entry]\nType=Application\nName=Browser\nExec={program} %u\nMimeType=text/html;\n")
    (desk.dir / "config/mimeapps.list").write_text("[Default Applications]\ntext/html=browser.desktop\n"
                                                   "x-scheme-handler/http=browser.desktop\nx-scheme-handler/https=browser.desktop\n")
    return opened


def help_opens_the_guide_where_it_helps():
    sections = {"overview": "watching", "stack": "late", "carts": "cart", "changes": "testing", "history": "testing", "problems": "late",
                "settings": "enabling", "report": "maintenance", "about": "start", "wizard": "cart"}
    panel = Panel()
    panel.start()
    for language in ("en", "de"):
        with Desk(language=language) as desk:
            panel.items.clear()
            opened = _browser(desk)
            desk.start_agent()
            desk.start_tray()
            until(lambda: panel.shows("stocktray-off"), "the icon")
            panel.click("Help…" if language == "en" else "Hilfe…")
            until(lambda: opened.exists() and f"/guide/{language}/index.html" in opened.read_text(), "the whole guide")
            for window, section in sections.items():
                desk.start(desk.tray.args[0], "--open", window).wait()
                until(lambda: len(reader.every("frame")) == 1, window)
                desk.run("xdotool", "search", "--sync", "--onlyvisible", "--class", "^stocktray$")
                # A key that comes before the window has the focus is lost; a person presses it again, too.
                until(lambda: _mouse(desk, "key", "F1") or f"/{language}/{section}.html" in opened.read_text().splitlines()[-1],
                      f"{window} leads to {section}")
                pages = [line for line in opened.read_text().splitlines() if line]
                assert all(os.path.exists(page.removeprefix("file://")) for page in pages), pages
                _mouse(desk, "key", "Escape")
                until(reader.gone, "it closes")


def the_agent_goes_and_comes_back():
    with Desk() as desk:
        panel = Panel()
        panel.start()
        desk.start_tray()
        until(lambda: panel.shows("stocktray-away"), "no agent yet, and no error")
        until(lambda: panel.find("Start the Agent"), "the menu offers to start it")
        assert not reader.every("alert") and not reader.every("dialog")
        panel.click("Start the Agent")
        until(lambda: panel.shows("stocktray-off"), "the agent was started")
        assert desk.ctl("status", check=False).returncode != 3
        desk.kill_started("stocktray-agent")
        icon = until(lambda: panel.shows("stocktray-away"), "it is gone")
        assert "The agent has not been reached since" in icon["Title"], icon["Title"]
        until(lambda: panel.find("QOH Synchronization (SynchQOH) (the agent is not reached)"), "the menu says why")
        desk.start_agent()
        until(lambda: panel.shows("stocktray-off"), "it is back")


def at_midnight_today_becomes_yesterday():
    with Desk() as desk:
        panel = Panel()
        panel.start()
        clock = next(pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
        desk.environment.update(LD_PRELOAD=str(clock), FAKETIME="@2026-03-01 23:59:40", FAKETIME_DONT_FAKE_MONOTONIC="1", TZ="UTC")
        desk.start_tray()
        title = until(lambda: "since" in panel.title() and panel.title(), "there is no agent")
        assert title == "Stocktray: The agent has not been reached since 23:59.", title
        until(lambda: panel.title().endswith("since yesterday 23:59."), "midnight", 60)
        until(lambda: panel.find("The agent has not been reached since yesterday"), "the menu says so, too")


def a_second_start_raises_the_first():
    with Desk() as desk:
        panel = Panel()
        panel.start()
        desk.start_agent()
        desk.start_tray()
        until(lambda: panel.icon(), "the first one")
        second = desk.start(BIN / "stocktray", "--open", "about")
        assert second.wait(timeout=LIMIT) == 0
        reader.wait_for("frame", "About Stocktray")
        until(lambda: _mouse(desk, "key", "Escape") or reader.gone(), "Escape closes it, and nothing complains")
        until(lambda: (desk.dir / "config/stocktray/tray.ini").exists(), "its place is kept")
        third = desk.start(BIN / "stocktray")
        assert third.wait(timeout=LIMIT) == 0
        reader.wait_for("frame", "Stocktray: ")
        assert desk.tray.poll() is None
        desk.end(desk.tray, signal.SIGKILL)  # a lock that outlived its owner would keep everybody out
        panel.items.clear()
        desk.start_tray()
        until(lambda: panel.icon(), "a new first one")


def without_a_tray_there_is_a_window():
    with Desk() as desk:
        desk.start_store()
        desk.start_agent(SynchQOH="true")
        desk.add_cart()
        desk.start_tray()
        reader.wait_for("frame", "Stocktray: ")
        until(lambda: reader.find("table cell", "Main Store"), "the row of the cart")
        until(lambda: reader.says("Nothing waits."), "the headline")
        reader.wait_active("Stocktray: ")
        _mouse(desk, "key", "alt+m")
        until(lambda: reader.every("menu item", "About Stocktray"), "the whole menu is there, too")
        _mouse(desk, "key", "Escape")
        reader.press("Close")
        # Closing is not hiding: nobody could bring it back.
        until(lambda: reader.says("Synchronization goes on without it"), "it asks")
        reader.press("Quit")
        assert desk.tray.wait(timeout=LIMIT) == 0


def quitting_says_that_synchronization_goes_on():
    with Desk() as desk:
        panel = Panel()
        panel.start()
        desk.start_agent()
        desk.start_tray()
        until(lambda: panel.shows("stocktray-off"), "the icon")
        panel.click("Quit")
        until(lambda: reader.says("Synchronization goes on without it"), "the question says so")
        reader.press("Quit")
        assert desk.tray.wait(timeout=LIMIT) == 0
        assert desk.ctl("status", check=False).returncode != 3


def german_is_whole():
    with Desk(language="de") as desk:
        panel = Panel()
        panel.start()
        desk.start_store()
        desk.start_agent(SynchQOH="true")
        desk.add_cart()
        desk.start_tray()
        icon = until(lambda: panel.shows("stocktray-equal"), "the icon")
        assert icon["Title"] == "Stocktray: Nichts wartet.", icon["Title"]
        panel.click("Stocktray öffnen")
        reader.wait_for("push button", "Probleme")
        panel.click("QOH-Synchronisation")
        reader.press("Abbrechen")


class _Proxy:
    """Stands before the store and, while `cuts`, lets requests through and loses the answers."""

    def __init__(self, port):
        self.cuts = False
        self.store = port
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            client, _ = self.server.accept()
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client):
        with client, socket.create_connection(("127.0.0.1", self.store)) as store:
            threading.Thread(target=self._pass, args=(client, store, False), daemon=True).start()
            self._pass(store, client, True)

    def _pass(self, source, target, is_answer):
        try:
            while data := source.recv(65536):
                if is_answer and self.cuts:
                    target.shutdown(socket.SHUT_RDWR)  # a close alone would wait for the thread that reads
                    return
                target.sendall(data)
        except OSError:
            pass


def _stack_of_a_stopped_store(desk, panel):
    panel.start()
    desk.start_store()
    desk.start_agent(SynchQOH="true")
    desk.add_cart()
    desk.start_tray()
    until(lambda: panel.shows("stocktray-equal"), "all is well")
    desk.stop_store()
    desk.ctl("submit", "SKU-0001", "-1", "--reason", "phone_order")
    desk.ctl("submit", "SKU-0002", "5", "--reason", "purchase_order_received")
    panel.click("Post Stack…")
    reader.wait_for("frame", "Post Stack")


def the_stack_shows_causes_filters_and_retries():
    with Desk() as desk:
        panel = Panel()
        _stack_of_a_stopped_store(desk, panel)
        until(lambda: reader.find("table cell", "SKU-0001") and reader.find("table cell", "SKU-0002"), "both posts are listed")
        until(lambda: reader.find("table cell", "The store's web server could not be reached."), "with the cause in words")
        until(lambda: reader.says("Check that the web server runs"), "the selected one says what to do")
        reader.wait_for("table cell", "−1")
        reader.wait_for("table cell", "+5")
        assert not any("delete" in text.lower() for text in reader.texts())

        field = reader.wait_for("text", "SKU")
        field.get_editable_text_iface().set_text_contents("SKU-0002")
        until(lambda: not reader.find("table cell", "SKU-0001") and reader.find("table cell", "SKU-0002"), "the filter cuts")
        field.get_editable_text_iface().set_text_contents("")
        until(lambda: reader.find("table cell", "SKU-0001"), "all again")

        desk.start_store()
        until(lambda: reader.find("push button", "Retry"), "a post is selected")
        reader.press("Retry")
        until(lambda: reader.says("The stack is empty: every post is confirmed."), "Retry helped")


def a_post_is_cancelled_with_a_reason():
    with Desk() as desk:
        panel = Panel()
        _stack_of_a_stopped_store(desk, panel)
        until(lambda: reader.says("−1 of SKU-0001 for Main Store"), "the first post is selected")
        reader.press("Cancel Post…")
        reason = reader.wait_for("text", "Reason")
        until(lambda: reader.is_grey(reader.last("push button", "Cancel Post")), "not without a reason")
        reason.get_editable_text_iface().set_text_contents("counted again")
        until(lambda: reader.is_enabled(reader.last("push button", "Cancel Post")), "now it can be")
        reader.press("Cancel Post", last=True)
        until(lambda: reader.says("1 post was cancelled."), "it is told")
        until(lambda: not reader.find("table cell", "SKU-0001"), "it is gone")
        assert "counted again" in desk.ctl("history", "--sku", "SKU-0001").stdout


def an_unclear_post_is_decided():
    with Desk() as desk:
        panel = Panel()
        panel.start()
        desk.start_store()
        proxy = _Proxy(desk.store_port)
        desk.start_agent(SynchQOH="true")
        desk.add_cart(port=proxy.port)
        desk.start_tray()
        until(lambda: panel.shows("stocktray-equal"), "all is well")
        desk.ctl("submit", "SKU-0001", "-1", "--reason", "phone_order")
        desk.ctl("wait", "--confirmed")
        proxy.cuts = True
        desk.ctl("submit", "SKU-0002", "-1", "--reason", "phone_order")
        until(lambda: desk.ask("stack", "list", "--state", "uncertain")["posts"], "nobody knows whether it was applied")
        panel.click("Post Stack…")
        until(lambda: reader.find("table cell", "Unclear"), "the window says so")
        until(lambda: reader.is_enabled(reader.find("push button", "Decide…")), "it can be decided")
        reader.press("Decide…")
        reason = reader.wait_for("text", "Reason")
        until(lambda: reader.says("If it was applied, the store should have:"), "both numbers are there")
        reason.get_editable_text_iface().set_text_contents("seen in the store")
        until(lambda: reader.is_enabled(reader.find("push button", "It Was Applied")), "the buttons work")
        reader.press("It Was Applied")
        until(lambda: reader.says("The post counts as applied."), "it is told")
        until(lambda: not desk.ask("stack", "list", "--state", "uncertain")["posts"], "the agent was told")


def changes_and_history_tell_who_and_why():
    with Desk() as desk:
        panel = Panel()
        panel.start()
        desk.start_store()
        desk.start_agent(SynchQOH="true")
        desk.add_cart()
        desk.start_tray()
        until(lambda: panel.shows("stocktray-equal"), "all is well")
        desk.ctl("submit", "SKU-0001", "-1", "--reason", "phone_order")
        panel.click("Recent Changes…")
        until(lambda: reader.find("table cell", "Phone order"), "the reason")
        until(lambda: reader.find("table cell", "Main Store: has followed"), "the store has followed")
        reader.press("Explain…")
        reader.wait_for("frame", "Explain a Count")
        until(lambda: reader.find("table cell", "Main Store confirmed post"), "the explanation, a sentence a step")
        panel.click("History…")
        reader.wait_for("frame", "History")
        until(lambda: reader.find("table cell", "Setting"), "everything is in it")
        desk.stop_agent()
        until(lambda: reader.says("The agent has not been reached since"), "the windows say so")
        assert not reader.every("alert") and not reader.every("dialog")


ALL = [case for name, case in list(globals().items()) if callable(case) and getattr(case, "__module__", "") == __name__
       and not name.startswith("_")]
