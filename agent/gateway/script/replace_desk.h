// qohreplace: the Order Manager sends its counts in batches. They become its counts here (a snapshot of these SKUs) and a
// guarded Send QOH of them, which keeps what the store sells in the same second.
#pragma once
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "agent/gateway/door.h"
#include "agent/gateway/script/ledger.h"
#include "agent/gateway/script/posted_pieces.h"
#include "core/cart/seti/form_fields.h"
#include "ipc/messages/carts.h"

namespace stocktray::gateway {

using cart::seti::FormFields;

class ReplaceDesk {
public:
    struct Pace {
        std::chrono::milliseconds quiet_for{5'000};    // after the last batch
        std::chrono::milliseconds again_after{15'000};  // while a Send cannot be started: another job is at work on the cart
        std::chrono::milliseconds told_after{300'000};  // it waits for so long: people are told
    };

    ReplaceDesk(const Surroundings& surroundings, Ledger& ledger, Pace pace) noexcept
        : surroundings_{surroundings}, ledger_{ledger}, pace_{pace} {}

    // What an end of the gateway has left behind: before anything is taken.
    void recover();

    // The answer, in UTF-8. A count is never kept for later (it would undo what happened meanwhile): where the agent cannot take
    // it now, the batch is refused in words and nothing is changed. From any thread.
    [[nodiscard]] std::string take(const ipc::carts::Cart& cart, const FormFields& form);

    // Sends what was taken, once no further batch has come for some seconds: so the guard sees all of it.
    void run(std::stop_token stop);

private:
    using Clock = std::chrono::steady_clock;
    // What a cart's batches have brought and has not gone on yet.
    struct Batches {
        std::string name{};                            // of the cart, for people
        std::map<std::string, std::int64_t> counts{};  // not told to the agent: each is told once, or it would undo what came since
        std::string snapshot{};                        // of these; opened when the first of them came
        std::set<std::string> to_send{};               // told; a Send QOH of them is still to be started
        bool is_being_told{false};
        Clock::time_point last{};
        Clock::time_point not_before{};
        std::optional<Clock::time_point> waits_since{};  // its Send could not be started

        [[nodiscard]] bool has_work() const noexcept { return !counts.empty() || !to_send.empty(); }
    };

    [[nodiscard]] ipc::Expected<void> open_snapshot(const std::string& cart, Batches& batches);
    [[nodiscard]] std::string source_of(const std::string& cart) const;
    // Both give up the lock while they ask the agent.
    void tell_counts(const std::string& cart, Batches& batches, std::unique_lock<std::mutex>& lock);
    void start_send(const std::string& cart, Batches& batches, std::unique_lock<std::mutex>& lock);
    // Keep on the disk which carts' counts were taken, and which of those that were told are not sent yet.
    [[nodiscard]] Result<void> remember_promised();
    void remember_to_send();
    // Two things to be told of a cart, each until it is well again: counts that were lost, and a Send that is not started.
    enum class About { counts, sending };
    void tell(About about, const std::string& cart, std::string message, std::string_view hint);

    const Surroundings& surroundings_;
    Ledger& ledger_;
    Pace pace_;
    std::map<std::string, std::int64_t> promised_;  // carts whose counts the agent does not have, and since when
    std::mutex mutex_;
    std::condition_variable_any has_batches_;
    std::condition_variable_any was_told_;
    std::map<std::string, Batches> batches_;
};

}  // namespace stocktray::gateway
