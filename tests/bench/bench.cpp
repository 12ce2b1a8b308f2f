// stocktray-bench: what the real agent does in a second, beside what the machine could do without it. A
// subject stands between two runs of its floors, in every round again; what counts is the ratio, not the
// figure.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <iostream>
#include <sstream>
#include <thread>

#include "ipc/client/event_stream.h"
#include "ipc/endpoint.h"
#include "tests/bench/gate.h"
#include "tests/bench/report.h"
#include "tests/bench/subject.h"
#include "tests/support/practice_store.h"
#include "tests/support/xcart_rig.h"

using namespace stocktray;
using namespace stocktray::bench;
using namespace stocktray::tests;
using namespace std::chrono_literals;

namespace {

using Clock = std::chrono::steady_clock;

struct Options {
    int rounds{5};
    double seconds{0.5};
    std::uint64_t seed{1};
    int idle_seconds{60};
    int queued{100'000};
    std::string json;
    std::vector<std::string> only;
};

double milliseconds_since(Clock::time_point begun) {
    return std::chrono::duration<double, std::milli>(Clock::now() - begun).count();
}

// One run of a floor program.
Rate floor(const std::string& name, const std::vector<std::string>& arguments) {
    std::vector<std::string> line{STOCKTRAY_BIN_DIR "/floor-" + name};
    line.insert(line.end(), arguments.begin(), arguments.end());
    const auto finished = run({line, {}, {}});
    if (finished.exit_code != 0) throw std::runtime_error{"floor-" + name + ": " + finished.errors};
    Rate rate;
    std::istringstream{finished.output} >> rate.per_second >> rate.p50_us >> rate.p99_us;
    return rate;
}

struct FloorRun {
    std::string label;
    std::string program;
    std::vector<std::string> arguments;
};

// Floors, subject, floors again.
template <class Use>
std::pair<Rate, std::vector<Rate>> sandwich(const std::vector<FloorRun>& floors, Use subject) {
    std::vector<Rate> means(floors.size());
    const auto run_all = [&] {
        for (std::size_t i = 0; i < floors.size(); ++i) {
            const auto rate = floor(floors[i].program, floors[i].arguments);
            means[i].per_second += rate.per_second / 2;
            means[i].p50_us += rate.p50_us / 2;
            means[i].p99_us += rate.p99_us / 2;
        }
    };
    run_all();
    const Rate own = subject();
    run_all();
    return {own, means};
}

void add_rates(Report& report, const std::string& row, const Rate& own, const std::vector<FloorRun>& floors,
               const std::vector<Rate>& rates, double Rate::*what, const std::string& unit) {
    std::vector<Report::Floor> beside;
    for (std::size_t i = 0; i < floors.size(); ++i) beside.push_back({floors[i].label, rates[i].*what});
    report.add(row, unit, own.*what, beside);
}

// --- submit ----------------------------------------------------------------------------------------------

void measure_submits(const Options& options, Report& report) {
    AgentProcess agent;
    agent.start();
    give_items(agent, "SKU-", subject_items, 5);
    give_paused_cart(agent, "main");
    auto client = agent.client();
    Changes changes{options.seed, "SKU-", subject_items, 5};
    const TempDir dir;
    const auto folder = dir.path().string();
    const std::string time = "0.3";

    struct Subject {
        std::string name;
        int outstanding;
        int per_request;
        std::vector<FloorRun> floors;
    };
    std::vector<Subject> subjects;
    for (const int outstanding : {1, 64, 256}) {
        const auto n = std::to_string(outstanding);
        subjects.push_back({fmt::format("submit, {} under way", outstanding),
                            outstanding,
                            1,
                            {{"append and fdatasync", "disk", {folder, time, n}},
                             {"SQLite alone", "commits", {folder, time, n, "sqlite"}},
                             {"the product's tables alone", "commits", {folder, time, n, "store"}},
                             {"echo", "echo", {folder, time, n, "none"}},
                             {"floor B: echo and SQLite", "echo", {folder, time, n, "sqlite"}},
                             {"floor B with the product's tables", "echo", {folder, time, n, "store"}}}});
    }
    subjects.push_back({"submit, 100 changes in a request",
                        1,
                        100,
                        {{"SQLite alone", "commits", {folder, time, "100", "sqlite"}},
                         {"the product's tables alone", "commits", {folder, time, "100", "store"}}}});
    Random random{options.seed};
    for (int round = 0; round < options.rounds; ++round) {
        for (std::size_t i = subjects.size(); i > 1; --i)
            std::swap(subjects[i - 1], subjects[random.below(i)]);
        for (const auto& s : subjects) {
            const auto [own, rates] = sandwich(s.floors, [&] {
                return submit_for(client, changes, options.seconds, s.outstanding, s.per_request);
            });
            add_rates(report, s.name, own, s.floors, rates, &Rate::per_second, "changes/s");
            if (s.outstanding == 1 && s.per_request == 1) {
                add_rates(report, s.name + ", p50", own, s.floors, rates, &Rate::p50_us, "us");
                add_rates(report, s.name + ", p99", own, s.floors, rates, &Rate::p99_us, "us");
            }
        }
    }
}

// --- delivery --------------------------------------------------------------------------------------------

struct StoreToReach {
    std::string name, url, user, password, prefix;
    int items{0};
    std::function<std::string(const std::string& agent)> id;  // as its connector announces it
};

std::string store_id_in(const std::string& announcement) {
    const auto at = announcement.find(";store=");
    if (at == std::string::npos)
        throw std::runtime_error{"the store does not say who it is: " + announcement};
    return announcement.substr(at + 7, announcement.find(';', at + 7) - at - 7);
}

bool is_ready(AgentProcess& agent) {
    for (const auto& cart : agent.must(ipc::agent::Status{}).carts)
        if (cart.waiting_for && *cart.waiting_for != ipc::WaitingFor::free_connection) return false;
    return nothing_waits(agent);
}

void pause(AgentProcess& agent, const std::string& cart) {
    ipc::stack::Pause request;
    request.cart = cart;
    agent.must(request);
}
void resume(AgentProcess& agent, const std::string& cart) {
    ipc::stack::Resume request;
    request.cart = cart;
    agent.must(request);
}

// From the resuming of the cart until its queue is empty.
Rate deliver_queue(AgentProcess& agent, const std::string& cart, Changes& changes, int posts) {
    pause(agent, cart);
    ipc::qoh::Submit submit{.source = "om"};
    for (int n = 0; n < posts; ++n) submit.changes.push_back(changes.next());
    agent.must(submit);
    auto client = agent.client();
    const auto queued = agent.must(ipc::agent::Status{}).stack.queued;
    const auto begun = Clock::now();
    resume(agent, cart);
    for (;;) {
        const auto status = client.call(ipc::agent::Status{}, 20s);
        if (!status) throw std::runtime_error{status.error().message};
        if (status->stack.queued + status->stack.sending + status->stack.uncertain == 0) break;
        if (milliseconds_since(begun) > 120'000) throw std::runtime_error{"the queue does not empty"};
        std::this_thread::sleep_for(2ms);
    }
    return {static_cast<double>(queued) / (milliseconds_since(begun) / 1'000), 0, 0};
}

// A change alone, until the news of its confirmation is here.
Rate deliver_alone(AgentProcess& agent, Changes& changes, int times) {
    auto stream = ipc::EventStream::open(agent.endpoint(), {"post"}).value();
    const auto wait_for = [&](auto wanted) {
        const auto begun = Clock::now();
        while (milliseconds_since(begun) < 10'000) {
            while (const auto item = stream.take())
                if (wanted(*item)) return;
            std::this_thread::sleep_for(20us);
        }
        throw std::runtime_error{"no news came"};
    };
    wait_for([](const auto& item) { return std::holds_alternative<ipc::events::Welcome>(item); });
    auto client = agent.client();
    std::vector<double> all;
    for (int n = 0; n < times; ++n) {
        const auto begun = Clock::now();
        (void)submit_so_many(client, changes, 1, 1, 1);
        wait_for([](const auto& item) {
            const auto* event = std::get_if<ipc::ReceivedEvent>(&item);
            return event != nullptr && event->numbers.topic == "post.confirmed";
        });
        all.push_back(milliseconds_since(begun) * 1'000);
    }
    std::ranges::sort(all);
    return {0, all[all.size() / 2], all.back()};
}

void measure_delivery(const Options& options, Report& report, const StoreToReach& store) {
    AgentProcess agent;
    agent.start();
    give_items(agent, store.prefix, store.items);
    auto cart = cart_for("main", store.url, store.user, store.password);
    agent.must(cart);
    Changes changes{options.seed, store.prefix, store.items, 4};
    auto client = agent.client();
    (void)submit_so_many(client, changes, 1, 1, 1);
    if (!eventually([&] { return is_ready(agent); }))
        throw std::runtime_error{store.name + " is not reached"};
    const auto identity = agent.must(ipc::agent::Hello{"bench", 1}).agent;
    const auto floor_run = [&](const std::string& label, int connections, int pieces) {
        return FloorRun{
            label,
            "curl",
            {store.url, "0.5", std::to_string(connections), std::to_string(pieces), store.user,
             store.password, identity, store.id(identity), store.prefix, std::to_string(store.items)}};
    };
    const std::vector<FloorRun> alone{floor_run("libcurl alone, a POST", 1, 1)};
    const std::vector<FloorRun> many{floor_run("libcurl multi, 4 connections, a change each", 4, 1),
                                     floor_run("libcurl multi, 4 connections, 250 changes each", 4, 250)};
    for (int round = 0; round < options.rounds; ++round) {
        const auto [one, one_floor] = sandwich(alone, [&] { return deliver_alone(agent, changes, 20); });
        add_rates(report, store.name + ": submit to confirmation, p50", one, alone, one_floor, &Rate::p50_us,
                  "us");
        const auto [queue, queue_floor] =
            sandwich(many, [&] { return deliver_queue(agent, "main", changes, store.items); });
        add_rates(report, store.name + ": delivery, 4 connections", queue, many, queue_floor,
                  &Rate::per_second, "posts/s");
    }
}

void measure_hanging_cart(const Options& options, Report& report, const StoreToReach& store) {
    constexpr int healthy = 4;
    Gate gate{store.url, Gate::Passage::shut};
    AgentProcess agent;
    agent.start();
    give_items(agent, store.prefix, store.items);
    for (int n = 0; n < healthy; ++n)
        agent.must(cart_for(fmt::format("cart-{}", n), store.url, store.user, store.password));
    auto hanging = cart_for("hanging", gate.url(), store.user, store.password);
    hanging.timeout_ms = 5'000;
    agent.must(hanging);
    if (!eventually([&] { return is_ready(agent); })) throw std::runtime_error{"the carts are not reached"};
    Changes changes{options.seed, store.prefix, store.items, 4};
    auto client = agent.client();
    const auto others = [&] {
        std::int64_t left = 0;
        for (const auto& cart : agent.must(ipc::agent::Status{}).carts)
            if (cart.cart != "hanging") left += cart.queued + cart.sending + cart.uncertain;
        return left;
    };
    const auto measure = [&] {
        const auto begun = Clock::now();
        (void)submit_so_many(client, changes, 20, 1, 25);
        const bool done = eventually([&] { return others() == 0; }, 60s);
        if (!done) throw std::runtime_error{"the other carts do not come to an end"};
        return 500.0 * healthy / (milliseconds_since(begun) / 1'000);
    };
    for (int round = 0; round < options.rounds; ++round) {
        pause(agent, "hanging");
        const double before = measure();
        resume(agent, "hanging");
        const double with = measure();
        pause(agent, "hanging");
        const double after = measure();
        report.add("four carts while a fifth hangs", "changes/s", with,
                   {{"without it", (before + after) / 2}});
    }
}

// --- memory, start, idle ---------------------------------------------------------------------------------

double time_to_hello(AgentProcess& agent) {
    const auto begun = Clock::now();
    agent.start_without_waiting();
    auto client = ipc::Client::open({.endpoint = agent.endpoint(), .reach_within = 20s}).value();
    if (!client.call(ipc::agent::Hello{"bench", 1}, 20s))
        throw std::runtime_error{"the agent does not answer"};
    return milliseconds_since(begun);
}

void measure_queue(const Options& options, Report& report, const StoreToReach& store) {
    const auto floor_folder = TempDir{};
    Process idle_floor{{{STOCKTRAY_BIN_DIR "/floor-idle", floor_folder.path().string()}, {}, {}}};
    AgentProcess empty;
    empty.start();
    give_items(empty, store.prefix, store.items);
    AgentProcess full;
    full.start();
    give_items(full, store.prefix, options.queued / 4, 6);
    Gate gate{store.url, Gate::Passage::open};
    full.must(cart_for("reached", gate.url(), store.user, store.password));
    if (!eventually([&] { return is_ready(full); })) throw std::runtime_error{"the cart is not reached"};
    for (int n = 0; n < 3; ++n) give_paused_cart(full, fmt::format("cart-{}", n));
    pause(full, "reached");
    Changes changes{options.seed, store.prefix, options.queued / 4, 6};
    for (int left = options.queued / 4; left > 0; left -= 1'000) {
        ipc::qoh::Submit submit{.source = "om"};
        for (int n = 0; n < std::min(left, 1'000); ++n) submit.changes.push_back(changes.next());
        full.must(submit);
    }
    const auto right_after = usage_of(full.process().id()).anonymous_kib;
    for (int round = 0; round < options.rounds; ++round) {
        empty.kill();
        const double to_empty = time_to_hello(empty);
        full.kill();
        report.add(fmt::format("start to the first answer, {} posts queued", options.queued), "ms",
                   time_to_hello(full), {{"with nothing queued", to_empty}});
        const auto idle = static_cast<double>(usage_of(empty.process().id()).anonymous_kib);
        const auto bare = static_cast<double>(usage_of(idle_floor.id()).anonymous_kib);
        report.add("anonymous memory, idle", "KiB", idle, {{"floor: sockets, database, multi", bare}});
        report.add(fmt::format("anonymous memory, {} posts queued, started", options.queued), "KiB",
                   static_cast<double>(usage_of(full.process().id()).anonymous_kib), {{"idle", idle}});
        if (round == 0)
            report.add(fmt::format("anonymous memory, {} posts queued, at once", options.queued), "KiB",
                       static_cast<double>(right_after), {{"idle", idle}});
    }
    resume(full, "reached");
    for (int round = 0; round < options.rounds; ++round) {
        full.kill();
        gate.forget();
        const auto begun = Clock::now();
        full.start_without_waiting();
        if (!eventually([&] { return gate.first_post().has_value(); }))
            throw std::runtime_error{"no post came"};
        report.add("start after SIGKILL to the first post on the wire", "ms",
                   std::chrono::duration<double, std::milli>(*gate.first_post() - begun).count());
    }
}

void measure_idle(const Options& options, Report& report, const StoreToReach& store) {
    AgentProcess agent;
    agent.start();
    give_items(agent, store.prefix, store.items);
    for (int n = 0; n < 4; ++n)
        agent.must(cart_for(fmt::format("cart-{}", n), store.url, store.user, store.password));
    if (!eventually([&] { return is_ready(agent); })) throw std::runtime_error{"the carts are not reached"};
    std::this_thread::sleep_for(3s);
    const auto before = usage_of(agent.process().id());
    std::this_thread::sleep_for(std::chrono::seconds{options.idle_seconds});
    const auto after = usage_of(agent.process().id());
    report.add(fmt::format("context switches, idle for {} s with 4 carts", options.idle_seconds), "switches",
               static_cast<double>(after.switches - before.switches));
    report.add(fmt::format("processor time, idle for {} s with 4 carts", options.idle_seconds), "ms",
               (after.cpu_seconds - before.cpu_seconds) * 1'000);
}

// ---------------------------------------------------------------------------------------------------------

void measure(const Options& options, Report& report) {
    const auto wants = [&](const std::string& part) {
        return options.only.empty() || std::ranges::count(options.only, part) > 0;
    };
    if (wants("submit")) measure_submits(options, report);
    if (const auto missing = PracticeStore::missing(); !missing.empty()) {
        std::cerr << "without a practice store: " << missing << '\n';
        return;
    }
    constexpr int products = 2'000;
    const auto with_practice_store = [&](const std::string& part, auto use) {
        if (!wants(part)) return;
        PracticeStore store{PracticeStore::Options{.products = products}};
        use(options, report,
            StoreToReach{"practice store", store.url(), store.user(), store.password(), "SKU-", products,
                         [&](const std::string& agent) {
                             return store_id_in(
                                 store.call("sendversion", {{"stocktray", "1"}, {"agent", agent}}).body);
                         }});
    };
    with_practice_store("delivery", measure_delivery);
    if (wants("rig")) {
        if (const auto missing = XCartRig::missing(); !missing.empty()) {
            std::cerr << "without MariaDB, php-fpm and nginx: " << missing << '\n';
        } else {
            XCartRig rig;
            constexpr auto shop = Shop::classic_innodb;
            measure_delivery(
                options, report,
                {"nginx, php-fpm, MariaDB", rig.url(shop), rig.user(), rig.password(), "P-", 1'800,
                 [&](const std::string& agent) {
                     return store_id_in(
                         rig.call(shop, "sendversion", {{"stocktray", "1"}, {"agent", agent}}).body);
                 }});
        }
    }
    with_practice_store("hanging", measure_hanging_cart);
    with_practice_store("queue", measure_queue);
    if (options.idle_seconds > 0) with_practice_store("idle", measure_idle);
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{
        "stocktray-bench measures the agent beside floors: the same work by the parts it is made of alone.",
        "stocktray-bench"};
    Options options;
    app.add_option("--rounds", options.rounds, "How often everything is measured")
        ->check(CLI::PositiveNumber);
    app.add_option("--seconds", options.seconds, "How long each measurement of submits takes")
        ->check(CLI::PositiveNumber);
    app.add_option("--seed", options.seed, "Seed of the changes and of the order of measurements");
    app.add_option("--idle", options.idle_seconds, "Seconds to watch an idle agent; 0: not at all");
    app.add_option("--queued", options.queued, "Posts in the queue for memory and starts")
        ->check(CLI::Range(4'000, 4'000'000));
    app.add_option("--json", options.json, "Also writes everything to this file")->type_name("FILE");
    app.add_option("--only", options.only, "Parts: submit, delivery, rig, hanging, queue, idle")
        ->delimiter(',');
    CLI11_PARSE(app, argc, argv);
    Report report;
    int code = 0;
    try {
        measure(options, report);
    } catch (const std::exception& failure) {
        std::cerr << "stocktray-bench: " << failure.what() << '\n';
        code = 1;
    }
    std::ifstream load_file{"/proc/loadavg"};
    std::string load;
    std::getline(load_file, load);
    std::cout << report.table() << "load: " << load << '\n';
    if (!options.json.empty()) std::ofstream{options.json} << report.json();
    return code;
}
