// parameters.*: system-wide settings by name, as in the Order Manager's group Program.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ipc/data.h"
#include "ipc/messages/field.h"
#include "ipc/messages/method.h"

namespace stocktray::ipc::parameters {

using Values = std::map<std::string, Value>;

struct GetResult {
    Values parameters{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("parameters", &GetResult::parameters, rules::at_most(1'000)));
    }
    bool operator==(const GetResult&) const = default;
};

struct Get {
    using Result = GetResult;
    static constexpr Method method{"parameters.get", Role::viewer, Effect::reads};
    std::optional<std::vector<std::string>> names{};  // none: all

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("names", &Get::names, rules::at_most(1'000, rules::some_line)));
    }
    bool operator==(const Get&) const = default;
};

struct Set {
    using Result = Nothing;
    static constexpr Method method{"parameters.set", Role::admin, Effect::changes_state};
    Values parameters{};  // all of them are taken, or none
    std::optional<std::string> id{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("parameters", &Set::parameters, rules::at_most(1'000)));
        visit(field("id", &Set::id, rules::id));
    }
    bool operator==(const Set&) const = default;
};

}  // namespace stocktray::ipc::parameters
