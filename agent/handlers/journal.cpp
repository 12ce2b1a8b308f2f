#include <fmt/format.h>
#include <algorithm>

#include "agent/handlers/dispatch.h"
#include "agent/handlers/page_room.h"
#include "agent/views.h"
#include "ipc/messages/alerts.h"
#include "ipc/messages/history.h"
#include "ipc/words.h"

namespace stocktray::agent {
namespace {

ipc::Expected<ipc::alerts::ListResult> list_alerts(Desk& desk, const ipc::alerts::List& request) {
    ipc::alerts::ListResult result;
    PageRoom room{request.limit};
    const auto take = [&](const store::Alert& alert) {
        auto view = view_of(alert);
        if (room.takes(view)) result.alerts.push_back(std::move(view));
        else result.next = result.alerts.back().alert;
        return !result.next;
    };
    // It has the number 0, before all that the database keeps.
    if (desk.disk_alert && !request.after) take(*desk.disk_alert);
    desk.controller.store.alerts.each_after(cursor_of(request.after), take);
    return result;
}

ipc::Expected<ipc::Nothing> dismiss(Desk& desk, const ipc::alerts::Dismiss& request) {
    auto alert = desk.controller.store.alerts.dismiss(cursor_of(request.alert));
    if (!alert) return ipc::fail(ipc::Code::not_found, "There is no alert " + request.alert + ".");
    desk.controller.journal.tell(AlertNotice{AlertNews::cleared, std::move(*alert)});
    return ipc::Nothing{};
}

// Kinds of alerts that stand for one part of one program: what is behind the kind tells them apart.
std::string kind_for(const std::string& source, std::string_view about) { return fmt::format("gateway:{}:{}", source, about); }

ipc::Expected<ipc::Nothing> tell(Desk& desk, const ipc::alerts::Tell& request) {
    auto& journal = desk.controller.journal;
    // One that is about a cart that is gone by now is no reason to silence the others.
    const auto cart_of = [&](const ipc::alerts::Told& told) {
        return told.cart && desk.controller.board.find(*told.cart) != nullptr ? *told.cart : std::string{};
    };
    for (const auto& before : desk.controller.store.alerts.of_kinds(kind_for(request.source, ""))) {
        const bool still = std::ranges::any_of(request.alerts, [&](const ipc::alerts::Told& told) {
            return kind_for(request.source, told.about) == before.kind && cart_of(told) == before.cart &&
                   told.sku.value_or("") == before.sku;
        });
        if (!still) journal.clear(before.kind, before.cart, before.sku);
    }
    for (const auto& told : request.alerts)
        journal.raise({.kind = kind_for(request.source, told.about),
                       .severity = told.severity == ipc::Severity::critical  ? store::Severity::critical
                                   : told.severity == ipc::Severity::warning ? store::Severity::warning
                                                                             : store::Severity::info,
                       .cart = cart_of(told),
                       .sku = told.sku.value_or(""),
                       .since = desk.now.wall,
                       .message = told.message,
                       .hint = told.hint});
    return ipc::Nothing{};
}

ipc::Expected<ipc::history::ListResult> list_history(Desk& desk, const ipc::history::List& request) {
    // A cart that was removed is still known by its history.
    if (request.cart && desk.controller.board.find(*request.cart) == nullptr &&
        desk.controller.store.history.list({.cart = request.cart, .limit = 1}).empty())
        return ipc::fail(ipc::Code::not_found, "There is no cart " + *request.cart + ".");
    store::HistoryFilter filter;
    filter.cart = request.cart;
    filter.sku = request.sku;
    if (request.kinds)
        for (const auto kind : *request.kinds) filter.kinds.emplace_back(ipc::to_string(kind));
    if (request.since) filter.since = wall_from_ms(*request.since);
    filter.after = cursor_of(request.after);
    filter.limit = request.limit;
    ipc::history::ListResult result;
    for (const auto& entry : desk.controller.store.history.list(filter)) result.entries.push_back(view_of(entry));
    if (std::ssize(result.entries) == request.limit) result.next = std::to_string(result.entries.back().entry);
    return result;
}

}  // namespace

void add_journal_handlers(Handlers& handlers) {
    handlers.add<ipc::alerts::List>(list_alerts);
    handlers.add<ipc::alerts::Dismiss>(dismiss);
    handlers.add<ipc::alerts::Tell>(tell);
    handlers.add<ipc::history::List>(list_history);
}

}  // namespace stocktray::agent
