#include <fmt/format.h>

#include "agent/at_store_view.h"
#include "agent/handlers/dispatch.h"
#include "agent/qoh_view.h"
#include "agent/views.h"
#include "ipc/messages/orders.h"
#include "ipc/messages/qoh.h"
#include "ipc/words.h"

namespace stocktray::agent {
namespace {

inventory::Change change_of(const ipc::qoh::Change& wire) {
    inventory::Change change;
    change.id = wire.id;
    change.sku = wire.sku;
    if (wire.delta) change.delta = inventory::Delta{*wire.delta};
    if (wire.qoh) change.qoh = inventory::Quantity{*wire.qoh};
    change.version = wire.version;
    if (wire.expected) change.expected = inventory::Quantity{*wire.expected};
    change.reason = inventory::reason_from(ipc::to_string(wire.reason)).value_or(inventory::Reason::other);
    change.origin_cart = wire.origin_cart.value_or("");
    change.origin_listing = wire.origin_listing.value_or("");
    if (wire.at) change.at = wall_from_ms(*wire.at);
    if (wire.since) change.since = wall_from_ms(*wire.since);
    change.by = wire.by.value_or("");
    change.workstation = wire.workstation.value_or("");
    change.reason_text = wire.reason_text.value_or("");
    change.order = wire.order.value_or("");
    if (wire.taken) change.taken = inventory::Delta{*wire.taken};
    change.only_carts = wire.only_carts.value_or(std::vector<std::string>{});
    change.moves_book = wire.moves_book.value_or(true);
    change.again = wire.again.value_or(false);
    change.note = wire.note.value_or("");
    return change;
}

ipc::Expected<ipc::qoh::SubmitResult> submit(Desk& desk, const ipc::qoh::Submit& request) {
    std::vector<inventory::Change> changes;
    changes.reserve(request.changes.size());
    bool has_orders = false;
    for (const auto& wire : request.changes) {
        changes.push_back(change_of(wire));
        has_orders = has_orders || wire.order.has_value();
    }
    desk.controller.sources.heard(request.source, request.changes.empty() ? "" : request.changes.back().workstation.value_or(""),
                                  desk.now);
    auto submitted = desk.controller.books.submit(request.source, changes, desk.now);
    if (has_orders && submitted.accepted + submitted.superseded > 0) desk.controller.imports.look_again(desk.now);
    ipc::qoh::SubmitResult result{submitted.accepted, submitted.duplicates, submitted.superseded, {}};
    for (const auto& rejected : submitted.rejected) {
        const auto error = to_wire(rejected.error);
        result.rejected.push_back({static_cast<std::int64_t>(rejected.index), rejected.id,
                                   std::string{ipc::to_string(error.code)}, error.message});
    }
    return result;
}

ipc::Expected<std::optional<ipc::qoh::SnapshotResult>> snapshot(Desk& desk, const ipc::qoh::Snapshot& request,
                                                               const ipc::ReplyTo& from) {
    sync::SnapshotPart part{request.source, request.snapshot, request.part, request.last, {}};
    part.items.reserve(request.items.size());
    for (const auto& item : request.items)
        part.items.push_back({item.sku, {item.qoh}, item.name, item.tracked.value_or(true)});
    desk.controller.sources.heard(request.source, "", desk.now);
    auto receipt = desk.controller.snapshots.receive(part, desk.now);
    if (!receipt) return ipc::Failure{to_wire(receipt.error())};
    if (!receipt->is_under_way) return view_of(std::move(*receipt));
    desk.after_commit.push_back([&desk, client = SnapshotClient{from, request.source, request.snapshot}] {
        desk.snapshot_clients.push_back(client);
    });
    return std::nullopt;
}

ipc::Expected<ipc::orders::ImportedResult> imported(Desk& desk, const ipc::orders::Imported& request) {
    sync::Import import{request.cart, wall_from_ms(request.at), request.last_order, std::nullopt};
    if (request.orders) {
        import.orders.emplace();
        for (const auto& order : *request.orders) {
            sync::ImportedOrder known{order.order, {}};
            for (const auto& line : order.lines)
                known.lines.push_back({order.order, line.sku, line.listing.value_or(""), line.qty,
                                       line.taken.value_or(line.qty), desk.now.wall});
            import.orders->push_back(std::move(known));
        }
    }
    auto receipt = desk.controller.imports.imported(import, desk.now);
    if (!receipt) return ipc::Failure{to_wire(receipt.error())};
    ipc::orders::ImportedResult result{receipt->is_complete, {}};
    for (const auto& line : receipt->missing) result.missing.push_back({line.order, line.sku});
    return result;
}

}  // namespace

void add_qoh_handlers(Handlers& handlers) {
    handlers.add<ipc::qoh::Submit>(submit);
    handlers.add_later<ipc::qoh::Snapshot>(snapshot);
    handlers.add<ipc::qoh::List>([](Desk& desk, const ipc::qoh::List& request) { return list_qoh(desk, request); });
    handlers.add<ipc::qoh::AtStore>([](Desk& desk, const ipc::qoh::AtStore& request) { return list_at_store(desk, request); });
    handlers.add<ipc::orders::Imported>(imported);
}

}  // namespace stocktray::agent
