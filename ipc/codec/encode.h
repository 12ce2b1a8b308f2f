// Messages to MessagePack, through their field lists. Optional fields that are empty are left out.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ipc/codec/encoder.h"
#include "ipc/data.h"
#include "ipc/messages/carts.h"
#include "ipc/messages/field.h"
#include "ipc/secret.h"
#include "ipc/words.h"

namespace stocktray::ipc {

inline void write(Encoder& to, bool value) {
    to.boolean(value);
}
inline void write(Encoder& to, std::int64_t value) {
    to.integer(value);
}
inline void write(Encoder& to, const std::string& value) {
    to.text(value);
}
inline void write(Encoder& to, const Secret& value) {
    to.text(value.reveal());
}
void write(Encoder& to, const Value& value);
void write(Encoder& to, const Data& value);
void write(Encoder& to, const carts::StoreSkus& value);

template <Worded E>
void write(Encoder& to, E value) {
    to.text(to_string(value));
}

template <Message T>
void write(Encoder& to, const T& message);

template <class T>
void write(Encoder& to, const std::vector<T>& entries) {
    to.list(entries.size());
    for (const T& entry : entries) write(to, entry);
}

template <class T>
void write(Encoder& to, const std::map<std::string, T>& members) {
    to.map(members.size());
    for (const auto& [name, value] : members) {
        to.text(name);
        write(to, value);
    }
}

template <class T>
[[nodiscard]] bool is_left_out(const T&) {
    return false;
}
template <class T>
[[nodiscard]] bool is_left_out(const std::optional<T>& value) {
    return !value;
}

template <Message T>
[[nodiscard]] std::size_t count_members(const T& message) {
    std::size_t members = 0;
    T::each_field([&](const auto& field) { members += is_left_out(message.*field.member) ? 0 : 1; });
    return members;
}

// The members alone, for a map that holds others beside them.
template <Message T>
void write_members(Encoder& to, const T& message) {
    T::each_field([&]<class Owner, class Type>(const Field<Owner, Type>& field) {
        const Type& value = message.*field.member;
        if (is_left_out(value)) return;
        to.text(field.name);
        if constexpr (is_optional<Type>)
            write(to, *value);
        else
            write(to, value);
    });
}

template <Message T>
void write(Encoder& to, const T& message) {
    to.map(count_members(message));
    write_members(to, message);
}

template <Message T>
[[nodiscard]] std::string encode(const T& message) {
    Encoder to;
    write(to, message);
    return to.take();
}

}  // namespace stocktray::ipc
