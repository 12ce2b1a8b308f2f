// The stores that the connector's tests talk to, and the words of its answers.
#pragma once
#include "tests/support/needs.h"
#include "tests/support/practice_store.h"
#include "tests/support/wait_until.h"
#include "tests/support/xcart_rig.h"

#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace stocktray::tests {

inline constexpr const char* our_agent = "agent-of-the-tests";

// One store, whatever it is made of. SKUs are asked for by number, so that cases do not meet: each case has
// its own.
struct StoreUnderTest {
    std::string name;
    std::function<Reply(const std::string& function, const Fields& fields)> call;
    std::function<long long(const std::string& sku)> count;
    std::function<void(const std::string& sku, long long count)> set_count;
    std::string sku_prefix;  // "P-" or "SKU-"
    bool clamps = false;

    [[nodiscard]] std::string sku(int number) const;

    // The words of the line "StocktrayExt", `version` being the first; empty if there is none.
    [[nodiscard]] std::map<std::string, std::string> announcement(const Fields& more = {}) const;
    [[nodiscard]] std::string store_id() const { return announcement().at("store"); }

    // One keyed difference.
    [[nodiscard]] Reply post(const std::string& sku, int delta, const std::string& key,
                             const std::string& function = "invupdate", const std::string& agent = our_agent,
                             const std::string& dialect = "text") const;
};

// The practice store of this test program, and the rig's shops. Both are made at the first call and kept.
[[nodiscard]] PracticeStore& practice_store();
[[nodiscard]] XCartRig& rig();

[[nodiscard]] StoreUnderTest of(PracticeStore& store, bool clamps = true);
[[nodiscard]] StoreUnderTest of(Shop shop);

// Every store that can keep a key beside its change; without a rig the practice store alone.
[[nodiscard]] std::vector<StoreUnderTest> keyed_stores();

// 26 characters that never came before.
[[nodiscard]] std::string fresh_key();
[[nodiscard]] std::string fresh_number();

// The value of `name` in "…;NAME=value;…"; NOTE takes the rest.
[[nodiscard]] std::string field(const std::string& answer, const std::string& name);
[[nodiscard]] std::vector<std::string> lines(const std::string& body);

// Empty if the rig can be used.
[[nodiscard]] std::string why_no_rig();

}  // namespace stocktray::tests

#define STOCKTRAY_NEEDS_PRACTICE_STORE()                                                              \
    if (!::stocktray::tests::has_what_it_needs(::stocktray::tests::PracticeStore::missing())) return; \
    static_assert(true)

#define STOCKTRAY_NEEDS_RIG()                                                             \
    if (!::stocktray::tests::has_what_it_needs(::stocktray::tests::why_no_rig())) return; \
    static_assert(true)
