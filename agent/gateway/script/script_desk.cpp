#include "agent/gateway/script/script_desk.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <algorithm>
#include <condition_variable>
#include <memory>
#include <thread>
#include <utility>

#include "agent/clock.h"
#include "agent/gateway/script/answers.h"
#include "agent/gateway/script/open_get.h"
#include "agent/gateway/script/order_reader.h"
#include "agent/gateway/script/text_reply.h"
#include "core/cart/seti/answer_text.h"
#include "core/cart/seti/ascii.h"
#include "core/cart/seti/read_number.h"

namespace stocktray::gateway {
namespace {

using namespace std::chrono_literals;

constexpr auto version_patience = 5s;
constexpr std::string_view own_version = "1.000";

WebReply xml_reply(std::string text) {
    WebReply reply;
    reply.headers = {{"Content-Type", "text/xml; charset=utf-8"}};
    reply.body = std::move(text);
    return reply;
}

// The first part of a path: "/main/anything.php" is of the cart main.
std::string cart_in(std::string_view path) {
    while (path.starts_with('/')) path.remove_prefix(1);
    return std::string{path.substr(0, path.find('/'))};
}

bool is_multipart(const WebRequest& request) {
    return std::ranges::any_of(request.headers, [](const auto& header) {
        return cart::seti::equals_ignoring_case(header.first, "Content-Type") && cart::seti::lower(header.second).starts_with("multipart/");
    });
}

}  // namespace

ScriptDesk::ScriptDesk(const Surroundings& surroundings, Ledger& ledger, const ScriptOptions& options)
    : surroundings_{surroundings},
      options_{options},
      ledger_{ledger},
      carts_{surroundings.outbox, ledger},
      credentials_{ledger,
                   [this](const ipc::carts::Cart& cart, std::string form) -> Result<std::string> {
                       const WebRequest question{{}, "POST", {}, {}, {{"Content-Type", "application/x-www-form-urlencoded"}},
                                                 std::move(form), [] { return true; }};
                       StoreCall call{address_of(cart), question, [this] { return is_over_.load(); }};
                       if (auto head = call.begin(); !head) return Failure{std::move(head.error())};
                       return call.read_all(64 * 1024);
                   }},
      posts_{surroundings, ledger, options.fan_out},
      imports_{surroundings, ledger, options.fan_out},
      counts_{surroundings},
      replaces_{surroundings, ledger, {}} {}

StoreAddress ScriptDesk::address_of(const ipc::carts::Cart& cart) const {
    return {.url = cart.url, .allows_http = cart.allow_http, .ca_file = options_.ca_file, .silent_for = options_.store_silent_for};
}

bool ScriptDesk::is_source(const std::string& cart) {
    if (!options_.source.empty()) return options_.source == cart;
    const auto all = carts_.all();
    return all.size() == 1 && all.front().cart == cart;
}

WebReply ScriptDesk::answer(const WebRequest& request) {
    const auto id = cart_in(request.path);
    const auto cart = id.empty() ? std::nullopt : carts_.find(id);
    if (!cart) {
        const auto sentence = id.empty() ? "This is Stocktray's gateway. The Script URL of a cart ends with the cart's id."
                                         : fmt::format("Stocktray has no cart {}. The Script URL ends with the id of a cart.",
                                                       id.substr(0, 64));
        return {.status = 404, .headers = {{"Content-Type", "text/plain; charset=utf-8"}}, .body = error_answer(sentence)};
    }
    const auto form = request.method == "POST" ? FormFields::parse(request.body) : FormFields{};
    const auto query = FormFields::parse(request.query);
    if (!form || !query) return {.status = 413, .body = error_answer("The form has too many fields.")};
    // Its script takes fields from there, too, past whoever counts.
    if (is_multipart(request) || query->has("setifunction"))
        return text_reply(*cart, error_answer("The fields must be posted as a form (application/x-www-form-urlencoded), not in parts nor "
                                              "behind the Script URL. Nothing was changed."));
    // Of what stands there twice one would be taken and the other lost; and a store's script may take the other one.
    for (const std::string_view name : {"setifunction", "update", "count", "lastorder"})
        if (form->is_repeated(name))
            return text_reply(*cart, error_answer(fmt::format("The field {} stands there twice. Nothing was changed.", name)));
    const auto function = cart::seti::lower(form->get("setifunction"));
    return answer_for(*cart, function, *form, request);
}

WebReply ScriptDesk::answer_for(const ipc::carts::Cart& cart, const std::string& function, const FormFields& form,
                                const WebRequest& request) {
    const bool is_ours = function == "invupdate" || function == "qohreplace" || function == "downloadqoh" ||
                         function == "getproductscount";
    if (function == "sendversion") return version_of(cart, request);
    if (!is_ours) return pass_on(cart, function, form, request);

    if (auto good = credentials_.check(cart, form); !good) {
        const bool is_refused = good.error().code == ErrorCode::invalid;
        spdlog::warn("{} for {} from {} was not taken: {}", function, cart.cart, request.client, good.error().message);
        return text_reply(cart, error_answer(is_refused ? good.error().message
                                                        : "User name and password could not be checked yet; nothing was changed. " +
                                                              good.error().message));
    }
    if (function == "invupdate") {
        if (const auto wrong = wrong_source()) return text_reply(cart, error_answer(wrong->message + " Nothing was changed."));
        return posts_.take(cart, options_.fan_out == FanOut::order_manager || is_source(cart.cart), form, request);
    }
    if (function == "qohreplace") return text_reply(cart, replaces_.take(cart, form));
    if (form.has("lastorder")) imports_.has_imported(cart.cart, is_source(cart.cart), read_text(form.get("lastorder"), ipc::to_string(cart.charset)));
    if (function == "downloadqoh") {
        auto page = counts_.page(cart, request.client, form);
        if (!page) return text_reply(cart, error_answer(page.error().message));
        if (*page) return xml_reply(std::move(**page));
    } else {
        const auto products = counts_.products(cart);
        if (!products) return text_reply(cart, error_answer(products.error().message));
        if (*products) return text_reply(cart, value_answer("itemcount", std::to_string(**products)));
    }
    return pass_on(cart, function, form, request);
}

// The Order Manager asks it before each piece of work: a store that hangs must not hold that up.
WebReply ScriptDesk::version_of(const ipc::carts::Cart& cart, const WebRequest& request) {
    const auto name = "version:" + cart.cart;
    if (const auto known = ledger_.remembered(name); known && *known) return text_reply(cart, value_answer("version", **known));
    auto address = address_of(cart);
    address.connect_within = version_patience;
    address.silent_for = version_patience;
    StoreCall call{address, request, [this] { return is_over_.load(); }};
    if (const auto head = call.begin()) {
        const auto body = call.read_all(64 * 1024);
        const auto answer = body ? cart::seti::find_answer(*body, "") : tl::unexpected(cart::Cause::no_answer);
        if (const auto version = answer ? cart::seti::response_value(answer->text, "version") : std::nullopt) {
            if (auto kept = ledger_.remember(name, *version); !kept) spdlog::error("{}", kept.error().message);
            return text_reply(cart, value_answer("version", *version));
        }
    }
    return text_reply(cart, value_answer("version", own_version));
}

WebReply ScriptDesk::pass_on(const ipc::carts::Cart& cart, const std::string& function, const FormFields& form,
                             const WebRequest& request) {
    if (cart.kind != ipc::CartKind::seti)
        return text_reply(cart, error_answer(fmt::format("{} has no import script: only changes of counts go to it.", cart.name)));
    auto call = std::make_shared<StoreCall>(address_of(cart), request,
                                            [this, there = request.is_client_there] { return is_over_.load() || !there(); });
    auto head = call->begin();
    if (!head) {
        spdlog::warn("{} for {} could not be passed on: {}", function.empty() ? "a request" : function, cart.cart, head.error().message);
        return {.status = 504,
                .headers = {{"Content-Type", "text/plain; charset=utf-8"}},
                .body = error_answer(head.error().message)};
    }
    WebReply reply;
    reply.status = head->status;
    reply.headers = std::move(head->headers);
    reply.stream_length = head->length;
    reply.stream = [call](char* into, std::size_t room) { return call->read(into, room); };
    // Looks at the body as it passes by; at its end, and only if it is whole, once.
    const auto look = [&reply, call](std::function<void(std::string_view)> at_piece, std::function<void()> at_end) {
        reply.stream = [call, at_piece = std::move(at_piece), at_end = std::move(at_end), left = reply.stream_length,
                        is_over = false](char* into, std::size_t room) mutable {
            const auto size = call->read(into, room);
            if (size > 0) at_piece({into, static_cast<std::size_t>(size)});
            if (left && size > 0) *left -= std::min(*left, static_cast<std::uint64_t>(size));
            // Nobody asks for more once a body of known length is all there.
            const bool is_end = size == 0 || (size > 0 && left && *left == 0);
            if (is_end && !std::exchange(is_over, true)) at_end();
            return size;
        };
    };
    const bool is_good = reply.status == 200;
    const auto last_order = read_text(form.get("lastorder"), ipc::to_string(cart.charset));
    if (is_good && function == "downloadorders") {
        auto reader = std::make_shared<OrderReader>();
        look([reader](std::string_view piece) { reader->feed(piece); },
             [this, reader, last_order, id = cart.cart] {
                 const auto passed = reader->finish();
                 if (passed.is_error) return;
                 if (!passed.is_good) return imports_.passed_unread(id);
                 // What it has imported first: the orders of this answer come behind that.
                 imports_.has_imported(id, is_source(id), last_order);
                 imports_.passed(id, passed);
             });
    } else if (is_good && function == "ordercount") {
        auto text = std::make_shared<std::string>();
        look(
            [text](std::string_view piece) {
                if (text->size() < 64 * 1024) text->append(piece);
            },
            [this, text, last_order, id = cart.cart] {
                const auto answer = cart::seti::find_answer(*text, "");
                if (answer && cart::seti::response_value(answer->text, "ordercount"))
                    imports_.has_imported(id, is_source(id), last_order);
            });
    }
    return reply;
}

// Posts are refused then: the Order Manager keeps them, and a person must know.
std::optional<Problem> ScriptDesk::wrong_source() {
    if (options_.fan_out != FanOut::stocktray) return std::nullopt;
    const auto all = carts_.all();
    const std::string hint = "In gateway.toml ([script], source) name the cart that the Order Manager posts every change to, and start the gateway "
                             "again. The Order Manager keeps its posts until then.";
    if (options_.source.empty() && all.size() > 1)
        return Problem{{}, {}, "The Order Manager's changes are refused: there are several carts, and it is not said which one's changes count.", hint};
    if (!options_.source.empty() && !all.empty() && std::ranges::count(all, options_.source, &ipc::carts::Cart::cart) == 0)
        return Problem{{}, {}, fmt::format("The Order Manager's changes are refused: those for the cart {} count, and there is no such cart.",
                                           options_.source), hint};
    return std::nullopt;
}

void ScriptDesk::run(std::stop_token stop) {
    std::jthread directory{[this](std::stop_token over) { carts_.run(over); }};
    std::jthread passwords{[this](std::stop_token over) { credentials_.run(over); }};
    std::jthread replaces{[this](std::stop_token over) { replaces_.run(over); }};
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock{mutex};
    auto prune_at = std::chrono::steady_clock::now();
    while (!stop.stop_requested()) {
        imports_.look_again();
        const auto wrong = wrong_source();
        surroundings_.tell("script", wrong ? std::vector{*wrong} : std::vector<Problem>{});
        if (const auto all = carts_.all(); !all.empty()) {
            const auto stuck = open_get_of(surroundings_.outbox, all.front().cart);
            const bool is_stuck = stuck && !stuck->has_consumer;  // otherwise somebody is about to take it over
            surroundings_.tell("script-get", is_stuck ? std::vector{Problem{{}, {}, stuck->message, stuck->hint}} : std::vector<Problem>{});
        }
        if (std::chrono::steady_clock::now() >= prune_at) {
            if (auto pruned = ledger_.prune(to_ms(agent::Clock::wall_now())); !pruned) spdlog::error("{}", pruned.error().message);
            prune_at = std::chrono::steady_clock::now() + 6h;
        }
        never.wait_for(lock, stop, 5s, [] { return false; });
    }
    is_over_ = true;
}

}  // namespace stocktray::gateway
