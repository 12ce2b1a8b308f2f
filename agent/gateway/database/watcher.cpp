#include "agent/gateway/database/watcher.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>

namespace stocktray::gateway::database {
namespace {

constexpr const char* asked_note = "asked";      // what a person was asked about: Weighed
constexpr const char* allowed_note = "allowed";  // what a person has said yes to
constexpr std::size_t most_named = 20;

std::string print(const Weighed& weighed) {
    return fmt::format("{} {} {} {}", weighed.known, weighed.rows, weighed.changed, weighed.missing);
}
Weighed parse(const std::string& text) {
    Weighed weighed;
    const char* at = text.data();
    const char* const end = at + text.size();
    for (auto* number : {&weighed.known, &weighed.rows, &weighed.changed, &weighed.missing}) {
        at = std::from_chars(at, end, *number).ptr;
        if (at != end) ++at;
    }
    return weighed;
}

Stopped by_agent(const ipc::Error& error) { return {Stopped::By::agent, error.message}; }

void name_bad(Round& round, std::string sentence) {
    ++round.bad_row_count;
    if (round.bad_rows.size() < most_named) round.bad_rows.push_back(std::move(sentence));
}

}  // namespace

bool Watcher::allow(State& state) {
    const auto asked = state.note(asked_note);
    if (asked) state.set_note(allowed_note, *asked);
    return asked.has_value();
}

tl::expected<Round, Stopped> Watcher::round(std::int64_t now_ms) {
    const auto watermark_before = watermark_;
    try {
        must_read_ = must_read_ || state_.note(allowed_note).has_value();
        auto round = work(now_ms);
        must_read_ = !round || round->told.is_unfinished || round->question;
        if (must_read_) watermark_ = watermark_before;
        return round;
    } catch (const SQLite::Exception& error) {
        must_read_ = true;
        watermark_ = watermark_before;
        return tl::unexpected(Stopped{Stopped::By::state, fmt::format("What the gateway knows cannot be kept: {}.", error.what())});
    }
}

tl::expected<Round, Stopped> Watcher::work(std::int64_t now_ms) {
    Round round;
    const auto is_stranger = teller_.meets_a_stranger();
    if (!is_stranger) return tl::unexpected(by_agent(is_stranger.error()));
    if (!*is_stranger)
        if (auto done = settle(now_ms); !done) return tl::unexpected(by_agent(done.error()));

    if (source_.has_watermark()) {
        auto watermark = source_.watermark();
        if (!watermark) return tl::unexpected(Stopped{Stopped::By::database, watermark.error().message});
        const bool has_moved = *watermark != watermark_;
        if (!must_read_ && !*is_stranger && !has_moved && !is_reading_due(now_ms)) return round;
        was_read_once_more_ = !has_moved;
        watermark_ = std::move(*watermark);
    }
    std::string snapshot;
    if (*is_stranger) {
        auto opened = teller_.open_snapshot();
        if (!opened) return tl::unexpected(by_agent(opened.error()));
        snapshot = std::move(*opened);
    }
    std::vector<bool> seen;
    const auto weighed = read(*is_stranger, now_ms, seen, round);
    if (!weighed) return tl::unexpected(Stopped{Stopped::By::database, weighed.error().message});
    round.has_read = true;
    read_at_ = now_ms;
    if (!is_believed(*weighed, round)) return round;
    if (weighed->missing > 0) mark_gone(seen, now_ms);
    const auto told = *is_stranger ? teller_.tell_all(snapshot, round.told) : tell(now_ms, round.told);
    if (!told) return tl::unexpected(by_agent(told.error()));
    return round;
}

bool Watcher::is_reading_due(std::int64_t now_ms) const noexcept {
    const auto since = std::abs(now_ms - read_at_);
    return since >= options_.read_every.count() || (!was_read_once_more_ && since >= options_.read_once_more.count());
}

ipc::Expected<void> Watcher::settle(std::int64_t now_ms) {
    if (auto done = teller_.repeat_offers(now_ms); !done) return done;
    // At every start: a state file that was restored from a copy believes in counts that are over.
    if (!compared_at_ || std::abs(now_ms - *compared_at_) >= options_.compare_every.count()) {
        auto corrected = teller_.compare_with_book();
        if (!corrected) return ipc::Failure{corrected.error()};
        must_read_ = must_read_ || *corrected;
        compared_at_ = now_ms;
    }
    auto asked = teller_.ask_unasked(now_ms);
    if (!asked) return ipc::Failure{asked.error()};
    must_read_ = must_read_ || *asked;
    return {};
}

ipc::Expected<void> Watcher::tell(std::int64_t now_ms, Told& told) {
    if (auto done = teller_.tell_changes(now_ms, now_ms, told); !done) return done;
    if (auto done = teller_.introduce(told); !done) return done;
    return teller_.describe(now_ms, told);
}

Result<Weighed> Watcher::read(bool is_whole, std::int64_t now_ms, std::vector<bool>& seen, Round& round) {
    Weighed weighed;
    weighed.known = state_.count_present();
    seen.assign(static_cast<std::size_t>(state_.end_of_numbers()), false);
    std::int64_t present = 0;
    const auto take = [&](const RawRow& raw) {
        ++weighed.rows;
        const auto row = read_row(raw);
        if (!row) {
            name_bad(round, row.error().sku.empty() ? fmt::format("Row {}: {}.", weighed.rows, row.error().why)
                                                    : fmt::format("{}: {}.", row.error().sku, row.error().why));
            // It is there, although nobody knows how often.
            if (const auto kept = state_.find(row.error().sku); kept && !seen[static_cast<std::size_t>(kept->number)]) {
                seen[static_cast<std::size_t>(kept->number)] = true;
                if (!kept->gone_at) ++present;
            }
            return;
        }
        const auto kept = state_.find(row->sku);
        if (!kept) {
            state_.stage(*row);
            return;
        }
        auto bit = seen[static_cast<std::size_t>(kept->number)];
        if (bit) {
            state_.stage_as_twice(row->sku);
            return;
        }
        bit = true;
        if (!kept->gone_at)
            ++present;
        else
            state_.set_gone(row->sku, std::nullopt);
        const bool has_changed = kept->watched.told && *kept->watched.told != row->qoh;
        if (has_changed) ++weighed.changed;
        const bool has_healed = kept->watched.setbacks > 0;
        if (is_whole || has_healed || step_for(kept->watched, *row, now_ms) != Step::nothing) state_.stage(*row);
    };
    Result<void> done;
    state_.clear_staged();
    state_.together([&] { done = source_.read(take); });
    if (!done) return Failure{done.error()};
    weighed.missing = weighed.known - present;
    round.rows = weighed.rows;
    for (const auto& sku : state_.staged_twice(most_named))
        name_bad(round, fmt::format("{}: the query answers it more than once; it is not told.", sku));
    round.bad_row_count += std::max<std::int64_t>(0, state_.count_staged_twice() - static_cast<std::int64_t>(most_named));
    return weighed;
}

bool Watcher::is_believed(const Weighed& weighed, Round& round) {
    const auto allowed = state_.note(allowed_note);
    round.question = question_about(weighed, options_.limits, allowed ? std::optional{parse(*allowed)} : std::nullopt);
    state_.together([&] {
        state_.set_note(asked_note, round.question ? std::optional{print(weighed)} : std::nullopt);
        state_.set_note(allowed_note, std::nullopt);  // a yes is for one reading
    });
    return !round.question;
}

void Watcher::mark_gone(const std::vector<bool>& seen, std::int64_t now_ms) {
    for (std::string after;;) {
        const auto batch = state_.list(State::Which::all, after, Book::most_of_a_part);
        if (batch.empty()) return;
        after = batch.back().sku;
        state_.together([&] {
            for (const auto& kept : batch)
                if (!kept.gone_at && !seen[static_cast<std::size_t>(kept.number)]) state_.set_gone(kept.sku, now_ms);
        });
    }
}

}  // namespace stocktray::gateway::database
