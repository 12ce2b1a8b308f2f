#include "core/cart/seti/read_item_lines.h"

#include <string>
#include <unordered_map>

#include "core/cart/seti/ascii.h"
#include "core/cart/seti/html.h"

namespace stocktray::cart::seti {
namespace {

using Places = std::unordered_map<std::string_view, std::size_t>;

struct Split {
    std::size_t place{0};
    std::string_view value;
};

// A name may hold `=`; the longest name that fits is the one meant.
std::optional<Split> split(std::string_view line, const Places& places) {
    for (auto equals = line.rfind('='); equals != std::string_view::npos && equals > 0;
         equals = line.rfind('=', equals - 1)) {
        const std::string_view name = line.substr(0, equals);
        auto found = places.find(name);
        if (found == places.end() && name.find('&') != std::string_view::npos)
            found = places.find(html_unescape(name));
        if (found != places.end()) return Split{found->second, line.substr(equals + 1)};
    }
    return std::nullopt;
}

}  // namespace

std::optional<ItemLines> read_item_lines(std::string_view text, const std::vector<std::string>& names) {
    if (!equals_ignoring_case(trim(take_line(text).text), "SETIResponse")) return std::nullopt;
    Places places;
    for (std::size_t i = 0; i < names.size(); ++i) places.emplace(names[i], i);
    ItemLines read;
    read.values.resize(names.size());
    read.is_repeated.resize(names.size());
    while (!text.empty()) {
        const Line line = take_line(text);
        if (equals_ignoring_case(trim(line.text), "SETIEndOfData")) {
            read.has_end = true;
            read.behind = trim(text);
            break;
        }
        if (!line.has_end) break;  // the half of a line says nothing
        const auto parts = split(line.text, places);
        if (!parts) continue;
        if (read.values[parts->place]) read.is_repeated[parts->place] = true;
        read.values[parts->place] = trim(parts->value);
    }
    return read;
}

}  // namespace stocktray::cart::seti
