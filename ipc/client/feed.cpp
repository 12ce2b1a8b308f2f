#include "ipc/client/feed.h"

#include <fmt/format.h>
#include <algorithm>
#include <deque>
#include <utility>

#include "ipc/client/client.h"
#include "ipc/client/route.h"
#include "ipc/client/wait.h"

namespace stocktray::ipc {
namespace {

using Clock = std::chrono::steady_clock;

// Events that came while the status was being asked for; more than these, and it is asked again.
constexpr std::size_t most_held = 10'000;

// While the agent is lost: whether it is there but will not have us is asked so often.
constexpr std::chrono::milliseconds why_not_every{5'000};

// Without events: how often the agent is asked how everything is, at most.
constexpr std::chrono::milliseconds look_every{5'000};

// Without events: so many times `lost_after`, and it is tried with a new socket. One that was refused does not come back
// by itself, even if it would be let in by now.
constexpr int patience_with_socket = 8;

// So many events without a pause, and the agent may have had no room for more (it keeps 2,000 for us). They need not
// come in a row: what it has kept is read in pieces, as the machine has time for it.
constexpr std::size_t burst = 1'000;
constexpr std::chrono::milliseconds pause{5'000};

}  // namespace

struct Feed::State {
    enum class Stage { unwelcomed, asking, live };

    State(Options wanted, Route way, EventStream stream, Client asking_client)
        : options{std::move(wanted)},
          route{std::move(way)},
          events{std::move(stream)},
          client{std::move(asking_client)},
          continuity{options.words} {}

    Options options;
    Route route;
    EventStream events;
    Client client;
    Continuity continuity;
    Stage stage{Stage::unwelcomed};
    std::optional<Pending<agent::Status>> question{};
    std::deque<ReceivedEvent> held{};  // while asking; afterwards those the status does not contain
    std::size_t unasked{0};            // events taken since the status was asked for, or since a pause
    Clock::time_point heard_at{};      // the last of them
    std::optional<Code> lost{};  // what was told last, while the agent is lost
    Clock::time_point lost_at{Clock::now() + options.lost_after};  // while not live: when patience ends
    Clock::time_point why_at{Clock::now() + options.lost_after / 2};  // while not welcomed: when to ask why not
    bool is_cut{false};  // the connection for events broke
    Clock::time_point unwelcomed_since{Clock::now()};
    Clock::time_point new_socket_at{Clock::now() + patience_with_socket * options.lost_after};
    bool is_deaf{false};  // it was told that events do not get through
    std::string told_run{};  // the status that was told last
    std::int64_t told_seq{0};

    std::optional<Item> step();
    std::optional<Item> hear(EventStream::Item item);
    std::optional<Item> hear(ReceivedEvent event);
    std::optional<Item> look_for_status();
    std::optional<Item> lose(Error why);
    std::optional<Item> look_why();
    std::optional<Item> do_without_events(agent::StatusResult status);
    Item tell(agent::StatusResult status);
    void ask();
    void leave_live(Stage next);
    void renew_route();
    [[nodiscard]] Clock::time_point patience(Clock::time_point now) const;
};

void Feed::State::leave_live(Stage next) {
    if (stage == Stage::live) lost_at = Clock::now() + options.lost_after;
    why_at = Clock::now() + options.lost_after / 2;
    if (next == Stage::unwelcomed && stage != next) {
        unwelcomed_since = Clock::now();
        new_socket_at = unwelcomed_since + patience_with_socket * options.lost_after;
    }
    stage = next;
    if (question) client.forget(question->msgid);
    question.reset();
    held.clear();
}

// Asks as soon as the connection is there; `step` tries again until then.
void Feed::State::ask() {
    const auto sent = client.send(agent::Status{});
    if (!sent) return;
    question = *sent;
    unasked = 0;
}

std::optional<Feed::Item> Feed::State::lose(Error why) {
    renew_route();
    is_cut = false;
    why_at = Clock::now() + why_not_every;
    if (lost == why.code) return std::nullopt;
    lost = why.code;
    return AgentLost{std::move(why)};
}

// Paired with another agent meanwhile, or the agent has a new key.
void Feed::State::renew_route() {
    auto fresh = route_to(options.endpoint);
    if (!fresh || *fresh == route) return;
    auto stream = EventStream::open(options.endpoint, options.words);
    auto asking = Client::open({.endpoint = options.endpoint, .reach_within = Duration{0}});
    if (!stream || !asking) return;
    route = std::move(*fresh);
    question.reset();
    events = std::move(*stream);
    client = std::move(*asking);
    stage = Stage::unwelcomed;
    unwelcomed_since = Clock::now();
    new_socket_at = unwelcomed_since + patience_with_socket * options.lost_after;
    lost_at = Clock::now() + options.lost_after;
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
    // The agent is gone, or it has thrown out all listeners because somebody's rights changed: it will say.
    leave_live(Stage::unwelcomed);
    is_cut = true;
    why_at = Clock::now();
    return std::nullopt;
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
    is_cut = false;
    is_deaf = false;
    std::erase_if(held, [&](const ReceivedEvent& event) { return event.numbers.seq <= (*answer)->seq; });
    return tell(std::move(**answer));
}

Feed::Item Feed::State::tell(agent::StatusResult status) {
    lost.reset();
    told_run = status.run;
    told_seq = status.seq;
    return status;
}

// Requests get through. Its welcome is on the way, or events never come: then what they would tell is looked up.
std::optional<Feed::Item> Feed::State::do_without_events(agent::StatusResult status) {
    const auto now = Clock::now();
    is_cut = false;
    const bool is_early = now - unwelcomed_since < options.lost_after;
    why_at = now + (is_early ? options.lost_after / 4 : std::min(look_every, 2 * options.lost_after));
    lost_at = why_at + options.lost_after;
    if (is_early) return std::nullopt;
    if (now >= new_socket_at) {
        new_socket_at = now + patience_with_socket * options.lost_after;
        if (auto fresh = EventStream::open(options.endpoint, options.words)) events = std::move(*fresh);
    }
    if (!std::exchange(is_deaf, true)) {
        why_at = now;
        return EventsMissing{fmt::format("The agent answers, but its events do not get through from {}. How everything is "
                                         "is asked for every few seconds instead.",
                                         route.endpoints.events)};
    }
    if (!lost && status.run == told_run && status.seq == told_seq) return std::nullopt;
    return tell(std::move(status));
}

// An agent that will not let us hear its events still answers a question, with the reason.
std::optional<Feed::Item> Feed::State::look_why() {
    if (!question) ask();
    if (question) {
        client.poll(Duration{0});
        auto answer = client.take(*question);
        if (!answer) return std::nullopt;
        question.reset();
        if (*answer) return do_without_events(std::move(**answer));
        if (answer->error().code != Code::no_answer) return lose(std::move(answer->error()));
    }
    if (is_cut) return lose({Code::no_agent, "The connection to the agent is lost.", std::nullopt});
    why_at = Clock::now() + (lost ? why_not_every : options.lost_after / 4);
    return std::nullopt;
}

// When there is something to do although nothing came.
Clock::time_point Feed::State::patience(Clock::time_point now) const {
    if (stage == Stage::asking && !question) return now + Duration{50};
    if (stage == Stage::live) return Clock::time_point::max();
    const auto next_look = stage == Stage::unwelcomed && !question ? why_at : Clock::time_point::max();
    return lost ? next_look : std::min(lost_at, next_look);
}

std::optional<Feed::Item> Feed::State::step() {
    if (stage == Stage::live && !held.empty()) {
        ReceivedEvent event = std::move(held.front());
        held.pop_front();
        return event;
    }
    while (auto item = events.take()) {
        const auto now = Clock::now();
        unasked = now - std::exchange(heard_at, now) < pause ? unasked + 1 : 1;
        if (auto out = hear(std::move(*item))) return out;
    }
    // The last events of a burst may have been left out, and then no later one shows the gap.
    if (unasked >= burst && stage == Stage::live) leave_live(Stage::asking);
    if (stage == Stage::asking)
        if (auto out = look_for_status()) return out;
    if (stage == Stage::unwelcomed && Clock::now() >= why_at)
        if (auto out = look_why()) return out;
    if (stage != Stage::live && !lost && Clock::now() >= lost_at)
        return lose(nobody_answers(route, Surroundings::of_this_process()));
    return std::nullopt;
}

Feed::Feed(std::unique_ptr<State> state) : state_{std::move(state)} {}
Feed::Feed(Feed&&) noexcept = default;
Feed& Feed::operator=(Feed&&) noexcept = default;
Feed::~Feed() = default;

Expected<Feed> Feed::open(const Options& options) {
    auto route = route_to(options.endpoint);
    if (!route) return Failure{std::move(route.error())};
    auto events = EventStream::open(options.endpoint, options.words);
    if (!events) return Failure{std::move(events.error())};
    auto client = Client::open({.endpoint = options.endpoint, .reach_within = Duration{0}});
    if (!client) return Failure{std::move(client.error())};
    return Feed{std::make_unique<State>(options, std::move(*route), std::move(*events), std::move(*client))};
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

std::array<Descriptor, 3> Feed::descriptors() const {
    const auto [events, connection] = state_->events.descriptors();
    return {events, connection, state_->client.descriptor()};
}

}  // namespace stocktray::ipc
