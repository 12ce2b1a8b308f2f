#include "ipc/codec/json.h"

#include <limits>
#include <nlohmann/json.hpp>

#include "ipc/codec/encoder.h"

namespace stocktray::ipc {
namespace {

using Json = nlohmann::ordered_json;  // keeps the order of the members

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
            Node key = node.first();
            for (std::size_t i = 0; i < node.size(); ++i, key = key.next().next())
                if (key.is(Kind::text)) map[std::string{key.text()}] = json_of(key.next());
            return map;
        }
        case Kind::nil:
        case Kind::binary:
        case Kind::extension:
            break;
    }
    return nullptr;
}

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
    const Json json = Json::parse(text, nullptr, false);
    if (json.is_discarded()) return fail(Code::invalid_params, "This is not JSON.");
    Encoder to;
    write_json(to, json);
    return to.take();
}

}  // namespace stocktray::ipc
