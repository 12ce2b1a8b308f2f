/* What an Order Manager in C does with libstocktray: it saves a change, takes over what Get QOH found, and shows
 * what a person should see.
 *
 *   order_manager SKU PIECES REASON [ID]        order_manager A-1 -2 phone_order
 *
 * The agent and the spool are where they are by default, or where STOCKTRAY_ENDPOINT and STOCKTRAY_SPOOL say. */
#include <stdio.h>
#include <stdlib.h>

#include "stocktray.h"

static int fail(void) {
    fprintf(stderr, "%s\n", stocktray_last_error());
    return 1;
}

/* Saved when it returns STOCKTRAY_OK, whether or not the agent is there: the order's form can close. */
static stocktray_code save(stocktray_connection *om, const char *id, const char *sku, long pieces, const char *reason) {
    stocktray_place place = STOCKTRAY_SPOOLED;
    stocktray_change *change = stocktray_change_new(id, sku, pieces, reason);
    stocktray_code code = stocktray_submit_one(om, change, 2000, &place);
    stocktray_change_free(change);
    if (code == STOCKTRAY_OK)
        printf("saved, %s\n", place == STOCKTRAY_AT_AGENT ? "at the agent" : "on this computer");
    return code;
}

/* In a real program the loop's body and the last cursor are one transaction of its own database. */
static stocktray_code take_over(stocktray_connection *om) {
    stocktray_items *items;
    size_t i, count;
    stocktray_code code = stocktray_pull(om, "order-manager", 100, 2000, &items);
    if (code != STOCKTRAY_OK) return code;
    count = stocktray_items_count(items);
    for (i = 0; i < count; ++i)
        printf("%s: add %ld\n", stocktray_items_text(items, i, "sku"), (long)stocktray_items_delta(items, i));
    code = stocktray_acknowledge(om, "order-manager", stocktray_items_text(items, count - 1, "cursor"), 2000);
    stocktray_items_free(items);
    return code;
}

int main(int argc, char **argv) {
    stocktray_connection *om;
    stocktray_code code;
    if (argc < 4) {
        fprintf(stderr, "order_manager SKU PIECES REASON [ID]\n");
        return 64;
    }
    if (stocktray_open("example-c 1.0", NULL, NULL, &om) != STOCKTRAY_OK) return fail();
    code = save(om, argc > 4 ? argv[4] : NULL, argv[1], atol(argv[2]), argv[3]);
    if (code == STOCKTRAY_OK) code = take_over(om);
    /* Nothing to take over, or nobody there to ask: neither is an error of this program. */
    if (code == STOCKTRAY_NOTHING || code == STOCKTRAY_NO_AGENT || code == STOCKTRAY_NO_ANSWER) code = STOCKTRAY_OK;
    if (code != STOCKTRAY_OK) fail();
    printf("%ld on the way, %ld refused\n", (long)stocktray_waiting(om), (long)stocktray_refused(om));
    if (stocktray_silent_since(om) > 0) printf("Stocktray is silent: stores do not follow.\n");
    stocktray_close(om);
    return code == STOCKTRAY_OK ? 0 : 1;
}
