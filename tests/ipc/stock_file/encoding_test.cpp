#include <doctest/doctest.h>

#include <fmt/format.h>

#include "tests/ipc/stock_file/files.h"

namespace stocktray::stock_file {
namespace {

using namespace std::string_literals;
using testing::read;
using testing::why;

std::string utf_16(const std::string& ascii, bool is_big) {
    std::string bytes = is_big ? "\xFE\xFF"s : "\xFF\xFE"s;
    for (const char c : ascii) bytes += is_big ? std::string{'\0', c} : std::string{c, '\0'};
    return bytes;
}

}  // namespace

TEST_SUITE("stock file encoding") {
    TEST_CASE("each_charset_gives_the_same_sku") {
        const std::string text = "SKU;Bestand\r\nGr\xC3\xB6\xC3\x9F" "e;1\r\n";
        CHECK(read(text)->counts[0].sku == "Größe");
        CHECK(read("\xEF\xBB\xBF" + text)->counts[0].sku == "Größe");
        const auto western = read("SKU;Bestand\r\nGr\xF6\xDF" "e\x80;1\r\n");
        REQUIRE(western);
        CHECK(western->encoding == Encoding::windows_1252);
        CHECK(western->counts[0].sku == "Größe€");
        for (const bool is_big : {false, true}) {
            std::string bytes = utf_16("SKU;Bestand\r\n", is_big);
            bytes += is_big ? "\x00\xF6\x00;\x00\x31\x00\n"s : "\xF6\x00;\x00\x31\x00\n\x00"s;
            const auto wide = read(bytes);
            REQUIRE_MESSAGE(wide, why(wide));
            CHECK(wide->counts[0].sku == "ö");
            const auto without_mark = read(bytes.substr(2));
            REQUIRE(without_mark);
            CHECK(without_mark->counts[0].sku == "ö");
        }
    }

    TEST_CASE("signs_may_lie_across_two_pieces_of_the_file") {
        // Two bytes a sign, beginning at an odd place: some lie across the end of every piece, however long.
        std::string name;
        for (int i = 0; i < 100; ++i) name += "ö";
        std::string text = "SKU,QOH,Name\n";
        for (int i = 0; i < 2'000; ++i) text += fmt::format("S{},1,{}\n", i, name);
        const auto contents = read(text);
        REQUIRE(contents);
        CHECK(contents->counts.size() == 2'000);
        for (const auto& item : contents->counts) CHECK(item.name == name);
    }

    TEST_CASE("bytes_that_are_not_of_the_charset_are_named_and_nothing_is_read") {
        const auto contents = read("SKU,QOH\nA,1\nB\x81,1\nC\xFF,1\n");
        REQUIRE_FALSE(contents);
        CHECK(contents.error().why == Unreadable::Why::wrong);
        CHECK(why(contents).find("charset windows-1252") != std::string::npos);
        Recipe recipe;
        recipe.encoding = Encoding::utf_8;
        CHECK_FALSE(read("SKU,QOH\nGr\xF6,1\n", recipe));
    }

    TEST_CASE("a_file_that_ends_within_a_sign_is_half_and_not_western") {
        Recipe recipe;
        recipe.may_end_within_a_line = true;
        const auto contents = read("SKU,QOH,Name\nA,1,Gr\xC3", recipe);
        REQUIRE_FALSE(contents);
        CHECK(contents.error().why == Unreadable::Why::half);
    }

    TEST_CASE("workbooks_are_named") {
        CHECK(why(read("PK\x03\x04xxxx")).find("Excel workbook") != std::string::npos);
        CHECK(why(read("\xD0\xCF\x11\xE0xxxx")).find("old Excel workbook") != std::string::npos);
    }

    TEST_CASE("names_are_known_in_any_case") {
        CHECK(encoding_named("Windows-1252") == Encoding::windows_1252);
        CHECK(encoding_named("UTF-16LE") == Encoding::utf_16le);
        CHECK_FALSE(encoding_named("ebcdic"));
    }
}

TEST_SUITE("stock file survey") {
    TEST_CASE("tells_bytes_by_their_fingerprint_and_beginnings_of_other_files") {
        const auto look = [](const std::string& bytes, const std::vector<std::uint64_t>& lengths = {}) {
            std::istringstream in{bytes};
            return *survey(in, "till 1", lengths);
        };
        const std::string one = "sku,delta\nA,1\n";
        CHECK(look(one).fingerprint.size() == 40);
        CHECK(look(one).fingerprint == look(one).fingerprint);
        CHECK(look(one).fingerprint != look("sku,delta\nA,2\n").fingerprint);
        std::istringstream same{one};
        CHECK(look(one).fingerprint != survey(same, "till 2")->fingerprint);
        const auto grown = look(one + std::string(200'000, 'x'), {3, one.size(), 70'000, 900'000});
        REQUIRE(grown.prefixes.size() == 3);
        CHECK(grown.prefixes[1].bytes == one.size());
        CHECK(grown.prefixes[1].fingerprint == look(one).fingerprint);
        CHECK(grown.prefixes[2].fingerprint == look(one + std::string(70'000 - one.size(), 'x')).fingerprint);
        CHECK(grown.bytes == one.size() + 200'000);
    }
}

}  // namespace stocktray::stock_file
