#include <doctest/doctest.h>

#include "tests/ipc/stock_file/files.h"

namespace stocktray::stock_file {
namespace {

using testing::bad;
using testing::read;
using testing::why;

}  // namespace

TEST_SUITE("stock file") {
    TEST_CASE("changes_with_all_their_remarks") {
        const auto contents = read(
            "sku;delta;id;reason;by;reason_text;order;cart\r\n"
            "A-1;-2;c1;phone_order;Ann;;;\r\n"
            "B-1;10;c2;Inventur;Ann;;;\r\n"
            "C-1;-1;c3;web_order_imported;Ann;;10023;main\r\n");
        REQUIRE_MESSAGE(contents, why(contents));
        CHECK(bad(*contents) == "");
        CHECK(contents->rows == 3);
        const auto first = change_of(*contents, 0, "f", 7);
        CHECK(first.id == "c1");
        CHECK(first.sku == "A-1");
        CHECK(first.delta == -2);
        CHECK(first.reason == ipc::Reason::phone_order);
        CHECK(first.by == "Ann");
        CHECK(first.at == 7);
        CHECK_FALSE(first.order);
        const auto second = change_of(*contents, 1, "f", 7);
        CHECK(second.reason == ipc::Reason::adjustment);
        CHECK(second.reason_text == "Inventur");
        const auto third = change_of(*contents, 2, "f", 7);
        CHECK(third.order == "10023");
        CHECK(third.origin_cart == "main");
    }

    TEST_CASE("a_cart_that_can_be_none_is_named_by_its_line") {
        const auto contents = read("sku,delta,reason,order,cart\nA,-1,web_order_imported,7,main\nB,-1,web_order_imported,8,Main Store\n");
        REQUIRE_MESSAGE(contents, why(contents));
        CHECK(contents->changes.size() == 1);
        CHECK(bad(*contents).find("The cart is not a cart's id") != std::string::npos);
    }

    TEST_CASE("ids_come_of_the_file_and_the_line") {
        const auto contents = read("sku,delta\n\nA,1\nA,1\n");
        REQUIRE(contents);
        CHECK(change_of(*contents, 0, "0123", 0).id == "0123-3");
        CHECK(change_of(*contents, 1, "0123", 0).id == "0123-4");
    }

    TEST_CASE("counts_with_names_and_tracked") {
        const auto contents = read("SKU,QOH,Name,Tracked\nA,5,\"a \"\"name\"\", with\",yes\nB,-1,,no\nC,0,,\n");
        REQUIRE(contents);
        CHECK(contents->kind == Kind::counts);
        CHECK(contents->counts == std::vector<ipc::qoh::SnapshotItem>{
                                      {"A", 5, "a \"name\", with", true}, {"B", -1, {}, false}, {"C", 0, {}, {}}});
    }

    TEST_CASE("excels_habits_are_read") {
        const auto contents = read("sep=|\r\nSKU|QOH\r\n00012|50,00\r\n\r\n||\r\n\"=\"\"0007\"\"\"|1.234,0\r\nB|3||\r\n");
        REQUIRE_MESSAGE(contents, why(contents));
        CHECK(bad(*contents) == "");
        REQUIRE(contents->counts.size() == 3);
        CHECK(contents->counts[0].sku == "00012");
        CHECK(contents->counts[0].qoh == 50);
        CHECK(contents->counts[1].sku == "0007");
        CHECK(contents->counts[1].qoh == 1'234);
        CHECK(contents->count_lines == std::vector<std::uint32_t>{3, 6, 7});
        CHECK(read("SKU\tQOH\nA,B;C\t2\n")->counts[0].sku == "A,B;C");
        CHECK(read("\"SKU\";\"QOH, now\"\nA;2\n", {.columns = {{Column::qoh, "2"}}})->counts[0].qoh == 2);
    }

    TEST_CASE("each_bad_line_is_named_with_its_reason_and_the_good_ones_are_read") {
        const auto contents = read("SKU,QOH\nA,1\nB,one\n1E5,2\nC\n\"D\nE\",4\n,5\nF,6\n");
        REQUIRE(contents);
        CHECK(contents->rows == 7);
        CHECK(contents->bad_rows == 5);
        CHECK(contents->counts.size() == 2);
        CHECK(bad(*contents) ==
              "3: “one” is no whole number.\n"
              "4: The SKU “1E5” is a number that a spreadsheet program has shortened: its digits are lost. Export the file anew and "
              "do not save it from the spreadsheet.\n"
              "5: The first line has 2 columns, this one 1.\n"
              "6: The SKU has a control character or a line end in it.\n"
              "8: There is no SKU.\n");
    }

    TEST_CASE("what_is_not_counted_needs_no_count") {
        const auto contents = read("SKU,QOH,Tracked\nA,1,yes\nKIT,,no\nB,,yes\nC,,\nD, ,no\nE,x,no\n");
        REQUIRE(contents);
        REQUIRE(contents->counts.size() == 3);
        CHECK(contents->counts[1] == ipc::qoh::SnapshotItem{.sku = "KIT", .qoh = 0, .tracked = false});
        CHECK(contents->counts[2].sku == "D");
        CHECK(bad(*contents) == "4: There is no number.\n5: There is no number.\n7: “x” is no whole number.\n");
    }

    TEST_CASE("line_ends_of_old_macs_are_named") {
        for (const auto* text : {"SKU,QOH\rA,1\rB,2\r", "SKU,QOH\rA,1", "sep=;\rSKU;QOH\rA;1\r"}) {
            const auto contents = read(text);
            REQUIRE_FALSE(contents);
            CHECK(contents.error().why == Unreadable::Why::wrong);
            CHECK(contents.error().sentence.starts_with("Its lines end as old Macs wrote them"));
        }
        CHECK(read("SKU,QOH\rA,1\r" + std::string(2 << 20, 'x')).error().sentence.starts_with("Its lines end as old Macs"));
        CHECK_MESSAGE(read("SKU,QOH\r").error().why == Unreadable::Why::half, "its line feed is still to come");
        CHECK(read("SKU,QOH\r\nA,1\r\n")->counts.size() == 1);
        CHECK_MESSAGE(read("SKU,\"No\rte\",QOH\nA,,1\n")->counts.size() == 1, "within a cell it is a sign like any other");
    }

    TEST_CASE("a_sku_that_a_count_names_twice_is_bad_in_both_lines") {
        const auto contents = read("SKU,QOH\nA,1\nB,2\nA,1\nC,3\nA,4\n");
        REQUIRE(contents);
        CHECK(contents->counts.size() == 2);
        CHECK(contents->count_lines == std::vector<std::uint32_t>{3, 5});
        CHECK(bad(*contents) == "2: The SKU A stands in line 4 too.\n4: The SKU A stands in line 2 too.\n6: The SKU A stands in line 4 too.\n");
        CHECK(read("SKU,Delta\nA,1\nA,1\n")->changes.size() == 2);
    }

    TEST_CASE("an_id_that_stands_twice_is_bad_the_second_time") {
        const auto contents = read("SKU,Delta,Id\nA,1,x\nB,2,y\nC,3,x\nD,4,\n");
        REQUIRE(contents);
        CHECK(contents->changes.size() == 2);
        CHECK(bad(*contents) == "4: The id x stands in line 2 too.\n5: There is no id.\n");
    }

    TEST_CASE("reasons_that_a_file_cannot_tell_are_bad") {
        const auto contents = read("SKU,Delta,Reason,Order\nA,1,get_qoh,\nB,1,web_order_imported,7\n");
        REQUIRE(contents);
        CHECK(contents->bad_rows == 2);
    }

    TEST_CASE("a_file_without_a_header_is_read_by_numbers") {
        Recipe recipe;
        recipe.has_header = false;
        recipe.columns = {{Column::sku, "2"}, {Column::delta, "1"}};
        const auto contents = read("3,A\n-1,B\n", recipe);
        REQUIRE(contents);
        REQUIRE(contents->changes.size() == 2);
        CHECK(contents->changes[0].line == 1);
        CHECK(contents->changes[1].delta == -1);
    }

    TEST_CASE("a_trailer_ends_the_rows_and_counts_them") {
        Recipe recipe;
        recipe.trailer = "END";
        CHECK(read("SKU,QOH\nENDLESS-1,1\nEND,1\n", recipe)->counts.size() == 1);
        CHECK(read("SKU,QOH\nA,1\nend\n\n", recipe)->counts.size() == 1);
        CHECK(read("SKU,QOH\nA,1\nEND: 1 rows", recipe));
        CHECK(why(read("SKU,QOH\nA,1\nEND,2\n", recipe)) == "There should be 2 rows, but there are 1.");
        CHECK(why(read("SKU,QOH\nA,1\n", recipe)) == "The last line does not begin with “END”.");
        const auto behind = read("SKU,QOH\nA,1\nEND,1\nB,1\n", recipe);
        REQUIRE_FALSE(behind);
        CHECK(behind.error().why == Unreadable::Why::wrong);
        recipe.trailer = "";
        recipe.rows = 3;
        CHECK(read("SKU,QOH\nA,1\nB,1\n", recipe).error().why == Unreadable::Why::half);
    }

    TEST_CASE("a_record_without_end_is_not_kept_in_memory") {
        const auto contents = read("SKU,QOH\nA,\"" + std::string(3'000'000, 'x') + "\"\n");
        REQUIRE_FALSE(contents);
        CHECK(why(contents).starts_with("Line 2: longer than a line can be."));
    }

    TEST_CASE("only_the_first_bad_lines_are_kept_but_all_are_counted") {
        std::string text = "SKU,QOH\n";
        for (int i = 0; i < 1'500; ++i) text += "A,x\n";
        const auto contents = read(text);
        REQUIRE(contents);
        CHECK(contents->bad.size() == Contents::most_bad_lines);
        CHECK(contents->bad_rows == 1'500);
    }
}

}  // namespace stocktray::stock_file
