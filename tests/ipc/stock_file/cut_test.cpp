// A file that is still being written, or whose copy broke off: cut at every byte it is read as a whole or not at all.
#include <doctest/doctest.h>

#include "tests/ipc/stock_file/files.h"

namespace stocktray::stock_file {
namespace {

using namespace std::string_literals;
using testing::read;

const std::string rows = "\xEF\xBB\xBFSKU;Delta;Name\r\nA-1;-12;\"Gr\xC3\xB6\xC3\x9F" "e; \"\"L\"\"\r\nlang\"\r\nB-1;100;x\r\nC-1;7;\r\n";
constexpr std::size_t number_of_rows = 3;

std::string wide(const std::string& ascii) {
    std::string bytes = "\xFF\xFE";
    for (const char c : ascii) bytes += {c, '\0'};
    return bytes;
}

// How many of the cut files were read. Each of them must have all rows, and no bad one.
int readable_cuts(const std::string& whole, const Recipe& recipe) {
    int readable = 0;
    for (std::size_t bytes = 0; bytes < whole.size(); ++bytes) {
        const auto contents = read(whole.substr(0, bytes), recipe);
        if (!contents) {
            CHECK_MESSAGE(contents.error().why == Unreadable::Why::half, bytes, ": ", contents.error().sentence);
            continue;
        }
        ++readable;
        CHECK_MESSAGE(contents->rows == number_of_rows, "cut at ", bytes);
        CHECK_MESSAGE(contents->bad_rows == 0, "cut at ", bytes);
        CHECK(contents->changes.size() == number_of_rows);
    }
    return readable;
}

}  // namespace

TEST_SUITE("a stock file cut at every byte") {
    TEST_CASE("with_a_trailer_is_whole_or_half") {
        Recipe recipe;
        recipe.trailer = "END";
        // Whole without its last line end, or without the number behind END.
        CHECK(readable_cuts(rows + "END;3\r\n", recipe) == 4);
        CHECK(read(rows + "END;3\r\n", recipe)->changes.size() == number_of_rows);
    }

    TEST_CASE("with_the_number_of_rows_is_whole_or_half") {
        Recipe recipe;
        recipe.rows = number_of_rows;
        // All rows are there when the last of them has begun.
        CHECK(readable_cuts(rows, recipe) == 0);
        CHECK(read(rows, recipe)->changes.size() == number_of_rows);
    }

    TEST_CASE("of_two_bytes_a_sign_is_whole_or_half") {
        Recipe recipe;
        recipe.trailer = "END";
        const std::string whole = wide("SKU\tDelta\r\nA\t1\r\nB\t2\r\nC\t30\r\nEND\t3\r\n");
        CHECK(read(whole, recipe)->changes.size() == number_of_rows);
        CHECK(readable_cuts(whole, recipe) == 4);
    }

    TEST_CASE("without_either_it_is_half_unless_cut_at_the_end_of_a_line") {
        for (std::size_t bytes = 0; bytes < rows.size(); ++bytes) {
            const auto contents = read(rows.substr(0, bytes));
            const bool is_at_line_end = bytes > 0 && rows[bytes - 1] == '\n';
            if (!is_at_line_end) CHECK_MESSAGE(!contents, "cut at ", bytes);
            if (contents) CHECK(contents->bad_rows == 0);
        }
    }
}

}  // namespace stocktray::stock_file
