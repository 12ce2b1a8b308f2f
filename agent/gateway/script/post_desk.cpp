#include "agent/gateway/script/post_desk.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <chrono>
#include <functional>
#include <thread>

#include "agent/gateway/ask.h"
#include "agent/gateway/script/answers.h"
#include "agent/gateway/script/changes_of_post.h"
#include "agent/gateway/script/posted_pieces.h"
#include "core/charset.h"
#include "ipc/messages/qoh.h"

namespace stocktray::gateway {
namespace {

using namespace std::chrono_literals;

constexpr auto agent_patience = 250ms;  // the Order Manager's user waits for this answer

std::int64_t now_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

WebReply refuse(std::string_view charset, std::string_view sentence) {
    WebReply reply;
    const auto text = error_answer(sentence);
    reply.body = charset::from_utf8(text, charset).value_or(text);
    return reply;
}

}  // namespace

WebReply PostDesk::take(const ipc::carts::Cart& cart, bool is_source, const FormFields& form, const WebRequest& request) {
    const auto charset = ipc::to_string(cart.charset);
    const auto pieces = read_pieces(form.get("update"), charset);
    if (!pieces) return refuse(charset, pieces.error().message);
    const bool is_counted = fan_out_ == FanOut::order_manager || is_source;

    std::string answer;
    std::vector<std::string> ids;
    std::optional<std::unique_lock<std::mutex>> turn;
    if (is_counted) {
        turn.emplace(one_at_a_time_[std::hash<std::string>{}(request.client + cart.cart) % one_at_a_time_.size()]);
        std::vector<ipc::qoh::Change> changes;
        const auto now = now_ms();
        for (const auto& piece : *pieces) {
            const PostKey key{request.client, cart.cart, piece.sku, piece.number};
            const auto arrived = arrive(key, now);
            if (!arrived) return refuse(charset, arrived.error().message + " Nothing was changed.");
            ids.push_back(arrived->id);
            for (auto& change : changes_of(key, *arrived, fan_out_, {cart.name, now})) changes.push_back(std::move(change));
        }
        const auto outcomes = surroundings_.outbox.submit(std::move(changes), agent_patience);
        if (!outcomes) {
            spdlog::error("a post for {} could not be kept: {}", cart.cart, outcomes.error().message);
            return refuse(charset, outcomes.error().message + " Nothing was changed.");
        }
    }
    for (const auto& piece : *pieces) {
        const auto count = is_counted ? count_of(cart.cart, piece.sku) : std::nullopt;
        if (!answer.empty()) answer += "\r\n";
        answer += taken_answer(piece.sku, count);
    }
    WebReply reply;
    reply.headers = {{"Content-Type", fmt::format("text/plain; charset={}", charset)}};
    reply.body = charset::from_utf8(answer, charset).value_or(answer);
    if (!is_counted) return reply;

    const auto note_all = [this, ids](Answer what) {
        for (const auto& id : ids)
            if (auto noted = ledger_.note(id, what); !noted) spdlog::error("{}", noted.error().message);
    };
    if (!request.is_client_there()) {
        note_all(Answer::unread);
        return reply;  // nobody reads it
    }
    // On the disk before the first byte: a crash from here on leaves a doubt, and the doubt must be known.
    for (const auto& id : ids)
        if (auto noted = ledger_.note(id, Answer::begun); !noted) return refuse(charset, noted.error().message);
    reply.sent = [note_all](Sent sent) {
        note_all(sent == Sent::written ? Answer::written : sent == Sent::not_written ? Answer::unread : Answer::doubtful);
    };
    return reply;
}

Result<Arrived> PostDesk::arrive(const PostKey& key, std::int64_t now) {
    for (const auto until = std::chrono::steady_clock::now() + 5s;;) {
        auto arrived = ledger_.arrive(key, fan_out_ == FanOut::stocktray, now);
        if (!arrived || arrived->as != Arrived::As::too_early) return arrived;
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
        auto changes = changes_of(post.key, {post.id, Arrived::As::new_post, post.claims}, fan_out_, {post.key.cart, now_ms()});
        if (auto done = surroundings_.outbox.submit(std::move(changes), 0ms); !done)
            return fail(ErrorCode::storage, done.error().message);
        if (auto noted = ledger_.note(post.id, Answer::unread); !noted) return noted;
    }
    return {};
}

}  // namespace stocktray::gateway
