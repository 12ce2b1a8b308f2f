"""libstocktray for Python, with nothing but ctypes.

    from stocktray import Connection
    with Connection("my-om 1.0") as om:
        om.submit("order-1", "A-1", -2, "phone_order", by="ann")
"""
import ctypes
import os
from ctypes import POINTER, byref, c_char_p, c_int32, c_int64, c_size_t, c_void_p

OK, NO_AGENT, NO_ANSWER, NOTHING = 0, 10, 11, 13
PLACES = ("at_agent", "spooled", "refused")

_library = ctypes.CDLL(os.environ.get("STOCKTRAY_LIBRARY", "libstocktray.so.1"))


def _function(name, result, *parameters):
    function = getattr(_library, "stocktray_" + name)
    function.restype, function.argtypes = result, parameters
    return function


_last_error = _function("last_error", c_char_p)
_open = _function("open", c_int32, c_char_p, c_char_p, c_char_p, POINTER(c_void_p))
_close = _function("close", None, c_void_p)
_change_new = _function("change_new", c_void_p, c_char_p, c_char_p, c_int64, c_char_p)
_change_set_text = _function("change_set_text", c_int32, c_void_p, c_char_p, c_char_p)
_change_free = _function("change_free", None, c_void_p)
_submit_one = _function("submit_one", c_int32, c_void_p, c_void_p, c_int32, POINTER(c_int32))
_flush = _function("flush", c_int32, c_void_p, c_int32)
_pull = _function("pull", c_int32, c_void_p, c_char_p, c_int32, c_int32, POINTER(c_void_p))
_items_count = _function("items_count", c_size_t, c_void_p)
_items_delta = _function("items_delta", c_int64, c_void_p, c_size_t)
_items_qoh = _function("items_qoh", c_int64, c_void_p, c_size_t)
_items_is_new = _function("items_is_new", c_int32, c_void_p, c_size_t)
_items_text = _function("items_text", c_char_p, c_void_p, c_size_t, c_char_p)
_items_free = _function("items_free", None, c_void_p)
_acknowledge = _function("acknowledge", c_int32, c_void_p, c_char_p, c_char_p, c_int32)
_waiting = _function("waiting", c_int64, c_void_p)
_refused = _function("refused", c_int64, c_void_p)
_silent_since = _function("silent_since", c_int64, c_void_p)
_trouble = _function("trouble", c_int32, c_void_p)


class Error(Exception):
    def __init__(self, code):
        super().__init__(_last_error().decode())
        self.code = code


def _must(code):
    if code != OK:
        raise Error(code)


class Connection:
    def __init__(self, client, endpoint=None, spool=None):
        self._handle = c_void_p()
        _must(_open(client.encode(), _bytes(endpoint), _bytes(spool), byref(self._handle)))

    def close(self):
        _close(self._handle)
        self._handle = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def submit(self, change_id, sku, pieces, reason, wait_ms=0, **texts):
        """Saved when it returns: "at_agent" or "spooled". texts: order, origin_cart, by, workstation, note, ..."""
        change = _change_new(_bytes(change_id), sku.encode(), pieces, reason.encode())
        place = c_int32(1)
        try:
            for field, value in texts.items():
                _must(_change_set_text(change, field.encode(), value.encode()))
            _must(_submit_one(self._handle, change, wait_ms, byref(place)))
        finally:
            _change_free(change)
        return PLACES[place.value]

    def flush(self, wait_ms):
        """Whether nothing is on its way any more."""
        code = _flush(self._handle, wait_ms)
        if code not in (OK, NO_AGENT):
            raise Error(code)
        return code == OK

    def pull(self, consumer, limit=100, timeout_ms=10000):
        items = c_void_p()
        code = _pull(self._handle, consumer.encode(), limit, timeout_ms, byref(items))
        if code == NOTHING:
            return []
        _must(code)
        try:
            return [
                {
                    **{field: _items_text(items, i, field.encode()).decode() for field in ("sku", "cursor", "name", "cart", "job")},
                    "delta": _items_delta(items, i),
                    "qoh": _items_qoh(items, i),
                    "is_new": bool(_items_is_new(items, i)),
                }
                for i in range(_items_count(items))
            ]
        finally:
            _items_free(items)

    def acknowledge(self, consumer, cursor, timeout_ms=10000):
        _must(_acknowledge(self._handle, consumer.encode(), cursor.encode(), timeout_ms))

    waiting = property(lambda self: _waiting(self._handle))
    refused = property(lambda self: _refused(self._handle))
    silent_since = property(lambda self: _silent_since(self._handle))

    @property
    def trouble(self):
        """Why nothing is delivered just now, None: all is well."""
        return None if _trouble(self._handle) == OK else _last_error().decode()


def _bytes(text):
    return None if text is None else str(text).encode()
