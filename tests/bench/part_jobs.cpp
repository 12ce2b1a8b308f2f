// Get QOH, audits and Send QOH of a whole catalogue, beside bare libcurl with the same requests.
#include <fmt/format.h>

#include <iostream>
#include <optional>
#include <stdexcept>
#include <thread>

#include "tests/bench/bare_job.h"
#include "tests/bench/job_subject.h"
#include "tests/bench/memory_store.h"
#include "tests/bench/parts.h"
#include "tests/support/xcart_rig.h"

namespace stocktray::bench {

using namespace tests;
using namespace std::chrono_literals;

namespace {

using Calls = std::map<std::string, std::int64_t>;

struct JobStore {
    std::string name;
    ipc::carts::Create cart;
    std::string password;
    std::function<std::string(const std::string& agent)> id;
    std::function<Calls()> calls;
    std::function<void(std::int64_t count, int every)> set;  // past the connector
};

Calls operator-(Calls after, const Calls& before) {
    for (const auto& [function, times] : before) after[function] -= times;
    return after;
}

class JobBench {
public:
    JobBench(const Options& options, Report& report, JobStore store)
        : options_{options}, report_{report}, store_{std::move(store)} {}

    // A fresh agent whose Order Manager knows so many of the products.
    void begin(int known) {
        agent_.emplace(quick_job_options());
        agent_->start();
        give_catalogue(*agent_, known);
        give_carts(*agent_, store_.cart);
        wait();
    }
    AgentProcess& agent() { return *agent_; }

    // The agent is started anew, so that its memory and its longest turn are the job's own.
    void measure(const std::string& what, ipc::JobKind kind, std::int64_t changed, bool creates = false) {
        (void)agent_->stop();
        agent_->start();
        wait();
        const auto until = Clock::now() + 2s;
        const auto alone = submit_alone(*agent_, ++seed_, [&] { return Clock::now() > until; });
        const auto calls = store_.calls();
        ipc::jobs::Start start;
        start.kind = kind;
        start.cart = "main";
        start.options.allow_pending = true;
        start.options.guard_override = true;
        if (creates) start.options.create_records = true;
        const auto run = run_job(*agent_, start, ++seed_);
        const auto made = store_.calls() - calls;
        const auto identity = agent_->must(ipc::agent::Hello{"bench", 1}).agent;
        const BareStore bare{store_.cart.url, store_.cart.user, store_.password, identity, store_.id(identity), "B-", 7,
                             options_.products};
        print(what, run, made);
        tell(what, run, alone, bare_seconds(bare, made, changed, options_.seed));
        store_.set(MemoryStore::first_count, 1);  // what libcurl has changed there
    }
    // Its script takes differences as counts: only jobs go on there.
    void expect_stop() { is_stopped_ = true; }
    void set(std::int64_t count, int every) { store_.set(count, every); }

private:
    void wait() {
        if (is_stopped_) return std::this_thread::sleep_for(1s);
        if (!eventually([&] { return is_main_ready(*agent_); }, 900s))
            throw std::runtime_error{store_.name + " is not reached"};
        std::this_thread::sleep_for(300ms);
    }
    void print(const std::string& what, const JobRun& run, const Calls& made) const {
        std::cerr << fmt::format("{}, {}: {:.1f} s, {} turns, {} commits; ok {}, new {}, different {}, waiting {}, skipped {};",
                                 store_.name, what, run.seconds, run.turns, run.commits, run.job.counts.ok,
                                 run.job.counts.new_, run.job.counts.different, run.job.counts.waiting,
                                 run.job.counts.skipped);
        for (const auto& [function, times] : made)
            if (times > 0) std::cerr << ' ' << times << ' ' << function;
        std::cerr << std::endl;
    }
    void tell(const std::string& what, const JobRun& run, const Rate& alone, double bare) {
        const auto row = fmt::format("{}, {} SKUs: {}", store_.name, options_.products, what);
        report_.add(row, "ms", run.seconds * 1'000, {{"libcurl alone, the same requests", bare * 1'000}});
        report_.add(row + ", rate", "SKUs/s", options_.products / run.seconds);
        report_.add(row + ", memory", "KiB", static_cast<double>(run.peak_kib - run.idle_kib));
        report_.add(row + ", longest turn", "ms", static_cast<double>(run.longest_turn_us) / 1'000);
        report_.add(row + ", turns over 20 ms", "turns", static_cast<double>(run.long_turns),
                    {{"all turns", static_cast<double>(run.turns)}});
        report_.add(row + ", lone submit p50", "us", run.submits.p50_us, {{"nothing else runs", alone.p50_us}});
        report_.add(row + ", lone submit p99", "us", run.submits.p99_us, {{"nothing else runs", alone.p99_us}});
    }

    const Options& options_;
    Report& report_;
    JobStore store_;
    std::uint64_t seed_{options_.seed};
    bool is_stopped_{false};
    std::optional<AgentProcess> agent_;
};

void measure_with_keys(const Options& options, Report& report, const JobStore& store) {
    JobBench bench{options, report, store};
    bench.begin(0);
    bench.measure("Get QOH, all new", ipc::JobKind::get_qoh, 0, true);
    bench.begin(options.products);
    bench.measure("audit, equal", ipc::JobKind::audit, 0);
    bench.measure("audit again", ipc::JobKind::audit, 0);
    bench.set(MemoryStore::first_count - 7, 100);
    bench.measure("Send QOH, 1 % changed", ipc::JobKind::send_qoh, options.products / 100);
    bench.set(MemoryStore::first_count - 7, 1);
    bench.measure("Send QOH, all changed", ipc::JobKind::send_qoh, options.products);
}

void measure_replacing(const Options& options, Report& report) {
    MemoryStore store{options.products, MemoryStore::Script::absolute};
    auto cart = cart_for("main", store.url(), MemoryStore::user(), MemoryStore::password());
    cart.dialect = ipc::Dialect::text;
    JobBench bench{options, report,
                   {"memory, no differences", cart, MemoryStore::password(), [](const std::string&) { return std::string{}; },
                    [&] { return store.calls(); }, [&](std::int64_t count, int every) { store.set(count, every); }}};
    bench.begin(options.products);
    // The first difference shows what the script makes of it; from then on counts are replaced.
    ipc::qoh::Submit submit{.source = "om"};
    submit.changes.push_back(Changes{options.seed, "B-", 1, 7}.next());
    bench.agent().must(submit);
    if (!eventually([&] { return store.calls()["invupdate"] > 0; })) throw std::runtime_error{"no difference came"};
    bench.expect_stop();
    store.set(MemoryStore::first_count - 7);
    bench.measure("Send QOH by qohreplace", ipc::JobKind::send_qoh, options.products);
}

void fill(XCartRig& rig, int products) {
    auto session = rig.session(Shop::classic_innodb);
    session.query("DELETE FROM xcart_variants; DELETE FROM xcart_products");
    // In the order of the products, which is not that of the SKUs.
    constexpr int at_once = 50'000;
    for (int from = 0; from < products; from += at_once)
        session.query(fmt::format(
            "INSERT INTO xcart_products (productid, productcode, product, avail)"
            " SELECT 100000 + seq, CONCAT('B-', LPAD(1 + (seq * 7919) % {}, 7, '0')), CONCAT('Bulk ', seq), {}"
            " FROM seq_{}_to_{}",
            products, MemoryStore::first_count, from + 1, std::min(products, from + at_once)));
}

void set_counts(XCartRig& rig, int products, std::int64_t count, int every) {
    auto session = rig.session(Shop::classic_innodb);
    constexpr int at_once = 50'000;
    for (int from = 0; from < products; from += at_once)
        session.query(fmt::format("UPDATE xcart_products SET avail = {} WHERE productid BETWEEN {} AND {}"
                                  " AND productid % {} = 0",
                                  count, 100'001 + from, 100'000 + from + at_once, every));
}

void measure_on_rig(const Options& options, Report& report) {
    if (const auto missing = XCartRig::missing(); !missing.empty()) {
        std::cerr << "without MariaDB, php-fpm and nginx: " << missing << '\n';
        return;
    }
    constexpr auto shop = Shop::classic_innodb;
    XCartRig rig;
    fill(rig, options.products);
    const auto id = [&](const std::string& agent) {
        return store_id_in(rig.call(shop, "sendversion", {{"stocktray", "1"}, {"agent", agent}}).body);
    };
    const auto calls = [&] {
        Calls made;
        for (const auto* function : {"downloadqoh", "ordercount", "qohquery", "salesquery", "invupdate", "invbatch"})
            made[function] = rig.calls(function);
        return made;
    };
    measure_with_keys(options, report,
                      {"nginx, php-fpm, MariaDB", cart_for("main", rig.url(shop), rig.user(), rig.password()), rig.password(), id,
                       calls, [&](std::int64_t count, int every) {
                           set_counts(rig, options.products, count, every);
                       }});
}

}  // namespace

void measure_jobs(const Options& options, Report& report) {
    std::cout << "jobs: with [doubts] between_reads_ms = 1, so without the quiet pause between two looks at a count\n";
    const auto wants = [&](const char* store) { return options.job_store.empty() || options.job_store == store; };
    for (int round = 0; round < options.rounds; ++round) {
        if (wants("memory")) {
            MemoryStore store{options.products, MemoryStore::Script::with_keys};
            measure_with_keys(
                options, report,
                {"memory", cart_for("main", store.url(), MemoryStore::user(), MemoryStore::password()),
                 MemoryStore::password(), [&](const std::string&) { return MemoryStore::id(); }, [&] { return store.calls(); },
                 [&](std::int64_t count, int every) { store.set(count, every); }});
        }
        if (wants("replace")) measure_replacing(options, report);
        if (wants("rig")) measure_on_rig(options, report);
    }
}

}  // namespace stocktray::bench
