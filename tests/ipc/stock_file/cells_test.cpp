#include <doctest/doctest.h>

#include "ipc/stock_file/cells.h"

namespace stocktray::stock_file {

TEST_SUITE("stock file cells") {
    TEST_CASE("pieces_are_read_as_programs_and_spreadsheets_write_them") {
        const auto value = [](const char* cell) { return read_pieces(cell, std::nullopt).value_or(-99); };
        CHECK(value("50") == 50);
        CHECK(value(" \xC2\xA0+7 ") == 7);
        CHECK(value("-3") == -3);
        CHECK(value("3-") == -3);
        CHECK(value("\xE2\x88\x92" "3") == -3);
        CHECK(value("007") == 7);
        CHECK(value("50,00") == 50);
        CHECK(value("50.0000") == 50);
        CHECK(value("0,000") == 0);
        CHECK(value("0.000") == 0);
        CHECK(value("1234,000") == 1234);
        CHECK(value("1.234.567") == 1'234'567);
        CHECK(value("1,234,567") == 1'234'567);
        CHECK(value("1.234,00") == 1'234);
        CHECK(value("-1,234.0") == -1'234);
        CHECK(value("1 234") == 1'234);
        CHECK(value("1\xC2\xA0" "234,0") == 1'234);
        CHECK(value("1'234") == 1'234);
        CHECK(value("2000000000") == 2'000'000'000);
    }

    TEST_CASE("what_is_no_whole_number_is_refused") {
        for (const char* cell : {"", " ", "x", "1,5", "0.5", "1.5.0", "1,23,456", "12.34,5", "--1", "-", "+", "1 23", "1.", ",5",
                                 "0x10", "1/2", "=1+1", "1.234.56", "2000000001", "99999999999999999999", "1,2.3,4"})
            CHECK_MESSAGE(!read_pieces(cell, std::nullopt), cell);
    }

    TEST_CASE("a_thousand_or_one_is_asked_for_unless_the_decimal_sign_is_known") {
        for (const char* cell : {"1.000", "1,000", "-12.345", "999,999"}) {
            const auto read = read_pieces(cell, std::nullopt);
            REQUIRE_FALSE(read);
            CHECK(read.error().find("one or a thousand") != std::string::npos);
        }
        CHECK(read_pieces("1.000", ',') == 1'000);
        CHECK(read_pieces("1.000", '.') == 1);
        CHECK(read_pieces("1,000", '.') == 1'000);
        CHECK(read_pieces("1,000", ',') == 1);
        CHECK_FALSE(read_pieces("1,5", ','));
        CHECK_FALSE(read_pieces("50.00", ','));
    }

    TEST_CASE("a_shortened_number_is_refused_by_that_name") {
        for (const char* cell : {"1E5", "1,00E+05", "1.23457E+12"}) {
            const auto pieces = read_pieces(cell, std::nullopt);
            REQUIRE_FALSE(pieces);
            CHECK(pieces.error().find("has shortened") != std::string::npos);
            const auto sku = read_sku(cell, SkuTrust::strict);
            REQUIRE_FALSE(sku);
            CHECK(sku.error().find("its digits are lost") != std::string::npos);
            CHECK(read_sku(cell, SkuTrust::as_written) == cell);
        }
    }

    TEST_CASE("skus_keep_their_zeros_and_lose_a_spreadsheets_wrapping") {
        const auto sku = [](const char* cell) { return read_sku(cell, SkuTrust::strict).value_or("?"); };
        CHECK(sku("00012") == "00012");
        CHECK(sku(" A-1\t") == "A-1");
        CHECK(sku("=\"00012\"") == "00012");
        CHECK(sku("'00012") == "00012");
        CHECK(sku("'-1") == "-1");
        CHECK(sku("O'Neill") == "O'Neill");
        CHECK(sku("1234-Red") == "1234-Red");
        CHECK(sku("E5") == "E5");
        CHECK(sku("1E5A") == "1E5A");
        CHECK(sku("1.2E") == "1.2E");
        CHECK(sku("MAR-1") == "MAR-1");
        CHECK(sku("#12") == "#12");
        CHECK(sku("Jan-2024x") == "Jan-2024x");
        CHECK(sku("größe") == "größe");
    }

    TEST_CASE("spoilt_and_impossible_skus_are_refused") {
        for (const char* cell : {"", " ", "#NAME?", "#REF!", "#WERT!", "#N/A", "########", "2-Jan", "02. Jan", "Mrz-24", "12. Okt",
                                 "a\nb", "a\x01"})
            CHECK_MESSAGE(!read_sku(cell, SkuTrust::strict), cell);
        CHECK(read_sku(std::string(255, 'a'), SkuTrust::strict));
        CHECK_FALSE(read_sku(std::string(256, 'a'), SkuTrust::as_written));
    }
}

}  // namespace stocktray::stock_file
