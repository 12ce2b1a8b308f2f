"""Cases of Get, Send, Compare and Report: windows with a job, opened from the menu. run.py runs one by its name."""
import subprocess

import reader
from desk import SOURCE, Desk, until
from panel import Notifications, Panel

MAKE = SOURCE / "installer/practice-store/make.php"


def in_store(desk, sku, qoh=None):
    """The store's count of a SKU, or sets it behind everybody's back."""
    code = "$d = new PDO('sqlite:' . $argv[1]); $d->exec('PRAGMA busy_timeout = 10000');"
    code += ("$s = $d->prepare('UPDATE items SET qoh = ? WHERE sku = ?'); $s->execute(array($argv[3], $argv[2]));" if qoh is not None
             else "$s = $d->prepare('SELECT qoh FROM items WHERE sku = ?'); $s->execute(array($argv[2])); echo $s->fetchColumn();")
    return subprocess.run(["php", "-r", code, "--", str(desk.dir / "store/store.sqlite"), sku, str(qoh)], capture_output=True, text=True,
                          check=True).stdout


def take_counts(desk, cart="main", skus=20):
    """The Order Manager's counts are those of the store, and all its web orders are imported."""
    # Opened first: what changed a moment ago counts, too.
    opened = desk.ctl("snapshot", "--open", "--source", "om").stdout.strip()
    lines = "sku,qoh\n" + "".join(f"SKU-{n:04},{in_store(desk, f'SKU-{n:04}')}\n" for n in range(1, skus + 1))
    (desk.dir / "counts.csv").write_text(lines)
    desk.ctl("snapshot", "--source", "om", str(desk.dir / "counts.csv"), "--opened", opened)
    (desk.dir / "orders.csv").write_text("order,sku,qty\n")
    desk.ctl("orders", "imported", cart, "--last-order", "", "--count", "0", "--lines", str(desk.dir / "orders.csv"))


def _shop(desk):
    panel, _ = Panel(), Notifications()
    panel.start()
    desk.start_store()
    desk.start_agent(SynchQOH="true")
    desk.add_cart()
    take_counts(desk)
    desk.start_tray()
    until(lambda: panel.shows("stocktray-equal"), "all is well")
    return panel


def _enabled(name):
    return reader.is_enabled(reader.find("push button", name))


def _press(name):
    until(lambda: _enabled(name), f"“{name}” can be pressed")
    reader.press(name)


def _row(sku):
    return until(lambda: reader.find("table cell", sku), f"the row of {sku}")


def send_from_the_menu_is_previewed_sent_and_taken_back():
    with Desk() as desk:
        panel = _shop(desk)
        due = int(in_store(desk, "SKU-0003"))
        in_store(desk, "SKU-0003", due + 7)
        panel.click("Send QOH To Website…")
        reader.wait_for("frame", "Send QOH To Website, Main Store")
        until(lambda: reader.says("while synchronization runs"), "it says why it is safe")
        _press("Preview")
        until(lambda: reader.says("Replace 1 count in Main Store?"), "the question has the number")
        _row("SKU-0003")
        assert int(in_store(desk, "SKU-0003")) == due + 7, "a preview changes nothing"
        _press("Send QOH")
        until(lambda: reader.says("1 count was replaced in Main Store."), "the result in words", 90)
        assert int(in_store(desk, "SKU-0003")) == due
        _press("Undo…")
        until(lambda: reader.says("Take back 1 change in Main Store?"), "the undo is previewed")
        assert int(in_store(desk, "SKU-0003")) == due
        _press("Take Back")
        until(lambda: reader.says("1 count was taken back."), "its result", 90)
        assert int(in_store(desk, "SKU-0003")) == due + 7


def get_from_the_menu_hands_the_stores_counts_over():
    with Desk() as desk:
        panel = _shop(desk)
        stored = int(in_store(desk, "SKU-0005")) + 4
        in_store(desk, "SKU-0005", stored)
        panel.click("Get QOH From Website…")
        reader.wait_for("frame", "Get QOH From Website, Main Store")
        from gi.repository import Atspi
        box = reader.wait_for("check box", "Create Records for New Products")
        assert not box.get_state_set().contains(Atspi.StateType.CHECKED), "off unless it is asked for"
        _press("Preview")
        until(lambda: reader.says("Hand 1 count of Main Store to the Order Manager?"), "the question")
        _press("Get QOH")
        until(lambda: reader.says("1 count was handed to the Order Manager."), "the result", 90)
        pulled = desk.ctl("pull", "--consumer", "om").stdout
        assert "SKU-0005" in pulled, pulled


def a_send_that_would_change_a_lot_asks_for_a_reason():
    with Desk() as desk:
        panel = _shop(desk)
        due = {n: int(in_store(desk, f"SKU-{n:04}")) for n in range(1, 16)}
        for n in due:
            in_store(desk, f"SKU-{n:04}", 5_000)
        panel.click("Send QOH To Website…")
        _press("Preview")
        until(lambda: reader.says("Of 20 counts 15 would change, 15 by more than half"), "the guard's numbers")
        assert not _enabled("Send QOH"), "not without a word"
        reader.press("I have looked at it", "check box")
        until(lambda: reader.says("Please say why it is right."), "and a reason")
        assert not _enabled("Send QOH")
        reader.wait_for("text", "Why it is right").grab_focus()
        subprocess.run(["xdotool", "type", "counted by hand"], env=desk.environment, check=True)
        _press("Send QOH")
        until(lambda: reader.says("15 counts were replaced in Main Store."), "it was done", 90)
        assert int(in_store(desk, "SKU-0001")) == due[1]
        assert "counted by hand" in desk.ctl("history").stdout


def compare_finds_a_planted_difference_and_send_ours_repairs_it():
    with Desk() as desk:
        panel = _shop(desk)
        due = int(in_store(desk, "SKU-0007"))
        in_store(desk, "SKU-0007", due - 3)
        panel.click("Compare Now…")
        reader.wait_for("frame", "Compare, Main Store")
        # The agent may have compared by itself before the difference was there.
        until(lambda: _enabled("Compare Now"), "it is at rest")
        reader.press("Compare Now")
        until(lambda: reader.says("1 SKU differs."), "the difference is counted", 90)
        _row("SKU-0007")
        _press("Explain")
        until(lambda: reader.says("SKU SKU-0007: "), "it is explained")
        _press("Send Ours")
        until(lambda: reader.find("table cell", "sent to the store"), "the row says what was done", 90)
        assert int(in_store(desk, "SKU-0007")) == due


def the_report_is_shown_and_follows_the_chosen_time():
    with Desk() as desk:
        panel = _shop(desk)
        desk.ctl("submit", "SKU-0001", "-1", "--reason", "phone_order")
        desk.ctl("wait", "--confirmed")
        panel.click("Report…")
        reader.wait_for("frame", "Report")
        until(lambda: reader.says("1 change of counts in the Order Manager, 1 post confirmed"), "the verdict")
        reader.wait_for("table cell", "Posts confirmed")
        desk.environment["BROWSER"] = "true"
        _press("Open as a Page")
        page = desk.dir / ".cache/stocktray/report.html"
        until(lambda: page.exists() and page.read_text().rstrip().endswith("</html>"), "the page is written")


ALL = [case for name, case in list(globals().items()) if callable(case) and getattr(case, "__module__", "") == __name__
       and not name.startswith("_") and not case.__code__.co_argcount]
