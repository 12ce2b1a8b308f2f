// Whether a statement only reads. A second bolt beside the read-only connection, which not every driver honours. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace stocktray::gateway::database {

// None: it is one SELECT (or WITH … SELECT). Else what is wrong with it, a sentence. Texts, quoted names and comments
// are skipped; what could change data is refused even where this statement would not.
[[nodiscard]] std::optional<std::string> why_not_a_select(std::string_view sql);

}  // namespace stocktray::gateway::database
