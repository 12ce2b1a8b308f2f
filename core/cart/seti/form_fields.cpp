#include "core/cart/seti/form_fields.h"

#include <algorithm>
#include <charconv>

namespace stocktray::cart::seti {
namespace {

std::string decode(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned byte = 0;
        const char* digits = text.data() + i + 1;
        if (text[i] == '+') {
            decoded += ' ';
        } else if (text[i] == '%' && i + 2 < text.size() &&
                   std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
            decoded += static_cast<char>(byte);
            i += 2;
        } else {
            decoded += text[i];
        }
    }
    return decoded;
}

}  // namespace

std::optional<FormFields> FormFields::parse(std::string_view body) {
    FormFields form;
    while (!body.empty()) {
        const auto end = std::min(body.find('&'), body.size());
        const auto field = body.substr(0, end);
        body.remove_prefix(std::min(end + 1, body.size()));
        if (field.empty()) continue;
        if (form.fields_.size() == most_fields) return std::nullopt;
        const auto equals = std::min(field.find('='), field.size());
        form.fields_.emplace_back(decode(field.substr(0, equals)), decode(field.substr(std::min(equals + 1, field.size()))));
    }
    return form;
}

std::string_view FormFields::get(std::string_view name) const noexcept {
    const auto found = std::ranges::find(fields_, name, &std::pair<std::string, std::string>::first);
    return found == fields_.end() ? std::string_view{} : found->second;
}

bool FormFields::is_repeated(std::string_view name) const noexcept {
    return std::ranges::count(fields_, name, &std::pair<std::string, std::string>::first) > 1;
}

bool FormFields::has(std::string_view name) const noexcept {
    return std::ranges::count(fields_, name, &std::pair<std::string, std::string>::first) > 0;
}

}  // namespace stocktray::cart::seti
