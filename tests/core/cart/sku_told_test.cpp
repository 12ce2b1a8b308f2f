#include "core/cart/sku_told.h"

#include <doctest/doctest.h>

#include <vector>

namespace stocktray::cart {
namespace {

Told told(std::int64_t qoh, std::int32_t answer) { return {{"A", CountWord::count, qoh}, answer}; }

ReadCount said(const std::vector<Told>& all, const ListAnswers& answers) { return settle(all, answers); }

const ReadCount ambiguous{"A", CountWord::ambiguous, 0};
const ListAnswers apart{.may_overlap = false, .broken = {}};
const ListAnswers overlapping{.may_overlap = true, .broken = {}};

}  // namespace

TEST_SUITE("What a list says of a SKU") {
    TEST_CASE("told once it is what was told") {
        CHECK(said({told(5, 1)}, apart) == ReadCount{"A", CountWord::count, 5});
        CHECK(said({{{"A", CountWord::not_tracked, 0}, 3}}, apart).word == CountWord::not_tracked);
    }

    TEST_CASE("twice in one answer, or where answers cannot overlap, it belongs to two products") {
        CHECK(said({told(5, 1), told(5, 1)}, overlapping) == ambiguous);
        CHECK(said({told(5, 1), told(5, 2)}, apart) == ambiguous);
        CHECK(said({told(5, 1), told(5, 1)}, {.may_overlap = true, .broken = {1}}) == ambiguous);
    }

    TEST_CASE("where answers may overlap it is one product for as long as its count is the same") {
        CHECK(said({told(5, 1), told(5, 2), told(5, 4)}, overlapping) == ReadCount{"A", CountWord::count, 5});
        CHECK(said({told(5, 1), told(6, 2)}, overlapping) == ambiguous);
        CHECK(said({told(5, 1), told(6, 2), told(6, 3)}, overlapping) == ambiguous);
        CHECK(said({told(0, 1), {{"A", CountWord::not_tracked, 0}, 2}}, overlapping) == ambiguous);
    }

    TEST_CASE("the repetition of an answer that broke has the last word") {
        const ListAnswers broken{.may_overlap = false, .broken = {2, 3}};
        CHECK(said({told(1, 2), told(7, 3), told(8, 4)}, broken) == ReadCount{"A", CountWord::count, 8});
        CHECK(said({told(1, 2)}, broken) == ReadCount{"A", CountWord::count, 1});
        CHECK(said({told(1, 1), told(1, 2)}, broken) == ambiguous);  // the first one did not break
        CHECK(said({told(1, 3), told(1, 4), told(1, 4)}, broken) == ambiguous);
    }
}

}  // namespace stocktray::cart
