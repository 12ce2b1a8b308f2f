// stocktray-bench: what the real agent does in a second, beside what the machine could do without it. A
// subject stands between two runs of its floors, in every round again; what counts is the ratio, not the
// figure.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <iostream>

#include "tests/bench/parts.h"
#include "tests/support/practice_store.h"
#include "tests/support/xcart_rig.h"

using namespace stocktray;
using namespace stocktray::bench;
using namespace stocktray::tests;

namespace {

void measure(const Options& options, Report& report) {
    const auto wants = [&](const std::string& part) {
        return options.only.empty() || std::ranges::count(options.only, part) > 0;
    };
    if (wants("submit")) measure_submits(options, report);
    if (wants("library")) measure_library(options, report);
    if (wants("jobs")) measure_jobs(options, report);
    if (wants("events")) measure_events(options, report);
    if (wants("files")) measure_files(options, report);
    if (wants("database")) measure_database(options, report);
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
    if (wants("gateway")) measure_gateway(options, report);
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
    app.add_option("--products", options.products, "Products of the stores at which jobs are measured")
        ->check(CLI::Range(1'000, 5'000'000));
    app.add_option("--lines", options.lines, "Lines of the files that are imported, rows of the databases that are watched")->check(CLI::Range(1'000, 10'000'000));
    app.add_option("--job-store", options.job_store, "Only one of the stores at which jobs are measured")
        ->check(CLI::IsMember({"memory", "replace", "rig"}));
    app.add_option("--json", options.json, "Also writes everything to this file")->type_name("FILE");
    app.add_option("--only", options.only, "Parts: submit, library, jobs, events, files, database, gateway, delivery, rig, hanging, queue, idle")
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