#include "tray/model/count_file.h"

#include <filesystem>
#include <fstream>

#include "ipc/path_text.h"
#include "ipc/stock_file/stock_file.h"
#include "ipc/stock_file/survey.h"
#include "tray/model/words.h"

namespace stocktray::tray {

tl::expected<std::vector<ipc::qoh::SnapshotItem>, std::string> read_counts(const std::string& path) {
    std::ifstream file{ipc::path_of(path), std::ios::binary};
    if (path.empty() || !file) return tl::unexpected{tr("This file cannot be read.")};
    const auto surveyed = stock_file::survey(file);
    if (!surveyed) return tl::unexpected{translated_sentence(surveyed.error())};
    file.clear();
    file.seekg(0);
    stock_file::Recipe recipe;
    recipe.kind = stock_file::Kind::counts;
    recipe.may_end_within_a_line = true;  // somebody has chosen a file that is finished
    auto contents = stock_file::read_stock_file(file, recipe, surveyed->encoding);
    if (!contents) return tl::unexpected{translated_sentence(contents.error().sentence)};
    if (!contents->bad.empty())
        return tl::unexpected{say(tr("Line {line}: {what}"), fmt::arg("line", contents->bad.front().line),
                                  fmt::arg("what", translated_sentence(contents->bad.front().why)))};
    if (contents->counts.empty()) return tl::unexpected{tr("There is no count in this file.")};
    return std::move(contents->counts);
}

}  // namespace stocktray::tray
