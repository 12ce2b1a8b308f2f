// The post's life, explored whole: every order in which a request can travel, be applied, be answered, get lost or come late, with
// deaths of the agent between any two steps, with what people do, and with one old copy of the agent's folder that is put back. The
// states are those of the real table (core/stack/post_transitions.cpp), and each of its rows is taken.
//
// In every state that can be reached the store has applied the post at most once; what is called confirmed was applied, what is
// called rejected, folded or queued was not, and where a gap was sent, both together are what was meant. From every state
// the post can come to an end.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/stack/post_transitions.h"

using namespace stocktray::stack;

namespace {

// A sending on its way. At most three are at once: the agent waits for one; earlier ones may still come in late.
struct Request {
    enum class At { nowhere, travelling, answered_applied, answered_refused, answered_no_sku } at{At::nowhere};
    bool is_waited_for{false};

    auto operator<=>(const Request&) const = default;
};

struct Life {
    State post{State::queued};
    bool has_keys{false};   // the store remembers what it has applied
    bool is_known{false};   // it remembers this one
    bool has_sku{true};     // the store has the product
    bool was_sent{false};
    bool was_rejected{false};
    bool is_forgotten{false};  // an old copy of the agent does not know under which key it went
    int applied{0};
    int gap{0};             // what was sent in its place
    std::array<Request, 3> requests{};

    auto operator<=>(const Life&) const = default;

    [[nodiscard]] bool is_out() const {
        return std::ranges::any_of(requests, [](const Request& request) { return request.at != Request::At::nowhere; });
    }
    [[nodiscard]] bool waits() const {
        return std::ranges::any_of(requests, [](const Request& request) { return request.is_waited_for; });
    }
};

std::string told(const Life& life) {
    std::string text = fmt::format("{}, applied {} times, {}", to_string(life.post), life.applied, life.has_keys ? "with keys" : "without keys");
    for (const auto& request : life.requests) text += fmt::format(", request {}{}", static_cast<int>(request.at), request.is_waited_for ? " waited for" : "");
    return text;
}

using Rows = std::set<std::pair<State, On>>;

// Without the row the step is impossible.
std::optional<Life> moved(Life life, On on, Rows& taken) {
    const auto next = next_state(life.post, on);
    if (!next) return std::nullopt;
    taken.emplace(life.post, on);
    // The gap is what is missing at that moment.
    if (on == On::gap_sent) life.gap = 1 - life.applied;
    life.post = *next;
    life.was_rejected = life.was_rejected || life.post == State::rejected;
    return life;
}

// One more request leaves, and is waited for; none if three are under way.
std::optional<Life> sent(Life life) {
    for (auto& request : life.requests)
        if (request.at == Request::At::nowhere) {
            request = {Request::At::travelling, true};
            life.was_sent = true;
            return life;
        }
    return std::nullopt;
}

Life sorted(Life life) {
    std::ranges::sort(life.requests);
    return life;
}

Life asleep(Life life) {
    for (auto& request : life.requests) request.is_waited_for = false;
    return life;
}

// What becomes of a request that is at the store or on its way there.
template <class Add>
void travel(const Life& life, std::size_t i, const Add& add) {
    const auto answered = [&](Request::At how) {
        Life next = life;
        next.requests[i].at = how;
        return next;
    };
    const bool is_repeat = life.has_keys && life.is_known;
    if (is_repeat || life.has_sku) {
        Life applied = answered(Request::At::answered_applied);
        if (!is_repeat) ++applied.applied;
        applied.is_known = life.has_keys;
        add(applied);
    }
    if (!life.is_known) add(answered(life.has_sku ? Request::At::answered_refused : Request::At::answered_no_sku));
    if (!life.requests[i].is_waited_for) add(answered(Request::At::nowhere));  // it never arrives
}

// An answer that somebody waits for.
template <class Add>
void hear(const Life& life, std::size_t i, const Add& add, Rows& taken) {
    Life heard = life;
    heard.requests[i] = {};
    const bool is_first = life.post == State::sending;
    switch (life.requests[i].at) {
        case Request::At::answered_applied: add(moved(heard, is_first ? On::applied : On::verified_applied, taken)); break;
        case Request::At::answered_no_sku: add(moved(heard, is_first ? On::sku_refused : On::verified_sku_refused, taken)); break;
        // A refusal of a repeat says nothing about the first sending.
        case Request::At::answered_refused: add(is_first ? moved(heard, On::refused, taken) : std::optional{heard}); break;
        default: break;
    }
}

// All that can happen next.
std::vector<Life> steps(const Life& life, Rows& taken) {
    std::vector<Life> next;
    const auto add = [&](std::optional<Life> one) {
        if (one) next.push_back(sorted(std::move(*one)));
    };
    const bool is_settled = !life.is_out();  // the settling time is longer than any request lives
    if (life.post == State::queued && !life.waits())
        if (auto out = sent(life)) add(moved(*out, On::sent, taken));
    // A doubt is repeated under its key where there is one.
    if (life.post == State::uncertain && life.has_keys && !life.is_forgotten && !life.waits()) add(sent(life));
    // Elsewhere, and where it was parked, it ends by a read.
    if (is_settled && (life.post == State::uncertain || life.post == State::rejected)) add(moved(life, On::gap_sent, taken));

    // A person has counted, and says what is true.
    if (life.post == State::uncertain && is_settled) add(moved(life, life.applied > 0 ? On::verified_applied : On::verified_not_applied, taken));
    if (life.post == State::rejected) add(moved(life, On::retried, taken));
    if (life.post != State::sending) add(moved(life, On::cancelled, taken));
    if (life.post == State::queued) add(moved(life, On::switched_off, taken));
    if (life.post == State::queued && !life.was_sent) add(moved(life, On::cancels_out, taken));
    // Somebody adds or removes the product.
    if (is_settled && life.post != State::confirmed) {
        Life other = life;
        other.has_sku = !life.has_sku;
        add(other);
    }

    for (std::size_t i = 0; i < life.requests.size(); ++i) {
        const auto& request = life.requests[i];
        if (request.at == Request::At::nowhere) continue;
        if (request.at == Request::At::travelling) {
            travel(life, i, add);
        } else if (request.is_waited_for) {
            hear(life, i, add, taken);
            // The network delivers it once more, when nobody waits.
            hear(life, i, [&](std::optional<Life> one) {
                if (!one) return;
                one->requests[i] = {request.at, false};
                add(std::move(one));
            }, taken);
        } else {
            Life unheard = life;
            unheard.requests[i] = {};
            add(unheard);
        }
        if (request.is_waited_for) {
            // Nobody waits for ever; what becomes of the request is open.
            Life unclear = life;
            unclear.requests[i].is_waited_for = false;
            add(life.post == State::sending ? moved(unclear, On::unclear, taken) : std::optional{unclear});
        }
    }
    add(life.post == State::sending ? moved(asleep(life), On::found_at_start, taken) : std::optional{asleep(life)});
    // A copy of the agent from before it was sent, or sent again: it finds that out, and calls what it has unclear.
    const bool went_on = life.post == State::sending || life.post == State::uncertain || life.post == State::confirmed;
    for (const auto then : {State::queued, State::rejected}) {
        if (life.is_forgotten || !went_on || (then == State::rejected && !life.was_rejected)) continue;
        Life copy = asleep(life);
        copy.post = then;
        copy.is_forgotten = true;
        add(moved(copy, On::agent_restored, taken).value_or(copy));
    }
    return next;
}

bool is_over(State state) {
    return state == State::confirmed || state == State::settled || state == State::folded || state == State::cancelled;
}

void check(const Life& life) {
    INFO(told(life));
    REQUIRE(life.applied <= 1);
    switch (life.post) {
        case State::confirmed: CHECK(life.applied == 1); break;
        case State::settled: CHECK(life.applied + life.gap == 1); break;
        case State::queued:
        case State::rejected:
        case State::folded: CHECK(life.applied == 0); break;
        case State::cancelled:  // a person's word, whatever became of it
        case State::sending:
        case State::uncertain: break;
    }
}

}  // namespace

TEST_SUITE("Post life") {
    TEST_CASE("in every reachable state it was applied at most once, and from each it can end") {
        std::map<Life, std::vector<Life>> reached;
        Rows taken;
        std::deque<Life> open;
        for (const bool has_keys : {false, true}) {
            Life begin;
            begin.has_keys = has_keys;
            open.push_back(begin);
        }
        while (!open.empty()) {
            const auto life = open.front();
            open.pop_front();
            if (reached.contains(life)) continue;
            check(life);
            reached[life] = steps(life, taken);
            for (const auto& next : reached[life]) open.push_back(next);
        }
        MESSAGE(reached.size(), " states");
        for (const auto& row : post_transitions()) {
            INFO(to_string(row.from), ", ", to_string(row.on));
            CHECK(taken.contains({row.from, row.on}));
        }

        // Backwards from the ends.
        std::set<Life> ends;
        for (bool grows = true; grows;) {
            grows = false;
            for (const auto& [life, next] : reached) {
                if (ends.contains(life)) continue;
                const bool can_end = is_over(life.post) || std::ranges::any_of(next, [&](const Life& one) { return ends.contains(one); });
                if (can_end) grows = ends.insert(life).second || grows;
            }
        }
        for (const auto& [life, next] : reached) {
            INFO(told(life));
            CHECK(ends.contains(life));
        }
    }
}
