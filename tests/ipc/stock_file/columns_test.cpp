#include <doctest/doctest.h>

#include "ipc/stock_file/columns.h"

namespace stocktray::stock_file {
namespace {

using Cells = std::vector<std::string>;

tl::expected<Columns, std::string> found(const Cells& header, std::optional<Kind> kind = std::nullopt,
                                         const std::vector<ColumnChoice>& choices = {}) {
    return find_columns(header, header.size(), kind, choices);
}

}  // namespace

TEST_SUITE("stock file columns") {
    TEST_CASE("are_found_by_english_and_german_names_however_they_are_written") {
        for (const char* sku : {"SKU", "Code", "Artikelnummer", "Artikel-Nr.", "Item_Code", "Local SKU"})
            for (const char* qoh : {"QOH", "Quantity on Hand", "Bestand", "in stock"}) {
                const auto columns = found({"x", qoh, sku});
                REQUIRE_MESSAGE(columns, sku, qoh);
                CHECK(columns->kind == Kind::counts);
                CHECK((*columns)[Column::sku] == 2);
                CHECK((*columns)[Column::qoh] == 1);
            }
        const auto columns = found({"Artikelnummer", "Änderung", "Grund", "Benutzer", "Bemerkung"});
        REQUIRE(columns);
        CHECK(columns->kind == Kind::changes);
        CHECK((*columns)[Column::delta] == 1);
        CHECK((*columns)[Column::reason] == 2);
        CHECK((*columns)[Column::by] == 3);
        CHECK((*columns)[Column::reason_text] == 4);
        CHECK_FALSE((*columns)[Column::id]);
    }

    TEST_CASE("the_surest_name_is_taken_and_no_column_twice") {
        const auto columns = found({"Code", "SKU", "QOH"});
        REQUIRE(columns);
        CHECK((*columns)[Column::sku] == 1);
        CHECK_FALSE(found({"SKU", "sku", "QOH"}));
        CHECK(found({"SKU", "sku", "QOH"}, std::nullopt, {{Column::sku, "2"}}));
    }

    TEST_CASE("a_quantity_alone_does_not_say_what_it_is") {
        CHECK_FALSE(found({"SKU", "Quantity"}));
        CHECK((*found({"SKU", "Menge"}, Kind::changes))[Column::delta] == 1);
        CHECK((*found({"SKU", "Menge"}, Kind::counts))[Column::qoh] == 1);
        CHECK_FALSE(found({"SKU", "Delta", "QOH"}));
    }

    TEST_CASE("a_count_is_never_taken_for_a_change_nor_a_change_for_a_count") {
        CHECK_FALSE(found({"SKU", "Bestand"}, Kind::changes));
        CHECK_FALSE(found({"SKU", "Bestand", "Quantity"}, Kind::changes));
        CHECK_FALSE(found({"SKU", "Change"}, Kind::counts));
        CHECK((*found({"SKU", "Delta", "QOH"}, Kind::changes))[Column::delta] == 1);
        CHECK((*found({"SKU", "Bestand"}, Kind::changes, {{Column::delta, "Bestand"}}))[Column::delta] == 1);
    }

    TEST_CASE("a_long_header_is_named_by_its_beginning") {
        Cells header{"QOH", std::string(3'000, 'x')};
        for (int i = 0; i < 500; ++i) header.push_back("column" + std::to_string(i));
        const auto columns = found(header);
        REQUIRE_FALSE(columns);
        CHECK(columns.error() == "No column of the first line is sku (qoh, " + std::string(40, 'x') +
                                     "…, column0, column1, column2, column3, column4, column5, …): say which one it is.");
        CHECK(found({"QOH", "Colour"}).error() == "No column of the first line is sku (qoh, colour): say which one it is.");
    }

    TEST_CASE("can_be_said_by_name_and_by_number") {
        const auto columns = found({"a", "b", "c"}, std::nullopt, {{Column::sku, "C"}, {Column::qoh, "1"}});
        REQUIRE(columns);
        CHECK((*columns)[Column::sku] == 2);
        CHECK((*columns)[Column::qoh] == 0);
        CHECK_FALSE(found({"a", "b"}, Kind::counts, {{Column::sku, "d"}, {Column::qoh, "1"}}));
        CHECK_FALSE(found({"a", "b"}, Kind::counts, {{Column::sku, "1"}, {Column::qoh, "3"}}));
        CHECK_FALSE(found({"a", "b"}, Kind::counts, {{Column::sku, "0"}, {Column::qoh, "1"}}));
    }

    TEST_CASE("without_a_header_numbers_are_needed") {
        const std::vector<ColumnChoice> by_number{{Column::sku, "1"}, {Column::delta, "2"}};
        CHECK(find_columns(std::nullopt, 2, std::nullopt, by_number)->kind == Kind::changes);
        const std::vector<ColumnChoice> by_name{{Column::sku, "SKU"}, {Column::delta, "2"}};
        CHECK_FALSE(find_columns(std::nullopt, 2, std::nullopt, by_name));
        CHECK_FALSE(find_columns(std::nullopt, 2, Kind::changes, {}));
    }

    TEST_CASE("choices_are_parsed") {
        const auto choice = parse_column_choice("sku=Artikel=Nr");
        REQUIRE(choice);
        CHECK(choice->column == Column::sku);
        CHECK(choice->where == "Artikel=Nr");
        for (const char* wrong : {"", "sku", "sku=", "=x", "colour=1"}) CHECK_FALSE(parse_column_choice(wrong));
    }
}

}  // namespace stocktray::stock_file
