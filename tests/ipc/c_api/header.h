// stocktray.h as a test reads it: what it declares, without a compiler.
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace stocktray::tests {

// What a value is where it is handed over, whatever a language calls it.
enum class Width { none, bits_32, bits_64, pointer };

struct HeaderFunction {
    Width result{Width::none};
    std::vector<Width> parameters{};
    std::vector<std::string> types{};  // of the parameters, as they are written

    bool operator==(const HeaderFunction&) const = default;
};

struct Header {
    std::map<std::string, HeaderFunction> functions{};
    std::map<std::string, std::int64_t> constants{};  // enumerators, and STOCKTRAY_API_VERSION
};

// Throws std::runtime_error where the header has something that is not understood.
[[nodiscard]] Header read_header(const std::filesystem::path& file);

[[nodiscard]] std::string read_text(const std::filesystem::path& file);

}  // namespace stocktray::tests
