#include "agent/gateway/database/staged.h"
#include "agent/gateway/database/teller.h"
#include "ipc/random_id.h"

namespace stocktray::gateway::database {
namespace {

ipc::qoh::Snapshot part_of(const std::string& snapshot, std::int64_t part, const std::vector<Counted>& rows) {
    ipc::qoh::Snapshot request{.source = {}, .snapshot = snapshot, .part = part, .last = false, .items = {}};
    for (const auto& row : rows) request.items.push_back({row.sku, row.qoh, row.name, row.is_tracked});
    return request;
}

bool is_for_snapshot(const Watched& watched, const Counted& row, std::int64_t now_ms) {
    const Step step = step_for(watched, row, now_ms);
    return step == Step::ask || step == Step::describe;
}

}  // namespace

ipc::Expected<std::string> Teller::open_snapshot() {
    const std::string snapshot = ipc::random_id();
    if (auto opened = book_.snapshot(part_of(snapshot, 0, {})); !opened) return ipc::Failure{opened.error()};
    return snapshot;
}

ipc::Expected<void> Teller::close_snapshot(const std::string& snapshot, std::int64_t part, Told& told) {
    auto last = part_of(snapshot, part, {});
    last.last = true;
    const auto taken = book_.snapshot(std::move(last));
    if (!taken) return ipc::Failure{taken.error()};
    for (std::string after;;) {
        const auto rows = state_.staged_and_sent(after, Book::most_of_a_part);
        if (rows.empty()) break;
        after = rows.back().sku;
        state_.together([&] {
            for (const auto& row : rows) {
                auto watched = state_.find(row.sku).value_or(State::Kept{}).watched;
                snapshot_taken(watched, row);
                state_.save(row.sku, watched);
            }
        });
        told.in_snapshot += static_cast<std::int64_t>(rows.size());
    }
    // Somebody else has told a change of these meanwhile: asked for, and sent again once the counts are equal.
    state_.together([&] {
        for (const auto& sku : taken->retake) {
            auto kept = state_.find(sku);
            if (!kept) continue;
            state_.save(sku, Watched{.version = kept->watched.version});
            told.is_unfinished = true;
        }
    });
    return {};
}

// Of the rows that may go into a snapshot, those that swallow nothing: the book is, after the snapshot was opened, what
// the row says, or there is none. What changes later comes back as `retake`.
ipc::Expected<std::vector<Counted>> Teller::still_right(const std::vector<Counted>& rows, std::int64_t now_ms, Told& told) {
    std::vector<std::string> skus;
    for (const auto& row : rows) skus.push_back(row.sku);
    const auto counts = book_.counts_of(skus);
    if (!counts) return ipc::Failure{counts.error()};
    std::vector<Counted> right;
    state_.together([&] {
        for (const auto& row : rows) {
            const auto book = found_in(*counts, row.sku);
            if (!book || book == row.qoh) {
                right.push_back(row);
                state_.mark_sent(row.sku);
                continue;
            }
            auto kept = state_.find(row.sku);
            if (!kept || !is_for_snapshot(kept->watched, row, now_ms)) continue;
            (void)asked(kept->watched, book);
            state_.save(row.sku, kept->watched);
            told.is_unfinished = true;
        }
    });
    return right;
}

ipc::Expected<void> Teller::describe(std::int64_t now_ms, Told& told) {
    std::string snapshot;
    std::int64_t part = 0;
    std::vector<Counted> items;  // of the next part
    const auto send_part = [&]() -> ipc::Expected<void> {
        if (items.empty()) return {};
        auto sent = book_.snapshot(part_of(snapshot, ++part, items));
        items.clear();
        if (!sent) return ipc::Failure{sent.error()};
        return {};
    };
    auto walked = for_each_batch(state_, Book::most_asked, [&](const std::vector<Counted>& rows) -> ipc::Expected<void> {
        std::vector<Counted> candidates;
        for (const auto& row : rows)
            if (const auto kept = state_.find(row.sku); kept && is_for_snapshot(kept->watched, row, now_ms))
                candidates.push_back(row);
        if (candidates.empty()) return {};
        if (snapshot.empty()) {
            auto opened = open_snapshot();
            if (!opened) return ipc::Failure{opened.error()};
            snapshot = std::move(*opened);
        }
        auto right = still_right(candidates, now_ms, told);
        if (!right) return ipc::Failure{right.error()};
        items.insert(items.end(), right->begin(), right->end());
        return items.size() + Book::most_asked > Book::most_of_a_part ? send_part() : ipc::Expected<void>{};
    });
    if (!walked || snapshot.empty()) return walked;
    if (auto sent = send_part(); !sent) return sent;
    return close_snapshot(snapshot, part + 1, told);
}

ipc::Expected<void> Teller::tell_all(const std::string& snapshot, Told& told) {
    for (std::string after;;) {
        const auto batch = state_.list(State::Which::all, after, Book::most_of_a_part);
        if (batch.empty()) break;
        after = batch.back().sku;
        state_.together([&] {
            for (auto kept : batch) {
                forget_agent(kept.watched);
                state_.save(kept.sku, kept.watched);
            }
        });
    }
    std::int64_t part = 0;
    auto walked = for_each_batch(state_, Book::most_of_a_part, [&](const std::vector<Counted>& rows) -> ipc::Expected<void> {
        if (auto sent = book_.snapshot(part_of(snapshot, ++part, rows)); !sent) return ipc::Failure{sent.error()};
        for (const auto& row : rows) state_.mark_sent(row.sku);
        return {};
    });
    if (!walked) return walked;
    if (auto closed = close_snapshot(snapshot, part + 1, told); !closed) return closed;
    state_.set_note(life_note, life_);
    return {};
}

}  // namespace stocktray::gateway::database
