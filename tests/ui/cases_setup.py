"""The cases of Carts, Settings and First Steps: everything by keyboard. run.py runs one by its name."""
import time
import urllib.parse
import urllib.request

import reader
from cases import _become_late, _cart, _parameter
from desk import Desk, free_port, until
from job_cases import in_store, take_counts
from panel import Notifications, Panel


_panel = []


def _start_tray(desk):
    """With a panel: without one the overview comes up in front of what is opened."""
    if not _panel:
        _panel.append(Panel())
        _panel[0].start()
    _panel[0].items.clear()
    desk.start_tray()
    # Until it runs, a second start would be the first.
    until(lambda: _panel[0].items, "the icon")


def _keys(desk, *keys):
    # A key that comes before the window has the focus is lost.
    until(reader.is_typed_to, "a window is typed to")
    desk.run("xdotool", "key", "--delay", "30", *keys)


def _close(desk):
    # The focus may go elsewhere meanwhile; a person presses it again, too.
    until(lambda: reader.gone() or (reader.is_typed_to() and _keys(desk, "Escape")), "the window closes")


def _type(desk, words):
    desk.run("xdotool", "type", "--delay", "8", words)


def _fill(desk, access_key, words):
    """A field by its access key; what stands there is replaced."""
    _keys(desk, access_key, "ctrl+a")
    _type(desk, words)


def _is_focused(name):
    return any(reader.is_focused(node) and (node.get_name() or "").startswith(name) for node in reader.every())


def _open(desk, window, title):
    desk.start(desk.tray.args[0], "--open", window).wait()
    reader.wait_for("frame", title)
    reader.wait_active(title)


def _fill_cart(desk, password=None):
    until(lambda: _is_focused("Store Name"), "the first field has the focus")
    _fill(desk, "alt+n", "Main Store")
    _fill(desk, "alt+u", desk.store_url())
    _fill(desk, "alt+e", desk.store_user())
    _fill(desk, "alt+p", password or desk.store_password())
    _fill(desk, "alt+r", password or desk.store_password())


def a_cart_is_made_and_tested_by_keyboard():
    with Desk() as desk:
        desk.start_store()
        desk.start_agent()
        _start_tray(desk)
        _open(desk, "carts", "Carts")
        _fill_cart(desk)
        until(lambda: reader.field("Short Name") == "main-store", "it is made from the name")
        _keys(desk, "alt+w", "alt+t")
        until(lambda: reader.says("The store answers and can be used."), "the test is good")
        reader.wait_says("20 products")
        assert not desk.ask("carts", "list")["carts"], "a test saves nothing"
        _keys(desk, "alt+s")
        until(lambda: desk.ask("carts", "list")["carts"], "the cart was made")
        made = desk.ask("carts", "list")["carts"][0]
        assert (made["cart"], made["name"], made["url"]) == ("main-store", "Main Store", desk.store_url()), made
        assert desk.ask("carts", "test", "main-store")["ok"], "its password is right"
        until(lambda: reader.find("table cell", "Main Store"), "it stands in the list")

        # A cart's own word for it is shown only while all are synchronized.
        assert not reader.find("check box", "Synchronize Inventory")
        desk.ctl("parameters", "set", "SynchQOH=true")
        reader.wait_for("check box", "Synchronize Inventory")

        # Unsaved changes are asked about.
        _fill(desk, "alt+n", "Other Store")
        until(lambda: reader.says("Not saved yet."), "it says so")
        _keys(desk, "ctrl+w")
        until(lambda: reader.says("Save the changes to this cart?"), "it asks")
        reader.press("Save", "push button", last=True)
        until(lambda: _cart(desk, "main-store")["name"] == "Other Store", "it was saved")
        until(lambda: reader.gone("Carts"), "and then closed")


def a_wrong_password_is_named_with_its_hint():
    with Desk() as desk:
        desk.start_store()
        desk.start_agent()
        _start_tray(desk)
        _open(desk, "carts", "Carts")
        _fill_cart(desk, password="wrong")
        _keys(desk, "alt+w", "alt+t")
        until(lambda: reader.says("The store cannot be used like this."), "the test says no")
        reader.wait_says("Not authorized: user name or password differ from the store's.")
        reader.wait_says("Enter the cart's user and password again.")


def plain_http_needs_the_tick():
    with Desk() as desk:
        desk.start_store()
        desk.start_agent()
        _start_tray(desk)
        _open(desk, "carts", "Carts")
        _fill_cart(desk)
        _keys(desk, "alt+s")
        until(lambda: reader.says("This address is not encrypted"), "it is flagged")
        assert not desk.ask("carts", "list")["carts"]
        until(lambda: _is_focused("Allow it without encryption"), "the box has the focus")
        _keys(desk, "space", "alt+s")
        until(lambda: desk.ask("carts", "list")["carts"], "with the tick it is saved")
        assert desk.ask("carts", "list")["carts"][0]["allow_http"] is True


def deleting_says_how_many_posts_wait_and_wants_a_reason():
    with Desk() as desk:
        desk.start_store()
        desk.start_agent(SynchQOH="true")
        desk.add_cart()
        desk.stop_store()
        desk.ctl("submit", "SKU-0001", "-1", "--reason", "phone_order")
        _start_tray(desk)
        _open(desk, "carts", "Carts")
        until(lambda: reader.field("Store Name") == "Main Store", "the cart is shown")
        _keys(desk, "alt+d")
        until(lambda: reader.says("1 post waits for it"), "it says how many")
        until(lambda: _is_focused("Reason"), "it asks for the reason")
        _type(desk, "the store was closed")
        _keys(desk, "alt+d")
        until(lambda: not desk.ask("carts", "list")["carts"], "it is gone")


def what_is_changed_elsewhere_meanwhile_is_not_put_back():
    with Desk() as desk:
        desk.start_store()
        desk.start_agent()
        desk.add_cart()
        _start_tray(desk)
        _open(desk, "carts", "Carts")
        until(lambda: reader.field("Store Name") == "Main Store", "the cart is shown")
        _fill(desk, "alt+n", "My Store")
        desk.ctl("carts", "set", "main", "--exclude", "X", "--user", "other")
        until(lambda: reader.field("User") == "other", "what nobody has touched follows")
        until(lambda: reader.field("Store Name") == "My Store", "what was typed stays")
        desk.ctl("carts", "set", "main", "--name", "Their Store")
        until(lambda: reader.says("This was changed elsewhere meanwhile, too."), "what somebody else has changed, too, is told")
        until(lambda: reader.field("Store Name") == "My Store", "what was typed still stays")
        _keys(desk, "alt+s")
        until(lambda: _cart(desk, "main")["name"] == "My Store", "it was saved")
        assert (_cart(desk, "main")["exclude"], _cart(desk, "main")["user"]) == (["X"], "other"), _cart(desk, "main")


def a_cart_that_was_deleted_elsewhere_is_not_made_again():
    with Desk() as desk:
        desk.start_store()
        desk.start_agent()
        desk.add_cart()
        _start_tray(desk)
        _open(desk, "carts", "Carts")
        until(lambda: reader.field("Store Name") == "Main Store", "the cart is shown")
        _fill(desk, "alt+n", "My Store")
        desk.ctl("carts", "remove", "main")
        until(lambda: reader.says("This cart was deleted elsewhere meanwhile."), "it says so")
        for button in ("Save", "Delete…", "Test"):
            until(lambda: reader.is_grey(reader.find("push button", button)), button)
        _keys(desk, "alt+c")
        until(lambda: reader.field("Store Name") == "", "nothing is asked before another one")

        # While it is asked whether to delete it.
        desk.add_cart()
        _choose_row(desk, "Main Store")
        until(lambda: reader.field("Store Name") == "Main Store", "the cart is shown")
        _fill(desk, "alt+n", "My Store")
        _keys(desk, "alt+d")
        until(lambda: reader.says("Delete the cart"), "it asks")
        desk.ctl("carts", "remove", "main")
        until(lambda: reader.says("This cart was deleted elsewhere meanwhile."), "it says so behind the question")
        reader.press("Delete", last=True)
        until(lambda: reader.field("Store Name") == "" and not reader.says("deleted elsewhere"), "it is gone here, too")
        assert not reader.says("There is no cart")
        assert not desk.ask("carts", "list")["carts"]


def a_question_after_a_screen_readers_press_can_be_answered():
    """The press is a call into the program, and a key is told to the reader: within the call, both would wait for ever."""
    with Desk() as desk:
        desk.start_store()
        desk.start_agent()
        desk.add_cart()
        _start_tray(desk)

        def press_and_escape(button, asks):
            reader.press(button)
            until(asks, "it asks")
            _keys(desk, "Right", "Escape")
            until(lambda: not asks(), "it goes on")

        _open(desk, "settings", "Settings")
        until(lambda: reader.field("Late after") == "120", "the agent's value is shown")
        _fill(desk, "alt+a", "300")
        press_and_escape("Close", lambda: reader.says("Save the changed settings?"))
        desk.end(desk.tray)

        _start_tray(desk)
        _open(desk, "carts", "Carts")
        until(lambda: reader.field("Store Name") == "Main Store", "the cart is shown")
        _fill(desk, "alt+n", "My Store")
        for button in ("Close", "New Cart"):
            press_and_escape(button, lambda: reader.says("Save the changes to this cart?"))
        desk.end(desk.tray)

        _start_tray(desk)
        _open(desk, "overview", "")
        press_and_escape("Menu", lambda: reader.find("menu item", "Settings…"))


def a_setting_arrives_at_the_agent():
    with Desk() as desk:
        desk.start_agent()
        _start_tray(desk)
        _open(desk, "settings", "Settings")
        until(lambda: reader.field("Late after") == "120", "the agent's value is shown")
        _fill(desk, "alt+a", "0")
        until(lambda: reader.says("A whole number from 1 to 86"), "what cannot be is told")
        _fill(desk, "alt+a", "300")
        _keys(desk, "alt+d", "alt+s")
        until(lambda: _parameter(desk, "LatenessSeconds") == 300, "the agent has it")
        until(lambda: (desk.dir / "config/autostart/stocktray.desktop").exists(), "it starts with the desktop")
        desk.stop_agent()
        until(lambda: reader.says("The agent has not been reached since"), "a lost agent is told")
        assert not reader.is_enabled(reader.wait_for("push button", "Save"))


def a_control_that_turns_grey_leaves_the_keys_to_another():
    with Desk() as desk:
        desk.start_agent()
        _start_tray(desk)
        _open(desk, "settings", "Settings")
        until(lambda: reader.field("Late after") == "120", "the agent's value is shown")
        _fill(desk, "alt+a", "300")
        until(lambda: reader.is_enabled(reader.find("push button", "Save")), "it can be saved")
        reader.find("push button", "Save").get_component_iface().grab_focus()
        until(lambda: _is_focused("Save"), "Save has the focus")
        _keys(desk, "Return")
        until(lambda: _parameter(desk, "LatenessSeconds") == 300, "the agent has it")
        until(lambda: _is_focused("Close"), "Close has the focus")
        _keys(desk, "Escape")
        until(lambda: reader.gone("Settings"), "Escape closes the window")

        # Where the agent goes, and comes back.
        _open(desk, "settings", "Settings")
        until(lambda: reader.field("Late after") == "300", "the agent's value is shown")
        _keys(desk, "alt+a")
        until(lambda: _is_focused("Late after"), "a field has the focus")
        desk.stop_agent()
        until(lambda: reader.is_grey(reader.find("text", "Late after")), "it is grey")
        until(lambda: _is_focused("More"), "the next one has the focus")
        desk.start_agent()
        until(lambda: _is_focused("Late after"), "it has the focus again")
        desk.stop_agent()
        until(lambda: _is_focused("More"), "the next one has the focus")
        _keys(desk, "ctrl+w")
        until(lambda: reader.gone("Settings"), "Ctrl+W closes the window")


def a_choice_keeps_the_focus_while_it_is_open():
    with Desk() as desk:
        desk.start_agent()
        _start_tray(desk)
        _open(desk, "carts", "Carts")
        until(lambda: _is_focused("Store Name"), "the first field has the focus")
        _keys(desk, "alt+y", "space")
        until(lambda: not _is_focused("Store Name"), "the choice has it")
        for seconds in (20, 21, 22):  # whatever is heard meanwhile
            desk.ctl("parameters", "set", f"SlowSeconds={seconds}")
        _keys(desk, "Down", "Return")
        until(lambda: reader.says("API key"), "the other one is chosen")


def first_steps_ask_before_a_half_filled_cart_is_lost():
    with Desk() as desk:
        desk.start_store()
        desk.start_agent()
        _start_tray(desk)
        _open(desk, "wizard", "First Steps")
        _fill_cart(desk)

        def leave():
            _keys(desk, "Escape")
            until(lambda: reader.says("Save the changes to this cart?"), "it asks")

        leave()
        _keys(desk, "alt+s")
        until(lambda: _is_focused("Allow it without encryption"), "what is missing has the focus")
        assert not desk.ask("carts", "list")["carts"]
        _keys(desk, "space")
        leave()
        _keys(desk, "alt+s")
        until(lambda: reader.gone("First Steps"), "saved, it closes")
        assert _cart(desk, "main-store")["name"] == "Main Store"


def what_the_tray_keeps_is_for_its_user_alone():
    # Its folder is the agent's, too: whoever may write there may name the agent another authority for https.
    with Desk(is_first_start=True, umask=0) as desk:
        desk.start_agent()
        _start_tray(desk)
        reader.wait_for("frame", "First Steps")
        own = desk.dir / "config/stocktray/tray.ini"
        until(own.exists, "it keeps that First Steps were offered")
        assert own.stat().st_mode & 0o777 == 0o600, oct(own.stat().st_mode)
        assert own.parent.stat().st_mode & 0o777 == 0o700, oct(own.parent.stat().st_mode)


def by_keyboard_from_nothing_to_a_store_that_stops_and_is_helped():
    with Desk(is_first_start=True) as desk:
        notes = Notifications()
        desk.start_store()
        desk.start_agent(retry_ms=600_000)  # by itself it would try again too late
        begun = time.monotonic()
        _start_tray(desk)
        reader.wait_for("frame", "First Steps")  # by itself
        reader.wait_active("First Steps")
        _fill_cart(desk)
        _keys(desk, "alt+w", "alt+t")
        until(lambda: reader.says("The store answers and can be used."), "the test is good")
        _keys(desk, "alt+o")
        until(lambda: reader.says("Which counts are right?"), "the next step")
        counts = desk.dir / "counts.csv"
        counts.write_text("sku,qoh\n" + "".join(f"SKU-{number:04},50\n" for number in range(1, 21)))
        _fill(desk, "alt+f", str(counts))
        _keys(desk, "alt+r")
        until(lambda: reader.says("20 counts were taken over."), "the counts are known")

        # Closed in the middle and opened again, it goes on where it was.
        _keys(desk, "Escape")
        until(lambda: reader.gone("First Steps"), "it closes")
        _open(desk, "wizard", "First Steps")
        until(lambda: reader.says("would change."), "the preview")
        until(lambda: reader.find("check box", "All web orders are imported"), "it asks about web orders")
        _keys(desk, "alt+w")
        until(lambda: reader.says("20 counts would change."), "the preview is made anew")
        agreed = "I know that so many counts change"
        until(lambda: reader.find("check box", agreed) or reader.is_enabled(reader.find("push button", "Send the Counts")),
              "the guard has looked")
        if reader.find("check box", agreed):
            _keys(desk, "alt+a")
        until(lambda: reader.is_enabled(reader.find("push button", "Send the Counts")), "it can be started")
        _keys(desk, "alt+s")
        until(lambda: reader.says("20 counts are right now."), "the job is done", limit=60)
        _keys(desk, "alt+o")
        until(lambda: reader.says("Turn synchronization on"), "the next step")
        _keys(desk, "alt+u")
        until(lambda: reader.says("Done. Now test it"), "the last step")
        assert _parameter(desk, "SynchQOH") is True
        assert _cart(desk, "main-store")["synchronize_inventory"] is True
        until(lambda: reader.is_enabled(reader.find("push button", "Do It for Me")), "it can be tried")
        _keys(desk, "alt+m")
        until(lambda: reader.says("It works: the store has confirmed"), "the first confirmed change")
        print(f"from nothing to the first confirmed change: {time.monotonic() - begun:.0f} s", flush=True)

        # Then the store stops: the warning comes, says what to do, and its button helps.
        _keys(desk, "Escape")
        desk.ctl("wait", "--confirmed")
        desk.ctl("parameters", "set", "SlowSeconds=1")
        until(lambda: _panel[0].shows("stocktray-equal"), "all counts are equal")
        _become_late(desk)
        note = until(lambda: notes.find("Main Store"), "the warning")
        assert "Check that the web server runs" in notes.shown[note]["body"], notes.shown[note]
        desk.start_store()
        notes.press(note, "Try Again Now")
        until(lambda: _panel[0].shows("stocktray-equal"), "its button helped")


def an_order_manager_is_connected_by_its_script_url():
    """By keyboard: the window writes it down, shows what to enter, and starts the gateway; then the Order Manager posts."""
    with Desk() as desk:
        desk.start_store()
        desk.start_agent()
        desk.add_cart("main", "Main Store")
        desk.ctl("parameters", "set", "SynchQOH=true")
        take_counts(desk)
        _start_tray(desk)
        _open(desk, "order-manager", "Connect the Order Manager")
        address = f"127.0.0.1:{free_port()}"
        _fill(desk, "alt+a", address)
        _keys(desk, "alt+u")
        until(lambda: reader.says(f"http://{address}/main"), "the Script URL to enter")
        until(lambda: reader.says("It is set up."), "that it is right")
        _keys(desk, "alt+g")
        form = {"setifunction": "invupdate", "setiuser": desk.store_user(), "password": desk.store_password(), "code": "",
                "update": "SKU-0001~-2|"}
        before = int(in_store(desk, "SKU-0001"))

        def is_taken():
            try:
                answer = urllib.request.urlopen(f"http://{address}/main", urllib.parse.urlencode(form).encode()).read()
                return answer.startswith(b"SETIResponse=OK")
            except OSError:
                return False

        until(is_taken, "the gateway answers")
        until(lambda: int(in_store(desk, "SKU-0001")) == before - 2, "the store has followed")
        _keys(desk, "alt+t")
        until(lambda: reader.says("A gateway is at work there already."), "the test says that it runs")

        # Another way: what is missing is told beside its field, and nothing is written.
        reader.press("Its database can be read", role="radio button")
        _keys(desk, "alt+u")
        until(lambda: reader.says("It says where the database is."), "what is missing")
        assert "database" not in (desk.dir / "config/stocktray/gateway.toml").read_text()


def a_computer_is_paired_in_the_window_and_shut_out_again():
    """The agent's computer and the workstation are one here: the string goes from one field into the other."""
    with Desk() as desk:
        desk.start_agent()
        _start_tray(desk)
        _open(desk, "sharing", "Shared Agent")
        until(lambda: reader.says("This computer uses its own agent"), "whose agent it is")
        until(lambda: reader.is_enabled(reader.find("push button", "Let Them…")), "it can be opened")
        port = free_port()
        desk.ctl("parameters", "set", f"LanAddress=127.0.0.1:{port}")
        _keys(desk, "F5")
        until(lambda: reader.is_enabled(reader.find("push button", "New Pairing String")), "strings can be made")
        _keys(desk, "alt+n")
        string = until(lambda: (reader.find("text", "New pairing string").get_text_iface().get_text(0, -1)
                                if reader.find("text", "New pairing string") else ""), "the string").strip()
        assert string.startswith("stocktray-pair:"), string
        # It names this computer as others reach it; here that is loopback.
        local = "stocktray-pair:127.0.0.1" + string[string.index(f":{port}:"):]
        reader.wait_for("text", "Pairing string").get_editable_text_iface().set_text_contents(local)
        until(lambda: reader.is_enabled(reader.find("push button", "Pair")), "it can be paired")
        _keys(desk, "alt+p")
        until(lambda: reader.says("Paired. This computer may: Operator"), "it is paired")
        until(lambda: reader.says(f"127.0.0.1:{port}). It is known there"), "whose agent it uses now")
        keys = desk.ask("--endpoint", desk.endpoint, "keys", "list")["keys"]
        assert len(keys) == 1 and keys[0]["role"] == "operator", keys
        # The tray itself goes over the network now, as an operator.
        until(lambda: reader.says("Only an administrator of the agent"), "what it may")
        # Away, it is not started here: that would be another one.
        desk.stop_agent()
        until(lambda: _panel[0].shows("stocktray-away"), "it is away")
        assert not _panel[0].find("Start the Agent")
        desk.start_agent()
        until(lambda: not _panel[0].shows("stocktray-away"), "it is there again")
        desk.ctl("--endpoint", desk.endpoint, "keys", "revoke", keys[0]["key"][:8])
        refused = desk.ctl("status", check=False)
        assert refused.returncode == 5 and "not allowed any more" in refused.stderr, refused
        until(lambda: reader.says("is not allowed any more"), "the tray says it, too")
        assert not _panel[0].find("Start the Agent"), "an agent that refuses runs"
        _keys(desk, "alt+o")
        until(lambda: len(reader.every("push button", "Use Its Own")) == 2 or reader.every("alert"), "the question")
        # A key that comes before the question has the focus is lost; a person presses it again, too.
        until(lambda: reader.says("This computer uses its own agent") or _keys(desk, "alt+u"), "its own again")
        until(lambda: reader.is_enabled(reader.find("push button", "New Pairing String")), "an administrator again")


def _choose_row(desk, name):
    """Its row, as a person clicks it."""
    place = reader.place_of("table cell", name)
    desk.run("xdotool", "mousemove", place.x + 20, place.y + place.height // 2, "click", "1")


def who_asks_is_let_in_and_what_is_barred_can_be_changed():
    with Desk() as desk:
        desk.start_agent(LanAddress=f"127.0.0.1:{free_port()}")
        (desk.dir / "string").write_text(desk.ask("keys", "invite", "--role", "viewer", "--host", "127.0.0.1")["pairing"])
        with open(desk.dir / "string", encoding="utf-8") as stdin:
            desk.ctl("pair", "--ask", "--name", "Office", stdin=stdin)
        desk.ctl("unpair")
        _start_tray(desk)
        _open(desk, "problems", "Problems")
        until(lambda: reader.says("Asks to use this agent: Office"), "who asks")
        assert not reader.says("stocktrayctl")
        reader.press("Shared Agent…")
        reader.wait_for("frame", "Shared Agent")
        _choose_row(desk, "Office")
        until(lambda: reader.is_enabled(reader.find("push button", "Let It In")), "it can be let in")
        reader.press("No Send QOH", role="check box")
        reader.press("Let It In")
        key = until(lambda: next((key for key in desk.ask("keys", "list")["keys"] if key["state"] == "active"), None), "it is in")
        assert (key["role"], key["barred"]) == ("operator", ["send_qoh"]), key
        reader.wait_for("table cell", "Operator, no Send QOH")
        _choose_row(desk, "Office")
        until(lambda: reader.is_enabled(reader.find("push button", "Give It the Role Above")), "it can have another role")
        assert reader.is_checked(reader.find("check box", "No Send QOH")), "what it may now stands above"
        reader.press("No Send QOH", role="check box")
        reader.press("No cancelling", role="check box")
        reader.press("Give It the Role Above")
        until(lambda: desk.ask("keys", "list")["keys"][0]["barred"] == ["cancel"], "just what is ticked is barred")


def _check_keys(language, window):
    """No access key twice, and nothing that a screen reader could not call by a name."""
    keys = until(lambda: reader.access_keys(), "its access keys")
    twice = {key: names for key, names in keys.items() if len(names) > 1}
    assert not twice, (language, window, twice)
    unnamed = [node.get_role_name() for node in reader.every() if reader.is_focusable(node) and not node.get_name()
               and node.get_role_name() not in ("frame", "scroll pane", "scroll bar", "panel", "filler", "table cell")]
    assert not unnamed, (language, window, unnamed)


def _check_pages_of_a_job(language, entry):
    last, back, preview, take = {"en": ("Last Result", "Back", "Preview", "All shown"),
                                 "de": ("Letztes Ergebnis", "Zurück", "Vorschau", "Alle angezeigten")}[language]
    reader.press(last)
    until(lambda: reader.find("push button", back), "the last result")
    _check_keys(language, f"{entry} {last}")
    reader.press(back)
    reader.press(preview)
    until(lambda: reader.find("check box", take), "the preview")
    _check_keys(language, f"{entry} {preview}")


def no_access_key_stands_twice_in_any_window():
    of_a_cart = {"en": ("Get QOH From Website…", "Send QOH To Website…", "Compare Now…"),
                 "de": ("QOH von der Website", "QOH zur Website", "Jetzt vergleichen…")}
    for language in ("en", "de"):
        with Desk(language=language) as desk:
            desk.start_store()
            desk.start_agent(SynchQOH="true")
            desk.add_cart()
            take_counts(desk)
            for job in ("get", "send"):  # their windows offer the last result
                desk.ctl(job, "main", "--yes")
            _start_tray(desk)
            until(lambda: _panel[0].shows("stocktray-equal"), "the cart is known")
            for window in ("overview", "problems", "stack", "changes", "history", "report", "about", "carts", "settings",
                           "wizard", "sharing", "order-manager"):
                desk.start(desk.tray.args[0], "--open", window).wait()
                until(lambda: len(reader.every("frame")) == 1 and reader.every("push button"), window)
                _check_keys(language, window)
                _close(desk)
            for entry in of_a_cart[language]:
                _panel[0].click(entry)
                until(lambda: len(reader.every("frame")) == 1 and reader.every("push button"), entry)
                _check_keys(language, entry)
                if entry != of_a_cart[language][-1]:
                    _check_pages_of_a_job(language, entry)
                _close(desk)


ALL = [case for name, case in list(globals().items()) if callable(case) and getattr(case, "__module__", "") == __name__
       and not name.startswith("_")]
