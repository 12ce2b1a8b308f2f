// How PROTOCOL.md has to show a message, derived from its field list.
#pragma once
#include <fmt/format.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "ipc/codec/encode.h"
#include "ipc/codec/json.h"
#include "ipc/messages/registry.h"

namespace stocktray::ipc::testing {

// One row of a table: "`limit?`" and "number 1 to 1000, default `100`".
struct Row {
    std::string name;
    std::string type;

    auto operator<=>(const Row&) const = default;
};
using Rows = std::vector<Row>;

namespace detail {

inline std::string number_type(const Rule& rule) {
    if (rule.noun == "number" && (rule.min != rules::number.min || rule.max != rules::number.max))
        return fmt::format("number {} to {}", rule.min, rule.max);
    return std::string{rule.noun};
}

inline std::string text_type(const Rule& rule) {
    if (!rule.noun.empty()) return std::string{rule.noun};
    return rule.max_bytes == rules::any.max_bytes ? "text"
                                                  : fmt::format("text up to {} bytes", rule.max_bytes);
}

inline std::string link(std::string_view name) {
    std::string anchor;
    for (const char c : name) anchor += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    return fmt::format("[{}](#{})", name, anchor);
}

inline std::string most(const Rule& rule) {
    return rule.max_items == rules::any.max_items ? "" : fmt::format(", at most {}", rule.max_items);
}

template <class T>
struct TypeText;

template <class T>
std::string type_text(const Rule& rule) {
    return TypeText<T>::of(rule);
}

template <class T>
struct TypeText {
    static std::string of(const Rule& rule) {
        if constexpr (std::same_as<T, bool>)
            return "bool";
        else if constexpr (std::same_as<T, std::int64_t>)
            return number_type(rule);
        else if constexpr (std::same_as<T, std::string>)
            return text_type(rule);
        else if constexpr (std::same_as<T, Secret>)
            return "secret " + text_type(rule);
        else if constexpr (std::same_as<T, Value>)
            return "value";
        else if constexpr (std::same_as<T, Data>)
            return "anything";
        else if constexpr (std::same_as<T, carts::StoreSkus>)
            return "sku or list of sku";
        else if constexpr (Worded<T>)
            return link(Words<T>::name);
        else
            return link(T::type_name);
    }
};
template <class T>
struct TypeText<std::optional<T>> {
    static std::string of(const Rule& rule) { return type_text<T>(rule); }
};
template <class T>
struct TypeText<std::vector<T>> {
    static std::string of(const Rule& rule) { return "list of " + type_text<T>(rule) + most(rule); }
};
template <class T>
struct TypeText<std::map<std::string, T>> {
    static std::string of(const Rule& rule) { return "map to " + type_text<T>(rule) + most(rule); }
};

// The value that a field has when it is left out, as JSON.
inline std::string default_text(const auto& value) {
    Encoder to;
    write(to, value);
    const Document document = Document::parse(to.take());
    return to_json(document.root(), Layout::one_line);
}

}  // namespace detail

template <Message T>
Rows rows_of() {
    Rows rows;
    T::each_field([&]<class Owner, class Type>(const Field<Owner, Type>& field) {
        const char* mark = field.presence == Presence::required ? "" : "?";
        std::string type = detail::type_text<Type>(field.rule);
        if constexpr (!is_optional<Type>) {
            if (field.presence == Presence::defaulted)
                type += fmt::format(", default `{}`", detail::default_text(T{}.*field.member));
        }
        rows.push_back({fmt::format("`{}{}`", field.name, mark), std::move(type)});
    });
    return rows;
}

// The structs and word lists that PROTOCOL.md must have a heading for: those inside other messages.
class Vocabulary {
public:
    struct WordList {
        std::vector<std::string> words;
        bool is_open;

        bool operator==(const WordList&) const = default;
    };
    std::map<std::string, Rows> types;
    std::map<std::string, WordList> words;

    template <Message T>
    void add_parts_of() {
        T::each_field([&]<class Owner, class Type>(const Field<Owner, Type>&) { add<Type>(); });
    }

private:
    template <class T>
    struct Inner {
        using Type = T;
    };
    template <class T>
    struct Inner<std::optional<T>> : Inner<T> {};
    template <class T>
    struct Inner<std::vector<T>> : Inner<T> {};
    template <class T>
    struct Inner<std::map<std::string, T>> : Inner<T> {};

    template <class T>
    void add() {
        using Type = typename Inner<T>::Type;
        if constexpr (Worded<Type>) {
            WordList list{{}, OpenWorded<Type>};
            for (const auto& word : Words<Type>::table) list.words.emplace_back(word.text);
            words.insert_or_assign(std::string{Words<Type>::name}, std::move(list));
        } else if constexpr (Message<Type>) {
            if (types.emplace(std::string{Type::type_name}, rows_of<Type>()).second) add_parts_of<Type>();
        }
    }
};

}  // namespace stocktray::ipc::testing
