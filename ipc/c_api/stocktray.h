/* libstocktray: how an Order Manager talks to the Stocktray agent, from any language that can call C.
 *
 * A change that was submitted is on the disk when the call returns: at the agent, or in this computer's spool,
 * from where it is delivered in order and exactly once as soon as the agent answers. No call waits for an agent
 * longer than it is told to.
 *
 * Rules for all functions
 *   - A connection may be used from several threads at once. A change, orders, a snapshot, items and an event are
 *     one thread's at a time: any thread's, but not two at once.
 *   - What a function gives you is yours, until you free it with the function of its kind; NULL may be freed. A
 *     handle that was freed must not be used again: no call with it may be under way, and none may come.
 *   - Texts are UTF-8 and end with a zero byte. Texts that come back are valid until the next call with the same
 *     handle, or as said. Times are milliseconds since 1970 (UTC). Quantities lie within +-2,000,000,000.
 *   - A function that returns stocktray_code returns STOCKTRAY_OK or why not; `stocktray_last_error` then has
 *     the sentence to show to a person. What it gives back by a pointer is NULL then; numbers and places are left as
 *     they were. No call throws, and none ends the program.
 *   - Time to wait is in milliseconds; less than 0 is 0. An index that is too high gives NULL, or 0.
 *   - Functions and codes may be added; none is taken away or given another meaning within one API version.
 */
#ifndef STOCKTRAY_H
#define STOCKTRAY_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32) && !defined(STOCKTRAY_STATIC)
#ifdef STOCKTRAY_BUILDING
#define STOCKTRAY_API __declspec(dllexport)
#else
#define STOCKTRAY_API __declspec(dllimport)
#endif
#elif defined(STOCKTRAY_BUILDING) && defined(__GNUC__)
#define STOCKTRAY_API __attribute__((visibility("default")))
#else
#define STOCKTRAY_API
#endif

/* 32-bit programs on Windows call with the convention of its own functions, as VBA does. */
#if defined(_WIN32) && !defined(_WIN64)
#define STOCKTRAY_CALL __stdcall
#else
#define STOCKTRAY_CALL
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define STOCKTRAY_API_VERSION 1

typedef int32_t stocktray_code;
enum {
    STOCKTRAY_OK = 0,
    STOCKTRAY_INVALID_ARGUMENT = 1, /* the call itself is wrong. Nothing was done, but see `stocktray_submit` */
    STOCKTRAY_NOT_FOUND = 2,        /* a cart, an id, that the agent does not know */
    STOCKTRAY_CONFLICT = 3,         /* the id means something else, the count is another one by now, ... */
    STOCKTRAY_UNAUTHORIZED = 4,     /* this computer's key has not the right, or not any more */
    STOCKTRAY_UNSUPPORTED = 5,      /* the agent is older or newer than this library */
    STOCKTRAY_BUSY = 6,             /* try again in a moment */
    STOCKTRAY_TOO_LARGE = 7,
    STOCKTRAY_STORAGE = 8,          /* the disk did not take it: nothing is promised */
    STOCKTRAY_INTERNAL = 9,
    STOCKTRAY_NO_AGENT = 10,        /* not reached: it has certainly not seen the request */
    STOCKTRAY_NO_ANSWER = 11,       /* nobody knows whether it was done: ask again with the same ids */
    STOCKTRAY_BAD_ANSWER = 12,
    STOCKTRAY_NOTHING = 13          /* nothing has happened in time */
};

/* Where a submitted change is. */
typedef int32_t stocktray_place;
enum {
    STOCKTRAY_AT_AGENT = 0, /* acknowledged by the agent */
    STOCKTRAY_SPOOLED = 1,  /* on this computer's disk, on its way */
    STOCKTRAY_REFUSED = 2   /* the agent will not have it; the sentence says why */
};

/* 1. About ------------------------------------------------------------------------------------------------- */

/* STOCKTRAY_API_VERSION of the library that is loaded. */
STOCKTRAY_API uint32_t STOCKTRAY_CALL stocktray_api_version(void);
/* "0.1.0"; valid for ever. */
STOCKTRAY_API const char *STOCKTRAY_CALL stocktray_version(void);
/* The sentence of the last call of this thread that failed, that refused a change, or that saved one which the agent
 * will not have for now; valid until its next one. */
STOCKTRAY_API const char *STOCKTRAY_CALL stocktray_last_error(void);
/* "no_agent" for STOCKTRAY_NO_AGENT; valid for ever. */
STOCKTRAY_API const char *STOCKTRAY_CALL stocktray_code_name(stocktray_code code);

/* 2. The connection ---------------------------------------------------------------------------------------- */

typedef struct stocktray_connection stocktray_connection;

/* `client`: the program's name and version, one line of UTF-8, for the agent's log and for history. `endpoint`: NULL
 * for $STOCKTRAY_ENDPOINT, else the shared agent that this user is paired with, else this computer's own. `spool`: a
 * file; NULL for $STOCKTRAY_SPOOL, else spool.db in the user's folder for data: ~/.local/share/stocktray (under
 * $XDG_DATA_HOME where that is set), on Windows %LOCALAPPDATA%\Stocktray. Programs of one user may share it. Does not
 * wait for an agent: one that comes later is found. */
STOCKTRAY_API stocktray_code STOCKTRAY_CALL stocktray_open(const char *client, const char *endpoint, const char *spool,
                                                           stocktray_connection **opened);
/* What was not delivered stays in the spool and goes on when a program opens it again. A program that ends at once
 * calls `stocktray_flush` before, or leaves the spool to one that stays open: `stocktrayctl spool deliver`. Frees nothing else. No call
 * with this connection may be under way: let the thread that waits in `stocktray_next_event` come back first. */
STOCKTRAY_API void STOCKTRAY_CALL stocktray_close(stocktray_connection *connection);

/* 3. Changes of counts ------------------------------------------------------------------------------------- */

typedef struct stocktray_change stocktray_change;

/* A difference: `pieces` up or down. `id` (1 to 64 printable ASCII characters) is yours, drawn and kept with the
 * change in your own database, so that submitting it once more after a crash does nothing; NULL: drawn here, once for this
 * change however often it is submitted.
 * `reason`: backorder_filled, phone_order, purchase_order_received, web_order_imported, adjustment, return,
 * inventory_imported, get_qoh or other. Never NULL but without memory: what is wrong is said by `submit`. */
STOCKTRAY_API stocktray_change *STOCKTRAY_CALL stocktray_change_new(const char *id, const char *sku, int64_t pieces,
                                                                    const char *reason);
/* A count instead of a difference. `version` grows with every change of the SKU, over all workstations. */
STOCKTRAY_API stocktray_change *STOCKTRAY_CALL stocktray_count_new(const char *id, const char *sku, int64_t qoh,
                                                                   int64_t version, const char *reason);
/* `field`: origin_cart, origin_listing, order, by, workstation, reason_text, note, cursor. NULL takes it back. */
STOCKTRAY_API stocktray_code STOCKTRAY_CALL stocktray_change_set_text(stocktray_change *change, const char *field,
                                                                      const char *value);
/* `field`: at (when it happened; now unless told), expected (the count before: another one is a conflict; such
 * a change is never spooled and is submitted alone), taken (of a count with order and origin_cart: how many pieces it
 * took for that order; negative: it gave them back). */
STOCKTRAY_API stocktray_code STOCKTRAY_CALL stocktray_change_set_number(stocktray_change *change, const char *field,
                                                                        int64_t value);
STOCKTRAY_API void STOCKTRAY_CALL stocktray_change_free(stocktray_change *change);

/* On the disk when it returns STOCKTRAY_OK; then waits up to `wait_ms` (0: not at all) for the agent to have them,
 * unless there is none, or it will have nothing of this computer: then they are STOCKTRAY_SPOOLED, and
 * `stocktray_last_error` says why they do not go on. Threads that submit at the same time share a sync. All are
 * taken or none. `places`: NULL, or room for `count`. Where one was refused within `wait_ms`, the result is the code
 * of the first that was, and its place STOCKTRAY_REFUSED: it is kept for a person to decide, unless the
 * disk could not take it and it went straight to the agent; the others are taken. So is a change of before, submitted again,
 * that waits for a person's decision or that a person has left undelivered (STOCKTRAY_CONFLICT). STOCKTRAY_NO_ANSWER: the disk could
 * not take them, and whether the agent has is not known: submit them again with the same ids.
 * With any other failure nothing was taken, and the places are left as they were: give them a value that is no place
 * first, or look at the result. The changes stay yours. */
STOCKTRAY_API stocktray_code STOCKTRAY_CALL stocktray_submit(stocktray_connection *connection, const stocktray_change *const *changes,
                                                             size_t count, int32_t wait_ms, stocktray_place *places);
/* One change. `place` may be NULL. */
STOCKTRAY_API stocktray_code STOCKTRAY_CALL stocktray_submit_one(stocktray_connection *connection, const stocktray_change *change,
                                                                 int32_t wait_ms, stocktray_place *place);
/* Waits until nothing of this spool is on its way any more; STOCKTRAY_NO_AGENT if that took longer. At once the
 * agent's own code, such as STOCKTRAY_UNAUTHORIZED, if it will not have what waits. */
STOCKTRAY_API stocktray_code STOCKTRAY_CALL stocktray_flush(stocktray_connection *connection, int32_t wait_ms);

/* 4. Web orders -------------------------------------------------------------------------------------------- */

typedef struct stocktray_orders stocktray_orders;

/* An import of `cart`'s web orders, up to `last_order` (its number as the shop shows it). Never NULL but without
 * memory: what is missing is said by `stocktray_orders_imported`. */
STOCKTRAY_API stocktray_orders *STOCKTRAY_CALL stocktray_orders_new(const char *cart, const char *last_order);
/* A line of an order, in any order among those of others: `quantity` ordered, `taken` already taken from QOH (-1: all). `listing`: the store's SKU
 * where the SKU has several there, else NULL. A quantity of 0 closes a line that was reported before; one below 0
 * is STOCKTRAY_INVALID_ARGUMENT. */
STOCKTRAY_API stocktray_code STOCKTRAY_CALL stocktray_orders_add(stocktray_orders *orders, const char *order,
                                                                 const char *sku, const char *listing, int64_t quantity,
                                                                 int64_t taken);
STOCKTRAY_API void STOCKTRAY_CALL stocktray_orders_free(stocktray_orders *orders);
/* Call it when the changes of the import have been submitted; arrives behind them, as `stocktray_submit` does. */
STOCKTRAY_API stocktray_code STOCKTRAY_CALL stocktray_orders_imported(stocktray_connection *connection, const stocktray_orders *orders,
                                                                      int32_t wait_ms, stocktray_place *place);

/* 5. The whole count --------------------------------------------------------------------------------------- */

typedef struct stocktray_snapshot stocktray_snapshot;

/* Opened *before* you begin to read your counts; needs the agent. */
STOCKTRAY_API stocktray_code STOCKTRAY_CALL stocktray_snapshot_open(stocktray_connection *connection, int32_t timeout_ms,
                                                                    stocktray_snapshot **opened);
/* `name` may be NULL. `tracked` 0: kits, drop-ship, Ignore QOH. Sent on in parts. */
STOCKTRAY_API stocktray_code STOCKTRAY_CALL stocktray_snapshot_add(stocktray_snapshot *snapshot, const char *sku, int64_t qoh,
                                                                   const char *name, int32_t tracked);
/* The agent takes it over, all or nothing. `retake`: how many SKUs changed meanwhile and have to be sent again in
 * another snapshot; may be NULL. */
STOCKTRAY_API stocktray_code STOCKTRAY_CALL stocktray_snapshot_finish(stocktray_snapshot *snapshot, size_t *retake);
STOCKTRAY_API const char *STOCKTRAY_CALL stocktray_snapshot_retake(const stocktray_snapshot *snapshot, size_t index);
/* One that was not finished is forgotten by the agent. Before `stocktray_close`. */
STOCKTRAY_API void STOCKTRAY_CALL stocktray_snapshot_free(stocktray_snapshot *snapshot);

/* 6. What Get QOH found ------------------------------------------------------------------------------------ */

typedef struct stocktray_items stocktray_items;

/* The next items, up to `limit` (1 to 1,000). `consumer` names the program that takes over. STOCKTRAY_NOTHING:
 * there are none. */
STOCKTRAY_API stocktray_code STOCKTRAY_CALL stocktray_pull(stocktray_connection *connection, const char *consumer, int32_t limit,
                                                           int32_t timeout_ms, stocktray_items **items);
STOCKTRAY_API size_t STOCKTRAY_CALL stocktray_items_count(const stocktray_items *items);
/* The pieces to add to your count. Never set the count to something: what was sold since stays. */
STOCKTRAY_API int64_t STOCKTRAY_CALL stocktray_items_delta(const stocktray_items *items, size_t index);
/* The count that the store had, for people. */
STOCKTRAY_API int64_t STOCKTRAY_CALL stocktray_items_qoh(const stocktray_items *items, size_t index);
/* 1: you do not have this SKU yet (Create Records for New Products). */
STOCKTRAY_API int32_t STOCKTRAY_CALL stocktray_items_is_new(const stocktray_items *items, size_t index);
/* `field`: sku, cursor, name, cart, job. Valid as long as the items. */
STOCKTRAY_API const char *STOCKTRAY_CALL stocktray_items_text(const stocktray_items *items, size_t index, const char *field);
STOCKTRAY_API void STOCKTRAY_CALL stocktray_items_free(stocktray_items *items);
/* Everything up to `cursor` was taken over, in one transaction of yours together with the cursor. Only this moves
 * the agent's books. */
STOCKTRAY_API stocktray_code STOCKTRAY_CALL stocktray_acknowledge(stocktray_connection *connection, const char *consumer,
                                                                  const char *cursor, int32_t timeout_ms);
/* The same, but the item with this cursor alone was not taken over, for this reason. Together with the ones before. */
STOCKTRAY_API stocktray_code STOCKTRAY_CALL stocktray_skip(stocktray_connection *connection, const char *consumer, const char *cursor,
                                                           const char *reason, int32_t timeout_ms);

/* 7. What to show ------------------------------------------------------------------------------------------ */

/* Changes on their way, refused by the agent, or doubtful; -1 if the spool cannot be read. */
STOCKTRAY_API int64_t STOCKTRAY_CALL stocktray_waiting(stocktray_connection *connection);
STOCKTRAY_API int64_t STOCKTRAY_CALL stocktray_refused(stocktray_connection *connection);
STOCKTRAY_API int64_t STOCKTRAY_CALL stocktray_doubtful(stocktray_connection *connection);
/* Since when the agent has been silent, told within LatenessSeconds; 0: it is not. */
STOCKTRAY_API int64_t STOCKTRAY_CALL stocktray_silent_since(stocktray_connection *connection);
/* STOCKTRAY_OK, or why nothing is delivered just now: the agent is not reached, or answers that it will not have it
 * (STOCKTRAY_UNAUTHORIZED, ...). The sentence is in `stocktray_last_error`. Does not ask: it tells what was found a
 * moment ago. */
STOCKTRAY_API stocktray_code STOCKTRAY_CALL stocktray_trouble(stocktray_connection *connection);

typedef struct stocktray_event stocktray_event;

/* The next event, waiting up to `timeout_ms`; STOCKTRAY_NOTHING if there is none. Of the agent (PROTOCOL.md:
 * "alert.raised", "qoh.available", ...) and of this library ("spool.refused", "spool.doubtful",
 * "spool.offered_again", "spool.import_incomplete", "spool.damaged", "agent.silent", "agent.heard", "agent.refuses":
 * it answers and will not have what waits, each cause once). After an interruption "agent.status" comes first, with
 * the whole state. One thread at a time waits for events; the event is yours to free. */
STOCKTRAY_API stocktray_code STOCKTRAY_CALL stocktray_next_event(stocktray_connection *connection, int32_t timeout_ms,
                                                                 stocktray_event **event);
STOCKTRAY_API const char *STOCKTRAY_CALL stocktray_event_topic(const stocktray_event *event);
/* JSON. */
STOCKTRAY_API const char *STOCKTRAY_CALL stocktray_event_data(const stocktray_event *event);
STOCKTRAY_API void STOCKTRAY_CALL stocktray_event_free(stocktray_event *event);

/* 8. Everything else --------------------------------------------------------------------------------------- */

/* Any method of PROTOCOL.md: `params` and `result` are JSON. `result` (may be NULL) is freed by
 * stocktray_text_free. */
STOCKTRAY_API stocktray_code STOCKTRAY_CALL stocktray_call(stocktray_connection *connection, const char *method, const char *params,
                                                           int32_t timeout_ms, char **result);
STOCKTRAY_API void STOCKTRAY_CALL stocktray_text_free(char *text);

#ifdef __cplusplus
}
#endif

#endif
