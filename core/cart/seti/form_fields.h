// A form as Order Managers post it (application/x-www-form-urlencoded), byte for byte: which charset it is in, the
// cart knows.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stocktray::cart::seti {

class FormFields {
public:
    static constexpr std::size_t most_fields = 1'000;

    // None: more fields than anybody sends. A percent sign that introduces nothing stays what it is.
    [[nodiscard]] static std::optional<FormFields> parse(std::string_view body);

    // The first of that name; empty if there is none.
    [[nodiscard]] std::string_view get(std::string_view name) const noexcept;
    [[nodiscard]] bool has(std::string_view name) const noexcept;
    // Stands there more than once: which of them is meant, nobody can tell.
    [[nodiscard]] bool is_repeated(std::string_view name) const noexcept;

private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

}  // namespace stocktray::cart::seti
