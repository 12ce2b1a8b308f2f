#include "core/cart/seti/form.h"

#include "core/cart/seti/ascii.h"

namespace stocktray::cart::seti {

std::string percent_encode(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    out.reserve(bytes.size());
    for (const char c : bytes) {
        if (is_alphanumeric(c) || c == '-' || c == '_' || c == '.' || c == '*') {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += digits[byte >> 4U];
        out += digits[byte & 15U];
    }
    return out;
}

Form& Form::add(std::string_view name, std::string_view value) {
    if (!body_.empty()) body_ += '&';
    body_ += percent_encode(name);
    body_ += '=';
    body_ += percent_encode(value);
    return *this;
}

}  // namespace stocktray::cart::seti
