// Messages from MessagePack, through their field lists. Fields that are not known are passed over.
//
// What does not fit is told in a sentence that names the place: "changes[3].delta must be a whole number".
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ipc/codec/document.h"
#include "ipc/data.h"
#include "ipc/error.h"
#include "ipc/messages/carts.h"
#include "ipc/messages/field.h"
#include "ipc/secret.h"
#include "ipc/words.h"

namespace stocktray::ipc {

// Requests are read strictly: every rule of a field holds. Answers and events are read for their shape only,
// and a word that an open list does not have yet is taken as `unknown`: the sender may be newer than we are.
enum class Reading { strict, lenient };

// Where in the message a value stands, as a chain on the stack: it costs nothing until something is wrong.
struct Place {
    static constexpr std::size_t no_index = static_cast<std::size_t>(-1);
    const Place* parent{nullptr};
    std::string_view name{};
    std::size_t index{no_index};

    [[nodiscard]] std::string text() const;
};

// Reads values one by one; after the first that does not fit, `problem` says which and why.
class Decoder {
public:
    explicit Decoder(Reading reading) : reading_{reading} {}

    [[nodiscard]] const std::string& problem() const noexcept { return problem_; }
    [[nodiscard]] std::string take_problem() noexcept { return std::move(problem_); }

    bool read(Node node, bool& into, const Rule&, const Place&);
    bool read(Node node, std::int64_t& into, const Rule&, const Place&);
    bool read(Node node, std::string& into, const Rule&, const Place&);
    bool read(Node node, Secret& into, const Rule&, const Place&);
    bool read(Node node, Value& into, const Rule&, const Place&);
    bool read(Node node, Data& into, const Rule&, const Place&);
    bool read(Node node, carts::StoreSkus& into, const Rule&, const Place&);

    template <Worded E>
    bool read(Node node, E& into, const Rule&, const Place& place) {
        if (node.is(Kind::text)) {
            if (const auto value = from_string<E>(node.text())) {
                into = *value;
                return true;
            }
            if constexpr (OpenWorded<E>) {
                if (reading_ == Reading::lenient) {
                    into = Words<E>::unknown;
                    return true;
                }
            }
        }
        std::string choice;
        for (const auto& word : Words<E>::table) choice.append(choice.empty() ? "" : ", ").append(word.text);
        return fail(place, "must be one of " + choice);
    }

    template <class T>
    bool read(Node node, std::vector<T>& into, const Rule& rule, const Place& place) {
        if (!expect(node, Kind::list, rule, place)) return false;
        into.clear();
        into.reserve(node.size());
        Node entry = node.first();
        for (std::size_t i = 0; i < node.size(); ++i, entry = entry.next())
            if (!read(entry, into.emplace_back(), rule, Place{&place, {}, i})) return false;
        return true;
    }

    template <class T>
    bool read(Node node, std::map<std::string, T>& into, const Rule& rule, const Place& place) {
        if (!expect(node, Kind::map, rule, place)) return false;
        into.clear();
        Node key = node.first();
        for (std::size_t i = 0; i < node.size(); ++i) {
            std::string name;
            const Node value = key.next();
            if (!read(key, name, rules::some_line, Place{&place, "(name)"})) return false;
            const Place here{&place, name};
            const auto [at, is_new] = into.try_emplace(name);
            if (!is_new) return fail(here, "stands there twice");
            if (!read(value, at->second, rule, here)) return false;
            key = value.next();
        }
        return true;
    }

    template <Message T>
    bool read(Node node, T& into, const Rule&, const Place& place) {
        if (!node.is(Kind::map)) return fail(place, "must be a map");
        FieldFinder finder{node};
        bool is_good = true;
        T::each_field([&](const auto& field) {
            is_good = is_good && read_field(finder, into.*field.member, field, Place{&place, field.name});
        });
        return is_good;
    }

private:
    // Finds members by name. The search begins behind the member found last: senders mostly keep the order.
    class FieldFinder {
    public:
        explicit FieldFinder(Node map) : map_{map}, at_{map.first()} {}
        // The member's value; none if it is missing.
        [[nodiscard]] std::optional<Node> find(std::string_view name);

    private:
        Node map_;
        Node at_;
        std::size_t index_{0};
    };

    template <class T, class F>
    bool read_field(FieldFinder& finder, T& into, const F& field, const Place& place) {
        const auto value = finder.find(field.name);
        // nil is how some languages write "not there".
        if (!value || (value->is(Kind::nil) && field.presence != Presence::required))
            return field.presence != Presence::required || fail(place, "is missing");
        if constexpr (is_optional<T>)
            return read(*value, into.emplace(), field.rule, place);
        else
            return read(*value, into, field.rule, place);
    }

    bool expect(Node node, Kind list_or_map, const Rule&, const Place&);
    bool expect_text(Node node, const Rule&, const Place&);
    bool fail(const Place& place, std::string_view what);

    Reading reading_;
    std::string problem_;
};

// The whole message; `invalid_params` with the sentence otherwise.
template <Message T>
[[nodiscard]] Expected<T> decode(Node node, Reading reading = Reading::strict) {
    Decoder decoder{reading};
    T message{};
    if (!decoder.read(node, message, rules::any, Place{}))
        return ipc::fail(Code::invalid_params, decoder.take_problem());
    return message;
}

}  // namespace stocktray::ipc
