// Whether the agent's memory grows with what has passed through it: changes from an Order Manager's request to the store's
// answer, through the real dispatcher, rules, database and dialogues, with the memory told on the way and judged at the end.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <vector>

#include "ipc/codec/framing.h"
#include "ipc/messages/carts.h"
#include "ipc/messages/qoh.h"
#include "tests/agent/in_process_agent.h"
#include "tests/bench/subject.h"
#include "tests/simulation/fake_store.h"
#include "tests/support/temp_dir.h"

namespace {

using namespace stocktray;
using namespace stocktray::bench;
using namespace stocktray::tests;

struct Options {
    std::int64_t changes{10'000'000};
    std::int64_t every{1'000'000};
    std::int64_t portion{1'000};
    int items{2'000};
};

// What an allocator and a database's cache move by: 0.6 MiB in runs of millions.
constexpr std::int64_t most_growth_kib = 2'048;
constexpr std::int64_t first_count = 1'000;
constexpr Milliseconds between_portions{3'600'000};  // a million changes are six weeks: the history is pruned on the way

template <ipc::Request T>
void must_do(InProcessAgent& agent, const T& request) {
    const auto answers = agent.turn({ipc::request(1, request)});
    if (answers.empty()) return;  // answered later: the end of a long snapshot
    const auto message = ipc::Document::parse(answers.front());
    const auto response = ipc::read_response(message);
    if (!response || !response->error.is(ipc::Kind::nil)) throw std::runtime_error{"a request was refused"};
}

std::map<std::string, std::int64_t> counts_of(int items) {
    std::map<std::string, std::int64_t> counts;
    for (int n = 0; n < items; ++n) counts[fmt::format("SKU-{:05}", n)] = first_count;
    return counts;
}

void run(const Options& options) {
    const TempDir folder;
    auto counts = counts_of(options.items);
    simulation::FakeStore shop{"store0000000shop", simulation::Script::with_moves, counts};
    InProcessAgent agent{folder.path(), (folder.path() / "stocktray.db").string(),
                         [&](const std::string&, std::string_view body) { return shop.answer(body, to_ms(agent.now.wall)); }};
    must_do(agent, ipc::qoh::Snapshot{.source = "om", .snapshot = "first", .part = 0});
    agent.now.steady += Milliseconds{1};
    ipc::qoh::Snapshot snapshot{.source = "om", .snapshot = "first", .part = 1, .last = true};
    for (const auto& [sku, count] : counts) snapshot.items.push_back({.sku = sku, .qoh = count});
    must_do(agent, snapshot);
    agent.serve(1'000);
    if (!agent.controller().snapshots.receipt("om", "first")) throw std::runtime_error{"the snapshot was not taken over"};
    must_do(agent, cart_for("shop", "https://shop.test/stocktray.php", "om", "secret"));
    agent.serve(1'000);

    const auto begun = std::chrono::steady_clock::now();
    Random random{1};
    std::int64_t done = 0;
    const auto tell = [&] {
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
        const std::int64_t memory_kib = usage_of(::getpid()).anonymous_kib;
        fmt::print("{:>12} changes  {:>8} KiB anonymous  {:>8.1f} MiB database  {:>8.0f} s\n", done, memory_kib,
                   static_cast<double>(std::filesystem::file_size(folder.path() / "stocktray.db")) / (1 << 20), took.count());
        std::fflush(stdout);
        return memory_kib;
    };
    std::vector<std::int64_t> memory_kib;  // after each stretch
    (void)tell();
    while (done < options.changes) {
        ipc::qoh::Submit submit{.source = "om"};
        for (std::int64_t n = 0; n < options.portion; ++n) {
            const auto sku = fmt::format("SKU-{:05}", random.below(static_cast<std::uint64_t>(options.items)));
            const auto delta = static_cast<std::int64_t>(random.below(9)) - 4;
            submit.changes.push_back({.id = fmt::format("change-{}", ++done), .sku = sku, .delta = delta, .reason = ipc::Reason::phone_order});
            counts[sku] += delta;
        }
        must_do(agent, submit);
        agent.serve(1'000);
        agent.now.wall += between_portions;
        agent.now.steady += between_portions;
        agent.serve(1'000);
        shop.forget_the_past();
        if (done % options.every < options.portion || done >= options.changes) memory_kib.push_back(tell());
    }
    if (shop.counts() != counts) throw std::runtime_error{"the store's counts are not the Order Manager's"};
    fmt::print("the store has what the Order Manager has\n");
    if (memory_kib.size() < 2) {
        fmt::print("one stretch alone says nothing about the memory: give more --changes, or a smaller --every\n");
        return;
    }
    const auto growth_kib = memory_kib.back() - memory_kib.front();
    if (growth_kib > most_growth_kib)
        throw std::runtime_error{fmt::format("the memory grows with what has passed: {} KiB after the first stretch, {} KiB after the last, {} KiB "
                                             "more; {} KiB are allowed", memory_kib.front(), memory_kib.back(), growth_kib, most_growth_kib)};
    fmt::print("the memory does not grow: {} KiB after the first stretch, {} KiB after the last\n", memory_kib.front(), memory_kib.back());
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Sends millions of changes through the agent's core, tells its memory on the way, and judges it.", "stocktray-endurance"};
    Options options;
    app.add_option("--changes", options.changes, "How many")->capture_default_str();
    app.add_option("--every", options.every, "Tell the memory after so many: a stretch")->capture_default_str();
    app.add_option("--portion", options.portion, "Changes of one request")->capture_default_str();
    app.add_option("--items", options.items, "Items of the Order Manager")->capture_default_str();
    app.footer(fmt::format("Exit codes: 0 well; 1 the anonymous memory after the last stretch is more than {} KiB above that after the first, the\n"
                           "store's counts are wrong, or a request was refused.", most_growth_kib));
    CLI11_PARSE(app, argc, argv);
    try {
        run(options);
    } catch (const std::exception& failure) {
        fmt::print(stderr, "stocktray-endurance: {}\n", failure.what());
        return 1;
    }
    return 0;
}
