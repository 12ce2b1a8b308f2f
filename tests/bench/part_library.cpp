// libstocktray beside what it is made of: the disk's sync under its spool, and the bare client, which keeps nothing.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <numeric>
#include <thread>

#include "ipc/spool/delivery.h"
#include "ipc/spool/outbox.h"
#include "tests/bench/parts.h"

namespace stocktray::bench {

using namespace tests;
using namespace std::chrono_literals;
using ipc::Outbox;

namespace {

constexpr Outbox::Duration until_agent{20'000};

template <class T>
T good(ipc::Expected<T> result) {
    if (!result) throw std::runtime_error{result.error().message};
    return std::move(*result);
}

// What a client does with one change.
using Submit = std::function<void(ipc::qoh::Change)>;

// So many clients at once, each with changes of its own. `open` makes the client of a number, in its thread.
double many_for(int clients, double seconds, std::uint64_t seed, const std::function<Submit(int)>& open) {
    std::atomic<int> ready{0};
    std::atomic<bool> is_on{false}, is_over{false};
    std::vector<long long> done(static_cast<std::size_t>(clients));
    Clock::time_point begun;
    double took = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < clients; ++i)
            threads.emplace_back([&, i] {
                const auto submit = open(i);
                Changes changes{seed + static_cast<std::uint64_t>(i), "SKU-", subject_items, 5};
                submit(changes.random());
                ++ready;
                is_on.wait(false);
                while (!is_over) {
                    submit(changes.random());
                    ++done[static_cast<std::size_t>(i)];
                }
            });
        while (ready < clients) std::this_thread::sleep_for(1ms);
        begun = Clock::now();
        is_on = true;
        is_on.notify_all();
        std::this_thread::sleep_for(std::chrono::duration<double>{seconds});
        is_over = true;
        threads.clear();
        took = milliseconds_since(begun) / 1'000;
    }
    return static_cast<double>(std::accumulate(done.begin(), done.end(), 0LL)) / took;
}

class Library {
public:
    Library(const Options& options, Report& report) : options_{options}, report_{report} {
        agent_.start();
        give_items(agent_, "SKU-", subject_items, 5);
        give_paused_cart(agent_, "main");
    }

    void append() {
        auto spool = good(ipc::Spool::open(next_spool(), "bench"));
        const std::vector<FloorRun> floors{{"append and fdatasync", "disk", {dir_.path().string(), "0.3", "1"}}};
        const auto [own, rates] = sandwich(floors, [&] {
            return repeat_for(options_.seconds, [&] {
                const auto change = changes_.random();
                (void)good(spool.append({&change, 1}, 1));
            });
        });
        add_rates(report_, "spool: append", own, floors, rates, &Rate::per_second, "changes/s");
        add_rates(report_, "spool: append, p50", own, floors, rates, &Rate::p50_us, "us");
    }

    void submit() {
        auto client = agent_.client();
        const Rate bare = submit_for(client, changes_, options_.seconds, 1, 1);
        auto outbox = good(Outbox::open({"bench", agent_.endpoint(), next_spool()}));
        for (const auto& [name, wait] : {std::pair{"until it is saved", Outbox::Duration{0}}, std::pair{"until the agent has it", until_agent}}) {
            const Rate own = repeat_for(options_.seconds, [&] { (void)good(outbox->submit({changes_.random()}, wait)); });
            report_.add(fmt::format("library: submit {}, p50", name), "us", own.p50_us, {{"bare client", bare.p50_us}});
            if (!good(outbox->flush(60s))) throw std::runtime_error{"the spool is not delivered"};
        }
    }

    void delivery() {
        const int batches = options_.queued / 1'000;
        auto client = agent_.client();
        const Rate bare = submit_so_many(client, changes_, batches, 1, 1'000);
        auto spool = good(ipc::Spool::open(next_spool(), "bench"));
        for (int i = 0; i < batches; ++i) (void)good(spool.append(changes_.request(1'000).changes, 1));
        auto carrier = agent_.client();
        ipc::Delivery delivery{spool, carrier, {}};
        const auto begun = Clock::now();
        const auto done = delivery.run({}, ipc::Delivery::Greeting::whole, {});
        const double took = milliseconds_since(begun) / 1'000;
        if (done.trouble || done.delivered != batches * 1'000) throw std::runtime_error{"not all was delivered"};
        report_.add(fmt::format("library: delivery of {} spooled changes", batches * 1'000), "changes/s", batches * 1'000 / took,
                    {{"bare client, 1,000 in a request", bare.per_second}});
    }

    // A workstation that was away comes home: what those notice who submit meanwhile.
    void beside_a_delivery() {
        auto client = agent_.client();
        const auto submit = [&] { (void)good(client.call(ipc::qoh::Submit{"phone", {changes_.random()}}, 20s)); };
        const Rate alone = repeat_for(options_.seconds, submit);
        auto spool = good(ipc::Spool::open(next_spool(), "bench"));
        for (int i = 0; i < options_.queued / 1'000; ++i) (void)good(spool.append(changes_.request(1'000).changes, 1));
        std::atomic<bool> is_over{false};
        std::jthread home{[&] {
            auto carrier = agent_.client();
            ipc::Delivery delivery{spool, carrier, {}};
            (void)delivery.run({}, ipc::Delivery::Greeting::whole, {});
            is_over = true;
        }};
        const Rate beside = repeat_while([&] { return !is_over.load(); }, submit);
        const auto row = fmt::format("library: submit beside the delivery of {} changes", options_.queued / 1'000 * 1'000);
        report_.add(row + ", p50", "us", beside.p50_us, {{"with nobody beside", alone.p50_us}});
        report_.add(row + ", p99", "us", beside.p99_us, {{"with nobody beside", alone.p99_us}});
    }

    void clients(int count) {
        const double bare = many_for(count, options_.seconds, next_seed(), [&](int) -> Submit {
            auto client = std::make_shared<ipc::Client>(agent_.client());
            return [this, client, source = fmt::format("bare-{}", next_seed())](ipc::qoh::Change change) {
                // One that came too late in a crowd is asked again.
                while (!client->call(ipc::qoh::Submit{source, {change}}, 20s)) {
                }
            };
        });
        const double own = many_for(count, options_.seconds, next_seed(), [&](int) -> Submit {
            auto outbox = std::shared_ptr<Outbox>{good(Outbox::open({"bench", agent_.endpoint(), next_spool()}))};
            return [outbox](ipc::qoh::Change change) { (void)good(outbox->submit({std::move(change)}, until_agent)); };
        });
        const auto shared = std::shared_ptr<Outbox>{good(Outbox::open({"bench", agent_.endpoint(), next_spool()}))};
        const double threads = many_for(count, options_.seconds, next_seed(), [&](int) -> Submit {
            return [shared](ipc::qoh::Change change) { (void)good(shared->submit({std::move(change)}, until_agent)); };
        });
        report_.add(fmt::format("library: {} programs at once, each with a spool", count), "changes/s", own,
                    {{"bare clients", bare}});
        report_.add(fmt::format("library: {} threads of one program", count), "changes/s", threads, {{"bare clients", bare}});
    }

private:
    std::filesystem::path next_spool() { return dir_.path() / fmt::format("spool-{}.db", ++spools_); }
    std::uint64_t next_seed() { return options_.seed + 1'000 * ++seeds_; }

    const Options& options_;
    Report& report_;
    AgentProcess agent_{};
    TempDir dir_{};
    Changes changes_{options_.seed, "SKU-", subject_items, 5};
    std::atomic<int> spools_{0};
    std::atomic<std::uint64_t> seeds_{0};
};

}  // namespace

void measure_library(const Options& options, Report& report) {
    Library library{options, report};
    for (int round = 0; round < options.rounds; ++round) {
        library.append();
        library.submit();
        library.delivery();
        library.beside_a_delivery();
        for (const int count : {1, 8, 64, 200}) library.clients(count);
    }
}

}  // namespace stocktray::bench
