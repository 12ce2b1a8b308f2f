// Lists that come in pages, as one.
#pragma once
#include <iterator>
#include <utility>

#include "ipc/error.h"
#include "ipc/messages/method.h"

namespace stocktray::ipc {

// Asks `request` page by page and gives back the entries of all as one result. `ask` puts one question; the error of
// the one that failed is the answer.
template <Request T, class Entries>
[[nodiscard]] Expected<typename T::Result> whole_list(T request, Entries T::Result::*entries, auto&& ask) {
    typename T::Result all;
    for (;;) {
        Expected<typename T::Result> page = ask(request);
        if (!page) return page;
        auto& more = (*page).*entries;
        (all.*entries).insert((all.*entries).end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
        if (!page->next) return all;
        request.after = std::move(page->next);
    }
}

}  // namespace stocktray::ipc
