// stocktray-load: makes a running agent busy, for measurements of its clients.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <chrono>
#include <iostream>
#include <stdexcept>
#include <thread>

#include "ipc/client/client.h"
#include "ipc/messages/registry.h"

using namespace stocktray;
using namespace std::chrono_literals;

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto limit = 60s;
constexpr int most_in_a_request = 1'000;
constexpr int carts = 4;

template <ipc::Request T>
void must(ipc::Client& client, const T& request) {
    if (const auto done = client.call(request, limit); !done) throw std::runtime_error{done.error().message};
}

// As many as there are, so that a practice store of 20 products knows those of a short list.
std::string sku(int n) {
    return fmt::format("SKU-{:04}", n + 1);
}

void give_items(ipc::Client& client, int items) {
    const auto name = fmt::format("load-{}", Clock::now().time_since_epoch().count());
    must(client, ipc::qoh::Snapshot{.source = "load", .snapshot = name, .part = 0});
    for (int from = 0, part = 1; from < items; from += 10 * most_in_a_request, ++part) {
        const int to = std::min(items, from + 10 * most_in_a_request);
        ipc::qoh::Snapshot snapshot{.source = "load", .snapshot = name, .part = part, .last = to == items};
        for (int n = from; n < to; ++n) snapshot.items.push_back({.sku = sku(n), .qoh = 1'000});
        must(client, snapshot);
    }
}

class Source {
public:
    ipc::qoh::Submit request(int from, int count) {
        ipc::qoh::Submit submit{.source = "load"};
        for (int n = from; n < from + count; ++n) {
            ipc::qoh::Change change{.id = fmt::format("{:x}-{}", run_, ++count_), .sku = sku(n)};
            change.delta = -1;
            change.reason = ipc::Reason::phone_order;
            submit.changes.push_back(std::move(change));
        }
        return submit;
    }

private:
    std::int64_t run_{Clock::now().time_since_epoch().count()};
    std::int64_t count_{0};
};

// So many posts that wait, in paused carts.
void queue(ipc::Client& client, int posts) {
    must(client, ipc::parameters::Set{.parameters = {{"SynchQOH", true}}});
    for (int n = 0; n < carts; ++n) {
        ipc::carts::Create cart;
        cart.cart = fmt::format("load-{}", n);
        cart.name = fmt::format("Load {}", n);
        cart.url = "http://127.0.0.1:9/stocktray.php";
        cart.user = "nobody";
        cart.allow_http = true;
        cart.synchronize_inventory = true;
        cart.password = ipc::Secret{"nothing"};
        must(client, cart);
        ipc::stack::Pause pause;
        pause.cart = cart.cart;
        must(client, pause);
    }
    const int items = posts / carts;
    give_items(client, items);
    Source source;
    for (int from = 0; from < items; from += most_in_a_request)
        must(client, source.request(from, std::min(most_in_a_request, items - from)));
}

// So many changes a second; each is told to every listener.
void run_at(ipc::Client& client, int per_second, int seconds) {
    constexpr int items = 20;  // as the practice store has
    constexpr int steps = 50;  // requests a second
    give_items(client, items);
    Source source;
    const int each = std::max(1, per_second / steps);
    const auto begun = Clock::now();
    int sent = 0;
    for (int step = 0; step < seconds * steps; ++step) {
        for (int left = each; left > 0; left -= items) must(client, source.request(0, std::min(left, items)));
        sent += each;
        std::this_thread::sleep_until(begun + (step + 1) * 1'000ms / steps);
    }
    const std::chrono::duration<double> took = Clock::now() - begun;
    std::cout << fmt::format("{:.0f} changes a second\n", sent / took.count());
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Makes a running agent busy, for measurements of its clients.", "stocktray-load"};
    std::string endpoint;
    int posts = 0, per_second = 0, seconds = 10;
    app.add_option("--endpoint", endpoint, "Where the agent is")->required();
    app.add_option("--queue", posts, "So many posts that wait, in four paused carts");
    app.add_option("--rate", per_second, "So many changes a second");
    app.add_option("--seconds", seconds, "How long");
    CLI11_PARSE(app, argc, argv);
    try {
        auto client = ipc::Client::open({.endpoint = endpoint, .reach_within = 20s}).value();
        if (posts > 0) queue(client, posts);
        if (per_second > 0) run_at(client, per_second, seconds);
    } catch (const std::exception& failure) {
        std::cerr << "stocktray-load: " << failure.what() << '\n';
        return 1;
    }
    return 0;
}
