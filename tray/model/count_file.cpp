#include "tray/model/count_file.h"

#include <fstream>

#include "ipc/csv/csv_reader.h"
#include "tray/model/words.h"

namespace stocktray::tray {

tl::expected<std::vector<ipc::qoh::SnapshotItem>, std::string> read_counts(const std::string& path) {
    std::ifstream file{path};
    if (path.empty() || !file) return tl::unexpected{tr("This file cannot be read.")};
    auto reader = csv::CsvReader::open(file, {"sku", "qoh", "name", "tracked"}, 2);
    if (!reader)
        return tl::unexpected{
            tr("The first line must name the columns: sku and qoh are needed, name and tracked may follow.")};
    std::vector<ipc::qoh::SnapshotItem> items;
    for (;;) {
        auto row = reader->next();
        if (!row) return tl::unexpected{translated_sentence(row.error())};
        if (!*row) break;
        const auto& cells = (*row)->cells;
        const auto problem = [&](const std::string& what) {
            return tl::unexpected{
                say(tr("Line {line}: {what}"), fmt::arg("line", (*row)->line), fmt::arg("what", what))};
        };
        ipc::qoh::SnapshotItem item{.sku = cells[0]};
        if (item.sku.empty()) return problem(tr("There is no SKU."));
        const auto qoh = csv::whole_number(cells[1]);
        if (!qoh || *qoh < -ipc::rules::most_pieces || *qoh > ipc::rules::most_pieces)
            return problem(say(tr("“{text}” is no count."), fmt::arg("text", cells[1])));
        item.qoh = *qoh;
        if (!cells[2].empty()) item.name = cells[2];
        if (!cells[3].empty()) {
            item.tracked = csv::yes_or_no(cells[3]);
            if (!item.tracked)
                return problem(say(tr("“{text}” is neither yes nor no."), fmt::arg("text", cells[3])));
        }
        items.push_back(std::move(item));
    }
    if (items.empty()) return tl::unexpected{tr("There is no count in this file.")};
    return items;
}

}  // namespace stocktray::tray
