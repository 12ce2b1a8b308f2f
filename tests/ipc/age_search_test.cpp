#include <doctest/doctest.h>

#include "ipc/client/age_search.h"

namespace stocktray::tests {
namespace {

constexpr std::int64_t noon = 1'800'000'000'000;

struct Searched {
    ipc::AgeCounts counts;
    int questions;
};

// Searches posts of these ages, oldest first.
Searched search(const std::vector<std::int64_t>& ages) {
    ipc::AgeSearch search{noon};
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

TEST_SUITE("AgeSearch") {
    TEST_CASE("an_age_belongs_to_the_column_that_ends_at_it") {
        CHECK(search({86'400'001, 86'400'000, 120'000, 20'001, 20'000, 0}).counts ==
              ipc::AgeCounts{2, 2, 0, 0, 0, 1, 1});
    }

    TEST_CASE("an_empty_stack_has_no_ages") {
        CHECK(search({}).counts == ipc::AgeCounts{});
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
        CHECK(found.counts == ipc::AgeCounts{999, 19'000, 0, 50'000, 0, 1, 30'000});
        CHECK(found.questions < 60);
    }
}

}  // namespace stocktray::tests
