#include "ipc/import/count_import.h"

#include <algorithm>
#include <set>

#include "ipc/codec/decode.h"
#include "ipc/codec/encode.h"
#include "ipc/messages/history.h"

namespace stocktray::import {
namespace {

using ipc::Code;
using ipc::Expected;
using ipc::Failure;
using ipc::Outbox;
using ipc::qoh::Snapshot;

constexpr std::size_t items_per_part = 5'000;
constexpr int attempts = 3;  // at what is not answered

template <ipc::Request T>
Expected<typename T::Result> ask(Outbox& outbox, const T& request, Outbox::Duration timeout) {
    for (int attempt = 1;; ++attempt) {
        const auto answer = outbox.call(T::method.name, ipc::encode(request), timeout);
        if (answer) return ipc::decode<typename T::Result>(answer->result, ipc::Reading::lenient);
        if (answer.error().code != Code::no_answer || attempt == attempts) return Failure{answer.error()};
    }
}

// Whether the file's count of these contains their changes nobody knows: taken over, it could undo them.
Expected<std::set<std::string>> changed_since(std::int64_t written_at, Outbox& outbox, Outbox::Duration timeout) {
    std::set<std::string> skus;
    ipc::history::List list{.kinds = {{ipc::HistoryKind::change}}, .since = std::max<std::int64_t>(0, written_at - doubtful_ms), .limit = 1'000};
    for (;;) {
        auto page = ask(outbox, list, timeout);
        if (!page) return Failure{std::move(page.error())};
        for (auto& entry : page->entries)
            if (entry.sku) skus.insert(std::move(*entry.sku));
        if (!page->next) return skus;
        list.after = page->next;
    }
}

// What is left out of a snapshot that is opened only now; what changes from here on, the agent itself leaves out.
Expected<std::set<std::string>> to_leave_out(const CountFile& file, Outbox& outbox, Outbox::Duration timeout) {
    if (file.is_opened) return std::set<std::string>{};
    return changed_since(file.written_at, outbox, timeout);
}

}  // namespace

Expected<CountTaken> import_counts(const CountFile& file, Outbox& outbox, Outbox::Duration timeout) {
    Snapshot part{.source = file.source, .snapshot = file.snapshot};
    if (file.is_opened) {
        // Opening it once more would forget what has changed since.
    } else if (const auto opened = ask(outbox, part, timeout); !opened) {
        // Perhaps everything of it came over before somebody ended us: its answer is kept under its name.
        if (opened.error().code != Code::conflict || !file.is_resumed) return Failure{opened.error()};
        part.part = 1;
        const auto before = ask(outbox, part, timeout);
        if (!before) return Failure{opened.error()};
        return CountTaken{.received = before->received, .retake = before->retake};
    }
    const auto changed = to_leave_out(file, outbox, timeout);
    if (!changed) return Failure{changed.error()};
    CountTaken taken;
    auto item = file.items.begin();
    while (!part.last) {
        part.items.clear();
        for (; item != file.items.end() && part.items.size() < items_per_part; ++item) {
            if (changed->contains(item->sku))
                taken.left.push_back(item->sku);
            else
                part.items.push_back(*item);
        }
        // A part that is the last and the first opens itself: a name that is not open (any more) would be taken for a new one,
        // and nobody would look for what has changed since the counts were read.
        part.last = item == file.items.end() && (!file.is_opened || part.items.empty());
        ++part.part;
        const auto result = ask(outbox, part, timeout);
        if (!result) return Failure{result.error()};
        taken.received = result->received;
        taken.retake = result->retake;
    }
    return taken;
}

}  // namespace stocktray::import
