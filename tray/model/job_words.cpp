#include "tray/model/job_words.h"

#include "tray/model/words.h"

namespace stocktray::tray {

using ipc::Cause;
using ipc::JobKind;
using ipc::JobResult;
using ipc::JobState;
using ipc::WaitingFor;
using ipc::jobs::Job;

std::string kind_words(JobKind kind) {
    switch (kind) {
        case JobKind::get_qoh:
            return tr("Get QOH From Website");
        case JobKind::send_qoh:
            return tr("Send QOH To Website");
        case JobKind::audit:
            return tr("Comparison");
        case JobKind::undo:
            return tr("Undo");
    }
    return {};
}

std::string job_state_words(JobState state) {
    switch (state) {
        case JobState::queued:
            return tr("about to begin");
        case JobState::running:
            return tr("at work");
        case JobState::waiting:
            return tr("waiting");
        case JobState::blocked:
            return tr("stopped: needs your word");
        case JobState::done:
            return tr("done");
        case JobState::failed:
            return tr("failed");
        case JobState::cancelled:
            return tr("cancelled");
    }
    return {};
}

std::string result_words(JobResult result) {
    switch (result) {
        case JobResult::ok:
            return tr("done");
        case JobResult::would_change:
            return tr("would change");
        case JobResult::not_found:
            return tr("not at the store");
        case JobResult::not_tracked:
            return tr("not tracked");
        case JobResult::ambiguous:
            return tr("more than one");
        case JobResult::error:
            return tr("error");
        case JobResult::skipped:
            return tr("left out");
        case JobResult::new_:
            return tr("new product");
        case JobResult::different:
            return tr("differs");
        case JobResult::waiting:
            return tr("waits");
    }
    return {};
}

std::string cause_words(Cause cause) {
    switch (cause) {
        case Cause::equal:
            return tr("equal");
        case Cause::in_flight:
            return tr("posts are under way");
        case Cause::web_orders_not_imported:
            return tr("web orders are not imported yet");
        case Cause::buffer:
            return tr("the cart's buffer");
        case Cause::clamped:
            return tr("the store cannot go below zero");
        case Cause::changed_at_store:
            return tr("changed at the store");
        case Cause::lost_at_store:
            return tr("the store lost a change");
        case Cause::rejected:
            return tr("the store refused a post");
        case Cause::uncertain:
            return tr("it is not known whether a post was applied");
        case Cause::not_tracked:
            return tr("not tracked");
        case Cause::duplicate_sku:
            return tr("the SKU is there more than once");
        case Cause::case_differs:
            return tr("upper and lower case differ");
        case Cause::only_here:
            return tr("the store does not know it");
        case Cause::only_at_store:
            return tr("the Order Manager does not know it");
        case Cause::unaligned:
            return tr("not made equal yet");
        case Cause::unknown:
            break;
    }
    return tr("not known");
}

std::string awaited_words(WaitingFor waiting) {
    switch (waiting) {
        case WaitingFor::retry_timer:
            return tr("the next attempt");
        case WaitingFor::circuit_open:
            return tr("the store to answer again");
        case WaitingFor::credentials:
            return tr("a user name and password that the store takes");
        case WaitingFor::paused:
            return tr("you: it is paused");
        case WaitingFor::earlier_post:
            return tr("an earlier post of the same SKU");
        case WaitingFor::free_connection:
            return tr("a free connection");
        case WaitingFor::settling:
            return tr("the store to come to rest");
        case WaitingFor::verification:
            return tr("the check with the store");
        case WaitingFor::order_import:
            return tr("the next import of web orders");
        case WaitingFor::restored:
            return tr("a snapshot after the restore");
        case WaitingFor::person:
            return tr("your decision");
        case WaitingFor::other:
            break;
    }
    return tr("something this version does not know");
}

std::string why_words(const ipc::jobs::ResultItem& item) {
    if (item.result == JobResult::ok && item.cause == Cause::unaligned) return tr("had not been made equal before");
    // What is under way need not be a post: the sentence says what it is.
    const bool has_text = item.text && !item.text->empty();
    const bool has_cause = item.cause && *item.cause != Cause::unknown && !(*item.cause == Cause::in_flight && has_text);
    if (has_cause) return cause_words(*item.cause);
    if (has_text) return translated_sentence(*item.text);
    return item.cause ? cause_words(*item.cause) : std::string{};
}

std::string job_title(const Job& job, std::string_view cart) {
    const auto what = job.kind == JobKind::undo && job.undoes
                          ? say(tr("Undo of job {job}"), fmt::arg("job", *job.undoes))
                          : kind_words(job.kind);
    const auto titled = say(tr("{what}, {cart}"), fmt::arg("what", what), fmt::arg("cart", cart));
    return job.dry_run ? say(tr("Preview of {what}"), fmt::arg("what", titled)) : titled;
}

}  // namespace stocktray::tray
