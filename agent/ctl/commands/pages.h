// Lists that come in pages, as one.
#pragma once
#include <algorithm>
#include <cstdint>

#include "agent/ctl/session.h"

namespace stocktray::ctl {

// Asks `request` page by page and hands each result to `take`, until there is no more or `most` entries were
// asked for. Gives back the error of the page that failed.
template <ipc::Request T>
[[nodiscard]] ipc::Expected<void> each_page(Session& session, T request, std::int64_t most, auto&& take) {
    for (std::int64_t left = most; left > 0; left -= request.limit) {
        request.limit = std::min<std::int64_t>(left, 1'000);
        auto page = session.ask(request);
        if (!page) return ipc::Failure{std::move(page.error())};
        request.after = page->next;
        take(std::move(*page));
        if (!request.after) break;
    }
    return {};
}

}  // namespace stocktray::ctl
