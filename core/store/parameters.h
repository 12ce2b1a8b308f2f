// The system-wide parameters, with the Order Manager's names.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/result.h"
#include "core/stack/lateness.h"
#include "core/time.h"

namespace stocktray::store {

class Database;

using ParameterValue = std::variant<bool, std::int64_t, std::string>;

// What the rules take from the parameters.
struct Settings {
    bool synch_qoh{false};
    stack::LatenessLimits lateness;
    Milliseconds settle{120'000};
    Milliseconds parked{24 * 3'600'000};
    Milliseconds positive_gap{24 * 3'600'000};
    Milliseconds history{std::int64_t{90} * 24 * 3'600'000};
    std::int64_t last_pieces{3};
    Milliseconds audit_early{24 * 3'600'000};
    Milliseconds audit{std::int64_t{168} * 3'600'000};
    std::int64_t wipe_guard_percent{30};
};

class Parameters {
public:
    explicit Parameters(Database& database) noexcept : database_{database} {}

    // Every parameter with its value, the defaults included.
    [[nodiscard]] std::map<std::string, ParameterValue> all() const;
    // Is the name known and the value of its kind and in its range? Says in a sentence what is wrong.
    [[nodiscard]] static Result<void> check(std::string_view name, const ParameterValue& value);
    void set(std::string_view name, const ParameterValue& value);
    [[nodiscard]] Settings settings() const;

private:
    Database& database_;
};

}  // namespace stocktray::store
