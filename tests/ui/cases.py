"""The cases: each is a story with the real tray and the real agent. run.py runs one by its name."""
import os
import signal
import subprocess

import reader
from desk import BIN, Desk, until
from panel import Notifications, Panel


def _cart(desk, cart="main"):
    return next(one for one in desk.ask("carts", "list")["carts"] if one["cart"] == cart)


def _parameter(desk, name):
    return desk.ask("parameters", "list", name)["parameters"][name]


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
        icon = until(lambda: panel.shows("stocktray-equal"), "the icon says equal")
        assert icon["Title"] == "Stocktray: Nothing waits.", icon["Title"]
        desk.ctl("submit", "SKU-0001", "-1", "--reason", "phone_order")
        until(lambda: panel.icon()["Title"] == "Stocktray: All counts are equal.", "the title follows the first confirmation")
        cart = until(lambda: panel.find("Seeds & More: all equal"), "the cart's menu")
        labels = [entry[1] for entry in cart[4]]
        for label in ("Synchronize Inventory", "Get QOH From Website…", "Send QOH To Website…", "Compare Now…", "Pause Until", "Open Store"):
            assert any(one.startswith(label) for one in labels), (label, labels)
        assert panel.menu()[0][1] == "All counts are equal."
        assert panel.find("QOH Synchronization (SynchQOH)")[3] == 1


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
        until(lambda: panel.find("Synchronize Inventory")[3] == 0, "the check follows the agent")
        panel.click("Synchronize Inventory")
        until(lambda: _cart(desk)["synchronize_inventory"] is True, "on again")
        until(lambda: panel.shows("stocktray-equal"), "the icon follows")

        panel.click("For 1 Hour")
        until(lambda: panel.shows("stocktray-paused"), "every cart is paused")
        panel.click("Resume")
        until(lambda: panel.shows("stocktray-equal"), "it goes on")

        panel.click("QOH Synchronization")
        reader.press("Cancel")
        until(lambda: panel.find("QOH Synchronization")[3] == 1, "nothing happens without a yes")
        assert _parameter(desk, "SynchQOH") is True
        panel.click("QOH Synchronization")
        reader.press("Turn Off")
        until(lambda: _parameter(desk, "SynchQOH") is False, "it is off")
        until(lambda: panel.shows("stocktray-off"), "the icon says off")
        assert panel.find("QOH synchronization is off for all carts")
        assert not panel.find("Synchronize Inventory")
        panel.click("Turn QOH Synchronization On")
        until(lambda: _parameter(desk, "SynchQOH") is True, "it is on")


def a_stalled_store_notifies_and_recovery_withdraws():
    with Desk() as desk:
        panel, notes = Panel(), Notifications()
        panel.start()
        desk.start_store()
        desk.start_agent(retry_ms=600_000, SynchQOH="true", SlowSeconds="1", LatenessSeconds="2")
        desk.add_cart()
        desk.start_tray()
        until(lambda: panel.shows("stocktray-equal"), "all is well")
        assert not notes.history, notes.history
        desk.stop_store()
        desk.ctl("submit", "SKU-0001", "-1", "--reason", "phone_order")
        note = until(lambda: notes.find("Main Store"), "a notification that names the cart")
        text = notes.shown[note]
        assert "could not be reached" in text["body"], text
        assert "Try Again Now" in text["actions"].values(), text
        icon = until(lambda: panel.shows("stocktray-late"), "the icon says late")
        assert icon["Title"] == "Stocktray: Main Store is late.", icon["Title"]
        assert panel.find("Problems: 1")

        panel.click("All Problems…")
        reader.wait_for("frame", "Problems")
        until(lambda: reader.says("could not be reached"), "the window explains it")
        assert reader.find("table cell", "Main Store"), "a screen reader sees the row"

        desk.start_store()
        notes.press(note, "Try Again Now")
        until(lambda: panel.shows("stocktray-equal"), "its button helped")
        until(lambda: not notes.find("Main Store: "), "the notification is withdrawn")
        until(lambda: "Main Store follows again" in notes.history, "the recovery is told")
        until(lambda: reader.says("There are no problems."), "the window follows")


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
        assert panel.find("Open Stocktray")


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
        agent = subprocess.run(["pgrep", "-f", f"^{BIN}/stocktray-agent$"], capture_output=True, text=True).stdout.split()
        mine = [pid for pid in agent if f"XDG_RUNTIME_DIR={desk.environment['XDG_RUNTIME_DIR']}".encode() in
                open(f"/proc/{pid}/environ", "rb").read().split(b"\0")]
        for pid in mine:
            os.kill(int(pid), signal.SIGKILL)
        until(lambda: panel.shows("stocktray-away"), "it is gone")
        assert "The agent has not been reached since" in panel.icon()["Title"]
        assert panel.find("QOH Synchronization (SynchQOH) (the agent is not reached)")
        desk.start_agent()
        until(lambda: panel.shows("stocktray-off"), "it is back")


def a_second_start_raises_the_first():
    with Desk() as desk:
        panel = Panel()
        panel.start()
        desk.start_agent()
        desk.start_tray()
        until(lambda: panel.icon(), "the first one")
        second = desk.start(BIN / "stocktray", "--open", "about")
        assert second.wait(timeout=20) == 0
        reader.wait_for("frame", "About Stocktray")
        until(lambda: _mouse(desk, "key", "Escape") or not reader.every("frame"), "Escape closes it, and nothing complains")
        until(lambda: (desk.dir / "config/stocktray/tray.ini").exists(), "its place is kept")
        third = desk.start(BIN / "stocktray")
        assert third.wait(timeout=20) == 0
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
        _mouse(desk, "key", "alt+m")
        until(lambda: reader.every("menu item", "About Stocktray"), "the whole menu is there, too")
        _mouse(desk, "key", "Escape")
        reader.press("Close")
        # Closing is not hiding: nobody could bring it back.
        until(lambda: reader.says("Synchronization goes on without it"), "it asks")
        reader.press("Quit")
        assert desk.tray.wait(timeout=20) == 0


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
        assert desk.tray.wait(timeout=20) == 0
        assert desk.ctl("status", check=False).returncode != 3


def german_is_whole():
    with Desk(language="de") as desk:
        panel = Panel()
        panel.start()
        desk.start_store()
        desk.start_agent(SynchQOH="true")
        desk.add_cart()
        desk.start_tray()
        until(lambda: panel.shows("stocktray-equal"), "the icon")
        assert panel.icon()["Title"] == "Stocktray: Nichts wartet.", panel.icon()["Title"]
        panel.click("Stocktray öffnen")
        reader.wait_for("push button", "Probleme")
        panel.click("QOH-Synchronisation")
        reader.press("Abbrechen")


ALL = [case for name, case in list(globals().items()) if callable(case) and getattr(case, "__module__", "") == __name__
       and not name.startswith("_")]
