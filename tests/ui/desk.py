"""A desktop for one test: a display, the real agent with a practice store, and the tray, all in a folder of their own."""
import ctypes
import json
import os
import pathlib
import random
import signal
import socket
import subprocess
import tempfile
import time

import gi
gi.require_version("Gio", "2.0")
from gi.repository import GLib

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("STOCKTRAY_BIN_DIR", SOURCE / "build/release/bin"))
LIMIT = float(os.environ.get("STOCKTRAY_UI_LIMIT", "30"))  # seconds that anything may take


def until(holds, what, limit=None):
    """Looks again and again, while D-Bus is served; what `holds` gave in the end. Fails with `what`."""
    end = time.monotonic() + (limit or LIMIT)
    context = GLib.MainContext.default()
    while True:
        while context.pending():
            context.iteration(False)
        try:
            found = holds()
        except GLib.Error:
            found = None  # what was looked at went meanwhile, or its program is too busy to answer
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"not in time: {what}")
        # Woken by D-Bus, or soon.
        timer = GLib.timeout_add(20, lambda: False)
        context.iteration(True)
        if GLib.MainContext.default().find_source_by_id(timer):
            GLib.source_remove(timer)


_reservations = []


def free_port():
    """The first of four TCP ports in a row that are this process's own, by the rules of tests/support/free_port.h."""
    blocks = list(range(20_000, 32_000, 4))
    random.shuffle(blocks)
    for port in blocks:
        reservation = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            reservation.bind(("127.0.0.1", port))
            for tcp in range(port, port + 4):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", tcp))
        except OSError:
            reservation.close()
            continue
        _reservations.append(reservation)
        return port
    raise AssertionError("no port is free")


def _die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    os.setpgid(0, 0)


class Desk:
    """`with Desk() as desk:`; what it started ends with it."""

    def __init__(self, language=None, environment=None, is_first_start=False, screen=0, umask=-1):
        self._umask = umask  # of what is started; -1: as here
        self._screen = screen  # of the display: it has so many others in front of it
        # What was killed, or was started by others, may still write there.
        self._dir = tempfile.TemporaryDirectory(prefix="stocktray-ui-", ignore_cleanup_errors=True)
        self.dir = pathlib.Path(self._dir.name)
        self.processes = []
        self.tray = None
        self.agent = None
        self._stores = {}  # by cart
        run = self.dir / "run"
        run.mkdir(mode=0o700)
        self.endpoint = f"ipc://{run}/stocktray/rpc.sock"
        self.environment = dict(os.environ, XDG_RUNTIME_DIR=str(run), XDG_CONFIG_HOME=str(self.dir / "config"),
                                XDG_STATE_HOME=str(self.dir / "state"), HOME=str(self.dir), LC_ALL="C.UTF-8",
                                LANGUAGE=language or "en", GTK_THEME=os.environ.get("GTK_THEME", "Adwaita"),
                                GTK_OVERLAY_SCROLLING="0")
        self.environment.pop("STOCKTRAY_ENDPOINT", None)
        self.environment.update(environment or {})
        if not is_first_start:  # else the wizard opens by itself
            own = self.dir / "config/stocktray/tray.ini"
            own.parent.mkdir(parents=True)
            own.write_text("[wizard]\noffered=1\n")

    def __enter__(self):
        read, write = os.pipe()
        os.set_inheritable(write, True)
        size = os.environ.get("STOCKTRAY_UI_SCREEN", "1280x800x24")
        screens = [word for number in range(self._screen + 1) for word in ("-screen", str(number), size)]
        # A display begins anew when its last client goes, and turns away who comes meanwhile.
        self._spawn(["Xvfb", "-displayfd", str(write), *screens, "-noreset", "-nolisten", "tcp"], pass_fds=[write])
        os.close(write)
        with os.fdopen(read) as answer:
            self.environment["DISPLAY"] = f":{answer.readline().strip()}.{self._screen}"
        os.environ["DISPLAY"] = self.environment["DISPLAY"]
        self.start("openbox")
        # A window that is there before its manager gets no focus.
        try:
            until(lambda: subprocess.run(["xdotool", "get_num_desktops"], env=self.environment, capture_output=True).returncode == 0,
                  "the window manager is at work")
        except AssertionError:
            self._end_all(["Xvfb", "openbox"])
            raise
        return self

    def __exit__(self, kind, error, trace):
        if kind:
            self.picture(os.environ.get("STOCKTRAY_UI_PICTURE", ""))
        self._end_all(["stocktray", "stocktray-agent"] if kind else [])

    def _end_all(self, to_be_told):
        """`to_be_told`: the programs whose last words are shown."""
        for name in to_be_told:
            log = self.dir / f"{name}.log"
            if log.exists():
                print(f"--- {name}:\n{log.read_text(errors='replace')[-3000:]}", flush=True)
        for program in ("stocktray-agent", "stocktray-gateway"):
            self.kill_started(program)
        for process in reversed(self.processes):
            self.end(process, signal.SIGKILL)
        self._dir.cleanup()

    def _spawn(self, line, **more):
        name = pathlib.Path(line[0]).name
        log = open(self.dir / f"{name}.log", "ab")
        process = subprocess.Popen([str(word) for word in line], env=self.environment, stdin=subprocess.DEVNULL, stdout=log,
                                   stderr=log, preexec_fn=_die_with_parent, umask=self._umask, **more)
        log.close()
        self.processes.append(process)
        return process

    def run(self, *line):
        subprocess.run([str(word) for word in line], env=self.environment, check=True, stdout=subprocess.DEVNULL,
                       timeout=LIMIT)

    def start(self, *line):
        return self._spawn(list(line))

    def end(self, process, how=signal.SIGTERM):
        """Ends it and whatever it started."""
        if process in self.processes:
            self.processes.remove(process)
        try:
            os.killpg(process.pid, how)
        except ProcessLookupError:
            pass
        process.wait(timeout=LIMIT)

    def kill_started(self, program):
        """What the tray has started for this desk lives on without it."""
        found = subprocess.run(["pgrep", "-f", f"^{BIN}/{program}$"], capture_output=True, text=True).stdout.split()
        for pid in found:
            try:
                if f"XDG_RUNTIME_DIR={self.environment['XDG_RUNTIME_DIR']}".encode() in \
                        pathlib.Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
                    os.kill(int(pid), signal.SIGKILL)
            except (FileNotFoundError, ProcessLookupError):
                pass

    # --- the agent and its store

    def start_agent(self, retry_ms=20, **parameters):
        config = self.dir / "agent.toml"
        config.write_text('[log]\nlevel = "warning"\n[secrets]\nstore = "file"\n'
                          f"[retry]\nbase_ms = {retry_ms}\ncap_ms = {retry_ms * 10}\n"
                          "[doubts]\nbetween_reads_ms = 50\nafter_import_ms = 50\nretry_base_ms = 50\nretry_cap_ms = 500\n")
        self.agent = self.start(BIN / "stocktray-agent", "--data-dir", self.dir / "data", "--config", config)
        until(lambda: self.ctl("status", check=False).returncode in (0, 1, 2), "the agent answers")
        for name, value in parameters.items():
            self.ctl("parameters", "set", f"{name}={value}")

    def stop_agent(self):
        self.end(self.agent)

    def ctl(self, *words, check=True, stdin=None):
        done = subprocess.run([str(BIN / "stocktrayctl"), *words], env=self.environment, capture_output=True, text=True,
                              timeout=LIMIT, stdin=stdin or subprocess.DEVNULL)
        if check and done.returncode not in (0, 1, 2):
            raise AssertionError(f"stocktrayctl {' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def ask(self, *words):
        return json.loads(self.ctl("--json", *words).stdout)

    def start_store(self):
        """The practice store, and those of the other carts: each has one of its own."""
        self._stores = self._stores or {"main": self._make_store("store")}
        for store in self._stores.values():
            self._start_store(store)

    def _make_store(self, folder):
        make = [self.dir / folder, "20"]
        made = subprocess.run(["php", SOURCE / "installer/practice-store/make.php", *map(str, make)], capture_output=True,
                              text=True, check=True, timeout=LIMIT).stdout
        values = dict(line.split("=", 1) for line in made.splitlines() if "=" in line)
        return {"folder": self.dir / folder, "port": free_port(), "user": values["user"], "password": values["password"]}

    def _start_store(self, store):
        store["process"] = subprocess.Popen(["php", "-S", f"127.0.0.1:{store['port']}", "-t", str(store["folder"] / "public")],
                                            env=dict(self.environment, STOCKTRAY_CONFIG=str(store["folder"] / "stocktray-config.php"),
                                                     PHP_CLI_SERVER_WORKERS="4"),
                                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                            preexec_fn=_die_with_parent)
        self.processes.append(store["process"])
        until(lambda: self._answers(store), "the practice store answers")

    @staticmethod
    def _answers(store):
        try:
            socket.create_connection(("127.0.0.1", store["port"]), timeout=1).close()
            return True
        except OSError:
            return False

    def stop_store(self):
        for store in self._stores.values():
            self.end(store["process"], signal.SIGKILL)
            until(lambda: not self._answers(store), "the practice store is gone")

    @property
    def store_port(self):
        return self._stores["main"]["port"]

    def add_cart(self, cart="main", name="Main Store", port=None):
        """A cart for its practice store, synchronized."""
        if cart not in self._stores:
            self._stores[cart] = self._make_store(f"store-{cart}")
            self._start_store(self._stores[cart])
        store = self._stores[cart]
        read, write = os.pipe()
        os.write(write, store["password"].encode() + b"\n")
        os.close(write)
        done = subprocess.run([str(BIN / "stocktrayctl"), "carts", "add", cart, "--name", name, "--url",
                               f"http://127.0.0.1:{port or store['port']}/stocktray.php", "--user", store["user"], "--allow-http",
                               "--password-fd", str(read)], env=self.environment, pass_fds=[read], capture_output=True, text=True)
        os.close(read)
        assert done.returncode == 0, done.stdout + done.stderr
        self.ctl("carts", "set", cart, "--synchronize")

    def compare(self, cart="main"):
        """All counts of the cart were compared, and nothing differs: its Order Manager knows none yet."""
        self.ctl("get", cart, "--allow-pending", "--yes")

    def store_url(self):
        return f"http://127.0.0.1:{self.store_port}/stocktray.php"

    def store_user(self):
        return self._stores["main"]["user"]

    def store_password(self):
        return self._stores["main"]["password"]

    # --- the tray

    def start_tray(self, *words):
        self.tray = self.start(BIN / "stocktray", *words)
        return self.tray

    def picture(self, path):
        if path:
            subprocess.run(["import", "-window", "root", path], env=self.environment, check=False, timeout=LIMIT)
