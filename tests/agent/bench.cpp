#include "tests/agent/bench.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>

namespace stocktray::tests {

ipc::qoh::Change a_change(const std::string& id, const std::string& sku, std::int64_t delta) {
    ipc::qoh::Change change;
    change.id = id;
    change.sku = sku;
    change.delta = delta;
    change.reason = ipc::Reason::adjustment;
    return change;
}

ipc::qoh::Submit a_submit(std::vector<ipc::qoh::Change> changes, const std::string& source) {
    return {source, std::move(changes)};
}

void take_counts(AgentProcess& agent, PracticeStore& store, int skus, const std::string& snapshot) {
    ipc::qoh::Snapshot open{.source = "om", .snapshot = snapshot, .part = 0};
    agent.must(open);
    ipc::qoh::Snapshot part{.source = "om", .snapshot = snapshot, .part = 1, .last = true};
    for (int n = 1; n <= skus; ++n) {
        const auto sku = fmt::format("SKU-{:04}", n);
        part.items.push_back({.sku = sku, .qoh = store.count(sku)});
    }
    agent.must(part);
}

namespace {

std::string script_of(const PracticeStore& store, const Bench::Options& options) {
    if (options.script.empty()) return store.url();
    std::filesystem::copy_file(std::filesystem::path{STOCKTRAY_SOURCE_DIR} / "tests/support/shops" / options.script,
                               store.directory() / "public" / options.script);
    const auto url = store.url();
    return url.substr(0, url.rfind('/') + 1) + options.script + options.script_query;
}

}  // namespace

Bench::Bench(Options options)
    : store{{.products = options.skus, .floor = options.floor}},
      valve{script_of(store, options)},
      agent{std::move(options.agent)} {
    agent.start();
    set_parameter(agent, "SynchQOH", true);
    set_parameter(agent, "SettleSeconds", std::int64_t{1});
    take_counts(agent, store, options.skus);
    agent.must(cart_for("main", valve.url(), store.user(), store.password()));
    submit({a_change("first-contact", "SKU-0001", 1)}, "bench");
    if (!rests()) throw std::runtime_error{"the practice store is not reached"};
}

std::optional<std::int64_t> Bench::book(const std::string& sku) {
    ipc::qoh::List list;
    list.skus = {sku};
    const auto items = agent.must(list).items;
    return items.empty() ? std::nullopt : items.front().om_qoh;
}

ipc::agent::CartStatus Bench::cart(const std::string& id) {
    for (auto& status : agent.must(ipc::agent::Status{}).carts)
        if (status.cart == id) return status;
    throw std::runtime_error{"there is no cart " + id};
}

std::vector<ipc::stack::Post> Bench::posts(std::vector<ipc::PostState> states) {
    ipc::stack::List list;
    list.limit = 1'000;
    if (!states.empty()) list.states = std::move(states);
    return agent.must(list).posts;
}

std::optional<ipc::alerts::Alert> Bench::alert(ipc::AlertKind kind) {
    for (auto& alert : agent.must(ipc::alerts::List{}).alerts)
        if (alert.kind == kind) return alert;
    return std::nullopt;
}

bool Bench::rests(std::chrono::milliseconds limit) {
    return eventually(
        [&] {
            const auto stack = agent.must(ipc::agent::Status{}).stack;
            return stack.queued + stack.sending + stack.uncertain == 0;
        },
        limit);
}

Listener::Listener(const AgentProcess& agent, const std::vector<std::string>& words)
    : stream_{ipc::EventStream::open(agent.endpoint(), words).value()} {
    const bool is_welcome = eventually([&] {
        while (auto item = stream_.take())
            if (auto* welcome = std::get_if<ipc::events::Welcome>(&*item)) {
                welcome_ = std::move(*welcome);
                return true;
            }
        return false;
    });
    if (!is_welcome) throw std::runtime_error{"no welcome"};
}

void Listener::listen() {
    while (auto item = stream_.take())
        if (auto* event = std::get_if<ipc::ReceivedEvent>(&*item)) heard_.push_back(std::move(*event));
}

std::string everything_in(const std::filesystem::path& folder) {
    std::string text;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{folder}) {
        if (!entry.is_regular_file()) continue;
        std::ifstream file{entry.path(), std::ios::binary};
        text.append(std::istreambuf_iterator<char>{file}, {});
    }
    return text;
}

}  // namespace stocktray::tests
