#include "ipc/import/file_import.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "ipc/codec/utf8.h"
#include "ipc/import/count_import.h"
#include "ipc/stock_file/survey.h"
#include "ipc/wall_clock.h"

namespace stocktray::import {
namespace {

using ipc::Code;
using ipc::Expected;
using ipc::Failure;
using ipc::Outbox;
using ipc::qoh::Change;
using stock_file::BadLine;
using stock_file::Kind;
using Why = NotInspected::Why;

constexpr std::size_t changes_per_commit = 5'000;

tl::unexpected<NotInspected> not_inspected(Why why, std::string sentence) {
    return tl::unexpected{NotInspected{why, std::move(sentence)}};
}

// A file's name as messages may hold it.
std::string as_text(const std::string& name) {
    auto text = ipc::as_utf8(name);
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
    return text;
}

// What the ids of an attempt's changes begin with.
std::string id_base(const LedgerEntry& entry) {
    return entry.attempt == 1 ? entry.fingerprint : fmt::format("{}.{}", entry.fingerprint, entry.attempt);
}

Expected<Taken> take_counts(const Inspected& inspected, Outbox& outbox, const std::string& source, const std::string& opened,
                            Outbox::Duration timeout) {
    const auto& entry = inspected.entry;
    auto taken = import_counts({.items = inspected.contents.counts,
                                .source = source,
                                .snapshot = opened.empty() ? fmt::format("{}.{}", entry.fingerprint, entry.attempt) : opened,
                                .written_at = inspected.at,
                                .is_resumed = inspected.is_resumed,
                                .is_opened = !opened.empty()},
                               outbox, timeout);
    if (!taken) return Failure{std::move(taken.error())};
    return Taken{.rows = taken->received, .retake = std::move(taken->retake), .left = std::move(taken->left)};
}

class ChangeTaker {
public:
    ChangeTaker(const Inspected& inspected, Outbox& outbox) : inspected_{inspected}, outbox_{outbox}, ids_{id_base(inspected.entry)} {}

    Expected<Taken> take(Outbox::Duration wait) {
        const auto before = outbox_.standing();
        if (auto submitted = submit_all(); !submitted) return Failure{std::move(submitted.error())};
        taken_.rows = static_cast<std::int64_t>(inspected_.contents.changes.size() - taken_.refused.size());
        (void)outbox_.flush(wait);  // what did not get through waits
        auto after = outbox_.standing();
        if (!after) return Failure{std::move(after.error())};
        taken_.waiting = after->spooled.waiting;
        // Which of them the agent refused is asked for by their ids, which changes nothing.
        if (!before || after->spooled.refused != before->spooled.refused)
            if (auto asked = submit_all(); !asked) return Failure{std::move(asked.error())};
        std::ranges::sort(taken_.refused, {}, &BadLine::line);
        return std::move(taken_);
    }

private:
    [[nodiscard]] Change change(std::size_t index) const {
        auto one = stock_file::change_of(inspected_.contents, index, ids_, inspected_.at);
        // Where a change came from, unless the shop says itself why it is.
        auto place = fmt::format("{}, line {}", inspected_.name, inspected_.contents.changes[index].line);
        if (!one.reason_text && place.size() <= ipc::rules::line.max_bytes) one.reason_text = std::move(place);
        return one;
    }

    Expected<void> submit_all() {
        const auto count = inspected_.contents.changes.size();
        for (std::size_t from = 0; from < count; from += changes_per_commit)
            if (auto submitted = submit(from, std::min(from + changes_per_commit, count)); !submitted) return submitted;
        return {};
    }

    Expected<void> submit(std::size_t from, std::size_t to) {
        std::vector<Change> batch;
        for (std::size_t i = from; i < to; ++i) batch.push_back(change(i));
        const auto outcomes = outbox_.submit(std::move(batch), Outbox::Duration{0});
        if (outcomes) {
            for (std::size_t i = 0; i < outcomes->size(); ++i)
                if ((*outcomes)[i].place == Outbox::Place::refused) refuse(from + i, (*outcomes)[i].error.message);
            return {};
        }
        if (outcomes.error().code != Code::conflict && outcomes.error().code != Code::invalid_params) return Failure{outcomes.error()};
        if (to - from == 1) {
            refuse(from, outcomes.error().message);
            return {};
        }
        // One of them will never be taken; the others must be.
        for (std::size_t i = from; i < to; ++i)
            if (auto alone = submit(i, i + 1); !alone) return alone;
        return {};
    }

    void refuse(std::size_t index, const std::string& why) {
        const BadLine line{inspected_.contents.changes[index].line, why};
        if (std::ranges::find(taken_.refused, line.line, &BadLine::line) == taken_.refused.end()) taken_.refused.push_back(line);
    }

    const Inspected& inspected_;
    Outbox& outbox_;
    std::string ids_;
    Taken taken_{};
};

}  // namespace

tl::expected<Inspected, NotInspected> inspect(std::istream& bytes, const std::string& name, std::int64_t written_at,
                                              const Wishes& wishes, Ledger& ledger) {
    bytes.clear();
    bytes.seekg(0, std::ios::end);
    const auto size = bytes.tellg();
    bytes.seekg(0);
    const auto shorter = ledger.shorter_changes(wishes.series, size < 0 ? 0 : static_cast<std::uint64_t>(size));
    if (!shorter) return not_inspected(Why::storage, shorter.error().message);
    std::vector<std::uint64_t> lengths;
    for (const auto& entry : *shorter) lengths.push_back(entry.bytes);
    const auto surveyed = stock_file::survey(bytes, wishes.series, lengths);
    if (!surveyed) return not_inspected(Why::wrong, surveyed.error());
    bytes.clear();
    bytes.seekg(0);
    auto contents = stock_file::read_stock_file(bytes, wishes.recipe, wishes.recipe.encoding.value_or(surveyed->encoding));
    if (!contents) {
        auto& error = contents.error();
        return tl::unexpected{NotInspected{error.why == stock_file::Unreadable::Why::half ? Why::half : Why::wrong,
                                           std::move(error.sentence), error.only_lacks_line_end}};
    }
    Earlier earlier;
    auto same = ledger.find(surveyed->fingerprint);
    if (!same) return not_inspected(Why::storage, same.error().message);
    earlier.same = std::move(*same);
    auto last = ledger.last_count(wishes.series);
    if (!last) return not_inspected(Why::storage, last.error().message);
    earlier.last_count = std::move(*last);
    // Changes with ids of their own are known by them, wherever they stand.
    const bool has_ids = !contents->remarks.empty() && !contents->remarks.front().id.empty();
    if (contents->kind == Kind::changes && !has_ids)
        for (const auto& prefix : surveyed->prefixes)
            for (const auto& entry : *shorter)
                if (entry.bytes == prefix.bytes && entry.fingerprint == prefix.fingerprint) earlier.beginning = entry;
    Inspected result{.name = as_text(name), .contents = std::move(*contents)};
    result.objections = objections(result.contents, earlier, wishes.consent, wishes.fewest_percent);
    result.is_resumed = earlier.same && !earlier.same->taken_at;
    auto& changes = result.contents.changes;
    result.entry = {.fingerprint = surveyed->fingerprint,
                    .attempt = attempt_of(earlier),
                    .kind = result.contents.kind,
                    .series = wishes.series,
                    .name = result.name,
                    .bytes = surveyed->bytes,
                    .rows = static_cast<std::int64_t>(result.contents.rows),
                    .last_line = changes.empty() ? 0 : changes.back().line,
                    .begun_at = result.is_resumed ? earlier.same->begun_at : ipc::now_ms()};
    // One that was begun before was read then, however much later its stamp is.
    result.at = std::min(written_at, result.entry.begun_at);
    if (earlier.beginning && wishes.consent.takes_only_new)
        std::erase_if(changes, [&](const auto& change) { return change.line <= earlier.beginning->last_line; });
    return result;
}

Expected<Taken> take(const Inspected& inspected, Outbox& outbox, Ledger& ledger, const std::string& source, Outbox::Duration wait,
                     const std::string& opened) {
    const LedgerEntry& entry = inspected.entry;
    if (auto begun = ledger.begin(entry); !begun) return Failure{std::move(begun.error())};
    auto taken = inspected.contents.kind == Kind::counts ? take_counts(inspected, outbox, source, opened, wait)
                                                        : ChangeTaker{inspected, outbox}.take(wait);
    if (!taken) return taken;
    if (auto ended = ledger.end(entry, ipc::now_ms()); !ended) return Failure{std::move(ended.error())};
    return taken;
}

}  // namespace stocktray::import
