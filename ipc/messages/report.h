// report.get: the proof that synchronization works, over a week or any other time.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipc/messages/field.h"
#include "ipc/messages/history.h"
#include "ipc/messages/jobs.h"
#include "ipc/messages/method.h"

namespace stocktray::ipc::report {

// Posts that were unclear, by what ended that.
struct Proofs {
    static constexpr std::string_view type_name = "ReportProofs";
    std::int64_t key{0};
    std::int64_t gap{0};
    std::int64_t person{0};
    std::int64_t open{0};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("key", &Proofs::key, rules::number));
        visit(field("gap", &Proofs::gap, rules::number));
        visit(field("person", &Proofs::person, rules::number));
        visit(field("open", &Proofs::open, rules::number));
    }
    bool operator==(const Proofs&) const = default;
};

struct Cart {
    static constexpr std::string_view type_name = "ReportCart";
    std::string cart{};
    std::string name{};
    std::int64_t confirmed{0};
    std::optional<std::int64_t> median_ms{};
    std::optional<std::int64_t> slowest_ms{};
    std::optional<std::int64_t> slowest_post{};
    std::vector<std::int64_t> within{};  // by `within_ms` of the result, and one more for what took longer
    Proofs unclear{};
    std::int64_t late{0};
    std::int64_t drift_found{0};
    std::int64_t drift_repaired{0};
    std::int64_t sent{0};
    std::int64_t handed_out{0};
    std::int64_t taken_back{0};
    std::int64_t guard_overrides{0};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("cart", &Cart::cart, rules::cart));
        visit(field("name", &Cart::name, rules::line));
        visit(field("confirmed", &Cart::confirmed, rules::number));
        visit(field("median_ms", &Cart::median_ms, rules::duration));
        visit(field("slowest_ms", &Cart::slowest_ms, rules::duration));
        visit(field("slowest_post", &Cart::slowest_post, rules::number));
        visit(field("within", &Cart::within, rules::at_most(100, rules::number)));
        visit(field("unclear", &Cart::unclear));
        visit(field("late", &Cart::late, rules::number));
        visit(field("drift_found", &Cart::drift_found, rules::number));
        visit(field("drift_repaired", &Cart::drift_repaired, rules::number));
        visit(field("sent", &Cart::sent, rules::number));
        visit(field("handed_out", &Cart::handed_out, rules::number));
        visit(field("taken_back", &Cart::taken_back, rules::number));
        visit(field("guard_overrides", &Cart::guard_overrides, rules::number));
    }
    bool operator==(const Cart&) const = default;
};

struct Day {
    static constexpr std::string_view type_name = "ReportDay";
    std::int64_t at{0};  // when it begins
    std::int64_t changes{0};
    std::int64_t confirmed{0};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("at", &Day::at, rules::moment));
        visit(field("changes", &Day::changes, rules::number));
        visit(field("confirmed", &Day::confirmed, rules::number));
    }
    bool operator==(const Day&) const = default;
};

struct GetResult {
    std::int64_t since{0};
    std::int64_t until{0};
    bool is_partial{false};
    std::int64_t changes{0};
    std::map<std::string, std::int64_t> reasons{};
    std::vector<Day> days{};
    std::vector<std::int64_t> within_ms{};
    std::vector<Cart> carts{};
    std::vector<jobs::Job> audits{};
    std::vector<history::Entry> entries{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("since", &GetResult::since, rules::moment));
        visit(field("until", &GetResult::until, rules::moment));
        visit(field("partial", &GetResult::is_partial));
        visit(field("changes", &GetResult::changes, rules::number));
        visit(field("reasons", &GetResult::reasons, rules::at_most(100, rules::number)));
        visit(field("days", &GetResult::days, rules::at_most(400)));
        visit(field("within_ms", &GetResult::within_ms, rules::at_most(100, rules::duration)));
        visit(field("carts", &GetResult::carts));
        visit(field("audits", &GetResult::audits, rules::at_most(100)));
        visit(field("entries", &GetResult::entries, rules::at_most(200)));
    }
    bool operator==(const GetResult&) const = default;
};

struct Get {
    using Result = GetResult;
    static constexpr Method method{"report.get", Role::viewer, Effect::reads};
    std::int64_t since{0};
    std::optional<std::int64_t> until{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("since", &Get::since, rules::moment));
        visit(field("until", &Get::until, rules::moment));
    }
    bool operator==(const Get&) const = default;
};

}  // namespace stocktray::ipc::report
