#!/usr/bin/python3
"""A keyring on a session bus (Secret Service): as much of it as libsecret asks for.

  secret_service.py FOLDER     items stand in FOLDER/items.json; while FOLDER/locked is there, nobody unlocks it
"""
import json
import pathlib
import sys

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

ROOT = "/org/freedesktop/secrets"
COLLECTION = ROOT + "/collection/login"
SESSION = ROOT + "/session/1"
PROMPT = ROOT + "/prompt/1"
SERVICE = "org.freedesktop.Secret."
folder = pathlib.Path(sys.argv[1])
items = {}  # path -> {label, attributes, secret}


def is_locked():
    return (folder / "locked").exists()


def load():
    if (folder / "items.json").exists():
        items.update(json.loads((folder / "items.json").read_text()))


def save():
    draft = folder / "items.json.new"
    draft.write_text(json.dumps(items))
    draft.rename(folder / "items.json")


def paths(which):
    return dbus.Array(which, signature="o")


class Object(dbus.service.Object):
    def members(self):
        return {}

    @dbus.service.method("org.freedesktop.DBus.Properties", "ss", "v")
    def Get(self, interface, name):
        return self.members()[str(name)]

    @dbus.service.method("org.freedesktop.DBus.Properties", "s", "a{sv}")
    def GetAll(self, interface):
        return dbus.Dictionary(self.members(), signature="sv")

    @dbus.service.method("org.freedesktop.DBus.Properties", "ssv", "")
    def Set(self, interface, name, value):
        pass


class Item(Object):
    def __init__(self, bus, path):
        super().__init__(bus, path)
        self.path = path

    def members(self):
        item = items[self.path]
        return {"Locked": dbus.Boolean(is_locked()), "Label": item["label"], "Created": dbus.UInt64(1), "Modified": dbus.UInt64(1),
                "Attributes": dbus.Dictionary(item["attributes"], signature="ss")}

    @dbus.service.method(SERVICE + "Item", "", "o")
    def Delete(self):
        del items[self.path]
        self.remove_from_connection()
        save()
        return "/"


class Collection(Object):
    def members(self):
        return {"Locked": dbus.Boolean(is_locked()), "Label": "Login", "Items": paths(items), "Created": dbus.UInt64(1),
                "Modified": dbus.UInt64(1)}

    @dbus.service.method(SERVICE + "Collection", "a{sv}(oayays)b", "oo")
    def CreateItem(self, properties, secret, replace):
        if is_locked():
            raise dbus.DBusException("locked", name=SERVICE + "Error.IsLocked")
        attributes = {str(k): str(v) for k, v in properties[SERVICE + "Item.Attributes"].items()}
        same = [path for path, item in items.items() if item["attributes"] == attributes]
        path = same[0] if same else f"{COLLECTION}/{max([int(p.rsplit('/', 1)[1]) for p in items], default=0) + 1}"
        items[path] = {"label": str(properties[SERVICE + "Item.Label"]), "attributes": attributes,
                       "secret": bytes(secret[2]).decode()}
        if not same:
            Item(self.connection, path)
        save()
        return path, "/"


class Prompt(Object):
    """Nobody answers it while the keyring is locked. That it was shown is told by FOLDER/asked."""

    wanted = []

    @dbus.service.method(SERVICE + "Prompt", "s", "")
    def Prompt(self, window):
        (folder / "asked").touch()
        GLib.timeout_add(50, self.look)

    @dbus.service.method(SERVICE + "Prompt", "", "")
    def Dismiss(self):
        self.Completed(True, paths([]))

    @dbus.service.signal(SERVICE + "Prompt", "bv")
    def Completed(self, dismissed, result):
        pass

    def look(self):
        if is_locked():
            return True
        self.Completed(False, paths(self.wanted))
        return False


class Service(Object):
    def members(self):
        return {"Collections": paths([COLLECTION])}

    @dbus.service.method(SERVICE + "Service", "sv", "vo")
    def OpenSession(self, algorithm, given):
        if algorithm != "plain":
            raise dbus.DBusException("plain only", name="org.freedesktop.DBus.Error.NotSupported")
        return dbus.String("", variant_level=1), SESSION

    @dbus.service.method(SERVICE + "Service", "a{ss}", "aoao")
    def SearchItems(self, wanted):
        found = [path for path, item in items.items() if wanted.items() <= item["attributes"].items()]
        return (paths([]), paths(found)) if is_locked() else (paths(found), paths([]))

    @dbus.service.method(SERVICE + "Service", "ao", "aoo")
    def Unlock(self, objects):
        Prompt.wanted = [str(one) for one in objects]
        return (paths([]), PROMPT) if objects and is_locked() else (paths(objects), "/")

    @dbus.service.method(SERVICE + "Service", "aoo", "a{o(oayays)}")
    def GetSecrets(self, wanted, session):
        secrets = {} if is_locked() else {
            path: dbus.Struct((session, dbus.ByteArray(b""), dbus.ByteArray(items[path]["secret"].encode()), "text/plain"),
                              signature="oayays") for path in map(str, wanted)}
        return dbus.Dictionary(secrets, signature="o(oayays)")

    @dbus.service.method(SERVICE + "Service", "s", "o")
    def ReadAlias(self, name):
        return COLLECTION if name == "default" else "/"


def main():
    dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
    bus = dbus.SessionBus()
    load()
    kept = [Service(bus, ROOT), Collection(bus, COLLECTION), Collection(bus, ROOT + "/aliases/default"), Object(bus, SESSION), Prompt(bus, PROMPT)]
    kept += [Item(bus, path) for path in items]
    name = dbus.service.BusName("org.freedesktop.secrets", bus)
    (folder / "ready").touch()
    GLib.MainLoop().run()
    del name


if __name__ == "__main__":
    main()
