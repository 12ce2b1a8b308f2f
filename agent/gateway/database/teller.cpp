#include "agent/gateway/database/teller.h"

#include <algorithm>

#include "agent/gateway/database/staged.h"

namespace stocktray::gateway::database {
namespace {

ipc::qoh::Change change_of(const std::string& watch, const State::Kept& kept) {
    const Offer& offer = *kept.watched.offer;
    ipc::qoh::Change change;
    change.id = id_of(watch, kept.sku, offer.version);
    change.sku = kept.sku;
    change.qoh = offer.qoh;
    change.version = offer.version;
    change.expected = offer.expected;
    return change;
}

}  // namespace

ipc::Expected<bool> Teller::meets_a_stranger() {
    const auto hello = book_.hello();
    if (!hello) return ipc::Failure{hello.error()};
    // A restored agent that has had its snapshot and is restored once more is in another run.
    life_ = hello->incarnation + (hello->restored ? "/" + hello->run : "");
    const auto known = state_.note(life_note);
    if (known == life_) return false;
    // It has come through its restoration with the snapshot that it had from us.
    const bool is_healed = known && !hello->restored && known->starts_with(hello->incarnation + "/");
    if (is_healed || (!known && !hello->restored)) {
        state_.set_note(life_note, life_);
        return false;
    }
    return true;
}

ipc::Expected<std::int64_t> Teller::send(std::vector<State::Kept> batch, std::int64_t now_ms) {
    std::vector<ipc::qoh::Change> changes;
    for (const auto& kept : batch) changes.push_back(change_of(watch_, kept));
    auto result = book_.offer(std::move(changes));
    if (!result && result.error().code == ipc::Code::invalid_params && batch.size() > 1) {
        // One that the agent cannot read spoils the request: each for itself, then.
        std::int64_t taken = 0;
        for (auto& kept : batch) {
            auto one = send({std::move(kept)}, now_ms);
            if (!one) return one;
            taken += *one;
        }
        return taken;
    }
    ipc::qoh::SubmitResult answer;
    if (result)
        answer = std::move(*result);
    else if (result.error().code == ipc::Code::invalid_params)
        answer.rejected.push_back({0, {}, {}, result.error().message});
    else
        return ipc::Failure{result.error()};
    // The answer counts duplicates and superseded ones and does not name them: then none of the batch is sure.
    const bool is_sure = answer.duplicates == 0 && answer.superseded == 0;
    std::vector<const ipc::qoh::RejectedChange*> refusals(batch.size(), nullptr);
    for (const auto& rejected : answer.rejected)
        if (const auto index = static_cast<std::size_t>(rejected.index); index < refusals.size()) refusals[index] = &rejected;
    std::int64_t taken = 0;
    state_.together([&] {
        for (std::size_t i = 0; i < batch.size(); ++i) {
            if (refusals[i] != nullptr) {
                not_accepted(batch[i].watched, refusals[i]->message, now_ms);
            } else if (is_sure) {
                accepted(batch[i].watched);
                ++taken;
            } else {
                not_accepted(batch[i].watched, "The agent knows a newer count already.", now_ms);
            }
            state_.save(batch[i].sku, batch[i].watched);
        }
    });
    return taken;
}

ipc::Expected<void> Teller::repeat_offers(std::int64_t now_ms) {
    for (;;) {
        auto batch = state_.list(State::Which::offered, "", Book::most_offered);
        if (batch.empty()) return {};
        if (auto sent = send(std::move(batch), now_ms); !sent) return ipc::Failure{sent.error()};
    }
}

ipc::Expected<bool> Teller::compare_with_book() {
    bool has_corrected = false;
    std::string after;
    for (;;) {
        const auto page = book_.page(after);
        if (!page) return ipc::Failure{page.error()};
        state_.together([&] {
            for (const auto& [sku, qoh] : page->counts) {
                auto kept = state_.find(sku);
                if (!kept || !kept->watched.told || kept->watched.offer || kept->watched.told == qoh) continue;
                kept->watched.told = qoh;
                state_.save(sku, kept->watched);
                has_corrected = true;
            }
        });
        if (!page->next) return has_corrected;
        after = *page->next;
    }
}

ipc::Expected<bool> Teller::ask_unasked(std::int64_t now_ms) {
    bool were_some = false;
    std::string after;
    for (;;) {
        auto batch = state_.list(State::Which::unasked, after, Book::most_asked);
        if (batch.empty()) return were_some;
        after = batch.back().sku;
        std::erase_if(batch, [&](const State::Kept& kept) { return kept.watched.not_before > now_ms || kept.gone_at; });
        if (batch.empty()) continue;
        std::vector<std::string> skus;
        for (const auto& kept : batch) skus.push_back(kept.sku);
        const auto counts = book_.counts_of(skus);
        if (!counts) return ipc::Failure{counts.error()};
        state_.together([&] {
            for (auto& kept : batch) {
                const bool was_refused = kept.watched.setbacks > 0;
                const bool has_book = asked(kept.watched, found_in(*counts, kept.sku)) == Known::has_book;
                if (has_book) state_.save(kept.sku, kept.watched);
                were_some = were_some || has_book || was_refused;
            }
        });
    }
}

// SKUs that we have never seen: what the agent knows of them is the base of the next reading's changes.
ipc::Expected<void> Teller::introduce(Told& told) {
    return for_each_batch(state_, Book::most_asked, [&](const std::vector<Counted>& rows) -> ipc::Expected<void> {
        std::vector<std::string> skus;
        for (const auto& row : rows)
            if (!state_.find(row.sku)) skus.push_back(row.sku);
        if (skus.empty()) return {};
        const auto counts = book_.counts_of(skus);
        if (!counts) return ipc::Failure{counts.error()};
        state_.together([&] {
            for (const auto& sku : skus) {
                Watched watched;
                if (asked(watched, found_in(*counts, sku)) == Known::has_book) told.is_unfinished = true;
                state_.save(sku, watched);
            }
        });
        return {};
    });
}

ipc::Expected<void> Teller::tell_changes(std::int64_t now_ms, std::int64_t read_at_ms, Told& told) {
    return for_each_batch(state_, Book::most_offered, [&](const std::vector<Counted>& rows) -> ipc::Expected<void> {
        std::vector<State::Kept> batch;
        state_.together([&] {
            for (const auto& row : rows) {
                auto kept = state_.find(row.sku);
                if (!kept) continue;
                switch (step_for(kept->watched, row, now_ms)) {
                    case Step::offer:
                        make_offer(kept->watched, row, read_at_ms);
                        state_.save(row.sku, kept->watched);
                        batch.push_back(std::move(*kept));
                        break;
                    case Step::nothing:  // what it was refused for is over
                        if (kept->watched.setbacks == 0) break;
                        settled(kept->watched);
                        state_.save(row.sku, kept->watched);
                        break;
                    case Step::rest:
                    case Step::repeat:
                    case Step::ask:
                    case Step::describe: break;
                }
            }
        });
        if (batch.empty()) return {};
        const auto sent = static_cast<std::int64_t>(batch.size());
        const auto taken = send(std::move(batch), now_ms);
        if (!taken) return ipc::Failure{taken.error()};
        told.changes += *taken;
        if (*taken < sent) told.is_unfinished = true;
        return {};
    });
}

}  // namespace stocktray::gateway::database
