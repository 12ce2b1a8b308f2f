#!/usr/bin/python3
"""One case of the UI tests, on a bus and a display of its own: run.py CASE. Without a name: lists them."""
import os
import subprocess
import sys
import tempfile

if __name__ == "__main__":
    if len(sys.argv) > 1 and "STOCKTRAY_UI_BUS" not in os.environ:
        # The bus of screen readers lies in the runtime folder: each case has one of its own. What the bus has started
        # ends a moment after it, and may still write there.
        with tempfile.TemporaryDirectory(prefix="stocktray-bus-", ignore_cleanup_errors=True) as folder:
            own = dict(os.environ, STOCKTRAY_UI_BUS="own", XDG_RUNTIME_DIR=folder)
            line = ["dbus-run-session", "--", "/usr/bin/python3", *sys.argv]
            sys.exit(subprocess.run(line, env=own, check=False).returncode)
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import cases
    import cases_setup
    import job_cases
    import window_cases
    by_name = {case.__name__: case for module in (cases, cases_setup, job_cases, window_cases) for case in module.ALL}
    if len(sys.argv) < 2:
        print("\n".join(by_name))
    else:
        by_name[sys.argv[1]]()
