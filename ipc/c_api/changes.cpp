#include <array>
#include <span>
#include <utility>

#include "ipc/c_api/boundary.h"
#include "ipc/c_api/handles.h"
#include "ipc/random_id.h"

using namespace stocktray;
using namespace stocktray::c_api;
using ipc::qoh::Change;

namespace {

constexpr std::pair<std::string_view, std::optional<std::string> Change::*> text_fields[] = {
    {"origin_cart", &Change::origin_cart}, {"origin_listing", &Change::origin_listing},
    {"order", &Change::order},             {"by", &Change::by},
    {"workstation", &Change::workstation}, {"reason_text", &Change::reason_text},
    {"note", &Change::note},               {"cursor", &Change::cursor},
};
constexpr std::pair<std::string_view, std::optional<std::int64_t> Change::*> number_fields[] = {
    {"at", &Change::at},
    {"expected", &Change::expected},
    {"taken", &Change::taken},
};

std::string reasons() {
    std::string all;
    for (const auto& word : ipc::Words<ipc::Reason>::table) all.append(all.empty() ? "" : ", ").append(word.text);
    return all;
}

stocktray_change* begun(const char* id, const char* sku, const char* reason) {
    auto change = std::make_unique<stocktray_change>();
    // Once: whoever submits the same change again must not make another one of it.
    change->change.id = id && *id ? id : ipc::random_id();
    change->change.sku = text_or_empty(sku);
    if (const auto known = ipc::from_string<ipc::Reason>(text_or_empty(reason)))
        change->change.reason = *known;
    else
        change->complaint = "'" + std::string{text_or_empty(reason)} + "' is no reason for a change. The reasons are " + reasons() + ".";
    return change.release();
}

}  // namespace

stocktray_change* STOCKTRAY_CALL stocktray_change_new(const char* id, const char* sku, int64_t pieces, const char* reason) {
    return made([&] {
        auto* change = begun(id, sku, reason);
        change->change.delta = pieces;
        return change;
    });
}

stocktray_change* STOCKTRAY_CALL stocktray_count_new(const char* id, const char* sku, int64_t qoh, int64_t version,
                                                     const char* reason) {
    return made([&] {
        auto* change = begun(id, sku, reason);
        change->change.qoh = qoh;
        change->change.version = version;
        return change;
    });
}

stocktray_code STOCKTRAY_CALL stocktray_change_set_text(stocktray_change* change, const char* field, const char* value) {
    return guarded([&] {
        if (!change || !field) return wrong_argument("stocktray_change_set_text needs a change and a field.");
        for (const auto& [name, member] : text_fields) {
            if (name != field) continue;
            if (value)
                change->change.*member = value;
            else
                (change->change.*member).reset();
            return STOCKTRAY_OK + 0;
        }
        return wrong_argument(("A change has no text '" + std::string{field} + "'.").c_str());
    });
}

stocktray_code STOCKTRAY_CALL stocktray_change_set_number(stocktray_change* change, const char* field, int64_t value) {
    return guarded([&] {
        if (!change || !field) return wrong_argument("stocktray_change_set_number needs a change and a field.");
        for (const auto& [name, member] : number_fields) {
            if (name != field) continue;
            change->change.*member = value;
            return STOCKTRAY_OK + 0;
        }
        return wrong_argument(("A change has no number '" + std::string{field} + "'.").c_str());
    });
}

void STOCKTRAY_CALL stocktray_change_free(stocktray_change* change) { delete change; }

stocktray_code STOCKTRAY_CALL stocktray_submit(stocktray_connection* connection, const stocktray_change* const* changes,
                                               size_t count, int32_t wait_ms, stocktray_place* places) {
    return guarded([&]() -> stocktray_code {
        if (!connection || (!changes && count > 0)) return wrong_argument("stocktray_submit needs a connection and changes.");
        std::vector<Change> submitted;
        for (const auto* change : std::span{changes, count}) {
            if (!change) return wrong_argument("One of the changes is missing.");
            if (!change->complaint.empty()) return wrong_argument(change->complaint.c_str());
            submitted.push_back(change->change);
        }
        const auto outcomes = connection->outbox->submit(std::move(submitted), wait_of(wait_ms));
        if (!outcomes) return say(outcomes.error());
        stocktray_code first = STOCKTRAY_OK;
        // From the back, so that the sentence that is kept is that of the first.
        for (std::size_t i = outcomes->size(); i-- > 0;)
            if (const auto code = tell((*outcomes)[i], places ? places + i : nullptr); code != STOCKTRAY_OK) first = code;
        if (first == STOCKTRAY_OK)
            for (const auto& outcome : *outcomes) explain(outcome);
        return first;
    });
}

stocktray_code STOCKTRAY_CALL stocktray_submit_one(stocktray_connection* connection, const stocktray_change* change,
                                                   int32_t wait_ms, stocktray_place* place) {
    return stocktray_submit(connection, &change, 1, wait_ms, place);
}

stocktray_orders* STOCKTRAY_CALL stocktray_orders_new(const char* cart, const char* last_order) {
    return made([&] {
        auto orders = std::make_unique<stocktray_orders>();
        orders->imported.cart = text_or_empty(cart);
        orders->imported.last_order = text_or_empty(last_order);
        orders->imported.orders.emplace();
        return orders.release();
    });
}

stocktray_code STOCKTRAY_CALL stocktray_orders_add(stocktray_orders* orders, const char* order, const char* sku,
                                                   const char* listing, int64_t quantity, int64_t taken) {
    return guarded([&] {
        if (!orders || !order || !*order || !sku || !*sku)
            return wrong_argument("stocktray_orders_add needs an order and a SKU.");
        if (quantity < 0) return wrong_argument("The quantity of an order's line must not be below 0.");
        auto& all = *orders->imported.orders;
        // The lines of an order may come in any order among those of others.
        const auto [at, is_new] = orders->places.try_emplace(order, all.size());
        if (is_new) {
            all.push_back({order, {}});
            orders->imported.count = static_cast<std::int64_t>(all.size());
        }
        ipc::orders::OrderLine line{.sku = sku, .qty = quantity};
        if (listing && *listing) line.listing = listing;
        if (taken >= 0) line.taken = taken;
        all[at->second].lines.push_back(std::move(line));
        return STOCKTRAY_OK + 0;
    });
}

void STOCKTRAY_CALL stocktray_orders_free(stocktray_orders* orders) { delete orders; }

stocktray_code STOCKTRAY_CALL stocktray_orders_imported(stocktray_connection* connection, const stocktray_orders* orders,
                                                        int32_t wait_ms, stocktray_place* place) {
    return guarded([&]() -> stocktray_code {
        if (!connection || !orders) return wrong_argument("stocktray_orders_imported needs a connection and orders.");
        if (orders->imported.last_order.empty())
            return wrong_argument("An import needs the number of the last order that was imported.");
        const auto outcome = connection->outbox->imported(orders->imported, wait_of(wait_ms));
        if (!outcome) return say(outcome.error());
        explain(*outcome);
        return tell(*outcome, place);
    });
}
