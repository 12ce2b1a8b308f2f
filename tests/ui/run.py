#!/usr/bin/python3
"""One case of the UI tests, on a bus and a display of its own: run.py CASE. Without a name: lists them."""
import os
import sys

if __name__ == "__main__":
    if len(sys.argv) > 1 and "STOCKTRAY_UI_BUS" not in os.environ:
        os.environ["STOCKTRAY_UI_BUS"] = "own"
        os.execvp("dbus-run-session", ["dbus-run-session", "--", "/usr/bin/python3", *sys.argv])
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import cases
    by_name = {case.__name__: case for case in cases.ALL}
    if len(sys.argv) < 2:
        print("\n".join(by_name))
    else:
        by_name[sys.argv[1]]()
