#include <doctest/doctest.h>

#include "tests/tray/a_mirror.h"
#include "tray/model/age_strip.h"

namespace stocktray::tests {
namespace {

struct Searched {
    tray::AgeCounts counts;
    int questions;
};

// Searches posts of these ages, oldest first.
Searched search(const std::vector<std::int64_t>& ages) {
    tray::AgeSearch search{noon};
    int questions = 0;
    while (const auto question = search.next()) {
        ++questions;
        std::vector<std::int64_t> created;
        for (auto at = question->offset; at < question->offset + question->limit && at < std::ssize(ages);
             ++at)
            created.push_back(noon - ages[static_cast<std::size_t>(at)]);
        search.take(*question, created, std::ssize(ages));
    }
    return {search.counts(), questions};
}

}  // namespace

TEST_SUITE("AgeStrip") {
    TEST_CASE("an_age_belongs_to_the_column_that_ends_at_it") {
        CHECK(search({86'400'001, 86'400'000, 120'000, 20'001, 20'000, 0}).counts ==
              tray::AgeCounts{2, 2, 0, 0, 0, 1, 1});
    }

    TEST_CASE("an_empty_stack_has_no_ages") {
        CHECK(search({}).counts == tray::AgeCounts{});
        CHECK(search({}).questions == 1);
    }

    TEST_CASE("a_long_stack_is_counted_exactly_with_few_looks") {
        std::vector<std::int64_t> ages;
        ages.insert(ages.end(), 30'000, 90'000'000);
        ages.insert(ages.end(), 1, 30'000'000);
        ages.insert(ages.end(), 50'000, 1'000'000);
        ages.insert(ages.end(), 19'000, 60'000);
        ages.insert(ages.end(), 999, 5'000);
        const auto found = search(ages);
        CHECK(found.counts == tray::AgeCounts{999, 19'000, 0, 50'000, 0, 1, 30'000});
        CHECK(found.questions < 60);
    }

    TEST_CASE("every_column_has_a_title") {
        CHECK(tray::age_titles().size() == std::tuple_size_v<tray::AgeCounts>);
    }
}

}  // namespace stocktray::tests
