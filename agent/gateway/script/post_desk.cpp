#include "agent/gateway/script/post_desk.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <algorithm>
#include <chrono>
#include <functional>
#include <thread>
#include <utility>

#include "agent/clock.h"
#include "agent/gateway/ask.h"
#include "agent/gateway/script/answers.h"
#include "agent/gateway/script/changes_of_post.h"
#include "agent/gateway/script/posted_pieces.h"
#include "agent/gateway/script/text_reply.h"
#include "ipc/messages/qoh.h"

namespace stocktray::gateway {
namespace {

using namespace std::chrono_literals;

constexpr auto agent_patience = 250ms;  // the Order Manager's user waits for this answer
constexpr std::string_view told_as = "script-posts";

}  // namespace

WebReply PostDesk::take(const ipc::carts::Cart& cart, bool is_counted, const FormFields& form, const WebRequest& request) {
    const auto pieces = read_pieces(form.get("update"), ipc::to_string(cart.charset));
    if (!pieces) return text_reply(cart, error_answer(pieces.error().message));

    std::string answer;
    std::vector<std::string> ids;
    std::optional<std::unique_lock<std::mutex>> turn;
    bool is_at_agent = false;
    if (is_counted) {
        turn.emplace(one_at_a_time_[std::hash<std::string>{}(request.client + cart.cart) % one_at_a_time_.size()]);
        std::vector<ipc::qoh::Change> changes;
        const auto now = to_ms(agent::Clock::wall_now());
        for (const auto& piece : *pieces) {
            const PostKey key{request.client, cart.cart, piece.sku, piece.number};
            const auto arrived = arrive(key, now);
            if (!arrived) tell_unkept(arrived.error());
            // Pieces before it are kept, and taken up again.
            const auto so = ids.empty() ? " Nothing was changed." : " Post it again; it counts once.";
            if (!arrived) return text_reply(cart, error_answer(arrived.error().message + so));
            ids.push_back(arrived->id);
            for (auto& change : changes_of(key, *arrived, fan_out_, {cart.name, now})) changes.push_back(std::move(change));
        }
        const auto outcomes = surroundings_.outbox.submit(std::move(changes), agent_patience);
        if (!outcomes) {
            spdlog::error("a post for {} could not be kept: {}", cart.cart, outcomes.error().message);
            if (outcomes.error().code == ipc::Code::storage) tell_unkept({ErrorCode::storage, outcomes.error().message, {}});
            // Kept under its id, which its repeat takes up again: whether it has arrived or not, it counts once.
            return text_reply(cart, error_answer(outcomes.error().message + " Post it again; it counts once."));
        }
        // Else a person finds it in the spool.
        const auto lost = std::ranges::find_if(
            *outcomes, [](const auto& one) { return one.place == ipc::Outbox::Place::refused && !one.is_in_spool; });
        if (lost != outcomes->end()) {
            tell_unkept({ErrorCode::storage, lost->error.message, {}});
            return text_reply(cart, error_answer(lost->error.message + " Post it again; it counts once."));
        }
        is_at_agent = std::ranges::none_of(*outcomes, [](const auto& one) { return one.place == ipc::Outbox::Place::spooled; });
    }
    for (const auto& piece : *pieces) {
        // An agent that did not take the change in that time would not tell the count either: nobody waits for it twice.
        const auto count = is_at_agent ? count_of(cart.cart, piece.sku) : std::nullopt;
        if (!answer.empty()) answer += "\r\n";
        answer += taken_answer(piece.sku, count);
    }
    WebReply reply = text_reply(cart, answer);
    if (!is_counted) return reply;

    // On the disk before the first byte: a crash from here on leaves a doubt, and the doubt must be known.
    for (const auto& id : ids)
        if (auto noted = note(id, Answer::begun); !noted) {
            tell_unkept(noted.error());
            note_all(ids, Answer::unread);
            return text_reply(cart, error_answer(noted.error().message + " Post it again; it counts once."));
        }
    surroundings_.tell(told_as, {});
    if (!request.is_client_there()) {
        note_all(ids, Answer::unread);  // known not to read it, which is no doubt
        return reply;
    }
    reply.sent = [this, ids](Sent sent) {
        note_all(ids, sent == Sent::written ? Answer::written : sent == Sent::not_written ? Answer::unread : Answer::doubtful);
    };
    return reply;
}

void PostDesk::note_all(const std::vector<std::string>& ids, Answer answer) {
    for (const auto& id : ids)
        if (auto noted = note(id, answer); !noted) tell_unkept(noted.error());
}

Result<void> PostDesk::note(const std::string& id, Answer answer) {
    auto noted = ledger_.note(id, answer);
    const std::lock_guard lock{begun_mutex_};
    if (answer != Answer::begun && !noted) begun_.insert_or_assign(id, answer);
    else if (answer != Answer::begun) begun_.erase(id);
    else if (noted) begun_.insert_or_assign(id, std::nullopt);
    return noted;
}

std::optional<Answer> PostDesk::ended_as(const std::string& id) {
    const std::lock_guard lock{begun_mutex_};
    const auto found = begun_.find(id);
    return found == begun_.end() ? std::optional{Answer::doubtful} : found->second;
}

// The Order Manager was answered with an error, which perhaps nobody reads there. Until a post can be kept again.
void PostDesk::tell_unkept(const Error& error) {
    spdlog::error("{}", error.message);
    if (error.code != ErrorCode::storage) return;
    surroundings_.tell(told_as, {{.message = fmt::format("What the Order Manager posts cannot be kept: {}", error.message),
                                  .hint = "Make room on the gateway's disk, and look at the rights of this user. Changes that were refused "
                                          "are not counted: the Order Manager must post them again, or press Send QOH to Cart there."}});
}

Result<Arrived> PostDesk::arrive(const PostKey& key, std::int64_t now) {
    std::string looked_at;
    for (const auto until = std::chrono::steady_clock::now() + 5s;;) {
        auto arrived = ledger_.arrive(key, fan_out_ == FanOut::stocktray, now);
        if (!arrived || arrived->as != Arrived::As::too_early) return arrived;
        const auto answer = ended_as(arrived->id);
        // Twice, with a look into the ledger between: its answer may have ended, and been noted, since the first one.
        if (answer && std::exchange(looked_at, arrived->id) == arrived->id) {
            // It could not be kept when it came to that.
            if (auto noted = note(arrived->id, *answer); !noted) return Failure{noted.error()};
            continue;
        }
        if (std::chrono::steady_clock::now() > until)
            return fail(ErrorCode::busy, "The same change is being answered at this moment.");
        std::this_thread::sleep_for(5ms);
    }
}

std::optional<std::int64_t> PostDesk::count_of(const std::string& cart, const std::string& sku) {
    ipc::qoh::List list;
    list.cart = cart;
    list.skus = std::vector{sku};
    const auto told = ask(surroundings_.outbox, list, agent_patience);
    if (!told || told->items.empty()) return std::nullopt;
    for (const auto& listing : told->items.front().listings)
        if (listing.cart == cart) return listing.target;
    return std::nullopt;
}

Result<void> PostDesk::recover() {
    auto unsubmitted = ledger_.recover();
    if (!unsubmitted) return Failure{std::move(unsubmitted.error())};
    for (const auto& post : *unsubmitted) {
        auto changes = changes_of(post.key, post.arrived, fan_out_, {post.key.cart, to_ms(agent::Clock::wall_now())});
        if (auto done = surroundings_.outbox.submit(std::move(changes), 0ms); !done) {
            if (done.error().code == ipc::Code::storage) return fail(ErrorCode::storage, done.error().message);
            // No later start can keep it either: whoever posted it was told that it was not taken.
            spdlog::error("a post of {} to {} is given up: {}", post.key.sku, post.key.cart, done.error().message);
        }
        if (auto noted = ledger_.note(post.arrived.id, Answer::unread); !noted) return noted;
    }
    return {};
}

}  // namespace stocktray::gateway
