// Reading a configuration file of ours: every key that is there has a setter; an unknown key and a wrong value are errors that
// name the file, the line and the key.
#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <toml++/toml.h>

#include "core/result.h"
#include "core/time.h"

namespace stocktray::settings {

// Takes a value over; false: it is not one of this setting. What it writes to must outlive it.
using Setter = std::function<bool(const toml::node&)>;
using Setters = std::map<std::string, Setter, std::less<>>;

[[nodiscard]] Setter text(std::string& into);
[[nodiscard]] Setter texts(std::vector<std::string>& into);  // an array of them
[[nodiscard]] Setter path(std::filesystem::path& into);
[[nodiscard]] Setter yes_or_no(bool& into);
[[nodiscard]] Setter number(std::int64_t& into, std::int64_t least, std::int64_t most);
[[nodiscard]] Setter milliseconds(Milliseconds& into);  // up to a week
[[nodiscard]] Setter seconds(Milliseconds& into);       // the same, written in seconds

template <class T, std::size_t n>
[[nodiscard]] Setter one_of(T& into, std::array<std::pair<std::string_view, T>, n> words) {
    return [&into, words](const toml::node& node) {
        const auto value = node.value_exact<std::string>();
        for (const auto& [word, meaning] : words)
            if (value && *value == word) {
                into = meaning;
                return true;
            }
        return false;
    };
}

class File {
public:
    // `not_found`: there is no such file; `invalid`: it is no TOML.
    [[nodiscard]] static Result<File> read(const std::filesystem::path& file);

    [[nodiscard]] const toml::table& root() const noexcept { return root_; }
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

    // What is wrong with the file at this place.
    [[nodiscard]] Failure wrong(const toml::node& where, std::string_view what) const;
    [[nodiscard]] Result<void> apply(std::string_view key, const toml::node& value, std::string_view prefix,
                                     const Setters& setters) const;
    // Takes over all settings of one table; `prefix` is its name in errors ("folder."), empty for the root.
    [[nodiscard]] Result<void> apply(const toml::table& table, std::string_view prefix, const Setters& setters) const;

private:
    File(std::filesystem::path path, toml::table root) : path_{std::move(path)}, root_{std::move(root)} {}

    std::filesystem::path path_;
    toml::table root_;
};

}  // namespace stocktray::settings
