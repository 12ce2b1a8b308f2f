#include <doctest/doctest.h>

#include "core/charset.h"

namespace stocktray::charset {

TEST_SUITE("charset") {
    TEST_CASE("UTF-8 is shortest forms of real characters") {
        for (const char* good :
             {"", "plain", "é", "中", "😀", "\xED\x9F\xBF", "\xEE\x80\x80", "\xF4\x8F\xBF\xBF"})
            CHECK(is_utf8(good));
        for (const char* bad :
             {"\x80", "\xC0\xAF", "\xC1\x81", "\xC3", "\xC3(", "\xE0\x80\x80", "\xED\xA0\x80", "\xE4\xB8",
              "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xF0\x9F\x98("}) {
            CAPTURE(bad);
            CHECK_FALSE(is_utf8(bad));
        }
    }

    TEST_CASE("text goes to a charset and back") {
        CHECK(from_utf8("3”-é€", "Windows-1252") == "3\x94-\xE9\x80");
        CHECK(to_utf8("3\x94-\xE9\x80", "CP1252") == "3”-é€");
        CHECK(to_utf8("\xD6\xD0", "gbk") == "中");
        const std::string large(100'000, '\xE9');
        CHECK(to_utf8(large, "latin1")->size() == 200'000);
    }

    TEST_CASE("what has no place in a charset is an error, never a stand-in") {
        CHECK_FALSE(from_utf8("中", "windows-1252"));
        CHECK_FALSE(from_utf8("\xFF", "windows-1252"));
        CHECK_FALSE(from_utf8("\xFF", "utf-8"));
        CHECK_FALSE(to_utf8("\x81", "windows-1252"));
        CHECK_FALSE(to_utf8("\xD6", "gbk"));
    }

    TEST_CASE("only names from the list are believed") {
        CHECK(is_known("ISO-8859-1"));
        for (const char* name : {"", "UTF-8//IGNORE", "utf-7", "iso-2022-cn-ext", "../x"}) {
            CHECK_FALSE(is_known(name));
            CHECK_FALSE(to_utf8("a", name));
        }
    }
}

}  // namespace stocktray::charset
