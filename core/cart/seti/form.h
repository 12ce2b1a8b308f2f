// The body of a request: an encoded form. Fields stand in the order in which they were added, each once.
#pragma once
#include <string>
#include <string_view>

namespace stocktray::cart::seti {

// Everything but A-Z a-z 0-9 - _ . * becomes %XX, byte by byte.
[[nodiscard]] std::string percent_encode(std::string_view bytes);

class Form {
public:
    Form& add(std::string_view name, std::string_view value);
    [[nodiscard]] std::string take() && { return std::move(body_); }

private:
    std::string body_;
};

}  // namespace stocktray::cart::seti
