// A driver's error in words for the person who set the watch up. Pure.
#pragma once
#include <string>
#include <string_view>

#include "agent/gateway/database/odbc.h"

namespace stocktray::gateway::database {

struct Explained {
    std::string text{};  // a sentence
    std::string hint{};  // what to do
};

// `secret` (a password; may be empty) is left out of the driver's words wherever it stands.
[[nodiscard]] Explained explain(const odbc::Diagnosis& diagnosis, std::string_view secret = {});

}  // namespace stocktray::gateway::database
