#include <doctest/doctest.h>

#include <algorithm>

#include "tests/tray/a_linked_agent.h"
#include "tray/model/history_model.h"

namespace stocktray::tests {
namespace {

using Column = tray::HistoryModel::Column;

struct History : WaitingAgent {
    std::unique_ptr<tray::HistoryModel> model = std::make_unique<tray::HistoryModel>(
        link->converse(), tray::HistoryModel::Surroundings{
                              .now = now, .cart_name = name_of, .changed = [this] { ++changes_told; }});
};

}  // namespace

TEST_SUITE("HistoryModel") {
    TEST_CASE("cells_are_quoted_where_they_must_be_and_never_a_formula") {
        CHECK(tray::csv_cell("plain") == "plain");
        CHECK(tray::csv_cell("a,\"b\"") == "\"a,\"\"b\"\"\"");
        CHECK(tray::csv_cell("two\nlines") == "\"two\nlines\"");
        CHECK(tray::csv_cell("=1+1") == "'=1+1");
        CHECK(tray::csv_cell("-2") == "-2");
    }

    TEST_CASE("the_latest_entry_comes_first_and_filters_cut") {
        History history;
        history.submit("SKU-1", -2);
        history.submit("SKU-2", 3);
        history.model->show({.kind = ipc::HistoryKind::change});
        REQUIRE(history.loop.run_until([&] { return history.model->count() == 2; }));
        CHECK(history.model->text(0, Column::sku) == "SKU-2");
        CHECK(history.model->text(0, Column::kind) == "Change of a count");
        CHECK(history.model->headline() == "2 entries");
        history.model->show({.sku = "SKU-1", .kind = ipc::HistoryKind::change});
        REQUIRE(history.loop.run_until([&] { return history.model->headline() == "1 entry"; }));
        history.submit("SKU-2", 1);
        history.submit("SKU-1", 4);
        REQUIRE(history.loop.run_until([&] { return history.model->count() == 2; }));
        CHECK(history.model->text(0, Column::difference) == "+4");
        CHECK(history.model->text(1, Column::difference) == "−2");
    }

    TEST_CASE("the_file_has_a_line_for_each_entry") {
        History history;
        history.submit("SKU-1", -2);
        history.model->show({.kind = ipc::HistoryKind::change});
        REQUIRE(history.loop.run_until([&] { return history.model->count() == 1; }));
        const auto csv = history.model->csv();
        CHECK(csv.starts_with("\xEF\xBB\xBFWhen,What,Cart,SKU,Difference,Who,Text\r\n"));
        CHECK(csv.find(",SKU-1,-2,Ann (till 3),") != std::string::npos);
        CHECK(std::ranges::count(csv, '\n') == 2);
    }
}

}  // namespace stocktray::tests
