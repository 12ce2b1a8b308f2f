// history.list: who did what, when and why.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipc/data.h"
#include "ipc/messages/field.h"
#include "ipc/messages/method.h"
#include "ipc/messages/vocabulary.h"

namespace stocktray::ipc::history {

struct Entry {
    static constexpr std::string_view type_name = "Entry";
    std::int64_t entry{0};  // its number
    std::int64_t at{0};
    HistoryKind kind{HistoryKind::other};
    std::optional<std::string> by{};
    std::optional<std::string> workstation{};
    std::optional<std::string> cart{};
    std::optional<std::string> sku{};
    std::optional<std::int64_t> delta{};
    std::string text{};  // a sentence
    Data data{Data::map()};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("entry", &Entry::entry, rules::number));
        visit(field("at", &Entry::at, rules::moment));
        visit(field("kind", &Entry::kind));
        visit(field("by", &Entry::by, rules::line));
        visit(field("workstation", &Entry::workstation, rules::line));
        visit(field("cart", &Entry::cart, rules::cart));
        visit(field("sku", &Entry::sku, rules::sku));
        visit(field("delta", &Entry::delta, rules::pieces));
        visit(field("text", &Entry::text));
        visit(field("data", &Entry::data));
    }
    bool operator==(const Entry&) const = default;
};

struct ListResult {
    std::vector<Entry> entries{};
    std::optional<std::string> next{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("entries", &ListResult::entries));
        visit(field("next", &ListResult::next, rules::cursor));
    }
    bool operator==(const ListResult&) const = default;
};

struct List {
    using Result = ListResult;
    static constexpr Method method{"history.list", Role::viewer, Effect::reads};
    std::optional<std::string> cart{};
    std::optional<std::string> sku{};
    std::optional<std::vector<HistoryKind>> kinds{};
    std::optional<std::int64_t> since{};
    std::optional<std::string> after{};
    std::int64_t limit{100};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("cart", &List::cart, rules::cart));
        visit(field("sku", &List::sku, rules::sku));
        visit(field("kinds", &List::kinds, rules::at_most(32)));
        visit(field("since", &List::since, rules::moment));
        visit(field("after", &List::after, rules::cursor));
        visit(defaulted("limit", &List::limit, rules::limit));
    }
    bool operator==(const List&) const = default;
};

}  // namespace stocktray::ipc::history
