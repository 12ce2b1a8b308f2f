// Messages from a seed: every field list filled with values that its rules allow.
#pragma once
#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ipc/data.h"
#include "ipc/messages/carts.h"
#include "ipc/messages/field.h"
#include "ipc/secret.h"
#include "ipc/words.h"

namespace stocktray::ipc::testing {

// A small generator of our own (splitmix64): the same seed gives the same messages everywhere.
class Random {
public:
    explicit Random(std::uint64_t seed) : state_{seed} {}

    std::uint64_t next() {
        std::uint64_t z = state_ += 0x9E3779B97F4A7C15u;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
        return z ^ (z >> 31);
    }
    std::uint64_t below(std::uint64_t bound) { return next() % bound; }
    bool one_in(std::uint64_t n) { return below(n) == 0; }

private:
    std::uint64_t state_;
};

class Filler {
public:
    explicit Filler(Random& random) : random_{random} {}

    template <Message T>
    T make() {
        T message{};
        fill(message, rules::any);
        return message;
    }

private:
    template <Message T>
    void fill(T& message, const Rule&) {
        T::each_field([&](const auto& field) { fill(message.*field.member, field.rule); });
    }
    template <class T>
    void fill(std::optional<T>& value, const Rule& rule) {
        value.reset();
        if (random_.one_in(2)) fill(value.emplace(), rule);
    }
    template <class T>
    void fill(std::vector<T>& entries, const Rule& rule) {
        entries.clear();
        for (auto n = random_.below(std::min<std::size_t>(rule.max_items + 1, 4)); n > 0; --n)
            fill(entries.emplace_back(), rule);
    }
    template <class T>
    void fill(std::map<std::string, T>& members, const Rule& rule) {
        members.clear();
        for (auto n = random_.below(4); n > 0; --n) fill(members[text(rules::some_line)], rule);
    }
    template <Worded E>
    void fill(E& value, const Rule&) {
        value = Words<E>::table[random_.below(std::size(Words<E>::table))].value;
    }
    void fill(bool& value, const Rule&) { value = random_.one_in(2); }
    void fill(std::int64_t& value, const Rule& rule) {
        switch (random_.below(4)) {
            case 0:
                value = rule.min;
                break;
            case 1:
                value = rule.max;
                break;
            default: {
                const auto span = static_cast<std::uint64_t>(rule.max) - static_cast<std::uint64_t>(rule.min);
                const auto step = span == UINT64_MAX ? random_.next() : random_.below(span + 1);
                value = static_cast<std::int64_t>(static_cast<std::uint64_t>(rule.min) + step);
            }
        }
    }
    void fill(std::string& value, const Rule& rule) { value = text(rule); }
    void fill(Secret& value, const Rule& rule) { value = Secret{text(rule)}; }
    void fill(Value& value, const Rule&) {
        switch (random_.below(3)) {
            case 0:
                value = random_.one_in(2);
                break;
            case 1:
                value = static_cast<std::int64_t>(random_.next());
                break;
            default:
                value = text(rules::any);
        }
    }
    void fill(carts::StoreSkus& value, const Rule& rule) {
        fill(value.skus, rule);
        if (value.skus.empty()) value.skus.push_back(text(rule));
    }
    void fill(Data& value, const Rule&) { value = data(3); }

    Data data(int depth) {
        switch (random_.below(depth > 0 ? 7 : 5)) {
            case 0:
                return {};
            case 1:
                return random_.one_in(2);
            case 2:
                return static_cast<std::int64_t>(random_.next());
            case 3:
                return static_cast<double>(random_.below(1'000'000)) / 8;
            case 4:
                return text(rules::any);
            case 5: {
                Data::List entries;
                for (auto n = random_.below(4); n > 0; --n) entries.push_back(data(depth - 1));
                return entries;
            }
            default: {
                Data::Map members;
                for (auto n = random_.below(4); n > 0; --n)
                    members.push_back({text(rules::some_line), data(depth - 1)});
                return members;
            }
        }
    }

    std::string text(const Rule& rule) {
        static constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyz0123456789_-";
        static constexpr std::string_view printable = " !\"#$%&'()*+,./:;<=>?@ABCXYZ[\\]^`{|}~";
        static constexpr std::string_view wide[] = {"\u00e4", "\u20ac", "\u4ef6", "\U0001f4e6"};
        const std::size_t most = std::max(rule.min_bytes, std::min<std::size_t>(rule.max_bytes, 60));
        const std::size_t size = rule.min_bytes + random_.below(most - rule.min_bytes + 1);
        std::string result;
        while (result.size() < size) {
            const bool may_be_wide = rule.alphabet == Alphabet::text || rule.alphabet == Alphabet::line;
            if (may_be_wide && result.size() + 4 <= size && random_.one_in(8))
                result += wide[random_.below(4)];
            else if (rule.alphabet != Alphabet::cart_id && random_.one_in(4))
                result += printable[random_.below(printable.size())];
            else
                result += plain[random_.below(plain.size())];
        }
        return result;
    }

    Random& random_;
};

}  // namespace stocktray::ipc::testing
