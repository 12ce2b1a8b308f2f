#include "agent/ctl/jobs/results.h"

#include <fmt/format.h>

#include <filesystem>
#include <ostream>

#include "agent/ctl/output/job_words.h"
#include "agent/ctl/output/words.h"
#include "ipc/path_text.h"
#include "ipc/report/results_csv.h"

namespace stocktray::ctl {
namespace {

using ipc::Cause;
using ipc::JobResult;
using ipc::jobs::ResultItem;

std::string count(const std::optional<std::int64_t>& number) {
    return number ? std::to_string(*number) : "";
}

// Whose count is changed: a Get changes the Order Manager's.
std::optional<std::int64_t> changed_count(const ResultItem& item) {
    return item.after ? std::optional{*item.after - item.delta} : std::nullopt;
}

std::string_view waits_for(Cause cause) {
    switch (cause) {
        case Cause::web_orders_not_imported:
            return "web orders";
        case Cause::in_flight:
            return "what is under way";
        case Cause::uncertain:
            return "posts of which it is not known whether they were applied";
        default:
            return "";
    }
}

}  // namespace

void Tally::add(const ResultItem& item) {
    if (is_unknown(item)) ++unknown;
    if (item.result == JobResult::waiting) ++waiting[item.cause.value_or(Cause::unknown)];
    // Only of what was to be changed stands what came of it.
    if (item.result == JobResult::different && item.before && item.after && item.delta != 0) {
        if (*item.after == *item.before + item.delta) ++unread;
        else if (*item.after != *item.before) ++missed;
    }
    const bool is_new = item.result == JobResult::new_ ||
                        (item.result == JobResult::would_change && item.cause == Cause::only_at_store);
    if (is_new) ++new_products;
    const bool is_change =
        item.result == JobResult::would_change || (item.result == JobResult::ok && item.delta != 0);
    if (is_new || !is_change) return;
    ++changed;
    const auto before = changed_count(item);
    if (before && *before > 0 && *item.after <= 0) ++to_zero;
}

std::string waits(const Tally& tally) {
    std::string text;
    for (const auto& [cause, skus] : tally.waiting) {
        const auto what = waits_for(cause);
        text += fmt::format("{}{} {}{}{}.", text.empty() ? "" : " ", counted(skus, "SKU", "SKUs"),
                            skus == 1 ? "waits" : "wait", what.empty() ? "" : " for ", what);
    }
    return text;
}

Table table_of(ipc::JobKind kind, const std::vector<ResultItem>& items) {
    Table table{{{"SKU"},
                 {"STORE'S SKU"},
                 {"ORDER MANAGER", Align::right},
                 {"STORE", Align::right},
                 {kind == ipc::JobKind::get_qoh ? "ORDER MANAGER AFTER" : "STORE AFTER", Align::right},
                 {"WHAT"},
                 {"WHY"}}};
    for (const auto& item : items)
        table.add({printable(item.sku), item.store_sku == item.sku ? "" : printable(item.store_sku),
                   count(item.om_qoh), count(item.before), count(item.after),
                   std::string{what(item)}, why(item)});
    return table;
}

bool ResultsCsv::open(const std::string& file, const Terminal& terminal) {
    if (file == "-") {
        out_ = &terminal.out;
    } else {
        file_.open(ipc::path_of(file), std::ios::binary | std::ios::trunc);
        out_ = &file_;
    }
    if (!*out_) return false;
    report::write_results_head(*out_);
    return static_cast<bool>(*out_);
}

void ResultsCsv::add(const ResultItem& item) {
    report::write_result(*out_, item);
}

bool ResultsCsv::close() {
    out_->flush();
    return static_cast<bool>(*out_);
}

}  // namespace stocktray::ctl
