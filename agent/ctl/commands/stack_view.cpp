#include "agent/ctl/commands/stack_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "agent/ctl/commands/pages.h"
#include "agent/ctl/output/table.h"
#include "agent/ctl/output/words.h"
#include "ipc/client/age_search.h"
#include "ipc/messages/agent.h"
#include "ipc/messages/stack.h"

namespace stocktray::ctl {
namespace {

namespace stack = ipc::stack;

struct ListOptions {
    std::string cart;
    std::string sku;
    std::vector<std::string> states;
    bool is_parked{false};
    std::int64_t limit{100};
    std::optional<std::int64_t> offset{};
};
struct ShapeOptions {
    std::string cart;
};

std::string state_cell(const Terminal& terminal, const stack::Post& post) {
    std::string word{post.parked.value_or(false) ? "parked" : ipc::to_string(post.state)};
    switch (post.state) {
        case ipc::PostState::uncertain:
            return terminal.painted(Paint::yellow, word);
        case ipc::PostState::rejected:
            return terminal.painted(Paint::red, word);
        case ipc::PostState::confirmed:
            return terminal.painted(Paint::green, word);
        case ipc::PostState::queued:
        case ipc::PostState::sending:
        case ipc::PostState::settled:
        case ipc::PostState::folded:
        case ipc::PostState::cancelled:
            break;
    }
    return word;
}

// The proposal is what a person has to judge; else why it has not worked yet.
std::string remark(const stack::Post& post) {
    if (post.proposal_text) return printable(*post.proposal_text);
    return post.last_error ? printable(post.last_error->message) : "";
}

void print(const Terminal& terminal, const std::vector<stack::Post>& posts) {
    Table table{{{"POST", Align::right},
                 {"CART"},
                 {"SKU"},
                 {"PIECES", Align::right},
                 {"STATE"},
                 {"AGE", Align::right},
                 {"TRIED", Align::right},
                 {"WAITING FOR"},
                 {"REMARK"}}};
    for (const auto& post : posts)
        table.add({std::to_string(post.post), printable(post.cart), printable(post.sku), pieces(post.delta),
                   state_cell(terminal, post),
                   duration(std::max<std::int64_t>(0, now_ms() - post.created_at)),
                   post.attempts == 0 ? "" : std::to_string(post.attempts),
                   post.waiting_for ? std::string{in_words(*post.waiting_for)} : "", remark(post)});
    table.print(terminal);
}

ExitCode run_list(Session& session, const ListOptions& options) {
    stack::List request{.cart = given(options.cart), .sku = given(options.sku)};
    for (const auto& word : options.states) {
        if (!request.states) request.states.emplace();
        request.states->push_back(*ipc::from_string<ipc::PostState>(word));
    }
    if (options.is_parked) request.parked = true;
    request.offset = options.offset;
    stack::ListResult all;
    const auto listed = each_page(session, request, options.limit, [&](stack::ListResult page) {
        std::ranges::move(page.posts, std::back_inserter(all.posts));
        all.next = std::move(page.next);
        all.total = page.total;
    });
    if (!listed) return session.fail(listed.error());
    if (session.wants_json()) {
        session.print_json(all);
        return ExitCode::good;
    }
    if (all.posts.empty()) {
        session.say("No posts in the stack.");
        return ExitCode::good;
    }
    print(session.terminal(), all.posts);
    const auto shown = static_cast<std::int64_t>(all.posts.size());
    if (shown < all.total) session.say(fmt::format("{} of {} are shown. More: --limit", shown, all.total));
    return ExitCode::good;
}

// Rows carts, columns ages, cells counts.
using Shape = std::map<std::string, ipc::AgeCounts>;

ipc::Expected<ipc::AgeCounts> ages_of(Session& session, const std::string& cart) {
    ipc::AgeSearch search{now_ms()};
    while (const auto question = search.next()) {
        auto page =
            session.ask(stack::List{.cart = cart, .limit = question->limit, .offset = question->offset});
        if (!page) return ipc::Failure{std::move(page.error())};
        std::vector<std::int64_t> created;
        for (const auto& post : page->posts) created.push_back(post.created_at);
        search.take(*question, created, page->total);
    }
    return search.counts();
}

ipc::Expected<Shape> shape_of(Session& session, const std::vector<std::string>& carts) {
    Shape shape;
    for (const auto& cart : carts) {
        auto ages = ages_of(session, cart);
        if (!ages) return ipc::Failure{std::move(ages.error())};
        if (*ages != ipc::AgeCounts{}) shape.emplace(cart, *ages);
    }
    return shape;
}

ipc::Data as_data(const Shape& shape) {
    ipc::Data::List bounds(ipc::age_bounds.begin(), ipc::age_bounds.end());
    ipc::Data::List carts;
    for (const auto& [cart, counts] : shape)
        carts.push_back(
            ipc::Data::Map{{"cart", cart}, {"posts", ipc::Data::List(counts.begin(), counts.end())}});
    return ipc::Data::Map{{"bounds_ms", std::move(bounds)}, {"carts", std::move(carts)}};
}

void print(const Terminal& terminal, const Shape& shape) {
    std::vector<Table::Column> columns{{"CART"}, {"POSTS", Align::right}};
    for (const auto bound : ipc::age_bounds) columns.push_back({"\u2264 " + duration(bound), Align::right});
    columns.push_back({"older", Align::right});
    Table table{std::move(columns)};
    for (const auto& [cart, counts] : shape) {
        std::vector<std::string> cells{
            printable(cart), std::to_string(std::accumulate(counts.begin(), counts.end(), std::int64_t{0}))};
        for (const auto count : counts) cells.push_back(count == 0 ? "\u00b7" : std::to_string(count));
        table.add(std::move(cells));
    }
    table.print(terminal);
}

ExitCode run_shape(Session& session, const ShapeOptions& options) {
    std::vector<std::string> carts;
    if (options.cart.empty()) {
        const auto status = session.ask(ipc::agent::Status{});
        if (!status) return session.fail(status.error());
        for (const auto& cart : status->carts) carts.push_back(cart.cart);
    } else {
        carts.push_back(options.cart);
    }
    const auto shape = shape_of(session, carts);
    if (!shape) return session.fail(shape.error());
    if (session.wants_json()) {
        ipc::Encoder to;
        ipc::write(to, as_data(*shape));
        session.print_json(std::string_view{to.take()});
    } else if (shape->empty()) {
        session.say("No posts in the stack.");
    } else {
        print(session.terminal(), *shape);
    }
    return ExitCode::good;
}

}  // namespace

void add_stack_list(Tree& tree, CLI::App& nouns) {
    add_command<ListOptions>(
        tree, nouns, "list", "The posts, oldest first",
        [&tree](CLI::App& command, ListOptions& options) {
            command.add_option("--cart", options.cart, "Only this cart");
            command.add_option("--sku", options.sku, "Only this SKU");
            choose<ipc::PostState>(tree,
                                   command
                                       .add_option("--state", options.states,
                                                   "Only this state (may be repeated); else all that are "
                                                   "not confirmed")
                                       ->allow_extra_args(false));
            command.add_flag("--parked", options.is_parked, "Only parked ones");
            command.add_option("--limit", options.limit, "How many at most")->check(CLI::PositiveNumber);
            command.add_option("--offset", options.offset, "How many to pass over");
        },
        run_list)
        ->footer(
            "Examples:\n"
            "  stocktrayctl stack list\n"
            "  stocktrayctl stack list --cart main --state uncertain --state rejected\n"
            "  stocktrayctl stack list --sku SKU-0001 --state confirmed --json");
}

void add_stack_shape(Tree& tree, CLI::App& nouns) {
    add_command<ShapeOptions>(
        tree, nouns, "shape", "How many posts of which age, by cart: where is it stuck?",
        [](CLI::App& command, ShapeOptions& options) {
            command.add_option("--cart", options.cart, "Only this cart");
        },
        run_shape)
        ->footer(
            "All posts young: the store is keeping up. Old ones for one cart: look at that store.\n"
            "Old ones for all carts: look at this computer's connection.\n\n"
            "Examples:\n  stocktrayctl stack shape");
}

}  // namespace stocktray::ctl
