// A million products in one answer: counts the bytes that are in use at once while they are read.
#include <doctest/doctest.h>
#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <new>

#include "conversation.h"
#include "core/cart/seti/dialogues.h"

namespace {

std::size_t in_use = 0;
std::size_t peak = 0;

}  // namespace

void* operator new(std::size_t size) {
    void* made = std::malloc(size);
    if (made == nullptr) throw std::bad_alloc{};
    in_use += malloc_usable_size(made);
    peak = std::max(peak, in_use);
    return made;
}

void operator delete(void* old) noexcept {
    in_use -= malloc_usable_size(old);
    std::free(old);
}

void operator delete(void* old, std::size_t) noexcept {
    operator delete(old);
}

namespace stocktray::cart {
namespace {

class Counting : public CountSink {
public:
    void take(const std::vector<ReadCount>& page, std::int32_t) override {
        largest = std::max(largest, page.size());
        for (const ReadCount& item : page) sum += item.qoh;
        taken += page.size();
    }
    std::size_t largest{0};
    std::size_t taken{0};
    std::int64_t sum{0};
};

constexpr int products = 1'000'000;

}  // namespace

TEST_SUITE("read_all") {
    TEST_CASE("a million products in one answer are never in memory together") {
        Learned learned;
        learned.ignores_paging = true;
        const auto sink = std::make_shared<Counting>();
        const std::size_t before = in_use;
        peak = in_use;
        const auto dialogue = seti::read_all(test::an_access(), learned, 250, sink);
        const auto request = std::get<http::Request>(dialogue->begin());
        std::size_t bytes = 0;
        const auto give = [&](std::string_view piece) {
            bytes += piece.size();
            REQUIRE(request.sink->take(piece));
        };
        give("<?xml version=\"1.0\"?><SETIProducts><Response><ResponseCode>1</ResponseCode></Response>");
        for (int k = 0; k < products; ++k)
            give("<Product><Code>SKU-OF-TWENTY-SIGNS-" + std::to_string(k) + "</Code><WebID>" +
                 std::to_string(k) + "</WebID><QOH>" + std::to_string(k % 100) + "</QOH></Product>\n");
        give("</SETIProducts>");
        const auto result = std::get<CountsResult>(std::get<Done>(dialogue->answered(test::reply(""))));
        MESSAGE("answer: " << bytes / 1'000'000 << " MB, most in use: " << (peak - before) / 1'000 << " kB");
        CHECK(result.is_complete);
        // Exactly as many as there are, knows whoever takes them.
        CHECK(result.distinct <= products);
        CHECK(result.distinct > products - 1'000);
        CHECK(sink->taken == products);
        CHECK(sink->sum == std::int64_t{products} / 100 * 4950);
        CHECK(sink->largest <= CountSink::most_at_once);
        CHECK(peak - before < 4'000'000);
    }
}

}  // namespace stocktray::cart
