// qoh.at_store: what a store has, as the Order Manager would take it.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipc/messages/field.h"
#include "ipc/messages/method.h"
#include "ipc/messages/vocabulary.h"

namespace stocktray::ipc::qoh {

struct StoreCount {
    static constexpr std::string_view type_name = "StoreCount";
    std::string sku{};  // the Order Manager's; the store's where only the store knows it
    std::string store_sku{};
    bool known{true};   // to the Order Manager
    bool tracked{true};
    std::optional<std::int64_t> store_qoh{};
    std::optional<std::int64_t> qoh{};  // none where it is not tracked

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("sku", &StoreCount::sku, rules::sku));
        visit(field("store_sku", &StoreCount::store_sku, rules::sku));
        visit(field("known", &StoreCount::known));
        visit(field("tracked", &StoreCount::tracked));
        visit(field("store_qoh", &StoreCount::store_qoh, rules::pieces));
        visit(field("qoh", &StoreCount::qoh, rules::pieces));
    }
    bool operator==(const StoreCount&) const = default;
};

struct AtStoreResult {
    std::vector<StoreCount> items{};
    std::optional<std::string> next{};
    std::int64_t listed{0};  // SKUs when a job last read all of them; 0: none has
    std::optional<std::int64_t> open_get{};  // what Get QOH found at any cart and nobody has taken over; none: nothing
    std::optional<std::int64_t> open_job{};  // the Get of the oldest of these
    std::optional<std::string> consumer{};   // who takes over what Get QOH finds; none: nobody has asked for it yet

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("items", &AtStoreResult::items));
        visit(field("next", &AtStoreResult::next, rules::cursor));
        visit(field("listed", &AtStoreResult::listed, rules::number));
        visit(field("open_get", &AtStoreResult::open_get, rules::number));
        visit(field("open_job", &AtStoreResult::open_job, rules::number));
        visit(field("consumer", &AtStoreResult::consumer, rules::line));
    }
    bool operator==(const AtStoreResult&) const = default;
};

struct AtStore {
    using Result = AtStoreResult;
    static constexpr Method method{"qoh.at_store", Role::viewer, Effect::reads};
    std::string cart{};
    std::optional<std::string> after{};
    std::int64_t limit{100};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("cart", &AtStore::cart, rules::cart));
        visit(field("after", &AtStore::after, rules::cursor));
        visit(defaulted("limit", &AtStore::limit, rules::limit));
    }
    bool operator==(const AtStore&) const = default;
};

}  // namespace stocktray::ipc::qoh
