// Brings what waits in a spool to the agent, in order and with the ids it was submitted under.
//
// Several processes may deliver from one spool at the same time: each sends from the oldest waiting entry on,
// so nothing overtakes, and what arrives twice is known to the agent by its id.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "ipc/client/client.h"
#include "ipc/messages/agent.h"
#include "ipc/messages/alerts.h"
#include "ipc/spool/spool.h"

namespace stocktray::ipc {

// What a person or the Order Manager wants to hear of.
struct SpoolNotice {
    enum class Kind { refused, doubtful, offered_again, import_incomplete };
    Kind kind{Kind::refused};
    std::int64_t seq{0};    // of a refusal
    std::string id{};       // of a refused change
    std::string sku{};      // of a refused change
    std::string code{};
    std::string message{};  // a sentence
    std::int64_t count{0};  // of what is doubtful or was offered again
};

class Delivery {
public:
    using Duration = std::chrono::milliseconds;

    struct Options {
        std::string client{"libstocktray"};  // name and version, for the agent's log
        std::optional<Duration> answer_within{};  // empty: a third of LatenessSeconds, at most 10 seconds
    };

    // How a run ended.
    struct Report {
        std::int64_t delivered{0};
        std::int64_t refused{0};
        bool has_heard_agent{false};           // it answered something, and be it a refusal
        bool is_refused{false};                // `trouble` is the agent's own word
        bool is_restored{false};               // it says that it lost what it knew
        std::optional<Error> trouble{};        // none: nothing waits any more
        std::optional<Duration> retry_after{};  // the agent's wish
        std::vector<SpoolNotice> notices{};
    };

    // Both must outlive it; all three belong to one thread.
    Delivery(Spool& spool, Client& client, Options options);

    // How much of the agent is asked first: who it is, in any case; and its parameters, now and then.
    enum class Greeting { whole, brief };

    // Until nothing waits, the agent is not reached, or `stop`. `after_batch` is called when entries have ended, with
    // the last of them.
    [[nodiscard]] Report run(std::stop_token stop, Greeting greeting, const std::function<void(std::int64_t seq)>& after_batch);

    // Who answered last; none before that.
    [[nodiscard]] const std::optional<agent::HelloResult>& agent() const noexcept { return agent_; }
    [[nodiscard]] std::int64_t lateness_seconds() const noexcept { return lateness_seconds_; }

private:
    [[nodiscard]] Expected<void> greet(Greeting greeting, Report& report, std::stop_token stop);
    void learn_lateness(std::stop_token stop);
    void tell_of_clock(std::stop_token stop);
    [[nodiscard]] Expected<void> offer_everything_again(Report& report, std::stop_token stop);
    [[nodiscard]] Expected<void> deliver_changes(std::vector<SpoolEntry> all, Report& report, std::stop_token stop);
    [[nodiscard]] Expected<void> deliver_orders(const SpoolEntry& entry, Report& report, std::stop_token stop);
    [[nodiscard]] Expected<qoh::SubmitResult> submit_again(std::vector<qoh::Change> changes, std::stop_token stop);
    [[nodiscard]] Expected<void> refuse(const SpoolEntry& entry, const Error& error, Report& report);

    template <Request T>
    [[nodiscard]] Expected<typename T::Result> ask(const T& request, std::stop_token stop);

    Spool& spool_;
    Client& client_;
    Options options_;
    std::optional<agent::HelloResult> agent_;
    std::int64_t lateness_seconds_{120};
    std::optional<alerts::Told> clock_notice_;  // by the last greeting
    // What this one has told of the clock, and to which run of the agent; an earlier process may have told something else.
    std::optional<std::string> clock_told_to_;
    std::string clock_told_;
    // What the agent will have later in this run: whatever is of the same SKU waits behind it, so do imports that tell of it, and
    // everything else goes on.
    struct Held {
        std::set<std::string> skus{};
        std::set<std::string> carts{};  // whose imports wait
        std::optional<Error> why{};     // of the first
        std::int64_t after{0};          // up to this entry all was looked at
    };
    [[nodiscard]] bool holds(const orders::Imported& import);
    void look_behind(std::int64_t seq);

    Held held_;
    bool is_agents_word_{false};  // the last thing that went wrong was an answer
};

}  // namespace stocktray::ipc
