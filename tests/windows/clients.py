#!/usr/bin/python3
"""Runs the clients that were built for Windows, by wine, against an agent of this computer as over a network: tcp with keys.

    clients.py WINDOWS-BUILD [CASE...] [--pictures FOLDER]

STOCKTRAY_BIN_DIR holds the agent. Debian: installer/install-packages test windows
"""
import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "ui"))
from desk import Desk, free_port, until  # noqa: E402

PICTURES = None
BUILD = None
WINE = "/usr/lib/wine/wine64"
LONG = 120  # seconds; the first program makes wine's own folder


class Workstation:
    """A Windows computer beside a desk whose agent is shared."""

    def __init__(self, desk):
        self.desk = desk
        desk.environment.update(WINEPREFIX=str(desk.dir / "wine"), WINEDEBUG="-all", WINEDLLOVERRIDES="mscoree=;mshtml=")
        # One that is ready is copied: making one takes half a minute.
        ready = os.environ.get("STOCKTRAY_WINE_PREFIX")
        if ready:
            subprocess.run(["cp", "-a", ready, desk.environment["WINEPREFIX"]], check=True)

    def run(self, program, *words, text=None):
        return subprocess.run([WINE, str(BUILD / "bin" / program), *words], env=self.desk.environment, input=text, capture_output=True,
                              text=True, timeout=LONG)

    def ctl(self, *words, text=None):
        done = self.run("stocktrayctl.exe", *words, text=text)
        assert done.returncode in (0, 1, 2), f"stocktrayctl.exe {' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    def ask(self, *words):
        return json.loads(self.ctl("--json", *words))

    def pair(self, role="order_manager"):
        pairing = json.loads(self.desk.ctl("--json", "keys", "invite", "--role", role, "--host", "127.0.0.1").stdout)["pairing"]
        return self.ctl("pair", "--name", "workstation", text=pairing + "\n")

    def end(self):
        subprocess.run(["/usr/lib/wine/wineserver", "-k"], env=self.desk.environment, check=False, timeout=LONG)


class Shop:
    """An agent that is shared, a store that follows, and a workstation of the network."""

    def __enter__(self):
        self.desk = Desk().__enter__()
        try:
            self.desk.start_store()
            self.desk.start_agent(SynchQOH="true", LanAddress=f"127.0.0.1:{free_port()}")
            self.desk.add_cart("main", "Main Store")
            self.workstation = Workstation(self.desk)
        except BaseException:
            self.desk.__exit__(*sys.exc_info())
            raise
        return self.desk, self.workstation

    def __exit__(self, *error):
        self.workstation.end()
        self.desk.__exit__(*error)


def _pieces(desk, sku):
    """Of each change that the agent has taken."""
    return [entry.get("delta") for entry in desk.ask("history", "--sku", sku, "--kind", "change")["entries"]]


def the_command_line_pairs_and_submits():
    with Shop() as (desk, workstation):
        assert "workstation" in workstation.pair(), "paired"
        status = workstation.ask("status")
        assert [cart["name"] for cart in status["carts"]] == ["Main Store"], status
        done = workstation.ctl("submit", "SKU-0001", "-2", "--reason", "phone_order")
        workstation.ctl("wait", "--confirmed")
        assert _pieces(desk, "SKU-0001") == [-2], done


def a_file_of_changes_is_read_in_a_charset_of_windows():
    with Shop() as (desk, workstation):
        workstation.pair()
        file = desk.dir / "änderungen.csv"
        file.write_bytes("Artikelnummer;Änderung\r\nSKU-0002;-1\r\n".encode("cp1252"))
        workstation.ctl("import", f"Z:{file}", "--changes", "--map", "sku=Artikelnummer", "--map", "delta=Änderung")
        workstation.ctl("wait", "--confirmed")
        assert _pieces(desk, "SKU-0002") == [-1]


def the_library_keeps_what_an_agent_away_cannot_take():
    with Shop() as (desk, workstation):
        workstation.pair()
        saved = workstation.run("order_manager.exe", "SKU-0003", "-1", "phone_order", "order-1")
        assert "saved, at the agent" in saved.stdout, saved.stdout + saved.stderr
        desk.stop_agent()
        saved = workstation.run("order_manager.exe", "SKU-0003", "-1", "phone_order", "order-2")
        assert "saved, on this computer" in saved.stdout, saved.stdout + saved.stderr
        desk.start_agent()
        # The same once more: told once.
        saved = workstation.run("order_manager.exe", "SKU-0003", "-1", "phone_order", "order-2")
        assert "0 on the way, 0 refused" in saved.stdout, saved.stdout + saved.stderr
        desk.ctl("wait", "--confirmed")
        assert _pieces(desk, "SKU-0003") == [-1, -1]


def _windows(desk, title):
    found = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", title], env=desk.environment, capture_output=True, text=True)
    return found.stdout.split()


def _show(desk, name):
    if PICTURES:
        desk.run("sleep", "2")
        desk.picture(str(PICTURES / f"{name}.png"))


def the_tray_shows_its_windows():
    with Shop() as (desk, workstation):
        workstation.pair("admin")
        desk.ctl("submit", "SKU-0004", "-1", "--reason", "phone_order")
        desk.ctl("wait", "--confirmed")
        desk.stop_store()
        desk.ctl("submit", "SKU-0005", "-1", "--reason", "phone_order")
        desk.start(WINE, BUILD / "bin/stocktray.exe", "--open", "overview")
        until(lambda: _windows(desk, "Stocktray"), "the overview", LONG)
        _show(desk, "overview")
        # A second start hands over what it was asked for and ends.
        second = workstation.run("stocktray.exe", "--open", "stack")
        assert second.returncode == 0, second
        until(lambda: _windows(desk, "[Pp]ost stack"), "the post stack", LONG)
        _show(desk, "stack")


def the_tray_speaks_german_where_that_is_chosen():
    with Shop() as (desk, workstation):
        workstation.pair()
        # Pairing has made the folder.
        profile, = pathlib.Path(desk.environment["WINEPREFIX"]).glob("drive_c/users/*/AppData/Local/Stocktray/shared-agent.json")
        (profile.parent / "tray.ini").write_text("language=de\n[wizard]\noffered=1\n")
        desk.start(WINE, BUILD / "bin/stocktray.exe", "--open", "settings")
        until(lambda: _windows(desk, "Einstellungen"), "the settings", LONG)
        _show(desk, "settings-de")


CASES = [the_command_line_pairs_and_submits, a_file_of_changes_is_read_in_a_charset_of_windows,
         the_library_keeps_what_an_agent_away_cannot_take, the_tray_shows_its_windows,
         the_tray_speaks_german_where_that_is_chosen]


def main():
    global PICTURES, BUILD
    words = sys.argv[1:]
    if "--pictures" in words:
        at = words.index("--pictures")
        PICTURES = pathlib.Path(words[at + 1]).resolve()
        PICTURES.mkdir(parents=True, exist_ok=True)
        del words[at:at + 2]
    BUILD = pathlib.Path(words[0]).resolve()
    for case in CASES:
        if len(words) == 1 or case.__name__ in words[1:]:
            case()


if __name__ == "__main__":
    main()
