#include "agent/ctl/commands/import_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "agent/ctl/output/words.h"
#include "ipc/stock_file/encoding.h"

namespace stocktray::ctl {
namespace {

using stock_file::Kind;

constexpr std::size_t most_rows_shown = 20;

std::int64_t pieces_together(const import::Inspected& inspected) {
    std::int64_t sum = 0;
    for (const auto& change : inspected.contents.changes) sum += change.delta;
    return sum;
}

}  // namespace

ImportView view_of(const import::Inspected& inspected) {
    const auto& contents = inspected.contents;
    ImportView view{.kind = std::string{ipc::to_string(contents.kind)},
                    .charset = std::string{stock_file::name_of(contents.encoding)},
                    .rows = static_cast<std::int64_t>(contents.rows),
                    .pieces = pieces_together(inspected),
                    .bad_rows = static_cast<std::int64_t>(contents.bad_rows)};
    for (const auto& bad : contents.bad) view.bad.push_back({static_cast<std::int64_t>(bad.line), bad.why});
    return view;
}

std::string what_it_is(const import::Inspected& inspected) {
    const auto& contents = inspected.contents;
    const auto charset = stock_file::name_of(contents.encoding);
    if (contents.kind == Kind::counts)
        return fmt::format("{}, {}", counted(static_cast<std::int64_t>(contents.counts.size()), "count", "counts"), charset);
    return fmt::format("{}, {} pieces together, {}",
                       counted(static_cast<std::int64_t>(contents.changes.size()), "change", "changes"),
                       pieces(pieces_together(inspected)), charset);
}

void print_rows(Session& session, const import::Inspected& inspected) {
    auto& out = session.terminal().out;
    const auto& contents = inspected.contents;
    const bool is_count = contents.kind == Kind::counts;
    const auto size = is_count ? contents.counts.size() : contents.changes.size();
    for (std::size_t i = 0; i < std::min(size, most_rows_shown); ++i) {
        const auto line = is_count ? contents.count_lines[i] : contents.changes[i].line;
        if (is_count) {
            const auto& item = contents.counts[i];
            out << fmt::format("Line {}: {} = {}{}{}\n", line, printable(item.sku), item.qoh,
                               item.name ? "  " + printable(*item.name) : "", item.tracked == false ? "  (not tracked)" : "");
        } else {
            const auto change = stock_file::change_of(contents, i, "", 0);
            out << fmt::format("Line {}: {} {}  {}{}\n", line, printable(change.sku), pieces(*change.delta),
                               ipc::to_string(change.reason), change.reason_text ? "  " + printable(*change.reason_text) : "");
        }
    }
    if (size > most_rows_shown) out << fmt::format("… and {} more.\n", size - most_rows_shown);
}

}  // namespace stocktray::ctl
