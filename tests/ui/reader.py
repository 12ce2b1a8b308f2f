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
        try:
            child = desktop.get_child_at_index(index)
            if child and child.get_name() == "stocktray":
                return child
        except GLib.Error:
            continue  # one that has ended
    return None


def is_showing(node):
    try:
        return node.get_state_set().contains(Atspi.StateType.SHOWING)
    except GLib.Error:
        return False


def is_enabled(node):
    try:
        return node is not None and node.get_state_set().contains(Atspi.StateType.SENSITIVE)
    except GLib.Error:
        return False


def is_grey(node):
    """It is there and cannot be pressed, which is more than not to be seen just now."""
    return node is not None and not node.get_state_set().contains(Atspi.StateType.SENSITIVE)


def every(role=None, name=None, inside=None):
    found = []
    try:
        for node in _walk(inside or _program()):
            if (role is None or node.get_role_name() == role) and (name is None or node.get_name().startswith(name)) and is_showing(node):
                found.append(node)
    except GLib.Error:
        pass  # it changes while it is read; the caller looks again
    return found


def inside(node):
    """All of a control's parts, shown or not."""
    return list(_walk(node))


def gone(name=""):
    """No window whose title begins so is shown. Only a look that saw everything can tell: a program that is busy does not
    answer in time, and looks as if it had none."""
    def children(node):
        return [child for child in (node.get_child_at_index(index) for index in range(node.get_child_count())) if child]

    try:
        return not any(window.get_role_name() == "frame" and window.get_name().startswith(name)
                       and window.get_state_set().contains(Atspi.StateType.SHOWING)
                       for program in children(Atspi.get_desktop(0)) if program.get_name() == "stocktray"
                       for window in children(program))
    except GLib.Error:
        return False


def find(role, name):
    return next(iter(every(role, name)), None)


def wait_for(role, name):
    return until(lambda: find(role, name), f"{role} “{name}”")


def place_of(role, name):
    """Where it stands on the screen: x, y, width and height."""
    def found():
        node = find(role, name)
        component = node and node.get_component_iface()  # none while it is made anew
        return component and component.get_extents(0)

    return until(found, f"the place of {role} “{name}”")


def wait_active(name):
    """The window has the focus: keys that come before that are lost."""
    until(lambda: any(_is(node, Atspi.StateType.ACTIVE) for node in every("frame", name)), f"“{name}” has the focus")


def press(name, role="push button", last=False):
    found = until(lambda: every(role, name), f"{role} “{name}”")
    found[-1 if last else 0].do_action(0)


def _is(node, state):
    try:
        return node is not None and node.get_state_set().contains(state)
    except GLib.Error:
        return False


def last(role, name):
    return next(reversed(every(role, name)), None)


def is_focused(node):
    return _is(node, Atspi.StateType.FOCUSED)


def is_typed_to():
    """Whether what is typed goes to a window of the program."""
    program = _program()
    return program is not None and any(_is(program.get_child_at_index(index), Atspi.StateType.ACTIVE)
                                       for index in range(program.get_child_count()))


def is_focusable(node):
    return _is(node, Atspi.StateType.FOCUSABLE)


def is_checked(node):
    return _is(node, Atspi.StateType.CHECKED)


def is_unticked(node):
    return node is not None and not node.get_state_set().contains(Atspi.StateType.CHECKED)


def field(name):
    """What stands in the text field of that name, or None."""
    for node in every(None, name):
        text = node.get_text_iface()
        if text and node.get_role_name() in ("text", "password text", "entry"):
            return Atspi.Text.get_text(node, 0, -1)
    return None


def access_keys():
    """The controls that can be seen by their access key: {"s": ["Save"]}."""
    keys = {}
    try:
        for node in every():
            action = node.get_action_iface()
            for index in range(action.get_n_actions() if action else 0):
                key = action.get_key_binding(index).split(";")[0].lower()
                if key:
                    keys.setdefault(key, []).append(node.get_name())
                    break
    except GLib.Error:
        return {}  # it changes while it is read; the caller looks again
    return keys


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


def wait_says(words):
    """Not one look: while a window is laid out anew, a look finds a part of it."""
    until(lambda: says(words), f"it says “{words}”")
