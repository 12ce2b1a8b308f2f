#include "agent/ctl/report/words.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/ctl/output/job_words.h"
#include "agent/ctl/output/terminal.h"
#include "agent/ctl/output/words.h"

namespace stocktray::ctl {
namespace {

using ipc::report::Cart;
using ipc::report::GetResult;

std::string times(std::int64_t number) {
    return number == 0 ? "never" : counted(number, "time", "times");
}

// "phone order" of the protocol's word.
std::string reason_in_words(std::string word) {
    if (word == "get_qoh") return "Get QOH";
    std::ranges::replace(word, '_', ' ');
    return printable(word);
}

// The store's time to confirm has seconds worth telling: "1.2 s", where `duration` says "1 s".
std::string short_duration(std::int64_t ms) {
    return ms >= 1'000 && ms < 10'000 ? fmt::format("{:.1f} s", static_cast<double>(ms) / 1'000)
                                      : duration(ms);
}

}  // namespace

std::string time_of(const GetResult& report) {
    return fmt::format("{} to {}", moment(report.since), moment(report.until));
}

std::string verdict_of(const GetResult& report) {
    std::int64_t confirmed = 0;
    std::int64_t late = 0;
    std::int64_t open = 0;
    for (const auto& cart : report.carts) {
        confirmed += cart.confirmed;
        late += cart.late;
        open += cart.unclear.open;
    }
    std::string text =
        fmt::format("{} of counts in the Order Manager, {} confirmed by the stores.",
                    counted(report.changes, "change", "changes"), counted(confirmed, "post", "posts"));
    text += late == 0 ? " No store was late." : fmt::format(" Stores were late {}.", times(late));
    text += open == 0 ? " Nothing is unclear."
                      : fmt::format(" {} still unclear.", counted(open, "post is", "posts are"));
    return text;
}

std::vector<Fact> reasons_of(const GetResult& report) {
    std::vector<std::pair<std::string, std::int64_t>> reasons{report.reasons.begin(), report.reasons.end()};
    std::ranges::stable_sort(reasons, std::greater{}, &std::pair<std::string, std::int64_t>::second);
    std::vector<Fact> facts;
    for (auto& [word, changes] : reasons)
        facts.push_back({reason_in_words(std::move(word)), std::to_string(changes)});
    return facts;
}

std::vector<Fact> facts_of(const Cart& cart) {
    std::vector<Fact> facts;
    const auto add = [&](std::string name, std::string value) {
        facts.push_back({std::move(name), std::move(value)});
    };
    add("Posts confirmed", std::to_string(cart.confirmed));
    if (cart.median_ms) add("Half of them within", short_duration(*cart.median_ms));
    if (cart.slowest_ms)
        add("The slowest",
            fmt::format("{}{}", short_duration(*cart.slowest_ms),
                        cart.slowest_post ? fmt::format(" (post {})", *cart.slowest_post) : ""));
    add("Late", times(cart.late));
    const auto& unclear = cart.unclear;
    const auto sum = unclear.key + unclear.gap + unclear.person + unclear.open;
    add("Posts that were unclear", sum == 0 ? "none" : std::to_string(sum));
    const auto add_proof = [&](std::int64_t posts, std::string how) {
        if (posts > 0) add("  " + std::move(how), std::to_string(posts));
    };
    add_proof(unclear.key, "the store remembered the post");
    add_proof(unclear.gap, "the counts showed it");
    add_proof(unclear.person, "a person decided");
    add_proof(unclear.open, "not decided yet");
    add("Differences found", cart.drift_found == 0 ? "none" : std::to_string(cart.drift_found));
    if (cart.drift_found > 0) add("  repaired by themselves", std::to_string(cart.drift_repaired));
    const auto add_some = [&](std::int64_t number, std::string name) {
        if (number > 0) add(std::move(name), std::to_string(number));
    };
    add_some(cart.sent, "Counts sent by Send QOH");
    add_some(cart.handed_out, "Counts handed out by Get QOH");
    add_some(cart.taken_back, "Counts taken back");
    add_some(cart.guard_overrides, "Guard overridden");
    return facts;
}

std::vector<std::string> bounds_of(const GetResult& report) {
    std::vector<std::string> bounds;
    for (const auto ms : report.within_ms) bounds.push_back("\u2264 " + duration(ms));
    bounds.emplace_back("longer");
    return bounds;
}

std::string audit_in_words(const ipc::jobs::Job& job) {
    if (job.state != ipc::JobState::done) return std::string{in_words(job.state)};
    const auto& counts = job.counts;
    std::string text = counted(job.done, "SKU", "SKUs");
    std::string_view between = ": ";
    const auto add = [&](std::int64_t number, std::string_view what) {
        if (number == 0) return;
        text += fmt::format("{}{} {}", between, number, what);
        between = ", ";
    };
    add(counts.ok, "equal");
    add(counts.different, counts.different == 1 ? "differs" : "differ");
    add(counts.waiting, counts.waiting == 1 ? "waits" : "wait");
    add(counts.not_found, "not at the store");
    add(counts.ambiguous + counts.error, "could not be compared");
    add(counts.not_tracked + counts.skipped, "left out");
    return text;
}

}  // namespace stocktray::ctl
