#include "core/cart/seti/read_number.h"

#include "core/cart/seti/ascii.h"

namespace stocktray::cart::seti {

std::optional<std::string_view> response_value(std::string_view text, std::string_view name) {
    constexpr std::string_view marker = "SETIResponse";
    std::string_view line = take_line(text).text;
    if (!starts_ignoring_case(line, marker)) return std::nullopt;
    line = trim(line.substr(marker.size()));
    if (!line.starts_with(':')) return std::nullopt;
    line = trim(line.substr(1));
    if (!starts_ignoring_case(line, name)) return std::nullopt;
    line = trim(line.substr(name.size()));
    if (!line.starts_with('=')) return std::nullopt;
    return trim(line.substr(1));
}

tl::expected<std::int64_t, Problem> read_number(const http::Reply& reply, std::string_view name) {
    auto answer = read_script_answer(reply);
    if (!answer) return tl::unexpected{std::move(answer).error()};
    const auto value = response_value(answer->text, name);
    const auto number = value ? read_integer(*value) : std::nullopt;
    // The end of an answer that is marked by closing alone may be missing, and half a number is another one.
    const bool may_be_cut = reply.is_close_framed && answer->text.find_first_of("\r\n") == std::string::npos;
    if (!number || *number < 0 || may_be_cut)
        return tl::unexpected{
            Problem{number && may_be_cut ? Cause::truncated : Cause::malformed, false, true, answer->text}};
    return *number;
}

}  // namespace stocktray::cart::seti
