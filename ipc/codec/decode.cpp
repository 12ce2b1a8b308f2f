#include "ipc/codec/decode.h"

#include <fmt/format.h>
#include <algorithm>

#include "ipc/codec/utf8.h"

namespace stocktray::ipc {
namespace {

bool is_control(char c) noexcept {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}
bool is_printable_ascii(char c) noexcept {
    return c >= 0x20 && c < 0x7F;
}
bool is_of_cart_id(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

// What is wrong with the characters of `text`; empty: nothing.
std::string_view alphabet_problem(std::string_view text, Alphabet alphabet) noexcept {
    switch (alphabet) {
        case Alphabet::text:
            return text.find('\0') == text.npos ? "" : "must not hold a zero byte";
        case Alphabet::line:
            return std::ranges::none_of(text, is_control) ? "" : "must not hold control characters";
        case Alphabet::printable_ascii:
            return std::ranges::all_of(text, is_printable_ascii) ? "" : "must be printable ASCII";
        case Alphabet::cart_id:
            return std::ranges::all_of(text, is_of_cart_id) ? "" : "may hold only a-z, 0-9, _ and -";
    }
    return "";
}

}  // namespace

std::string Place::text() const {
    if (!parent) return name.empty() && index == no_index ? "params" : std::string{name};
    const bool is_top = !parent->parent && parent->name.empty() && parent->index == no_index;
    const std::string before = is_top && index == no_index ? "" : parent->text();
    if (index != no_index) return fmt::format("{}[{}]", before, index);
    return before.empty() ? std::string{name} : fmt::format("{}.{}", before, name);
}

bool Decoder::fail(const Place& place, std::string_view what) {
    problem_ = fmt::format("{} {}.", place.text(), what);
    return false;
}

bool Decoder::expect(Node node, Kind list_or_map, const Rule& rule, const Place& place) {
    if (!node.is(list_or_map))
        return fail(place, list_or_map == Kind::list ? "must be a list" : "must be a map");
    if (reading_ == Reading::strict && node.size() > rule.max_items)
        return fail(place, fmt::format("must hold at most {} entries", rule.max_items));
    return true;
}

bool Decoder::read(Node node, bool& into, const Rule&, const Place& place) {
    if (!node.is(Kind::boolean)) return fail(place, "must be true or false");
    into = node.boolean();
    return true;
}

bool Decoder::read(Node node, std::int64_t& into, const Rule& rule, const Place& place) {
    if (!node.is(Kind::integer) && !node.is(Kind::huge)) return fail(place, "must be a whole number");
    const bool is_in_range = node.integer() >= rule.min && node.integer() <= rule.max;
    if (node.is(Kind::huge) || (reading_ == Reading::strict && !is_in_range)) {
        if (rule.max == std::numeric_limits<std::int64_t>::max() && rule.min == 0 && !node.is(Kind::huge))
            return fail(place, "must not be negative");
        return fail(place, fmt::format("must lie between {} and {}", rule.min, rule.max));
    }
    into = node.integer();
    return true;
}

bool Decoder::expect_text(Node node, const Rule& rule, const Place& place) {
    if (!node.is(Kind::text)) return fail(place, "must be a text");
    const std::string_view text = node.text();
    if (reading_ == Reading::strict) {
        if (text.empty() && rule.min_bytes > 0) return fail(place, "must not be empty");
        if (text.size() < rule.min_bytes || text.size() > rule.max_bytes)
            return fail(place, fmt::format("must have {} to {} bytes", rule.min_bytes, rule.max_bytes));
        if (const auto problem = alphabet_problem(text, rule.alphabet); !problem.empty())
            return fail(place, problem);
    }
    return is_utf8(text) || fail(place, "must be UTF-8");
}

bool Decoder::read(Node node, std::string& into, const Rule& rule, const Place& place) {
    if (!expect_text(node, rule, place)) return false;
    into.assign(node.text());
    return true;
}

bool Decoder::read(Node node, Secret& into, const Rule& rule, const Place& place) {
    if (!expect_text(node, rule, place)) return false;
    into = Secret{node.text()};
    return true;
}

bool Decoder::read(Node node, Value& into, const Rule& rule, const Place& place) {
    switch (node.kind()) {
        case Kind::boolean:
            return read(node, into.emplace<bool>(), rule, place);
        case Kind::integer:
        case Kind::huge:
            return read(node, into.emplace<std::int64_t>(), rules::any, place);
        case Kind::text:
            return read(node, into.emplace<std::string>(), rules::any, place);
        case Kind::nil:
        case Kind::real:
        case Kind::binary:
        case Kind::extension:
        case Kind::list:
        case Kind::map:
            break;
    }
    return fail(place, "must be true or false, a whole number or a text");
}

bool Decoder::read(Node node, Data& into, const Rule& rule, const Place& place) {
    switch (node.kind()) {
        case Kind::nil:
            into = Data{};
            return true;
        case Kind::boolean:
            into = node.boolean();
            return true;
        case Kind::integer:
            into = node.integer();
            return true;
        case Kind::real:
            into = node.real();
            return true;
        case Kind::text: {
            std::string text;
            if (!read(node, text, rules::text_up_to(Limits{}.bytes), place)) return false;
            into = std::move(text);
            return true;
        }
        case Kind::list: {
            Data::List entries;
            if (!read(node, entries, rule, place)) return false;
            into = std::move(entries);
            return true;
        }
        case Kind::map: {
            Data::Map members;
            Node key = node.first();
            for (std::size_t i = 0; i < node.size(); ++i) {
                auto& [name, value] = members.emplace_back();
                if (!read(key, name, rules::any, Place{&place, "(name)"})) return false;
                if (!read(key.next(), value, rule, Place{&place, name})) return false;
                key = key.next().next();
            }
            into = std::move(members);
            return true;
        }
        case Kind::huge:
        case Kind::binary:
        case Kind::extension:
            break;
    }
    return fail(place, "holds a value that cannot be read");
}

bool Decoder::read(Node node, carts::StoreSkus& into, const Rule& rule, const Place& place) {
    if (node.is(Kind::text)) return read(node, into.skus.emplace_back(), rule, place);
    if (!node.is(Kind::list)) return fail(place, "must be a SKU or a list of SKUs");
    return read(node, into.skus, rule, place);
}

std::optional<Node> Decoder::FieldFinder::find(std::string_view name) {
    for (std::size_t looked_at = 0; looked_at < map_.size(); ++looked_at) {
        if (index_ == map_.size()) {
            index_ = 0;
            at_ = map_.first();
        }
        const Node key = at_;
        const Node value = key.next();
        at_ = value.next();
        ++index_;
        if (key.is(Kind::text) && key.text() == name) return value;
    }
    return std::nullopt;
}

}  // namespace stocktray::ipc
