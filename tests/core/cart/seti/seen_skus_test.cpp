#include "core/cart/seti/seen_skus.h"

#include <doctest/doctest.h>

#include <string>

namespace stocktray::cart::seti {
namespace {

using Sight = SeenSkus::Sight;
constexpr auto possible = SeenSkus::Overlap::possible;
constexpr auto impossible = SeenSkus::Overlap::impossible;

ReadCount item(const std::string& sku, std::int64_t qoh) {
    return {sku, CountWord::count, qoh};
}

}  // namespace

TEST_SUITE("SeenSkus") {
    TEST_CASE("a SKU is new once, known with its count, and in conflict with another") {
        SeenSkus seen;
        for (std::int64_t k = 0; k < 100'000; ++k)
            REQUIRE(seen.add(item("P" + std::to_string(k), k), 1, possible) == Sight::first);
        CHECK(seen.size() == 100'000);
        for (std::int64_t k = 0; k < 100'000; k += 97) {
            const std::string sku = "P" + std::to_string(k);
            REQUIRE(seen.add(item(sku, k), 2, possible) == Sight::known);
            REQUIRE(seen.add(item(sku, k + 1), 3, possible) == Sight::conflict);
            REQUIRE(seen.add(item(sku, k), 4, possible) == Sight::known);  // told once
        }
        CHECK(seen.size() == 100'000);
    }

    TEST_CASE("twice in one answer, or where answers cannot overlap, are two products") {
        SeenSkus seen;
        static_cast<void>(seen.add(item("A", 1), 1, possible));
        CHECK(seen.add(item("A", 1), 1, possible) == Sight::conflict);
        static_cast<void>(seen.add(item("B", 1), 1, impossible));
        CHECK(seen.add(item("B", 1), 2, impossible) == Sight::conflict);
    }

    TEST_CASE("counts and words are told apart, however large") {
        SeenSkus seen;
        const ReadCount table[]{item("", 0),
                                item("", -1),
                                item("", 1),
                                item("", (1 << 30) - 1),
                                item("", -(1 << 30)),
                                item("", std::int64_t{1} << 31),
                                item("", (std::int64_t{1} << 31) + 1),
                                item("", INT64_MAX),
                                item("", INT64_MIN),
                                {"", CountWord::not_tracked, 0},
                                {"", CountWord::error, 0}};
        int n = 0;
        for (ReadCount a : table)
            for (ReadCount b : table) {
                a.sku = b.sku = "S" + std::to_string(++n);
                static_cast<void>(seen.add(a, 1, possible));
                CHECK(seen.add(b, 2, possible) == (a == b ? Sight::known : Sight::conflict));
            }
    }

    TEST_CASE("what stood in an answer that broke is replaced by its repetition") {
        SeenSkus seen;
        static_cast<void>(seen.add(item("OLD", 1), 1, impossible));
        for (const char* sku : {"A", "B", "C"}) static_cast<void>(seen.add(item(sku, 1), 2, impossible));
        seen.doubt(2);
        CHECK(seen.add(item("A", 1), 3, impossible) == Sight::known);
        CHECK(seen.add(item("B", 7), 3, impossible) == Sight::changed);
        CHECK(seen.add(item("B", 7), 3, impossible) == Sight::conflict);
        CHECK(seen.add(item("OLD", 1), 3, impossible) == Sight::conflict);
        seen.doubt(3);
        CHECK(seen.add(item("C", 1), 4, impossible) == Sight::known);
    }

    TEST_CASE("a million SKUs take some 16 bytes each") {
        SeenSkus seen;
        for (std::int64_t k = 0; k < 1'000'000; ++k)
            REQUIRE(seen.add(item("SKU-" + std::to_string(k), k % 100), 1, possible) == Sight::first);
        MESSAGE("bytes per SKU: " << static_cast<double>(seen.bytes()) / 1e6);
        CHECK(seen.bytes() < 17'500'000);
    }
}

}  // namespace stocktray::cart::seti
