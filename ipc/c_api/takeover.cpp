// The whole count, and what Get QOH found: where counts go over as a whole.
#include <utility>

#include "ipc/c_api/boundary.h"
#include "ipc/c_api/handles.h"
#include "ipc/random_id.h"

using namespace stocktray;
using namespace stocktray::c_api;

namespace {

constexpr std::size_t items_per_part = 5'000;
constexpr std::size_t bytes_per_part = 2u * 1'024 * 1'024;  // well below a message's limit, with all around them

// Sends the part that was filled and begins the next. Asked again while there is no answer: a part that is known
// does nothing.
stocktray_code send_part(stocktray_snapshot& snapshot) {
    for (int attempt = 0;; ++attempt) {
        auto result = ask(*snapshot.outbox, snapshot.part, snapshot.timeout_ms);
        if (!result && result.error().code == ipc::Code::no_answer && attempt < 2) continue;
        if (!result) return say(result.error());
        for (auto& sku : result->retake) snapshot.retake.push_back(std::move(sku));
        ++snapshot.part.part;
        snapshot.part.items.clear();
        snapshot.bytes = 0;
        return STOCKTRAY_OK;
    }
}

stocktray_code pull(stocktray_connection* connection, const ipc::qoh::Pull& request, std::int32_t timeout_ms) {
    const auto result = ask(*connection->outbox, request, timeout_ms);
    return result ? STOCKTRAY_OK + 0 : say(result.error());
}

}  // namespace

stocktray_code STOCKTRAY_CALL stocktray_snapshot_open(stocktray_connection* connection, int32_t timeout_ms,
                                                      stocktray_snapshot** opened) {
    return guarded([&]() -> stocktray_code {
        if (!connection || !opened) return wrong_argument("stocktray_snapshot_open needs a connection and a place.");
        *opened = nullptr;
        auto snapshot = std::make_unique<stocktray_snapshot>();
        snapshot->outbox = connection->outbox.get();
        snapshot->timeout_ms = timeout_ms;
        snapshot->part.source = connection->outbox->source();
        snapshot->part.snapshot = ipc::random_id();
        if (const auto code = send_part(*snapshot); code != STOCKTRAY_OK) return code;
        *opened = snapshot.release();
        return STOCKTRAY_OK;
    });
}

stocktray_code STOCKTRAY_CALL stocktray_snapshot_add(stocktray_snapshot* snapshot, const char* sku, int64_t qoh,
                                                     const char* name, int32_t tracked) {
    return guarded([&]() -> stocktray_code {
        if (!snapshot || !sku || snapshot->is_finished)
            return wrong_argument("stocktray_snapshot_add needs an open snapshot and a SKU.");
        ipc::qoh::SnapshotItem item{.sku = sku, .qoh = qoh};
        if (name && *name) item.name = name;
        if (!tracked) item.tracked = false;
        snapshot->bytes += item.sku.size() + (item.name ? item.name->size() : 0) + 64;
        snapshot->part.items.push_back(std::move(item));
        const bool is_full = snapshot->part.items.size() >= items_per_part || snapshot->bytes >= bytes_per_part;
        const auto code = is_full ? send_part(*snapshot) : STOCKTRAY_OK + 0;
        // Its caller adds it again.
        if (code != STOCKTRAY_OK) snapshot->part.items.pop_back();
        return code;
    });
}

stocktray_code STOCKTRAY_CALL stocktray_snapshot_finish(stocktray_snapshot* snapshot, size_t* retake) {
    return guarded([&]() -> stocktray_code {
        if (!snapshot || snapshot->is_finished) return wrong_argument("stocktray_snapshot_finish needs an open snapshot.");
        snapshot->part.last = true;
        if (const auto code = send_part(*snapshot); code != STOCKTRAY_OK) return code;
        snapshot->is_finished = true;
        if (retake) *retake = snapshot->retake.size();
        return STOCKTRAY_OK;
    });
}

const char* STOCKTRAY_CALL stocktray_snapshot_retake(const stocktray_snapshot* snapshot, size_t index) {
    return snapshot && index < snapshot->retake.size() ? snapshot->retake[index].c_str() : nullptr;
}

void STOCKTRAY_CALL stocktray_snapshot_free(stocktray_snapshot* snapshot) { delete snapshot; }

stocktray_code STOCKTRAY_CALL stocktray_pull(stocktray_connection* connection, const char* consumer, int32_t limit,
                                             int32_t timeout_ms, stocktray_items** items) {
    return guarded([&]() -> stocktray_code {
        if (!connection || !consumer || !items) return wrong_argument("stocktray_pull needs a connection, a consumer and a place.");
        *items = nullptr;
        auto result = ask(*connection->outbox, ipc::qoh::Pull{.consumer = consumer, .limit = limit}, timeout_ms);
        if (!result) return say(result.error());
        if (result->items.empty()) return say(STOCKTRAY_NOTHING, "There is nothing to take over.");
        auto taken = std::make_unique<stocktray_items>();
        for (auto& item : result->items) {
            std::string job = std::to_string(item.job);
            taken->items.push_back({std::move(item), std::move(job)});
        }
        *items = taken.release();
        return STOCKTRAY_OK;
    });
}

size_t STOCKTRAY_CALL stocktray_items_count(const stocktray_items* items) { return items ? items->items.size() : 0; }

int64_t STOCKTRAY_CALL stocktray_items_delta(const stocktray_items* items, size_t index) {
    return items && index < items->items.size() ? items->items[index].item.delta : 0;
}
int64_t STOCKTRAY_CALL stocktray_items_qoh(const stocktray_items* items, size_t index) {
    return items && index < items->items.size() ? items->items[index].item.qoh : 0;
}
int32_t STOCKTRAY_CALL stocktray_items_is_new(const stocktray_items* items, size_t index) {
    return items && index < items->items.size() && items->items[index].item.new_product ? 1 : 0;
}
const char* STOCKTRAY_CALL stocktray_items_text(const stocktray_items* items, size_t index, const char* field) {
    if (!items || index >= items->items.size() || !field) return nullptr;
    const auto& [item, job] = items->items[index];
    const std::string_view name = field;
    if (name == "sku") return item.sku.c_str();
    if (name == "cursor") return item.cursor.c_str();
    if (name == "name") return item.name ? item.name->c_str() : "";
    if (name == "cart") return item.cart.c_str();
    if (name == "job") return job.c_str();
    return nullptr;
}
void STOCKTRAY_CALL stocktray_items_free(stocktray_items* items) { delete items; }

stocktray_code STOCKTRAY_CALL stocktray_acknowledge(stocktray_connection* connection, const char* consumer,
                                                    const char* cursor, int32_t timeout_ms) {
    return guarded([&]() -> stocktray_code {
        if (!connection || !consumer || !cursor) return wrong_argument("stocktray_acknowledge needs a consumer and a cursor.");
        return pull(connection, {.consumer = consumer, .ack = cursor, .limit = 1}, timeout_ms);
    });
}

stocktray_code STOCKTRAY_CALL stocktray_skip(stocktray_connection* connection, const char* consumer, const char* cursor,
                                             const char* reason, int32_t timeout_ms) {
    return guarded([&]() -> stocktray_code {
        if (!connection || !consumer || !cursor || !reason)
            return wrong_argument("stocktray_skip needs a consumer, a cursor and a reason.");
        ipc::qoh::Pull request{.consumer = consumer, .ack = cursor, .limit = 1};
        request.skipped.emplace().push_back({cursor, reason});
        return pull(connection, request, timeout_ms);
    });
}
