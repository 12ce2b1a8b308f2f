// alerts.*: what a person should know of.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipc/messages/field.h"
#include "ipc/messages/method.h"
#include "ipc/messages/vocabulary.h"

namespace stocktray::ipc::alerts {

struct Alert {
    static constexpr std::string_view type_name = "Alert";
    std::string alert{};  // its id: the same cause keeps it
    AlertKind kind{AlertKind::other};
    Severity severity{Severity::info};
    std::optional<std::string> cart{};
    std::optional<std::string> sku{};
    std::int64_t since{0};
    std::string message{};
    std::string hint{};
    std::optional<std::string> action{};  // what a click should open; an open list
    std::int64_t count{1};                // how many cases it stands for

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("alert", &Alert::alert, rules::line));
        visit(field("kind", &Alert::kind));
        visit(field("severity", &Alert::severity));
        visit(field("cart", &Alert::cart, rules::cart));
        visit(field("sku", &Alert::sku, rules::sku));
        visit(field("since", &Alert::since, rules::moment));
        visit(field("message", &Alert::message));
        visit(field("hint", &Alert::hint));
        visit(field("action", &Alert::action, rules::line));
        visit(field("count", &Alert::count, rules::number));
    }
    bool operator==(const Alert&) const = default;
};

struct ListResult {
    std::vector<Alert> alerts{};
    std::optional<std::string> next{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("alerts", &ListResult::alerts));
        visit(field("next", &ListResult::next, rules::cursor));
    }
    bool operator==(const ListResult&) const = default;
};

struct List {
    using Result = ListResult;
    static constexpr Method method{"alerts.list", Role::viewer, Effect::reads};
    std::optional<std::string> after{};
    std::optional<std::int64_t> limit{};  // none: as many as one answer holds

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("after", &List::after, rules::cursor));
        visit(field("limit", &List::limit, rules::limit));
    }
    bool operator==(const List&) const = default;
};

// Seen: not shown again until its cause comes back.
struct Dismiss {
    using Result = Nothing;
    static constexpr Method method{"alerts.dismiss", Role::operator_, Effect::changes_state};
    std::string alert{};
    std::optional<std::string> id{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("alert", &Dismiss::alert, rules::some_line));
        visit(field("id", &Dismiss::id, rules::id));
    }
    bool operator==(const Dismiss&) const = default;
};

// What a program that serves the agent wants people to know; which cart and SKU it is about, where it is about one.
struct Told {
    static constexpr std::string_view type_name = "Told";
    std::string about{};  // which part of the program: one notice per part, cart and SKU
    Severity severity{Severity::warning};
    std::optional<std::string> cart{};
    std::optional<std::string> sku{};
    std::string message{};
    std::string hint{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("about", &Told::about, rules::id));
        visit(defaulted("severity", &Told::severity));
        visit(field("cart", &Told::cart, rules::cart));
        visit(field("sku", &Told::sku, rules::sku));
        visit(field("message", &Told::message, rules::text_up_to(4'000)));
        visit(defaulted("hint", &Told::hint, rules::text_up_to(4'000)));
    }
    bool operator==(const Told&) const = default;
};

// All that `source` has to tell just now; what it told before and does not tell any more is over.
struct Tell {
    using Result = Nothing;
    static constexpr Method method{"alerts.tell", Role::order_manager, Effect::changes_state};
    std::string source{};
    std::vector<Told> alerts{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("source", &Tell::source, rules::id));
        visit(field("alerts", &Tell::alerts, rules::at_most(1'000)));
    }
    bool operator==(const Tell&) const = default;
};

}  // namespace stocktray::ipc::alerts
