// The post's life, explored whole: every order in which a request can travel, be applied, be answered, get lost or come late, with
// deaths of the agent between any two steps. The states are those of the real table (core/stack/post_transitions.cpp).
//
// In every state that can be reached the store has applied the post at most once, and what is called confirmed was applied;
// and from every state the post can come to an end by itself.
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
    enum class At { nowhere, travelling, answered_applied, answered_refused } at{At::nowhere};
    bool is_waited_for{false};

    auto operator<=>(const Request&) const = default;
};

struct Life {
    State post{State::queued};
    bool has_keys{false};   // the store remembers what it has applied
    bool is_known{false};   // it remembers this one
    int applied{0};
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

// Without the row the step is impossible.
std::optional<Life> moved(Life life, On on) {
    const auto next = next_state(life.post, on);
    if (!next) return std::nullopt;
    life.post = *next;
    return life;
}

// One more request leaves, and is waited for; none if three are under way.
std::optional<Life> sent(Life life) {
    for (auto& request : life.requests)
        if (request.at == Request::At::nowhere) {
            request = {Request::At::travelling, true};
            return life;
        }
    return std::nullopt;
}

Life sorted(Life life) {
    std::ranges::sort(life.requests);
    return life;
}

// All that can happen next.
std::vector<Life> steps(const Life& life) {
    std::vector<Life> next;
    const auto add = [&](std::optional<Life> one) {
        if (one) next.push_back(sorted(std::move(*one)));
    };
    if (life.post == State::queued && !life.waits())
        if (auto out = sent(life)) add(moved(*out, On::sent));
    // A doubt is repeated under its key where there is one.
    if (life.post == State::uncertain && life.has_keys && !life.waits()) add(sent(life));
    // Elsewhere it ends by a read, once nothing of it is under way any more (the settling time), and the gap is what is missing.
    if (life.post == State::uncertain && !life.has_keys && !life.is_out()) add(moved(life, On::gap_sent));

    for (std::size_t i = 0; i < life.requests.size(); ++i) {
        const auto& request = life.requests[i];
        if (request.at == Request::At::travelling) {
            Life applied = life;
            if (!(life.has_keys && life.is_known)) ++applied.applied;
            applied.is_known = life.has_keys;
            applied.requests[i].at = Request::At::answered_applied;
            add(applied);
            Life refused = life;
            refused.requests[i].at = Request::At::answered_refused;
            if (!life.is_known) add(refused);
            Life lost = life;  // it never arrives
            lost.requests[i].at = Request::At::nowhere;
            if (!request.is_waited_for) add(lost);
        }
        const bool has_answer = request.at == Request::At::answered_applied || request.at == Request::At::answered_refused;
        if (has_answer && !request.is_waited_for) {
            Life unheard = life;
            unheard.requests[i] = {};
            add(unheard);
        }
        if (has_answer && request.is_waited_for) {
            const bool is_applied = request.at == Request::At::answered_applied;
            Life heard = life;
            heard.requests[i] = {};
            if (life.post == State::sending)
                add(moved(heard, is_applied ? On::applied : On::refused));
            else if (is_applied)
                add(moved(heard, On::verified_applied));
            else
                add(heard);  // a refusal of a repeat says nothing about the first sending
        }
        if (request.is_waited_for) {
            // Nobody waits for ever; what becomes of the request is open.
            Life unclear = life;
            unclear.requests[i].is_waited_for = false;
            add(life.post == State::sending ? moved(unclear, On::unclear) : std::optional{unclear});
        }
    }
    Life dead = life;
    for (auto& request : dead.requests) request.is_waited_for = false;
    add(life.post == State::sending ? moved(dead, On::found_at_start) : std::optional{dead});
    return next;
}

bool is_over(State state) { return state == State::confirmed || state == State::settled; }

}  // namespace

TEST_SUITE("Post life") {
    TEST_CASE("in every reachable state it was applied at most once, and from each it can end") {
        std::map<Life, std::vector<Life>> reached;
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
            INFO(told(life));
            REQUIRE(life.applied <= 1);
            if (life.post == State::confirmed) CHECK(life.applied == 1);
            reached[life] = is_over(life.post) && !life.is_out() ? std::vector<Life>{} : steps(life);
            for (const auto& next : reached[life]) open.push_back(next);
        }
        MESSAGE(reached.size(), " states");
        CHECK(reached.size() > 80);

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
