#include <doctest/doctest.h>

#include <fstream>

#include "agent/ctl/output/words.h"
#include "tests/agent/ctl/ctl_runner.h"

namespace stocktray::ctl {
namespace {

using testing::Ctl;
using testing::holds;

}  // namespace

TEST_SUITE("ctl parameters") {
    TEST_CASE("list_shows_names_and_values") {
        Ctl ctl;
        const auto asked = ctl.answer<ipc::parameters::Get>(
            {{{"SynchQOH", true}, {"SlowSeconds", std::int64_t{20}}, {"QuietHours", std::string{}}}});
        const auto said = ctl.run({"parameters", "list"});
        CHECK(said.out == "PARAMETER    VALUE\nQuietHours\nSlowSeconds  20\nSynchQOH     true\n");
        CHECK(!asked->names);
        CHECK(holds(ctl.run({"parameters", "list", "SynchQOH", "--json"}).out, R"("SynchQOH": true)"));
        CHECK(asked->names == std::vector<std::string>{"SynchQOH"});
    }

    TEST_CASE("set_takes_values_as_what_they_look_like") {
        Ctl ctl;
        const auto asked = ctl.answer<ipc::parameters::Set>({});
        CHECK(ctl.run({"parameters", "set", "SynchQOH=true", "SlowSeconds=30", "QuietHours=22:00-06:30"})
                  .code == 0);
        CHECK((asked->parameters == ipc::parameters::Values{{"SynchQOH", true},
                                                            {"SlowSeconds", std::int64_t{30}},
                                                            {"QuietHours", std::string{"22:00-06:30"}}}));
        CHECK(ctl.run({"parameters", "set", "SynchQOH"}).code == 64);
    }
}

TEST_SUITE("ctl history") {
    TEST_CASE("shows_the_newest_of_all_pages") {
        Ctl ctl;
        std::int64_t pages = 0;
        ctl.agent.on<ipc::history::List>(
            [&](const ipc::history::List& list) -> ipc::Expected<ipc::history::ListResult> {
                CHECK(list.sku == "A");
                CHECK(list.since);
                ipc::history::ListResult result;
                for (int i = 0; i < 2; ++i) {
                    ipc::history::Entry entry{.entry = ++pages, .at = now_ms()};
                    entry.text = "entry " + std::to_string(pages);
                    result.entries.push_back(entry);
                }
                if (pages < 6) result.next = "n";
                return result;
            });
        const auto said = ctl.run({"history", "--sku", "A", "--since", "7d", "--limit", "3"});
        CHECK(said.code == 0);
        CHECK(!holds(said.out, "entry 3"));
        CHECK(holds(said.out, "entry 4"));
        CHECK(holds(said.out, "entry 6"));
        CHECK(ctl.run({"history", "--since", "yesterday"}).code == 64);
        CHECK(ctl.run({"history", "--kind", "rumour"}).code == 64);
    }
}

TEST_SUITE("ctl alerts") {
    TEST_CASE("are_listed_and_dismissed") {
        Ctl ctl;
        ipc::alerts::Alert alert{
            .alert = "12", .kind = ipc::AlertKind::late, .severity = ipc::Severity::warning};
        alert.message = "Main Store has not followed for 2 minutes.";
        alert.hint = "Check the Script URL.";
        ctl.answer<ipc::alerts::List>({{alert}});
        const auto dismissed = ctl.answer<ipc::alerts::Dismiss>({});
        CHECK(holds(ctl.run({"alerts"}).out,
                    "Main Store has not followed for 2 minutes. Check the Script URL."));
        CHECK(ctl.run({"alerts", "dismiss", "12"}).code == 0);
        CHECK(dismissed->alert == "12");
        ctl.answer<ipc::alerts::List>({});
        CHECK(ctl.run({"alerts"}).out == "Nothing needs you.\n");
    }

    TEST_CASE("that_come_in_pages_are_all_listed") {
        Ctl ctl;
        ctl.agent.on<ipc::alerts::List>([](const ipc::alerts::List& page) -> ipc::Expected<ipc::alerts::ListResult> {
            ipc::alerts::Alert alert{.alert = page.after ? "13" : "12", .kind = ipc::AlertKind::late};
            alert.message = "Alert " + alert.alert + ".";
            ipc::alerts::ListResult result{{alert}};
            if (!page.after) result.next = "12";
            return result;
        });
        const auto said = ctl.run({"alerts"}).out;
        CHECK(holds(said, "Alert 12."));
        CHECK(holds(said, "Alert 13."));
        const auto json = ctl.run({"alerts", "--json"}).out;
        CHECK(holds(json, "Alert 13."));
        CHECK(!holds(json, "next"));
    }
}

TEST_SUITE("ctl qoh") {
    TEST_CASE("list_shows_both_sides") {
        Ctl ctl;
        ipc::qoh::Item item{.sku = "SKU-0001", .om_qoh = 10};
        item.listings.push_back({.cart = "main",
                                 .store_sku = "1234-Red",
                                 .store_qoh = 7,
                                 .target = 8,
                                 .queued_delta = -2,
                                 .gap = 1});
        const auto asked = ctl.answer<ipc::qoh::List>({.items = {item, {.sku = "NEW"}}});
        const auto said = ctl.run({"qoh", "list", "SKU-0001", "--drift"});
        CHECK(said.code == 0);
        CHECK(holds(said.out, "SKU-0001   10  main  1234-Red       7       8      \u22122   +1"));
        CHECK(holds(said.out, "NEW         ?"));
        CHECK(asked->only_drift);
        CHECK(asked->skus == std::vector<std::string>{"SKU-0001"});
    }
    TEST_CASE("list_looks_on_until_it_has_found_what_differs") {
        Ctl ctl;
        ipc::qoh::Item item{.sku = "LATE", .om_qoh = 10};
        item.listings.push_back({.cart = "main", .store_sku = "LATE", .store_qoh = 7, .target = 8, .gap = 1});
        ctl.agent.on<ipc::qoh::List>([&](const ipc::qoh::List& request) -> ipc::Expected<ipc::qoh::ListResult> {
            if (!request.after) return ipc::qoh::ListResult{.next = "M"};  // a thousand SKUs, all equal
            return ipc::qoh::ListResult{.items = {item}};
        });
        const auto said = ctl.run({"qoh", "list", "--drift", "--limit", "5"});
        CHECK(said.code == 0);
        CHECK(holds(said.out, "LATE"));
        CHECK(!holds(said.out, "There are more"));
    }
}

TEST_SUITE("ctl orders") {
    TEST_CASE("imported_reads_lines_and_tells_what_is_missing") {
        Ctl ctl;
        const std::string file = ctl.scratch.path() + "/orders.csv";
        std::ofstream{file} << "order,sku,qty,taken\n10022,A,2,\n10023,B,1,0\n10022,C,3,1\n";
        const auto asked = ctl.answer<ipc::orders::Imported>({.missing = {{"10023", "B"}}});
        const auto said = ctl.run({"orders", "imported", "main", "--last-order", "10023", "--lines", file,
                                   "--last-order-date", "2026-11-24 10:00"});
        CHECK(said.code == 5);
        CHECK(holds(said.out, "10023  B"));
        CHECK(asked->count == 2);
        CHECK(asked->last_order_date);
        REQUIRE(asked->orders);
        REQUIRE(asked->orders->size() == 2);
        CHECK(asked->orders->at(0).order == "10022");
        CHECK(asked->orders->at(0).lines.size() == 2);
        CHECK(asked->orders->at(0).lines[1].taken == 1);
        CHECK(!asked->orders->at(0).lines[0].taken);
        ctl.answer<ipc::orders::Imported>({.complete = true});
        CHECK(ctl.run({"orders", "imported", "main", "--last-order", "10023"}).out ==
              "The import is complete.\n");
    }
}

}  // namespace stocktray::ctl
