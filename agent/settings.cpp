#include "agent/settings.h"

#include <fmt/format.h>

namespace stocktray::settings {
namespace {

constexpr std::int64_t week_in_seconds = 7 * 24 * 3'600;

template <class T>
Setter value_of(T& into) {
    return [&into](const toml::node& node) {
        auto value = node.value_exact<T>();
        if (value) into = std::move(*value);
        return value.has_value();
    };
}

Setter duration(Milliseconds& into, std::int64_t most, std::int64_t unit_ms) {
    return [&into, most, unit_ms](const toml::node& node) {
        const auto value = node.value_exact<std::int64_t>();
        if (!value || *value < 0 || *value > most) return false;
        into = Milliseconds{*value * unit_ms};
        return true;
    };
}

}  // namespace

Setter text(std::string& into) { return value_of(into); }
Setter yes_or_no(bool& into) { return value_of(into); }
Setter milliseconds(Milliseconds& into) { return duration(into, week_in_seconds * 1'000, 1); }
Setter seconds(Milliseconds& into) { return duration(into, week_in_seconds, 1'000); }

Setter texts(std::vector<std::string>& into) {
    return [&into](const toml::node& node) {
        const auto* array = node.as_array();
        if (array == nullptr) return false;
        std::vector<std::string> values;
        for (const auto& one : *array) {
            const auto value = one.value_exact<std::string>();
            if (!value) return false;
            values.push_back(*value);
        }
        into = std::move(values);
        return true;
    };
}

Setter path(std::filesystem::path& into) {
    return [&into](const toml::node& node) {
        const auto value = node.value_exact<std::string>();
        if (value) into = *value;
        return value.has_value();
    };
}

Setter number(std::int64_t& into, std::int64_t least, std::int64_t most) {
    return [&into, least, most](const toml::node& node) {
        const auto value = node.value_exact<std::int64_t>();
        if (!value || *value < least || *value > most) return false;
        into = *value;
        return true;
    };
}

Result<File> File::read(const std::filesystem::path& file) {
    std::error_code none;
    if (!std::filesystem::exists(file, none))
        return fail(ErrorCode::not_found, fmt::format("There is no configuration file {}.", file.string()));
    try {
        return File{file, toml::parse_file(file.string())};
    } catch (const toml::parse_error& error) {
        return fail(ErrorCode::invalid,
                    fmt::format("{}, line {}: {}", file.string(), error.source().begin.line, error.description()));
    }
}

Failure File::wrong(const toml::node& where, std::string_view what) const {
    return fail(ErrorCode::invalid, fmt::format("{}, line {}: {}", path_.string(), where.source().begin.line, what));
}

Result<void> File::apply(std::string_view key, const toml::node& value, std::string_view prefix,
                         const Setters& setters) const {
    const auto setter = setters.find(key);
    if (setter == setters.end()) return wrong(value, fmt::format("there is no setting {}{}.", prefix, key));
    if (!setter->second(value)) return wrong(value, fmt::format("{}{} has a wrong value.", prefix, key));
    return {};
}

Result<void> File::apply(const toml::table& table, std::string_view prefix, const Setters& setters) const {
    for (const auto& [key, value] : table)
        if (auto good = apply(key.str(), value, prefix, setters); !good) return good;
    return {};
}

}  // namespace stocktray::settings
