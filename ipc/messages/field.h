// The field list: each message names its fields once, and encoder, decoder, fuzzer and the check of
// PROTOCOL.md all read that list. A message is a plain struct with
//
//     template <class Visit> static constexpr void each_field(Visit&& visit) {
//         visit(field("sku", &Change::sku, rules::sku));
//     }
//
// and, where others contain it, `type_name` (its heading in PROTOCOL.md).
#pragma once
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace stocktray::ipc {

// Which characters a text may hold. All texts are UTF-8.
enum class Alphabet { text, line, printable_ascii, cart_id };

// What a value must keep to. For a list or a map, `max_items` counts the entries and the rest holds for each.
struct Rule {
    std::string_view noun{};  // how PROTOCOL.md calls such a value; empty: as its type
    std::int64_t min{std::numeric_limits<std::int64_t>::min()};
    std::int64_t max{std::numeric_limits<std::int64_t>::max()};
    std::size_t min_bytes{0};
    std::size_t max_bytes{4'096};
    Alphabet alphabet{Alphabet::text};
    std::size_t max_items{100'000};
};

namespace rules {

inline constexpr std::int64_t most_pieces = 2'000'000'000;        // what every store can hold
inline constexpr std::int64_t last_moment = 253'402'300'799'999;  // the end of the year 9999

inline constexpr Rule any{};
inline constexpr Rule pieces{.noun = "pieces", .min = -most_pieces, .max = most_pieces};
inline constexpr Rule number{.noun = "number", .min = 0};
inline constexpr Rule duration{.noun = "duration", .min = 0, .max = last_moment};
inline constexpr Rule moment{.noun = "time", .min = 0, .max = last_moment};
inline constexpr Rule limit{.noun = "number", .min = 1, .max = 1'000};
inline constexpr Rule id{
    .noun = "id", .min_bytes = 1, .max_bytes = 64, .alphabet = Alphabet::printable_ascii};
inline constexpr Rule cart{.noun = "cart id", .min_bytes = 1, .max_bytes = 64, .alphabet = Alphabet::cart_id};
inline constexpr Rule sku{.noun = "sku", .min_bytes = 1, .max_bytes = 255, .alphabet = Alphabet::line};
inline constexpr Rule line{.noun = "line", .max_bytes = 255, .alphabet = Alphabet::line};
inline constexpr Rule some_line{.noun = "line", .min_bytes = 1, .max_bytes = 255, .alphabet = Alphabet::line};
inline constexpr Rule url{.noun = "line", .min_bytes = 1, .max_bytes = 2'000, .alphabet = Alphabet::line};
inline constexpr Rule url_or_none{.noun = "line", .max_bytes = 2'000, .alphabet = Alphabet::line};
inline constexpr Rule cursor{.noun = "cursor", .min_bytes = 1, .max_bytes = 255, .alphabet = Alphabet::line};

[[nodiscard]] constexpr Rule between(std::int64_t min, std::int64_t max) {
    Rule rule = number;
    rule.min = min;
    rule.max = max;
    return rule;
}
[[nodiscard]] constexpr Rule text_up_to(std::size_t max_bytes) {
    return Rule{.max_bytes = max_bytes};
}
[[nodiscard]] constexpr Rule at_most(std::size_t max_items, Rule each = any) {
    each.max_items = max_items;
    return each;
}

}  // namespace rules

// Must be there; or may be missing, and then is empty; or may be missing, and then has the struct's value.
enum class Presence { required, optional, defaulted };

template <class Owner, class T>
struct Field {
    using Type = T;
    std::string_view name;
    T Owner::*member;
    Presence presence;
    Rule rule;
};

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <class Owner, class T>
[[nodiscard]] constexpr Field<Owner, T> field(std::string_view name, T Owner::*member,
                                              Rule rule = rules::any) {
    return {name, member, is_optional<T> ? Presence::optional : Presence::required, rule};
}

template <class Owner, class T>
[[nodiscard]] constexpr Field<Owner, T> defaulted(std::string_view name, T Owner::*member,
                                                  Rule rule = rules::any) {
    return {name, member, is_optional<T> ? Presence::optional : Presence::defaulted, rule};
}

namespace detail {
struct IgnoreFields {
    constexpr void operator()(const auto&) const noexcept {}
};
}  // namespace detail

template <class T>
concept Message = requires {
    T::each_field(detail::IgnoreFields{});
};

// The result of methods that only say "done", the params of those that ask nothing.
struct Nothing {
    template <class Visit>
    static constexpr void each_field(Visit&&) {}

    bool operator==(const Nothing&) const = default;
};

}  // namespace stocktray::ipc
