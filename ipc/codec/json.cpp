#include "ipc/codec/json.h"

#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "ipc/codec/encoder.h"

namespace stocktray::ipc {
namespace {

using Json = nlohmann::ordered_json;  // keeps the order of the members

// Of an object that is being filled. It keeps its members in a row, where each search would go through all of them: they are
// found by an index of their own.
class Members {
public:
    explicit Members(Json& object) : row_{object.get_ref<Json::object_t&>()} {}

    // The last one of a name counts, at the place of the first.
    Json& put(std::string name, Json value) {
        const auto [known, is_new] = at_.try_emplace(name, row_.size());
        if (is_new) return row_.emplace_back(std::move(name), std::move(value)).second;
        return std::next(row_.begin(), static_cast<std::ptrdiff_t>(known->second))->second = std::move(value);
    }

private:
    Json::object_t& row_;
    std::unordered_map<std::string, std::size_t> at_;
};

Json json_of(Node node) {
    switch (node.kind()) {
        case Kind::boolean:
            return node.boolean();
        case Kind::integer:
            return node.integer();
        case Kind::huge:
            return static_cast<std::uint64_t>(node.integer());
        case Kind::real:
            return node.real();
        case Kind::text:
            return node.text();
        case Kind::list: {
            Json list = Json::array();
            Node entry = node.first();
            for (std::size_t i = 0; i < node.size(); ++i, entry = entry.next())
                list.push_back(json_of(entry));
            return list;
        }
        case Kind::map: {
            Json map = Json::object();
            Members members{map};
            Node key = node.first();
            for (std::size_t i = 0; i < node.size(); ++i, key = key.next().next())
                if (key.is(Kind::text)) members.put(std::string{key.text()}, json_of(key.next()));
            return map;
        }
        case Kind::nil:
        case Kind::binary:
        case Kind::extension:
            break;
    }
    return nullptr;
}

// Puts together what the parser reads.
class Reader final : public nlohmann::json_sax<Json> {
public:
    [[nodiscard]] const Json& read() const { return root_; }

    bool null() override { return add(nullptr); }
    bool boolean(bool value) override { return add(value); }
    bool number_integer(number_integer_t value) override { return add(value); }
    bool number_unsigned(number_unsigned_t value) override { return add(value); }
    bool number_float(number_float_t value, const string_t&) override { return add(value); }
    bool string(string_t& value) override { return add(std::move(value)); }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return open(Json::object()); }
    bool start_array(std::size_t) override { return open(Json::array()); }
    bool key(string_t& name) override {
        open_.back().name = std::move(name);
        return true;
    }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

private:
    struct Open {
        Json* value;
        std::optional<Members> members;  // of an object
        std::string name{};              // of the member that comes next
    };

    Json& place(Json value) {
        if (open_.empty()) return root_ = std::move(value);
        auto& into = open_.back();
        if (into.members) return into.members->put(std::move(into.name), std::move(value));
        into.value->push_back(std::move(value));
        return into.value->back();
    }
    bool add(Json value) {
        place(std::move(value));
        return true;
    }
    bool open(Json empty) {
        Json& value = place(std::move(empty));
        open_.push_back({&value, value.is_object() ? std::optional<Members>{value} : std::nullopt});
        return true;
    }
    bool close() {
        open_.pop_back();
        return true;
    }

    Json root_;
    std::vector<Open> open_;
};

void write_json(Encoder& to, const Json& json) {
    if (json.is_boolean()) return to.boolean(json.get<bool>());
    if (json.is_number_float()) return to.real(json.get<double>());
    // Beyond the largest integer of the protocol it is refused as no integer, where it would come out as another one.
    if (json.is_number_unsigned() && json.get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        return to.real(json.get<double>());
    if (json.is_number()) return to.integer(json.get<std::int64_t>());
    if (json.is_string()) return to.text(json.get_ref<const std::string&>());
    if (json.is_array()) {
        to.list(json.size());
        for (const auto& entry : json) write_json(to, entry);
        return;
    }
    if (json.is_object()) {
        to.map(json.size());
        for (const auto& [name, value] : json.items()) {
            to.text(name);
            write_json(to, value);
        }
        return;
    }
    to.nil();
}

}  // namespace

std::string to_json(Node node, Layout layout) {
    // Texts that are not UTF-8 get replacement signs instead of stopping us.
    return json_of(node).dump(layout == Layout::indented ? 2 : -1, ' ', false,
                              Json::error_handler_t::replace);
}

Expected<std::string> from_json(std::string_view text) {
    Reader reader;
    if (!Json::sax_parse(text, &reader)) return fail(Code::invalid_params, "This is not JSON.");
    Encoder to;
    write_json(to, reader.read());
    return to.take();
}

}  // namespace stocktray::ipc
