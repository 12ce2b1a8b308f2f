#include "agent/gateway/database/watch_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace stocktray::gateway::database {
namespace {

constexpr std::size_t most_named = 20;

}  // namespace

void Happening::take(const tl::expected<Round, Stopped>& round, std::int64_t now_ms) {
    if (!round) {
        if (!failing_since) failing_since = now_ms;
        trouble = round.error().message;
        return;
    }
    failing_since.reset();
    trouble.clear();
    if (!round->has_read) return;
    question = round->question;
    bad_rows = round->bad_rows;
    bad_row_count = round->bad_row_count;
}

std::vector<Problem> problems_of(const Happening& happening, State& state, std::int64_t now_ms, const std::string& accept_file) {
    std::vector<Problem> problems;
    const auto add = [&](std::string message, std::string hint, std::string sku = {}) {
        problems.push_back({std::move(sku), {}, std::move(message), std::move(hint)});
    };
    if (happening.failing_since && now_ms - *happening.failing_since >= told_after_ms)
        add(happening.trouble, "Counts are not taken over meanwhile; what changes is told when this is over.");
    if (happening.question)
        add(*happening.question + " Nothing of it was taken over.",
            fmt::format("If that is right (a stocktaking, a new list): touch {}. If not, look at the database and the query; "
                        "it is read again by itself.",
                        accept_file));
    if (!happening.handback_trouble.empty()) add(happening.handback_trouble, "It is tried again by itself.");
    for (const auto& sentence : happening.bad_rows) add(sentence, "Correct it in the Order Manager, or leave it out of the query.");
    if (const auto more = happening.bad_row_count - static_cast<std::int64_t>(happening.bad_rows.size()); more > 0)
        add(fmt::format("{} more rows of the query cannot be taken.", more), "stocktray-gateway --test names some of them.");
    for (const auto& kept : state.list(State::Which::troubled, "", most_named))
        add(fmt::format("The count of {} is not taken by the agent: {}", kept.sku, kept.watched.trouble),
            "It is asked again by itself, ever more seldom.", kept.sku);
    std::vector<std::string> gone;
    std::int64_t gone_count = 0;
    for (const auto& kept : state.list(State::Which::gone, "", 1'000)) {
        if (now_ms - kept.gone_at.value_or(0) > gone_told_for_ms) continue;
        ++gone_count;
        if (gone.size() < most_named) gone.push_back(kept.sku);
    }
    if (gone_count > 0)
        add(fmt::format("{} SKUs are not in the query's answer any more, and keep their last count: {}{}.", gone_count,
                        fmt::join(gone, ", "), gone_count > static_cast<std::int64_t>(gone.size()) ? ", …" : ""),
            "Set an item's count to 0 before it is deleted. If they were not deleted, look at the query.");
    return problems;
}

}  // namespace stocktray::gateway::database
