"""The same as order_manager.c in Python.

python3 order_manager.py SKU PIECES REASON [ID]
"""
import sys

import stocktray


def take_over(om):
    items = om.pull("order-manager", 100, 2000)
    # In a real program the loop and the last cursor are one transaction of its own database.
    for item in items:
        print(f"{item['sku']}: add {item['delta']}")
    if items:
        om.acknowledge("order-manager", items[-1]["cursor"], 2000)


def main(arguments):
    if len(arguments) < 3:
        sys.exit(__doc__)
    sku, pieces, reason, *change_id = arguments
    with stocktray.Connection("example-python 1.0") as om:
        place = om.submit(change_id[0] if change_id else None, sku, int(pieces), reason, wait_ms=2000)
        print("saved,", "at the agent" if place == "at_agent" else "on this computer")
        try:
            take_over(om)
        except stocktray.Error as error:
            if error.code not in (stocktray.NO_AGENT, stocktray.NO_ANSWER):
                raise
        print(f"{om.waiting} on the way, {om.refused} refused")
        if om.silent_since > 0:
            print("Stocktray is silent: stores do not follow.")


try:
    main(sys.argv[1:])
except stocktray.Error as error:
    sys.exit(str(error))
