#include "agent/ctl/output/job_words.h"

#include <fmt/format.h>

#include "agent/ctl/output/terminal.h"

namespace stocktray::ctl {

using ipc::Cause;
using ipc::JobKind;
using ipc::JobResult;
using ipc::JobState;

std::string_view in_words(JobKind kind) {
    switch (kind) {
        case JobKind::get_qoh:
            return "Get QOH From Website";
        case JobKind::send_qoh:
            return "Send QOH To Website";
        case JobKind::audit:
            return "Audit";
        case JobKind::undo:
            return "Undo";
    }
    return "";
}

std::string_view in_words(JobState state) {
    switch (state) {
        case JobState::queued:
            return "about to begin";
        case JobState::running:
            return "at work";
        case JobState::waiting:
            return "waiting";
        case JobState::blocked:
            return "stopped: needs your word";
        case JobState::done:
            return "done";
        case JobState::failed:
            return "failed";
        case JobState::cancelled:
            return "cancelled";
    }
    return "";
}

std::string_view in_words(JobResult result) {
    switch (result) {
        case JobResult::ok:
            return "done";
        case JobResult::would_change:
            return "would change";
        case JobResult::not_found:
            return "not at the store";
        case JobResult::not_tracked:
            return "not tracked";
        case JobResult::ambiguous:
            return "more than one";
        case JobResult::error:
            return "error";
        case JobResult::skipped:
            return "left out";
        case JobResult::new_:
            return "new product";
        case JobResult::different:
            return "differs";
        case JobResult::waiting:
            return "waits";
    }
    return "";
}

std::string_view in_words(Cause cause) {
    switch (cause) {
        case Cause::equal:
            return "equal";
        case Cause::in_flight:
            return "posts are under way";
        case Cause::web_orders_not_imported:
            return "web orders are not imported yet";
        case Cause::buffer:
            return "the cart's buffer";
        case Cause::clamped:
            return "the store cannot go below zero";
        case Cause::changed_at_store:
            return "changed at the store";
        case Cause::lost_at_store:
            return "the store lost a change";
        case Cause::rejected:
            return "the store refused a post";
        case Cause::uncertain:
            return "it is not known whether a post was applied";
        case Cause::not_tracked:
            return "not tracked";
        case Cause::duplicate_sku:
            return "the SKU is there more than once";
        case Cause::case_differs:
            return "upper and lower case differ";
        case Cause::only_here:
            return "the store does not know it";
        case Cause::only_at_store:
            return "the Order Manager does not know it";
        case Cause::unaligned:
            return "not made equal yet";
        case Cause::unknown:
            break;
    }
    return "not known";
}

bool is_unknown(const ipc::jobs::ResultItem& item) {
    return item.result == JobResult::not_found && item.cause == Cause::unknown;
}

std::string_view what(const ipc::jobs::ResultItem& item) {
    return is_unknown(item) ? "not known" : in_words(item.result);
}

std::string why(const ipc::jobs::ResultItem& item) {
    if (item.text && !item.text->empty()) return printable(*item.text);
    return item.cause ? std::string{in_words(*item.cause)} : std::string{};
}

std::string title(const ipc::jobs::Job& job, std::string_view cart_name) {
    const std::string what =
        job.undoes ? fmt::format("Undo of job {}", *job.undoes) : std::string{in_words(job.kind)};
    return fmt::format("{}{}, {}", job.dry_run ? "Preview of " : "", what, cart_name.empty() ? "a removed cart" : printable(cart_name));
}

}  // namespace stocktray::ctl
