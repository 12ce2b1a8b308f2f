#include "core/cart/seti/read_version.h"

#include <algorithm>
#include <utility>

#include "core/cart/seti/ascii.h"
#include "core/cart/seti/read_number.h"
#include "core/cart/seti/script_answer.h"

namespace stocktray::cart::seti {
namespace {

constexpr std::string_view announcement = "StocktrayExt";
constexpr std::chrono::seconds least_keep{604'800};

void add_capability(Extension& extension, std::string_view word) {
    if (word == "postid") extension.has_postid = true;
    if (word == "batch") extension.has_batch = true;
    if (word == "qohquery") extension.has_qohquery = true;
    if (word == "moves") extension.has_moves = true;
    if (word == "cursor") extension.has_cursor = true;
    if (word == "clamps") extension.clamps = true;
}

template <class Take>
void each_part(std::string_view text, char separator, Take take) {
    while (!text.empty()) {
        const auto end = text.find(separator);
        take(trim(text.substr(0, end)));
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
}

bool is_store_id(std::string_view id) {
    return id.size() >= 16 && id.size() <= 64 &&
           std::ranges::all_of(id, [](char c) { return is_digit(c) || (c >= 'a' && c <= 'z'); });
}

}  // namespace

std::optional<Extension> read_extension(std::string_view line) {
    if (!starts_ignoring_case(line, announcement)) return std::nullopt;
    line = trim(line.substr(announcement.size()));
    if (!line.starts_with(':')) return std::nullopt;
    line = trim(line.substr(1));
    Extension extension;
    bool is_first = true;
    bool is_readable = true;
    each_part(line, ';', [&](std::string_view part) {
        if (std::exchange(is_first, false)) {
            is_readable = part == "1";
            return;
        }
        const auto equals = part.find('=');
        if (equals == std::string_view::npos) return;
        const std::string_view name = part.substr(0, equals);
        const std::string_view value = part.substr(equals + 1);
        const auto number = [&] {
            const auto read = read_integer(value);
            if (!read || *read < 0) is_readable = false;
            return read.value_or(0);
        };
        if (name == "store") extension.store = value;
        if (name == "keep")
            extension.keep = std::chrono::seconds{std::min<std::int64_t>(number(), 1'000'000'000)};
        if (name == "seq") extension.seq = number();
        if (name == "top") extension.top = number();
        if (name == "engine") extension.engine = value;
        if (name == "problem") extension.problem = value;
        if (name == "bound") extension.bound_to = value;
        if (name == "caps")
            each_part(value, ',', [&](std::string_view word) { add_capability(extension, word); });
    });
    if (is_first || !is_readable) return std::nullopt;
    // Keys rest on a store that can be told from another one, and on their being kept long enough.
    if (!is_store_id(extension.store) || extension.keep < least_keep) {
        extension.has_postid = false;
        extension.has_batch = false;
    }
    return extension;
}

VersionResult read_version(const http::Reply& reply, const Redactor& redactor) {
    VersionResult result;
    result.status = reply.status;
    result.retry_after = reply.retry_after;
    const auto answer = read_script_answer(reply);
    if (!answer) {
        result.is_script = answer.error().is_script;
        result.cause = answer.error().cause;
        result.text = redactor.keep(answer.error().text);
        return result;
    }
    result.warnings = answer->warnings;
    result.text =
        redactor.keep(answer->preamble.empty() ? answer->text : answer->text + "\n" + answer->preamble);
    const auto version = response_value(answer->text, "version");
    if (!version) {
        result.cause = Cause::malformed;
        return result;
    }
    result.is_script = true;
    result.version = redactor.keep(*version);
    std::string_view rest = answer->text;
    static_cast<void>(take_line(rest));
    std::string_view behind = rest;
    const Line second = take_line(rest);
    // Without an end in sight the list of what it can do may be cut; then it has not been said.
    if ((!reply.is_close_framed || second.has_end) && starts_ignoring_case(second.text, announcement)) {
        result.extension = read_extension(second.text);
        behind = rest;
    }
    if (!trim(behind).empty()) result.warnings.push_back(Warning::trailing_text);
    return result;
}

}  // namespace stocktray::cart::seti
