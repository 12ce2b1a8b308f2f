"""Stand-ins for what a desktop offers on the session bus: a panel that shows StatusNotifier icons, and notifications."""
import gi
gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib

from desk import until

WATCHER = """<node><interface name="org.kde.StatusNotifierWatcher">
<method name="RegisterStatusNotifierItem"><arg direction="in" type="s"/></method>
<method name="RegisterStatusNotifierHost"><arg direction="in" type="s"/></method>
<property name="IsStatusNotifierHostRegistered" type="b" access="read"/>
<property name="ProtocolVersion" type="i" access="read"/>
<property name="RegisteredStatusNotifierItems" type="as" access="read"/>
<signal name="StatusNotifierHostRegistered"/>
<signal name="StatusNotifierHostUnregistered"/>
</interface></node>"""


class Panel:
    """A StatusNotifier panel. `start` and `stop` are a panel that is started again."""

    def __init__(self, has_host=True):
        self.bus = Gio.bus_get_sync(Gio.BusType.SESSION)
        self.has_host = has_host  # else it only collects icons
        self.items = []  # (bus name, object path), the last one counts
        self._object = 0
        self._name = 0

    def start(self):
        interface = Gio.DBusNodeInfo.new_for_xml(WATCHER).interfaces[0]
        self._object = self.bus.register_object("/StatusNotifierWatcher", interface, self._call, self._get, None)
        owned = []
        self._name = Gio.bus_own_name_on_connection(self.bus, "org.kde.StatusNotifierWatcher", 0, lambda *_: owned.append(1), None)
        until(lambda: owned, "the panel has its name")

    def stop(self):
        Gio.bus_unown_name(self._name)
        self.bus.unregister_object(self._object)
        self.items.clear()

    def _call(self, _bus, sender, _path, _interface, method, parameters, invocation):
        invocation.return_value(None)
        if method == "RegisterStatusNotifierItem":
            name = parameters.unpack()[0]
            self.items.append((sender, name if name.startswith("/") else "/StatusNotifierItem"))

    def turn_host(self, has_host):
        """A host comes or goes; the watcher stays."""
        self.has_host = has_host
        self.bus.emit_signal(None, "/StatusNotifierWatcher", "org.kde.StatusNotifierWatcher",
                             "StatusNotifierHostRegistered" if has_host else "StatusNotifierHostUnregistered", None)

    def _get(self, _bus, _sender, _path, _interface, name):
        return {"IsStatusNotifierHostRegistered": GLib.Variant("b", self.has_host), "ProtocolVersion": GLib.Variant("i", 0),
                "RegisteredStatusNotifierItems": GLib.Variant("as", [])}[name]

    def _ask(self, path, interface, method, parameters):
        try:
            answer = self.bus.call_sync(self.items[-1][0], path, interface, method, parameters, None, 0, 5000, None)
            return answer.unpack() if answer else None
        except GLib.Error:
            return None

    def icon(self):
        """Its properties, or None while there is none."""
        if not self.items:
            return None
        answer = self._ask(self.items[-1][1], "org.freedesktop.DBus.Properties", "GetAll",
                           GLib.Variant("(s)", ("org.kde.StatusNotifierItem",)))
        return answer[0] if answer else None

    def shows(self, name):
        icon = self.icon()
        return icon and icon["IconName"] == name and icon

    def title(self):
        icon = self.icon()
        return icon["Title"] if icon else ""

    def menu(self):
        """The entries as (id, label, enabled, check or None, children)."""
        icon = self.icon()
        layout = icon and self._ask(icon["Menu"], "com.canonical.dbusmenu", "GetLayout", GLib.Variant("(iias)", (0, -1, [])))
        if not layout:
            return []

        def entries(node):
            return [(number, values.get("label", "").replace("_", ""), values.get("enabled", True),
                     values.get("toggle-state") if values.get("toggle-type") else None, entries((number, values, children)))
                    for number, values, children in node[2]]

        return entries(layout[1])

    def find(self, label, menu=None):
        """The entry whose label begins so, wherever it is."""
        for entry in self.menu() if menu is None else menu:
            if entry[1].startswith(label):
                return entry
            if entry[4] and (found := self.find(label, entry[4])):
                return found
        return None

    def check(self, label):
        """How the entry's check box stands: 0 or 1; None without one, or while there is no such entry."""
        entry = self.find(label)
        return entry[3] if entry else None

    def _clicked(self, label):
        entry = self.find(label)
        icon = entry and self.icon()
        if not icon:
            return False
        assert entry[2], f"“{entry[1]}” is disabled"
        try:
            self.bus.call_sync(self.items[-1][0], icon["Menu"], "com.canonical.dbusmenu", "Event",
                               GLib.Variant("(isvu)", (entry[0], "clicked", GLib.Variant("i", 0), 0)), None, 0, 30_000, None)
            return True
        except GLib.Error as error:
            # The menu was made anew since it was read, and does not know the entry by that number any more.
            if Gio.DBusError.is_remote_error(error):
                return False
            raise

    def click(self, label):
        until(lambda: self._clicked(label), f"menu entry “{label}”")


NOTIFICATIONS = """<node><interface name="org.freedesktop.Notifications">
<method name="Notify"><arg direction="in" type="s"/><arg direction="in" type="u"/><arg direction="in" type="s"/>
<arg direction="in" type="s"/><arg direction="in" type="s"/><arg direction="in" type="as"/><arg direction="in" type="a{sv}"/>
<arg direction="in" type="i"/><arg direction="out" type="u"/></method>
<method name="CloseNotification"><arg direction="in" type="u"/></method>
<method name="GetCapabilities"><arg direction="out" type="as"/></method>
<method name="GetServerInformation"><arg direction="out" type="s"/><arg direction="out" type="s"/><arg direction="out" type="s"/>
<arg direction="out" type="s"/></method>
<signal name="ActionInvoked"><arg type="u"/><arg type="s"/></signal>
<signal name="NotificationClosed"><arg type="u"/><arg type="u"/></signal>
</interface></node>"""


class Notifications:
    """A server for desktop notifications; `shown` is what stands on the screen."""

    def __init__(self):
        self.bus = Gio.bus_get_sync(Gio.BusType.SESSION)
        self.hangs = False  # answers nobody
        self._held = []    # what came meanwhile
        self.shown = {}    # number -> {title, body, actions}
        self.history = []  # every title that was ever shown
        self._last = 0
        interface = Gio.DBusNodeInfo.new_for_xml(NOTIFICATIONS).interfaces[0]
        self.bus.register_object("/org/freedesktop/Notifications", interface, self._call, None, None)
        owned = []
        Gio.bus_own_name_on_connection(self.bus, "org.freedesktop.Notifications", 0, lambda *_: owned.append(1), None)
        until(lambda: owned, "the notification server has its name")

    def _signal(self, name, *values):
        self.bus.emit_signal(None, "/org/freedesktop/Notifications", "org.freedesktop.Notifications", name,
                             GLib.Variant("(us)" if name == "ActionInvoked" else "(uu)", values))

    def wake(self):
        """It hangs no longer, and works off what came meanwhile."""
        self.hangs = False
        held, self._held = self._held, []
        for call in held:
            self._call(*call)

    def _call(self, *call):
        _bus, _sender, _path, _interface, method, parameters, invocation = call
        if self.hangs:
            self._held.append(call)
            return
        values = parameters.unpack()
        if method == "Notify":
            _program, replaces, _icon, title, body, actions, _hints, _timeout = values
            if not replaces:
                self._last += 1
                replaces = self._last
            self.shown[replaces] = {"title": title, "body": body, "actions": dict(zip(actions[::2], actions[1::2]))}
            self.history.append(title)
            invocation.return_value(GLib.Variant("(u)", (replaces,)))
        elif method == "CloseNotification":
            self.shown.pop(values[0], None)
            invocation.return_value(None)
            self._signal("NotificationClosed", values[0], 3)
        elif method == "GetCapabilities":
            invocation.return_value(GLib.Variant("(as)", (["body", "actions"],)))
        else:
            invocation.return_value(GLib.Variant("(ssss)", ("stand-in", "stocktray", "1", "1.2")))

    def find(self, title):
        return next((number for number, note in self.shown.items() if note["title"].startswith(title)), None)

    def press(self, number, label):
        action = next(key for key, text in self.shown[number]["actions"].items() if text == label)
        self._signal("ActionInvoked", number, action)
        self.shown.pop(number, None)
        self._signal("NotificationClosed", number, 2)
