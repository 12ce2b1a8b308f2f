// Jobs in the words of the Order Manager's users.
#pragma once
#include <string>
#include <string_view>

#include "ipc/messages/jobs.h"

namespace stocktray::ctl {

// "Get QOH From Website".
[[nodiscard]] std::string_view in_words(ipc::JobKind kind);
[[nodiscard]] std::string_view in_words(ipc::JobState state);
// What a job says of a SKU, for a column: "differs".
[[nodiscard]] std::string_view in_words(ipc::JobResult result);
[[nodiscard]] std::string_view in_words(ipc::Cause cause);

// Whether it was named and the Order Manager does not know it. What the store does not know has a cause.
[[nodiscard]] bool is_unknown(const ipc::jobs::ResultItem& item);
// What a job says of this SKU.
[[nodiscard]] std::string_view what(const ipc::jobs::ResultItem& item);

// Why, for a person: the agent's sentence, or at least the cause. Printable.
[[nodiscard]] std::string why(const ipc::jobs::ResultItem& item);

// "Send QOH To Website, Main Store": what is going on.
[[nodiscard]] std::string title(const ipc::jobs::Job& job, std::string_view cart_name);

}  // namespace stocktray::ctl
