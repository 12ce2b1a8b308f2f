#include "agent/ctl/commands/stack_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "agent/ctl/commands/pages.h"
#include "agent/ctl/output/table.h"
#include "agent/ctl/output/words.h"

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

ipc::Data as_data(const Shape& shape) {
    ipc::Data::List bounds(Shape::bounds.begin(), Shape::bounds.end());
    ipc::Data::List carts;
    for (const auto& [cart, counts] : shape.carts())
        carts.push_back(
            ipc::Data::Map{{"cart", cart}, {"posts", ipc::Data::List(counts.begin(), counts.end())}});
    return ipc::Data::Map{{"bounds_ms", std::move(bounds)}, {"carts", std::move(carts)}};
}

void print(const Terminal& terminal, const Shape& shape) {
    std::vector<Table::Column> columns{{"CART"}, {"POSTS", Align::right}};
    for (const auto bound : Shape::bounds) columns.push_back({"\u2264 " + duration(bound), Align::right});
    columns.push_back({"older", Align::right});
    Table table{std::move(columns)};
    for (const auto& [cart, counts] : shape.carts()) {
        std::vector<std::string> cells{
            printable(cart), std::to_string(std::accumulate(counts.begin(), counts.end(), std::int64_t{0}))};
        for (const auto count : counts) cells.push_back(count == 0 ? "\u00b7" : std::to_string(count));
        table.add(std::move(cells));
    }
    table.print(terminal);
}

ExitCode run_shape(Session& session, const ShapeOptions& options) {
    Shape shape;
    const stack::List request{.cart = given(options.cart)};
    constexpr auto all = std::numeric_limits<std::int64_t>::max();
    const auto listed = each_page(session, request, all, [&](const stack::ListResult& page) {
        for (const auto& post : page.posts) shape.add(post, now_ms());
    });
    if (!listed) return session.fail(listed.error());
    if (session.wants_json()) {
        ipc::Encoder to;
        ipc::write(to, as_data(shape));
        session.print_json(std::string_view{to.take()});
    } else if (shape.carts().empty()) {
        session.say("No posts in the stack.");
    } else {
        print(session.terminal(), shape);
    }
    return ExitCode::good;
}

}  // namespace

void Shape::add(const ipc::stack::Post& post, std::int64_t now_ms) {
    const auto bound = std::ranges::lower_bound(bounds, now_ms - post.created_at);
    ++carts_[post.cart][static_cast<std::size_t>(bound - bounds.begin())];
}

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
