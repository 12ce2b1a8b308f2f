#include <doctest/doctest.h>

#include "tray/model/post_pages.h"

namespace stocktray::tests {
namespace {

using tray::PostPages;

// A page of a stack in which post n stands in row n - 1 - `gone`.
std::vector<ipc::stack::Post> page_of(std::int64_t page, std::int64_t total, std::int64_t gone = 0) {
    std::vector<ipc::stack::Post> posts;
    for (auto row = page * PostPages::page_size; row < std::min(total, (page + 1) * PostPages::page_size);
         ++row)
        posts.push_back({.post = row + 1 + gone});
    return posts;
}

}  // namespace

TEST_SUITE("PostPages") {
    TEST_CASE("a_row_that_is_not_here_is_wished_for_and_comes") {
        PostPages pages;
        pages.take(0, page_of(0, 100'000), 100'000);
        CHECK(pages.total() == 100'000);
        CHECK(pages.look_at(99)->post == 100);
        CHECK_FALSE(pages.has_wishes());
        CHECK(pages.look_at(50'050) == nullptr);
        REQUIRE(pages.take_wish() == 500);
        CHECK(pages.look_at(50'051) == nullptr);
        CHECK_FALSE(pages.take_wish());  // it is on its way
        pages.take(500, page_of(500, 100'000), 100'000);
        CHECK(pages.look_at(50'051)->post == 50'052);
    }

    TEST_CASE("who_scrolls_fast_gets_what_is_seen_now_and_not_what_has_gone_by") {
        PostPages pages;
        pages.take(0, page_of(0, 100'000), 100'000);
        for (std::int64_t row = 1'000; row < 90'000; row += 100) pages.look_at(row);
        CHECK(pages.take_wish() == 899);
        int wishes = 1;
        while (pages.take_wish()) ++wishes;
        CHECK(wishes == static_cast<int>(PostPages::most_wishes));
    }

    TEST_CASE("only_so_many_pages_are_kept_and_the_one_not_looked_at_goes") {
        PostPages pages;
        for (std::int64_t page = 0; page < 60; ++page) {
            pages.take(page, page_of(page, 100'000), 100'000);
            pages.look_at(0);
        }
        CHECK(pages.find(0) != nullptr);
        CHECK(pages.find(100) == nullptr);
        CHECK(pages.find(5'900) != nullptr);
    }

    TEST_CASE("what_is_out_of_date_is_shown_until_the_new_comes") {
        PostPages pages;
        pages.take(0, page_of(0, 300), 300);
        pages.make_stale();
        CHECK_FALSE(pages.has_wishes());  // nobody looks at it
        CHECK(pages.look_at(5)->post == 6);
        REQUIRE(pages.take_wish() == 0);
        pages.take(0, page_of(0, 290, 10), 290);
        CHECK(pages.look_at(5)->post == 16);
        CHECK(pages.total() == 290);
        CHECK_FALSE(pages.has_wishes());
    }

    TEST_CASE("an_answer_from_before_the_news_is_out_of_date") {
        PostPages pages;
        pages.wish(0);
        REQUIRE(pages.take_wish() == 0);
        pages.make_stale();
        pages.take(0, page_of(0, 100), 100);
        CHECK(pages.look_at(0) != nullptr);
        CHECK(pages.take_wish() == 0);
    }

    TEST_CASE("a_post_is_found_where_it_has_moved_to") {
        PostPages pages;
        pages.take(0, page_of(0, 300), 300);
        pages.take(1, page_of(1, 300), 300);
        CHECK(pages.row_of(105) == 104);
        pages.make_stale();
        pages.take(0, page_of(0, 290, 10), 290);
        CHECK(pages.row_of(105) == 94);
        CHECK_FALSE(pages.row_of(1).has_value());
    }

    TEST_CASE("pages_behind_the_end_are_forgotten") {
        PostPages pages;
        pages.take(2, page_of(2, 300), 300);
        pages.look_at(250);
        pages.take(0, page_of(0, 50), 50);
        CHECK(pages.find(250) == nullptr);
        CHECK(pages.last_page() == 0);
    }
}

}  // namespace stocktray::tests
