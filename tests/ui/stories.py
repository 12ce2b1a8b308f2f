"""What the pictures show: each story brings a desk into a state and shoots the windows it opens by their names."""
import subprocess

import reader
from cases import _Proxy, _xembed_icon
from desk import Desk, free_port, until
from job_cases import in_store, take_counts
from panel import Notifications, Panel



class Look:
    """One language, theme and scale, and where its pictures go."""

    def __init__(self, folder, language, theme, scale):
        self.folder, self.language, self.theme, self.scale = folder, language, theme, scale

    def words(self, english, german):
        return german if self.language == "de" else english

    def desk(self, **more):
        return Desk(language=self.language, environment={"GTK_THEME": self.theme, "GDK_SCALE": str(self.scale)}, **more)

    def shoot(self, desk, name, moves=True):
        file = self.folder / f"{name}-{self.language}-{'dark' if 'dark' in self.theme else 'light'}-{self.scale}.png"
        if moves:  # else a menu would follow the mouse
            desk.run("xdotool", "mousemove", "1", "1")
        before = b""
        for _ in range(30):  # what is painted last: the picture stands still
            desk.picture(str(file))
            now = file.read_bytes()
            if now == before:
                break
            before = now
        subprocess.run(["mogrify", "-trim", "-bordercolor", "black", "-border", "4", str(file)], check=True)


def _key(desk, *keys):
    desk.run("xdotool", "key", "--delay", "40", *keys)


def _close(desk):
    _key(desk, "Escape")
    until(reader.gone, "the window closes")


def _open(desk, window):
    desk.start(desk.tray.args[0], "--open", window).wait()
    until(lambda: len(reader.every("frame")) == 1, f"the window {window}")
    desk.run("xdotool", "search", "--sync", "--onlyvisible", "--class", "stocktray")
    until(lambda: reader.every("push button"), "its buttons")


def _shop(desk):
    panel, _ = Panel(), Notifications()
    panel.start()
    desk.start_store()
    desk.start_agent(SynchQOH="true", SlowSeconds="1", LatenessSeconds="2")
    for cart, name in ("main", "Main Store"), ("seeds", "Seeds & More"):
        desk.add_cart(cart, name)
        desk.compare(cart)
    return panel


def late(look):
    """A store that has stopped, and two changes that wait for it."""
    with look.desk() as desk:
        panel = _shop(desk)
        desk.ctl("submit", "SKU-0002", "-1", "--reason", "phone_order")
        desk.ctl("wait", "--confirmed")
        desk.stop_store()
        desk.ctl("submit", "SKU-0001", "-1", "--reason", "phone_order")
        desk.ctl("submit", "SKU-0003", "25", "--reason", "purchase_order_received")
        desk.start_tray()
        until(lambda: panel.shows("stocktray-late"), "late")
        for window in ("overview", "problems", "stack", "changes", "history", "carts", "settings", "report", "about"):
            _open(desk, window)
            if window == "problems":
                until(lambda: len(reader.every("table cell")) > 4, "the problems")
            look.shoot(desk, window)
            if window == "stack":
                reader.press(look.words("Cancel Post…", "Buchung stornieren…"))
                until(lambda: reader.every("text", look.words("Reason", "Grund")), "it asks for the reason")
                look.shoot(desk, "stack-cancel")
                _key(desk, "Escape")
            if window == "changes":
                reader.press(look.words("Explain…", "Erklären…"))
                until(lambda: len(reader.every("frame")) == 2 and len(reader.every("table cell")) > 5, "the explanation")
                look.shoot(desk, "explain")
                _key(desk, "Escape")
                until(lambda: len(reader.every("frame")) == 1, "it closes")
            if window == "carts":
                reader.press(look.words("Delete…", "Löschen…"))
                until(lambda: reader.every("text", look.words("Reason", "Grund")), "it asks for the reason")
                look.shoot(desk, "carts-delete")
                _key(desk, "Escape")
                until(lambda: not reader.every("text", look.words("Reason", "Grund")), "it is over")
                reader.press(look.words("More", "Mehr"), role="toggle button")
                look.shoot(desk, "carts-more")
            if window == "settings":
                _key(desk, "shift+Tab", "shift+Tab", "shift+Tab", "shift+Tab")
                look.shoot(desk, "settings-end")
            _close(desk)
        panel.click(look.words("QOH Synchronization", "QOH-Synchronisation"))
        until(lambda: reader.every("alert"), "the question")
        look.shoot(desk, "ask-synch-qoh")
        _key(desk, "Escape")
        until(lambda: not reader.every("alert"), "it is over")
        panel.click(look.words("Until a Time", "Bis zu einer Uhrzeit"))
        until(lambda: reader.every("push button", look.words("Pause", "Anhalten")), "the question")
        look.shoot(desk, "ask-time")
        _key(desk, "Escape")
        until(lambda: not reader.every("push button", look.words("Pause", "Anhalten")), "it is over")
        desk.stop_agent()
        until(lambda: panel.shows("stocktray-away"), "away")
        _open(desk, "overview")
        look.shoot(desk, "overview-away")


def jobs(look):
    """Get, Send, Compare, with differences to show."""
    with look.desk() as desk:
        panel = _shop(desk)
        take_counts(desk)
        desk.start_tray()
        for n in range(1, 5):
            in_store(desk, f"SKU-{n:04}", 3 * n)
        menu = {"get": ("Get QOH From Website…", "QOH von der Website holen…"), "send": ("Send QOH To Website…", "QOH zur Website senden…"),
                "compare": ("Compare Now…", "Jetzt vergleichen…")}
        for window, names in menu.items():
            panel.click(look.words(*names))
            until(lambda: reader.every("frame"), f"the window {window}")
            until(lambda: reader.every("push button"), "its buttons")
            look.shoot(desk, window)
            if window == "compare":
                until(lambda: reader.is_enabled(reader.find("push button", look.words("Compare Now", "Jetzt vergleichen"))), "at rest")
                reader.press(look.words("Compare Now", "Jetzt vergleichen"))
                until(lambda: reader.find("table cell", "SKU-0001"), "the differences", 90)
                until(lambda: reader.is_enabled(reader.find("push button", look.words("Explain", "Erklären"))), "it has ended", 90)
                look.shoot(desk, "compare-found")
                reader.press(look.words("Explain", "Erklären"))
                until(lambda: reader.says("SKU SKU-0001: "), "the explanation")
                look.shoot(desk, "compare-explained")
            else:
                until(lambda: reader.is_enabled(reader.find("push button", look.words("Preview", "Vorschau"))), "it can be previewed")
                reader.press(look.words("Preview", "Vorschau"))
                until(lambda: reader.find("table cell", "SKU-0001"), "the preview", 90)
                start = look.words("Send QOH", "QOH senden") if window == "send" else look.words("Get QOH", "QOH holen")
                until(lambda: reader.find("push button", start), "its button", 90)
                look.shoot(desk, f"{window}-preview")
            if window == "send":
                reader.press(start)
                until(lambda: reader.says(look.words("4 counts were replaced", "4 Bestände wurden in")), "the result", 90)
                look.shoot(desk, "send-done")
                for n in range(1, 5):
                    in_store(desk, f"SKU-{n:04}", 3 * n)
            _close(desk)


def unclear(look):
    """A post whose answer was lost: a person decides."""
    with look.desk() as desk:
        panel, _ = Panel(), Notifications()
        panel.start()
        desk.start_store()
        proxy = _Proxy(desk.store_port)
        desk.start_agent(SynchQOH="true")
        desk.add_cart(port=proxy.port)
        desk.ctl("submit", "SKU-0001", "-1", "--reason", "phone_order")
        desk.ctl("wait", "--confirmed")
        proxy.cuts = True
        desk.ctl("submit", "SKU-0002", "-1", "--reason", "phone_order")
        until(lambda: desk.ask("stack", "list", "--state", "uncertain")["posts"], "nobody knows whether it was applied",
              limit=60)  # longer than the agent waits for an answer
        desk.start_tray()
        until(panel.icon, "the icon")
        _open(desk, "stack")
        decide = look.words("Decide…", "Entscheiden…")
        until(lambda: reader.is_enabled(reader.find("push button", decide)), "it can be decided")
        look.shoot(desk, "stack-unclear")
        reader.press(decide)
        until(lambda: reader.every("text", look.words("Reason", "Grund")), "the question")
        look.shoot(desk, "decide")


def first_steps(look):
    """The wizard, page by page."""
    with look.desk(is_first_start=True) as desk:
        panel = Panel()
        panel.start()
        desk.start_store()
        desk.start_agent()
        desk.start_tray()
        reader.wait_for("frame", look.words("First Steps", "Erste Schritte"))
        desk.run("xdotool", "search", "--sync", "--onlyvisible", "--class", "^stocktray$")
        until(lambda: reader.every("text", look.words("Store Name", "Name des Shops")), "its first page")
        look.shoot(desk, "wizard-1")
        for english, german, words in (("Store Name", "Name des Shops", "Main Store"), ("Script URL", "Script-URL", desk.store_url()),
                                       ("User", "Benutzer", desk.store_user())):
            reader.wait_for("text", look.words(english, german)).get_editable_text_iface().set_text_contents(words)
        for node in reader.every("password text"):
            node.get_editable_text_iface().set_text_contents(desk.store_password())
        reader.press(look.words("Allow it without encryption", "Ohne Verschlüsselung"), role="check box")
        reader.press(look.words("Test", "Testen"))
        until(lambda: reader.says("20"), "the test is good")
        look.shoot(desk, "wizard-2-tested")
        reader.press(look.words("Save and Go On", "Speichern und"))
        until(lambda: reader.every("radio button"), "the next step")
        counts = desk.dir / "counts.csv"
        counts.write_text("sku,qoh\n" + "".join(f"SKU-{number:04},50\n" for number in range(1, 21)))
        look.shoot(desk, "wizard-3")
        reader.every("text")[0].get_editable_text_iface().set_text_contents(str(counts))
        reader.press(look.words("Read the File", "Datei lesen"))
        until(lambda: reader.is_enabled(reader.find("push button", look.words("Go On", "Weiter"))), "the counts are known")
        reader.press(look.words("Go On", "Weiter"))
        until(lambda: reader.every("check box"), "it asks about web orders")
        until(lambda: reader.says("20"), "the preview")
        look.shoot(desk, "wizard-4")
        reader.press(look.words("All web orders are imported", "Alle Web-Bestellungen sind"), role="check box")
        until(lambda: reader.find("check box", look.words("I know that so many", "Ich weiß, dass sich so viele")), "the guard asks")
        reader.press(look.words("I know that so many", "Ich weiß, dass sich so viele"), role="check box")
        until(lambda: reader.is_enabled(reader.find("push button", look.words("Send the Counts", "Bestände senden"))), "it can start")
        look.shoot(desk, "wizard-4-agreed")
        reader.press(look.words("Send the Counts", "Bestände senden"))
        until(lambda: reader.says(look.words("20 counts are right now", "20 Bestände stimmen")), "the job is done", 60)
        look.shoot(desk, "wizard-4-done")
        reader.press(look.words("Go On", "Weiter"))
        until(lambda: reader.says(look.words("Turn synchronization on", "Synchronisation einschalten")), "the next step")
        look.shoot(desk, "wizard-5")
        reader.press(look.words("Turn On", "Einschalten"))
        until(lambda: reader.says(look.words("Done. Now test it", "Fertig")), "the last step")
        look.shoot(desk, "wizard-6")


def connect(look):
    """The Order Manager's way in."""
    with look.desk() as desk:
        panel = _shop(desk)
        desk.start_tray()
        panel.click(look.words("Connect the Order Manager…", "Order Manager anschließen…"))
        until(lambda: reader.every("radio button"), "the window")
        look.shoot(desk, "connect-script")
        reader.press(look.words("Set Up", "Einrichten"))
        until(lambda: reader.says("/main"), "the Script URL", 60)
        look.shoot(desk, "connect-script-done")
        for name, english, german in (("folder", "It writes files", "Er schreibt Dateien"), ("database", "Its database", "Seine Datenbank")):
            reader.press(look.words(english, german), role="radio button")
            reader.press(look.words("Set Up", "Einrichten"))
            look.shoot(desk, f"connect-{name}")


def menu(look):
    """The icon in an XEmbed panel, and its menu."""
    with look.desk() as desk:
        desk.start_store()
        desk.start_agent(SynchQOH="true")
        desk.add_cart("main", "Main Store")
        desk.add_cart("seeds", "Seeds & More")
        for cart in ("main", "seeds"):
            take_counts(desk, cart)
            desk.ctl("audit", cart)
        desk.ctl("submit", "SKU-0002", "-1", "--reason", "phone_order")
        desk.ctl("wait", "--confirmed")
        desk.start("trayer", "--edge", "bottom", "--align", "right", "--widthtype", "request", "--height", "28")
        desk.start_tray()
        place = until(lambda: _xembed_icon(desk), "the icon in the XEmbed panel")

        def opened():
            if not reader.every("menu item", look.words("Open Stocktray", "Stocktray öffnen")):
                desk.run("xdotool", "mousemove", *place, "click", 3)
            return reader.every("menu item", look.words("Open Stocktray", "Stocktray öffnen"))

        until(opened, "the menu opens by a right click")
        _key(desk, "Down", "Down", "Down", "Right")
        until(lambda: reader.every("check menu item", look.words("Synchronize Inventory", "Bestand synchronisieren")), "the cart's menu")
        look.shoot(desk, "menu", moves=False)


def sharing(look):
    """One agent for several computers: nobody may yet; a string is shown; computers are listed."""
    with look.desk() as desk:
        panel = Panel()
        panel.start()
        desk.start_agent()
        desk.start_tray()
        until(panel.icon, "the icon")
        _open(desk, "sharing")
        until(lambda: reader.says(look.words("Other computers cannot use", "Andere Computer können")), "how it is")
        look.shoot(desk, "sharing-closed")
        desk.ctl("parameters", "set", f"LanAddress=127.0.0.1:{free_port()}")
        for name, role in (("ann@till-2", "operator"), ("Warehouse", "viewer")):
            string = desk.ask("keys", "invite", "--role", role, "--without", "cancel", "--host", "127.0.0.1")["pairing"]
            file = desk.dir / "string"
            file.write_text(string)
            with open(file, encoding="utf-8") as stdin:
                desk.ctl("pair", "--name", name, stdin=stdin)
            desk.ctl("unpair")
        _key(desk, "F5")
        until(lambda: reader.every("table cell", "Warehouse"), "the computers")
        reader.press(look.words("New Pairing String", "Neuer Kopplungscode"))
        until(lambda: reader.says(look.words("Good for one computer", "Gilt für einen Computer")), "the string")
        look.shoot(desk, "sharing-open")
        # One more asks, and is selected.
        string = desk.ask("keys", "invite", "--role", "viewer", "--host", "127.0.0.1")["pairing"]
        file.write_text(string)
        with open(file, encoding="utf-8") as stdin:
            desk.ctl("pair", "--ask", "--name", "Office", stdin=stdin)
        desk.ctl("unpair")
        _key(desk, "F5")
        row = until(lambda: reader.find("table cell", "Office"), "who asks")
        place = row.get_component_iface().get_extents(0)
        desk.run("xdotool", "mousemove", place.x + 20, place.y + place.height // 2, "click", "1")
        until(lambda: reader.find("push button", look.words("Let It In", "Einlassen")), "its button")
        look.shoot(desk, "sharing-asks")


STORIES = {"late": late, "sharing": sharing, "jobs": jobs, "unclear": unclear, "first-steps": first_steps, "connect": connect, "menu": menu}
