#include "ipc/report/facts.h"

#include <algorithm>

namespace stocktray::report {
namespace {

using ipc::report::Cart;
using ipc::report::GetResult;

std::string times(std::int64_t number, const Speech& speech) {
    return number == 0 ? speech.tr("never")
                       : speech.counted(speech.tr_n("{n} time", "{n} times", number), number);
}

std::string none_or(std::int64_t number, const Speech& speech) {
    return number == 0 ? speech.tr("none") : speech.number(number);
}

std::string reason_in_words(const std::string& word, const Speech& speech) {
    const auto reason = ipc::from_string<ipc::Reason>(word);
    if (!reason) return speech.printable(word);
    switch (*reason) {
        case ipc::Reason::backorder_filled:
            return speech.tr("backorder filled");
        case ipc::Reason::phone_order:
            return speech.tr("phone order");
        case ipc::Reason::purchase_order_received:
            return speech.tr("purchase order received");
        case ipc::Reason::web_order_imported:
            return speech.tr("web order imported");
        case ipc::Reason::adjustment:
            return speech.tr("adjustment");
        case ipc::Reason::return_:
            return speech.tr("return");
        case ipc::Reason::inventory_imported:
            return speech.tr("inventory imported");
        case ipc::Reason::get_qoh:
            return speech.tr("Get QOH");
        case ipc::Reason::other:
            break;
    }
    return speech.tr("other");
}

// The store's time to confirm has seconds worth telling: "1.2 s", where `duration` says "1 s".
std::string short_duration(std::int64_t ms, const Speech& speech) {
    if (ms < 1'000 || ms >= 10'000) return speech.duration(ms);
    return Speech::say(speech.tr("{n} s"), fmt::arg("n", speech.seconds(static_cast<double>(ms) / 1'000)));
}

// An audit that has not come to its end.
std::string state_in_words(ipc::JobState state, const Speech& speech) {
    switch (state) {
        case ipc::JobState::queued:
            return speech.tr("about to begin");
        case ipc::JobState::running:
            return speech.tr("at work");
        case ipc::JobState::waiting:
            return speech.tr("waiting");
        case ipc::JobState::blocked:
            return speech.tr("stopped: needs your word");
        case ipc::JobState::done:
            return speech.tr("done");
        case ipc::JobState::failed:
            return speech.tr("failed");
        case ipc::JobState::cancelled:
            break;
    }
    return speech.tr("cancelled");
}

}  // namespace

std::string time_of(const GetResult& report, const Speech& speech) {
    return Speech::say(speech.tr("{from} to {to}"), fmt::arg("from", speech.moment(report.since)),
                       fmt::arg("to", speech.moment(report.until)));
}

std::string verdict_of(const GetResult& report, const Speech& speech) {
    std::int64_t confirmed = 0;
    std::int64_t late = 0;
    std::int64_t open = 0;
    for (const auto& cart : report.carts) {
        confirmed += cart.confirmed;
        late += cart.late;
        open += cart.unclear.open;
    }
    std::string text = Speech::say(
        speech.tr("{changes} of counts in the Order Manager, {posts} confirmed by the stores."),
        fmt::arg("changes",
                 speech.counted(speech.tr_n("{n} change", "{n} changes", report.changes), report.changes)),
        fmt::arg("posts", speech.counted(speech.tr_n("{n} post", "{n} posts", confirmed), confirmed)));
    text += " ";
    text += late == 0
                ? speech.tr("No store was late.")
                : Speech::say(speech.tr("Stores were late {times}."), fmt::arg("times", times(late, speech)));
    text += " ";
    text += open == 0
                ? speech.tr("Nothing is unclear.")
                : speech.counted(
                      speech.tr_n("{n} post is still unclear.", "{n} posts are still unclear.", open), open);
    return text;
}

std::string partial_words(const Speech& speech) {
    return speech.tr(
        "More has happened than one report looks at: the oldest is left out. Ask for less time.");
}

std::vector<Fact> reasons_of(const GetResult& report, const Speech& speech) {
    std::vector<std::pair<std::string, std::int64_t>> reasons{report.reasons.begin(), report.reasons.end()};
    std::ranges::stable_sort(reasons, std::greater{}, &std::pair<std::string, std::int64_t>::second);
    std::vector<Fact> facts;
    for (const auto& [word, changes] : reasons)
        facts.push_back({reason_in_words(word, speech), speech.number(changes)});
    return facts;
}

std::vector<Fact> facts_of(const Cart& cart, const Speech& speech) {
    std::vector<Fact> facts;
    const auto add = [&](std::string name, std::string value) {
        facts.push_back({std::move(name), std::move(value)});
    };
    add(speech.tr("Posts confirmed"), speech.number(cart.confirmed));
    if (cart.median_ms) add(speech.tr("Half of them within"), short_duration(*cart.median_ms, speech));
    if (cart.slowest_ms) {
        auto slowest = short_duration(*cart.slowest_ms, speech);
        if (cart.slowest_post)
            slowest = Speech::say(speech.tr("{time} (post {post})"), fmt::arg("time", slowest),
                                  fmt::arg("post", *cart.slowest_post));
        add(speech.tr("The slowest"), std::move(slowest));
    }
    add(speech.tr("Late"), times(cart.late, speech));
    const auto& unclear = cart.unclear;
    add(speech.tr("Posts that were unclear"),
        none_or(unclear.key + unclear.gap + unclear.person + unclear.open, speech));
    const auto add_some = [&](std::int64_t number, std::string name) {
        if (number > 0) add(std::move(name), speech.number(number));
    };
    add_some(unclear.key, "  " + speech.tr("the store remembered the post"));
    add_some(unclear.gap, "  " + speech.tr("the counts showed it"));
    add_some(unclear.person, "  " + speech.tr("a person decided"));
    add_some(unclear.open, "  " + speech.tr("not decided yet"));
    add(speech.tr("Differences found"), none_or(cart.drift_found, speech));
    if (cart.drift_found > 0)
        add("  " + speech.tr("repaired by themselves"), speech.number(cart.drift_repaired));
    add_some(cart.sent, speech.tr("Counts sent by Send QOH"));
    add_some(cart.handed_out, speech.tr("Counts handed out by Get QOH"));
    add_some(cart.taken_back, speech.tr("Counts taken back"));
    add_some(cart.guard_overrides, speech.tr("Guard overridden"));
    return facts;
}

std::vector<std::string> bounds_of(const GetResult& report, const Speech& speech) {
    std::vector<std::string> bounds;
    for (const auto ms : report.within_ms) bounds.push_back("\u2264 " + speech.duration(ms));
    bounds.push_back(speech.tr("longer"));
    return bounds;
}

std::string audit_in_words(const ipc::jobs::Job& job, const Speech& speech) {
    if (job.state != ipc::JobState::done) return state_in_words(job.state, speech);
    const auto& counts = job.counts;
    std::string text = speech.counted(speech.tr_n("{n} SKU", "{n} SKUs", job.done), job.done);
    std::string_view between = ": ";
    const auto add = [&](std::int64_t number, const std::string& what) {
        if (number == 0) return;
        text.append(between).append(what);
        between = ", ";
    };
    const auto kept_out = counts.not_tracked + counts.skipped;
    const auto not_compared = counts.ambiguous + counts.error;
    add(counts.ok, Speech::say(speech.tr("{n} equal"), fmt::arg("n", speech.number(counts.ok))));
    add(counts.different,
        speech.counted(speech.tr_n("{n} differs", "{n} differ", counts.different), counts.different));
    add(counts.waiting, speech.counted(speech.tr_n("{n} waits", "{n} wait", counts.waiting), counts.waiting));
    add(counts.not_found,
        Speech::say(speech.tr("{n} not at the store"), fmt::arg("n", speech.number(counts.not_found))));
    add(not_compared,
        Speech::say(speech.tr("{n} could not be compared"), fmt::arg("n", speech.number(not_compared))));
    add(kept_out, Speech::say(speech.tr("{n} left out"), fmt::arg("n", speech.number(kept_out))));
    return text;
}

}  // namespace stocktray::report
