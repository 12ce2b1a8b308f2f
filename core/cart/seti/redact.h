// What a store said, fit to be logged, shown and kept: some scripts print the password into their errors.
#pragma once
#include <string>
#include <string_view>

namespace stocktray::cart::seti {

constexpr std::size_t kept_text_limit = 1024;

class Redactor {
public:
    // An empty password hides nothing.
    explicit Redactor(std::string_view password) : password_{password} {}

    // `text` without the password, as it is or encoded for a URL, a form or HTML, in any case; also without
    // a cut-off beginning of it at the end.
    [[nodiscard]] std::string hide(std::string_view text) const;

    // The same, cut to `kept_text_limit` bytes between two characters, and fit to be shown: UTF-8 in any case, without
    // control characters but line ends and tabs.
    [[nodiscard]] std::string keep(std::string_view text) const;

private:
    std::string password_;
};

}  // namespace stocktray::cart::seti
