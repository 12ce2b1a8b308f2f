"""Cases of what the windows show and how their controls are wired: filters, columns, ticks. run.py runs one by its name."""
import os
import signal

import reader
from cases import _become_late, _cart, _stack_of_a_stopped_store
from cases_setup import _close, _fill, _keys, _open, _start_tray
from desk import LIMIT, Desk, until
from job_cases import _press, _shop, in_store
from panel import Notifications, Panel


def _choose(name, words):
    """An entry of a choice, as a screen reader's user picks it."""
    def choose():
        box = reader.find("combo box", name)
        entries = [node.get_name() for node in reader.inside(box) if node.get_role_name() == "menu item"] if box else []
        return words in entries and box.get_selection_iface().select_child(entries.index(words))

    until(choose, f"“{words}” in “{name}”")


def _cells_behind(first, how_many):
    """What stands in the row right of a cell."""
    cells = [node.get_name() for node in reader.every("table cell")]
    at = cells.index(first) if first in cells else -1
    return cells[at + 1:at + 1 + how_many] if at >= 0 else []


def the_stack_is_cut_by_cart_and_by_state():
    with Desk() as desk:
        panel = Panel()
        panel.start()
        desk.start_store()
        desk.start_agent(SynchQOH="true")
        desk.add_cart()
        desk.add_cart("seeds", "Seeds & More")
        desk.start_tray()
        until(lambda: panel.shows("stocktray-equal"), "all is well")
        desk.ctl("submit", "SKU-0001", "-1", "--reason", "phone_order")
        desk.ctl("wait", "--confirmed")
        desk.stop_store()
        desk.ctl("submit", "SKU-0002", "-1", "--reason", "phone_order")
        panel.click("Post Stack…")
        reader.wait_for("frame", "Post Stack")
        until(lambda: reader.says("2 posts") and not reader.find("table cell", "SKU-0001"), "what is not confirmed")
        _choose("Cart", "Seeds & More")
        until(lambda: reader.says("1 post"), "one cart's")
        _choose("Show", "Confirmed")
        until(lambda: reader.find("table cell", "SKU-0001") and not reader.find("table cell", "SKU-0002"), "the confirmed one")
        _choose("Cart", "All carts")
        until(lambda: reader.says("2 posts"), "of both carts")


def the_history_is_cut_by_kind_and_calls_settings_by_their_names():
    with Desk() as desk:
        panel = Panel()
        _stack_of_a_stopped_store(desk, panel)
        _close(desk)
        panel.click("History…")
        reader.wait_for("frame", "History")
        until(lambda: reader.find("table cell", "Phone order: -1 of SKU-0001."), "a change")
        reader.wait_for("table cell", "QOH synchronization (SynchQOH): on")
        _choose("Show", "Setting")
        until(lambda: not reader.find("table cell", "Phone order"), "only settings")
        reader.wait_for("table cell", "The cart Main Store was defined.")


def each_number_of_a_preview_stands_in_its_column():
    with Desk() as desk:
        panel = _shop(desk)
        due = int(in_store(desk, "SKU-0003"))
        in_store(desk, "SKU-0003", due + 7)
        panel.click("Send QOH To Website…")
        _press("Preview")
        until(lambda: _cells_behind("SKU-0003", 4) == [str(due), str(due + 7), str(due), "would change"],
              "Order Manager, store, store after, result")


def a_line_without_its_tick_is_left_out():
    with Desk() as desk:
        panel = _shop(desk)
        due = {sku: int(in_store(desk, sku)) for sku in ("SKU-0003", "SKU-0004")}
        for sku in due:
            in_store(desk, sku, due[sku] + 7)
        panel.click("Send QOH To Website…")
        _press("Preview")
        until(lambda: reader.says("Replace 2 counts in Main Store?"), "both")
        reader.press("All shown", role="check box")
        until(lambda: reader.is_grey(reader.find("push button", "Send QOH")), "nothing is left to send")
        reader.press("All shown", role="check box")
        place = reader.place_of("table cell", "SKU-0003")
        desk.run("xdotool", "mousemove", place.x - 20, place.y + place.height // 2, "click", "1")
        until(lambda: reader.says("Replace 1 count in Main Store?"), "one is left out")
        _press("Send QOH")
        until(lambda: reader.says("1 count was replaced in Main Store."), "the other one was sent", 90)
        assert int(in_store(desk, "SKU-0003")) == due["SKU-0003"] + 7, "the one without its tick stays"
        assert int(in_store(desk, "SKU-0004")) == due["SKU-0004"]


def the_overview_has_its_numbers_in_their_columns():
    with Desk() as desk:
        panel = Panel()
        _stack_of_a_stopped_store(desk, panel)
        _close(desk)
        panel.click("Open Stocktray")
        def rest():
            cells = _cells_behind("Main Store", 5)
            return len(cells) == 5 and cells[1] == "2" and cells[2:]

        cells = until(rest, "two posts")
        assert "second" in cells[0] and cells[1] == "never" and cells[2] == "not known", cells


def notifications_that_are_off_stay_off():
    with Desk() as desk:
        notes = Notifications()
        desk.start_store()
        desk.start_agent(SynchQOH="true", SlowSeconds="1")
        desk.add_cart()
        _start_tray(desk)
        _open(desk, "settings", "Settings")
        until(lambda: reader.is_checked(reader.find("check box", "Notifications")), "on")
        _keys(desk, "alt+n")
        until(lambda: reader.is_unticked(reader.find("check box", "Notifications")), "unticked")
        until(lambda: reader.is_enabled(reader.find("push button", "Save")), "it can be saved")
        _keys(desk, "alt+s")
        until(lambda: reader.is_grey(reader.find("push button", "Save")), "it is saved")
        _close(desk)
        _become_late(desk)
        until(lambda: desk.ask("alerts")["alerts"], "the agent has an alert")
        _open(desk, "problems", "Problems")
        until(lambda: reader.says("could not be reached"), "the tray knows")
        assert not notes.history, notes.history
        _open(desk, "settings", "Settings")
        until(lambda: reader.is_unticked(reader.find("check box", "Notifications")), "opened again, it is as it was saved")


def a_cart_that_is_not_active_is_left_alone():
    with Desk() as desk:
        desk.start_store()
        desk.start_agent(SynchQOH="true")
        desk.add_cart()
        _start_tray(desk)
        _open(desk, "carts", "Carts")
        until(lambda: reader.field("Store Name") == "Main Store", "the cart is shown")
        reader.press("Active", role="check box")
        reader.press("Synchronize Inventory", role="check box")
        _keys(desk, "alt+s")
        until(lambda: _cart(desk)["active"] is False, "the agent was told")
        assert _cart(desk)["synchronize_inventory"] is False


def quitting_closes_what_is_asked():
    """A question holds the program until it is answered: from the menu, another one is asked above it."""
    with Desk() as desk:
        panel = Panel()
        panel.start()
        desk.start_store()
        desk.start_agent(SynchQOH="true")
        desk.add_cart()

        def quit_above(window, title, button, question):
            panel.items.clear()
            desk.start_tray()
            until(panel.icon, "the icon")
            _open(desk, window, title)
            until(lambda: reader.is_enabled(reader.find("push button", button)), button)
            if window == "carts":
                _fill(desk, "alt+n", "My Store")
            reader.press(button)
            until(lambda: reader.says(question), question)
            panel.click("Post Stack…")  # brings the question up, and no window that could not be used
            panel.click("Quit")
            until(lambda: reader.says("Synchronization goes on without it"), "it asks")
            assert not reader.find("frame", "Post Stack")
            reader.press("Quit")

        quit_above("carts", "Carts", "Delete…", "No post waits for it.")  # the system's message box
        until(lambda: reader.says("Save the changes to this cart?") and not reader.says("No post waits for it."),
              "what was typed is asked for")
        reader.press("Do Not Save")
        assert desk.tray.wait(timeout=LIMIT) == 0
        quit_above("history", "History", "Export as CSV…", "Export the History")  # a dialog that chooses a file
        assert desk.tray.wait(timeout=LIMIT) == 0
        desk.stop_store()
        desk.ctl("submit", "SKU-0001", "-1", "--reason", "phone_order")
        quit_above("carts", "Carts", "Delete…", "1 post waits for it")  # one of our own
        reader.press("Do Not Save")
        assert desk.tray.wait(timeout=LIMIT) == 0
        assert _cart(desk)["name"] == "Main Store"


def what_is_typed_while_a_cart_is_saved_stays():
    with Desk() as desk:
        desk.start_store()
        desk.start_agent()
        desk.add_cart()
        _start_tray(desk)
        _open(desk, "carts", "Carts")
        until(lambda: reader.field("Store Name") == "Main Store", "the cart is shown")
        _fill(desk, "alt+n", "My Store")
        os.kill(desk.agent.pid, signal.SIGSTOP)
        _keys(desk, "alt+s")
        reader.wait_says("It is being saved…")
        _fill(desk, "alt+e", "somebody")
        os.kill(desk.agent.pid, signal.SIGCONT)
        until(lambda: _cart(desk)["name"] == "My Store", "it was saved")
        until(lambda: reader.says("Not saved yet."), "what was typed since is not")
        assert reader.field("User") == "somebody", reader.field("User")
        _keys(desk, "alt+s")
        until(lambda: _cart(desk)["user"] == "somebody", "that was saved, too")


def explain_and_dismiss_take_the_selected_row():
    with Desk() as desk:
        desk.start_store()
        desk.start_agent(SynchQOH="true", SlowSeconds="1")
        for cart, name in ("main", "Main Store"), ("seeds", "Seeds & More"):
            desk.add_cart(cart, name)
            desk.compare(cart)
        _start_tray(desk)
        _become_late(desk, ("SKU-0001", "-1", "phone_order"), ("SKU-0002", "5", "purchase_order_received"))
        _open(desk, "changes", "Recent Changes")
        until(lambda: reader.find("table cell", "SKU-0001"), "the changes")
        _keys(desk, "Down")  # the latest one stands on top
        until(lambda: reader.is_enabled(reader.find("push button", "Explain…")), "one is selected")
        reader.press("Explain…")
        reader.wait_for("frame", "Explain a Count")
        until(lambda: reader.field("SKU") == "SKU-0001", "the selected SKU")
        until(lambda: reader.find("table cell", "Phone order: -1 of SKU-0001."), "its story")
        _choose("Cart", "Seeds & More")
        until(lambda: any("to Seeds & More" in text for text in reader.texts()), "the other cart's part of it")
        _close(desk)
        _open(desk, "problems", "Problems")
        until(lambda: reader.find("table cell", "Seeds & More"), "both carts are late")
        _keys(desk, "Down")
        until(lambda: any(text.startswith("Seeds & More has not followed") and "Check that" in text for text in reader.texts()),
              "the second one is explained")
        reader.press("Dismiss")
        until(lambda: not reader.find("table cell", "Seeds & More"), "it is dismissed")
        reader.wait_for("table cell", "Main Store")  # and not the other one


ALL = [case for name, case in list(globals().items()) if callable(case) and getattr(case, "__module__", "") == __name__
       and not name.startswith("_")]
