#include "ipc/messages/report.h"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <pugixml.hpp>
#include <set>
#include <sstream>

#include "agent/ctl/output/terminal.h"
#include "agent/ctl/output/words.h"
#include "tests/agent/ctl/ctl_runner.h"
#include "tests/support/needs.h"
#include "tests/support/temp_dir.h"

namespace stocktray::ctl {
namespace {

using testing::Ctl;
using testing::holds;
namespace report = ipc::report;

report::GetResult a_week() {
    report::GetResult result{.since = 1'763'000'000'000, .until = 1'763'600'000'000, .changes = 1'234};
    result.reasons = {{"phone_order", 1'000}, {"get_qoh", 234}};
    for (int day = 0; day < 7; ++day)
        result.days.push_back({.at = result.since + day * 86'400'000, .changes = day, .confirmed = day});
    result.within_ms = {100, 1'000, 20'000};
    report::Cart cart{.cart = "main", .name = "Main <Store> & \"Sons\"", .confirmed = 1'230, .median_ms = 24};
    cart.slowest_ms = 3'210;
    cart.slowest_post = 77;
    cart.within = {1'000, 200, 30, 0};
    cart.unclear = {.key = 2, .gap = 1, .person = 0, .open = 1};
    cart.late = 1;
    cart.drift_found = 3;
    cart.drift_repaired = 2;
    result.carts = {cart};
    ipc::jobs::Job audit{
        .job = 5, .cart = "main", .state = ipc::JobState::done, .done = 301, .started_at = result.since};
    audit.counts.ok = 300;
    audit.counts.different = 1;
    result.audits = {audit};
    ipc::history::Entry late{.entry = 9, .at = result.since, .kind = ipc::HistoryKind::late};
    late.text = "Main Store has not followed for more than 120 seconds. The store's web server could not be reached.";
    result.entries = {late};
    return result;
}

std::string text_of(const std::string& file) {
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

// PATH without any program, while it lives.
class NoPrograms {
public:
    explicit NoPrograms(const std::string& empty_folder) { ::setenv("PATH", empty_folder.c_str(), 1); }
    NoPrograms(const NoPrograms&) = delete;
    NoPrograms& operator=(const NoPrograms&) = delete;
    ~NoPrograms() { ::setenv("PATH", before_.c_str(), 1); }

private:
    std::string before_{::getenv("PATH")};
};

}  // namespace

TEST_SUITE("ctl report") {
    TEST_CASE("is_readable_in_80_columns") {
        Ctl ctl;
        const auto asked = ctl.answer<report::Get>(a_week());
        const auto said = ctl.run({"report", "--since", "7d"});
        CHECK(said.code == 0);
        CHECK(!asked->until);
        for (const std::string part :
             {"1234 changes of counts", "1230 posts", "Stores were late 1 time.", "1 post is still unclear.",
              "  phone order                     1000\n  Get QOH                         234\n",
              "Half of them within             24 ms", "The slowest                     3.2 s (post 77)",
              "the store remembered the post 2", "301 SKUs: 300 equal, 1 differs",
              "\u2264 20 s             30    2.4 %  #\n"})
            CHECK_MESSAGE(holds(said.out, part), part, said.out);
        std::istringstream lines{said.out};
        for (std::string line; std::getline(lines, line);) CHECK_MESSAGE(display_width(line) <= 80, line);
    }

    TEST_CASE("an_age_in_days_begins_at_midnight_and_a_time_is_taken_as_it_is") {
        Ctl ctl;
        const auto asked = ctl.answer<report::Get>(a_week());
        CHECK(ctl.run({"report", "--since", "7d"}).code == 0);
        CHECK(holds(moment(asked->since), " 00:00:00"));
        CHECK(ctl.run({"report", "--since", "2026-11-01 08:30", "--until", "2026-11-02"}).code == 0);
        CHECK(moment(asked->since) == "2026-11-01 08:30:00");
        CHECK(moment(asked->until.value_or(0)) == "2026-11-02 00:00:00");
        CHECK(ctl.run({"report", "--since", "once"}).code == 64);
        CHECK(ctl.run({"report", "--until", "once"}).code == 64);
        CHECK(holds(ctl.run({"report", "--json"}).out, R"("median_ms": 24)"));
    }

    TEST_CASE("the_page_is_one_well_formed_tree_with_every_text_escaped") {
        Ctl ctl;
        ctl.answer<report::Get>(a_week());
        const tests::TempDir folder;
        const auto file = (folder.path() / "r.html").string();
        CHECK(ctl.run({"report", "--html", file}).code == 0);
        const auto page = text_of(file);
        CHECK(page.starts_with("<!DOCTYPE html>"));
        CHECK(holds(page, "Main &lt;Store&gt; &amp; \"Sons\""));
        CHECK(!holds(page, "<Store>"));
        pugi::xml_document document;
        CHECK(document.load_string(page.c_str()));
        CHECK(ctl.run({"report", "--html", "/nowhere/r.html"}).code == 73);
        CHECK(ctl.run({"report", "--html", "-"}).out.starts_with("<!DOCTYPE html>"));
    }

    TEST_CASE("without_gnuplot_the_page_has_no_pictures_and_says_why") {
        Ctl ctl;
        ctl.answer<report::Get>(a_week());
        const tests::TempDir folder;
        const NoPrograms none{folder.path().string()};
        const auto said = ctl.run({"report", "--html", "-"});
        CHECK(said.code == 0);
        CHECK(holds(said.err, "gnuplot is not installed (package gnuplot-nox)"));
        CHECK(holds(said.out, "There are no pictures"));
        CHECK(!holds(said.out, "<svg"));
    }

    TEST_CASE("with_gnuplot_the_page_has_its_pictures") {
        if (!tests::has_what_it_needs(std::system("command -v gnuplot >/dev/null") == 0 ? "" : "gnuplot is not installed")) return;
        Ctl ctl;
        ctl.answer<report::Get>(a_week());
        const auto said = ctl.run({"report", "--html", "-"});
        CHECK(said.err.empty());
        CHECK(holds(said.out, "<svg"));
        pugi::xml_document document;
        REQUIRE(document.load_string(said.out.c_str()));
        CHECK(document.select_nodes("//*[local-name()='svg']").size() == 2);
        std::set<std::string> ids;
        for (const auto& found : document.select_nodes("//@id"))
            CHECK(ids.insert(found.attribute().value()).second);
        CHECK(!ids.empty());
        for (const auto& found : document.select_nodes("//@xlink:href | //@href"))
            CHECK(ids.contains(std::string{found.attribute().value()}.substr(1)));
    }
}

}  // namespace stocktray::ctl
