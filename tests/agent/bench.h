// An Order Manager, an agent and a practice store behind a valve: what most tests of the agent begin with.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ipc/client/event_stream.h"
#include "tests/agent/agent_process.h"
#include "tests/support/practice_store.h"
#include "tests/support/valve.h"

namespace stocktray::tests {

[[nodiscard]] ipc::qoh::Change a_change(const std::string& id, const std::string& sku, std::int64_t delta);
[[nodiscard]] ipc::qoh::Submit a_submit(std::vector<ipc::qoh::Change> changes,
                                        const std::string& source = "om");

// "answered", or the word of the error.
template <ipc::Request T>
[[nodiscard]] std::string outcome(AgentProcess& agent, const T& request) {
    const auto result = agent.call(request);
    return result ? "answered" : std::string{ipc::to_string(result.error().code)};
}

// The sentence of the error; empty if there is none.
template <ipc::Request T>
[[nodiscard]] std::string complaint(AgentProcess& agent, const T& request) {
    const auto result = agent.call(request);
    return result ? "" : result.error().message;
}

class Bench {
public:
    struct Options {
        AgentProcess::Options agent{};
        int skus{3};  // SKU-0001 …
        PracticeStore::Floor floor{PracticeStore::Floor::none};
        // Of tests/support/shops, beside the connector and in its place; with what its URL ends with ("?plain").
        std::string script{};
        std::string script_query{};
    };

    // The agent runs, has the store's counts as the Order Manager's, and one synchronized cart "main", which
    // has been spoken to.
    Bench() : Bench(Options{}) {}
    explicit Bench(Options options);

    PracticeStore store;
    Valve valve;
    AgentProcess agent;

    ipc::qoh::SubmitResult submit(std::vector<ipc::qoh::Change> changes, const std::string& source = "om") {
        return agent.must(a_submit(std::move(changes), source));
    }
    ipc::qoh::SubmitResult submit(const std::string& id, const std::string& sku, std::int64_t delta) {
        return submit({a_change(id, sku, delta)});
    }

    // The Order Manager's count as the agent knows it.
    [[nodiscard]] std::optional<std::int64_t> book(const std::string& sku);
    [[nodiscard]] ipc::agent::CartStatus cart(const std::string& id = "main");
    [[nodiscard]] std::vector<ipc::stack::Post> posts(std::vector<ipc::PostState> states = {});
    // An alert of that kind stands.
    [[nodiscard]] std::optional<ipc::alerts::Alert> alert(ipc::AlertKind kind);
    // Nothing is queued, being sent, or uncertain.
    [[nodiscard]] bool rests(std::chrono::milliseconds limit = std::chrono::seconds{30});
};

// The Order Manager's counts are those of the store.
void take_counts(AgentProcess& agent, PracticeStore& store, int skus, const std::string& snapshot = "first");

// Everything that the agent tells, from the welcome on.
class Listener {
public:
    explicit Listener(const AgentProcess& agent, const std::vector<std::string>& words = {});

    [[nodiscard]] const ipc::events::Welcome& welcome() const noexcept { return welcome_; }
    [[nodiscard]] const std::vector<ipc::ReceivedEvent>& heard() const noexcept { return heard_; }

    // Takes what has come.
    void listen();

    // The first event of this kind that `holds` likes, waiting for it; none in time.
    template <ipc::Event T, class Holds>
    [[nodiscard]] std::optional<T> wait_for(Holds holds) {
        std::optional<T> found;
        std::size_t at = 0;
        (void)eventually([&] {
            listen();
            for (; at < heard_.size() && !found; ++at)
                if (auto event = heard_[at].as<T>(); event && holds(*event)) found = std::move(event);
            return found.has_value();
        });
        return found;
    }
    template <ipc::Event T>
    [[nodiscard]] std::optional<T> wait_for() {
        return wait_for<T>([](const T&) { return true; });
    }
    template <ipc::Event T>
    [[nodiscard]] std::vector<T> all() {
        listen();
        std::vector<T> found;
        for (const auto& event : heard_)
            if (auto one = event.as<T>()) found.push_back(std::move(*one));
        return found;
    }

private:
    ipc::EventStream stream_;
    ipc::events::Welcome welcome_;
    std::vector<ipc::ReceivedEvent> heard_;
};

// Every file below a folder in one text.
[[nodiscard]] std::string everything_in(const std::filesystem::path& folder);

}  // namespace stocktray::tests
