#include "agent/gateway/database/watch_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace stocktray::gateway::database {
namespace {

constexpr std::size_t most_named = 20;

void note_failure(std::optional<Happening::Failing>& failing, std::string message, std::int64_t now_ms) {
    if (!failing) failing.emplace(Happening::Failing{now_ms, {}});
    failing->message = std::move(message);
}

}  // namespace

void Happening::take_handback(const Result<void>& done, std::int64_t now_ms) {
    if (done)
        handback.reset();
    else
        note_failure(handback, done.error().message, now_ms);
}

void Happening::take(const tl::expected<Round, Stopped>& round, std::int64_t now_ms) {
    if (!round) {
        note_failure(reading, round.error().message, now_ms);
        return;
    }
    reading.reset();
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
    const auto is_news = [&](const std::optional<Happening::Failing>& failing) {
        return failing && now_ms - failing->since >= told_after_ms;
    };
    if (is_news(happening.reading))
        add(happening.reading->message, "Counts are not taken over meanwhile; what changes is told when this is over.");
    if (happening.question)
        add(*happening.question + " Nothing of it was taken over.",
            fmt::format("If that is right (a stocktaking, a new list): touch {}. If not, look at the database and the query; "
                        "it is read again by itself.",
                        accept_file));
    if (is_news(happening.handback)) add(happening.handback->message, "It is tried again by itself.");
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
