"""Windows as a screen reader sees them."""
import gi
gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib

from desk import until


def _walk(node, depth=0):
    if node is None or depth > 12:
        return
    yield node
    try:
        count = node.get_child_count()
    except GLib.Error:
        return
    for index in range(min(count, 300)):
        try:
            yield from _walk(node.get_child_at_index(index), depth + 1)
        except GLib.Error:
            continue


def _program():
    desktop = Atspi.get_desktop(0)
    for index in range(desktop.get_child_count()):
        child = desktop.get_child_at_index(index)
        if child and child.get_name() == "stocktray":
            return child
    return None


def is_showing(node):
    try:
        return node.get_state_set().contains(Atspi.StateType.SHOWING)
    except GLib.Error:
        return False


def is_sensitive(node):
    try:
        return node is not None and node.get_state_set().contains(Atspi.StateType.SENSITIVE)
    except GLib.Error:
        return False


def every(role=None, name=None, inside=None):
    found = []
    try:
        for node in _walk(inside or _program()):
            if (role is None or node.get_role_name() == role) and (name is None or node.get_name().startswith(name)) and is_showing(node):
                found.append(node)
    except GLib.Error:
        pass  # it changes while it is read; the caller looks again
    return found


def find(role, name):
    return next(iter(every(role, name)), None)


def wait_for(role, name):
    return until(lambda: find(role, name), f"{role} “{name}”")


def press(name, role="push button"):
    wait_for(role, name).do_action(0)


def texts():
    """All that is written anywhere in the program's windows."""
    words = []
    for node in every():
        try:
            words.append(node.get_name() or "")
            text = node.get_text_iface()
            if text:
                words.append(Atspi.Text.get_text(node, 0, -1))
        except GLib.Error:
            pass  # it went while it was read
    return words


def says(words):
    return any(words in text for text in texts())
