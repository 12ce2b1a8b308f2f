#include "ipc/client/feed.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "ipc/client/client.h"
#include "ipc/client/wait.h"
#include "ipc/endpoint.h"

namespace stocktray::ipc {
namespace {

using Clock = std::chrono::steady_clock;

// Events that came while the status was being asked for; more than these, and it is asked again.
constexpr std::size_t most_held = 10'000;

// So many events without a pause, and the agent may have had no room for more (it keeps 2,000 for us).
constexpr std::size_t burst = 1'000;

}  // namespace

struct Feed::State {
    enum class Stage { unwelcomed, asking, live };

    State(Options wanted, EventStream stream, Client asking_client)
        : options{std::move(wanted)},
          events{std::move(stream)},
          client{std::move(asking_client)},
          continuity{options.words} {}

    Options options;
    EventStream events;
    Client client;
    Continuity continuity;
    Stage stage{Stage::unwelcomed};
    std::optional<Pending<agent::Status>> question{};
    std::deque<ReceivedEvent> held{};  // while asking; afterwards those the status does not contain
    std::size_t in_a_row{0};           // events taken since there was none
    bool is_lost{false};
    Clock::time_point lost_at{Clock::now() + options.lost_after};  // while not live: when patience ends

    std::optional<Item> step();
    std::optional<Item> hear(EventStream::Item item);
    std::optional<Item> hear(ReceivedEvent event);
    std::optional<Item> look_for_status();
    std::optional<Item> lose(Error why);
    void ask();
    void leave_live(Stage next);
    [[nodiscard]] Clock::time_point patience(Clock::time_point now) const;
};

void Feed::State::leave_live(Stage next) {
    if (stage == Stage::live) lost_at = Clock::now() + options.lost_after;
    stage = next;
    if (question) client.forget(question->msgid);
    question.reset();
    held.clear();
}

// Asks as soon as the connection is there; `step` tries again until then.
void Feed::State::ask() {
    if (const auto sent = client.send(agent::Status{})) question = *sent;
}

std::optional<Feed::Item> Feed::State::lose(Error why) {
    if (is_lost) return std::nullopt;
    is_lost = true;
    return AgentLost{std::move(why)};
}

std::optional<Feed::Item> Feed::State::hear(ReceivedEvent event) {
    const auto verdict = continuity.hear(event.numbers);
    if (stage == Stage::unwelcomed) return std::nullopt;
    if (verdict == Continuity::Verdict::missed || held.size() >= most_held) {
        leave_live(Stage::asking);
        return std::nullopt;
    }
    if (verdict == Continuity::Verdict::known) return std::nullopt;
    if (stage == Stage::live) return event;
    held.push_back(std::move(event));
    return std::nullopt;
}

std::optional<Feed::Item> Feed::State::hear(EventStream::Item item) {
    if (auto* event = std::get_if<ReceivedEvent>(&item)) return hear(std::move(*event));
    if (const auto* welcome = std::get_if<events::Welcome>(&item)) {
        const bool is_known = continuity.hear(*welcome) == Continuity::Verdict::known;
        if (stage == Stage::unwelcomed || !is_known) leave_live(Stage::asking);
        return std::nullopt;
    }
    leave_live(Stage::unwelcomed);
    return lose({Code::no_agent, "The connection to the agent is lost.", std::nullopt});
}

std::optional<Feed::Item> Feed::State::look_for_status() {
    if (!question) ask();
    if (!question) return std::nullopt;
    client.poll(Duration{0});
    auto answer = client.take(*question);
    if (!answer) return std::nullopt;
    question.reset();
    // Another run than the one we hear: its welcome is on the way.
    if (*answer && !continuity.read_status((*answer)->run, (*answer)->seq)) {
        leave_live(Stage::unwelcomed);
        return std::nullopt;
    }
    if (!*answer) return lose(std::move(answer->error()));
    stage = Stage::live;
    is_lost = false;
    std::erase_if(held, [&](const ReceivedEvent& event) { return event.numbers.seq <= (*answer)->seq; });
    return std::move(**answer);
}

// When there is something to do although nothing came.
Clock::time_point Feed::State::patience(Clock::time_point now) const {
    if (stage == Stage::asking && !question) return now + Duration{50};
    return stage == Stage::live || is_lost ? Clock::time_point::max() : lost_at;
}

std::optional<Feed::Item> Feed::State::step() {
    if (stage == Stage::live && !held.empty()) {
        ReceivedEvent event = std::move(held.front());
        held.pop_front();
        return event;
    }
    while (auto item = events.take()) {
        ++in_a_row;
        if (auto out = hear(std::move(*item))) return out;
    }
    // The last events of a burst may have been left out, and then no later one shows the gap.
    if (std::exchange(in_a_row, 0) >= burst && stage == Stage::live) leave_live(Stage::asking);
    if (stage == Stage::asking)
        if (auto out = look_for_status()) return out;
    if (stage != Stage::live && Clock::now() >= lost_at)
        return lose(
            {Code::no_agent, "The agent cannot be reached. Is stocktray-agent running?", std::nullopt});
    return std::nullopt;
}

Feed::Feed(std::unique_ptr<State> state) : state_{std::move(state)} {}
Feed::Feed(Feed&&) noexcept = default;
Feed& Feed::operator=(Feed&&) noexcept = default;
Feed::~Feed() = default;

Expected<Feed> Feed::open(const Options& options) {
    const std::string endpoint =
        options.endpoint.empty() ? default_endpoint(Surroundings::of_this_process()) : options.endpoint;
    auto events = EventStream::open(endpoint, options.words);
    if (!events) return Failure{std::move(events.error())};
    auto client = Client::open({.endpoint = endpoint, .reach_within = Duration{0}});
    if (!client) return Failure{std::move(client.error())};
    return Feed{std::make_unique<State>(options, std::move(*events), std::move(*client))};
}

std::optional<Feed::Item> Feed::next(Duration timeout) {
    const auto deadline = Clock::now() + timeout;
    for (;;) {
        if (auto item = state_->step()) return item;
        const auto now = Clock::now();
        if (now >= deadline) return std::nullopt;
        wait_readable(descriptors(), std::min(deadline, state_->patience(now)));
    }
}

std::optional<Feed::Duration> Feed::patience() const {
    const auto now = Clock::now();
    const auto end = state_->patience(now);
    if (end == Clock::time_point::max()) return std::nullopt;
    return std::max(Duration{0}, std::chrono::ceil<Duration>(end - now));
}

std::array<int, 3> Feed::descriptors() const {
    const auto [events, connection] = state_->events.descriptors();
    return {events, connection, state_->client.descriptor()};
}

}  // namespace stocktray::ipc
