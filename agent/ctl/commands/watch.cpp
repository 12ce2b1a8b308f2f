#include <fmt/format.h>

#include <ostream>

#include "agent/ctl/commands/commands.h"
#include "agent/ctl/output/sentences.h"
#include "agent/ctl/output/words.h"
#include "ipc/client/feed.h"

namespace stocktray::ctl {
namespace {

struct Options {
    std::vector<std::string> words;
    std::int64_t count{0};
};

// Prints one after the other what the feed tells, and knows how to say it.
class Watcher {
public:
    explicit Watcher(const Session& session) : session_{session} {}

    // False: nothing was printed.
    bool show(const ipc::Feed::Item& item) {
        return std::visit([this](const auto& one) { return show_one(one); }, item);
    }

private:
    bool show_one(const ipc::agent::StatusResult& status) {
        names_.learn(status);
        if (session_.wants_json()) return print_json("agent.status", status);
        for (const auto& cart : status.carts) print(sentence(cart));
        return true;
    }
    bool show_one(const ipc::AgentLost& lost) {
        session_.warn(printable(lost.why.message));
        return true;
    }
    bool show_one(const ipc::EventsMissing& missing) {
        session_.warn(printable(missing.message));
        return true;
    }
    bool show_one(const ipc::ReceivedEvent& event) {
        const std::string text = sentence(event, names_);
        if (session_.wants_json()) {
            const auto topic = ipc::to_json(event.message.root().first().next(), ipc::Layout::one_line);
            const auto data = ipc::to_json(event.data, ipc::Layout::one_line);
            print_line(fmt::format("{{\"topic\":{},\"data\":{}}}", topic, data));
            return true;
        }
        if (text.empty()) return false;
        print(text);
        return true;
    }
    bool print_json(std::string_view topic, const ipc::agent::StatusResult& status) {
        const std::string bytes = ipc::encode(status);
        const auto document = ipc::Document::parse(bytes);
        print_line(fmt::format("{{\"topic\":\"{}\",\"data\":{}}}", topic,
                               ipc::to_json(document.root(), ipc::Layout::one_line)));
        return true;
    }
    void print(std::string_view text) {
        print_line(
            fmt::format("{}  {}", session_.terminal().painted(Paint::dim, moment(now_ms(), now_ms())), text));
    }
    // Flushed, because whoever reads it may wait for the next line.
    void print_line(std::string_view line) { session_.terminal().out << line << std::endl; }

    const Session& session_;
    CartNames names_;
};

ExitCode run_watch(Session& session, const Options& options) {
    auto feed = ipc::Feed::open({.endpoint = session.options.endpoint, .words = options.words});
    if (!feed) return session.fail(feed.error());
    Watcher watcher{session};
    bool has_begun = false;
    for (std::int64_t shown = 0; options.count == 0 || shown < options.count;) {
        const auto item = feed->next(std::chrono::hours{1});
        if (!item) continue;
        if (const auto* lost = std::get_if<ipc::AgentLost>(&*item); lost && !has_begun)
            return session.fail(lost->why);
        has_begun = true;
        shown += watcher.show(*item) ? 1 : 0;
    }
    return ExitCode::good;
}

}  // namespace

void add_watch(Tree& tree) {
    add_command<Options>(
        tree, tree.app, "watch", "Print what happens, as it happens",
        [](CLI::App& command, Options& options) {
            command.add_option("topics", options.words,
                               "First words of topics: post, stack, cart, alert … (all)");
            command.add_option("--count", options.count, "End after so many lines")
                ->check(CLI::PositiveNumber);
        },
        run_watch)
        ->footer(
            "Begins with how everything is; with --json one object a line, the first with the topic\n"
            "agent.status. Goes on when the agent is started again. End it with Ctrl+C.\n\n"
            "Examples:\n"
            "  stocktrayctl watch\n"
            "  stocktrayctl watch post alert --json | logger -t stocktray");
}

}  // namespace stocktray::ctl
