#include "agent/gateway/database/handback_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "agent/gateway/synced_file.h"
#include "ipc/csv/csv_writer.h"
#include "ipc/spool/place.h"

namespace stocktray::gateway::database {
namespace {

namespace fs = std::filesystem;

// Durable before the file is written: its name, and the last item in it.
constexpr const char* file_note = "get_qoh_file";
constexpr const char* cursor_note = "get_qoh_cursor";

std::string name_for(const std::string& watch, const std::string& cursor) {
    std::string name = "get-qoh-" + watch + "-";
    for (const char c : cursor)
        name += (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ? c : '-';
    return name + ".csv";
}

void forget(State& state) {
    state.together([&] {
        state.set_note(file_note, std::nullopt);
        state.set_note(cursor_note, std::nullopt);
    });
}

Failure not_written(const fs::path& folder, const std::string& why) {
    return fail(ErrorCode::storage, fmt::format("What Get QOH found cannot be written into {}: {}.", folder.string(), why));
}

}  // namespace

Result<void> HandbackByFile::write(const std::string& name, const std::vector<ipc::qoh::PullItem>& items) const {
    const auto& folder = settings_.handback.folder;
    std::error_code error;
    fs::create_directories(folder / "done", error);
    if (error) return not_written(folder, error.message());
    std::ostringstream out;
    csv::CsvWriter line{out};
    for (const auto* heading : {"sku", "add", "count_then", "new_product", "name", "cart"}) line.text(heading);
    line.end_line();
    for (const auto& item : items) {
        line.text(item.sku).number(item.delta).number(item.qoh).text(item.new_product ? "yes" : "no");
        line.text(item.name.value_or("")).text(item.cart);
        line.end_line();
    }
    // Nobody sees half a file, not after a power cut either: it gets its name when it is whole and on the disk.
    const auto half = folder / (name + ".part");
    if (auto written = write_synced(half, out.view()); !written) return not_written(folder, written.error().message);
    fs::rename(half, folder / name, error);
    if (error) return not_written(folder, error.message());
    ipc::sync_folder(folder);
    return {};
}

Result<void> HandbackByFile::step(Book& book, State& state) {
    ipc::qoh::Pull pull{.consumer = "gateway-" + settings_.name, .ack = {}, .skipped = {}, .limit = 1'000, .take_over = {}};
    const auto& folder = settings_.handback.folder;
    const auto name = state.note(file_note);
    std::error_code none;
    if (name && fs::exists(folder / *name, none)) return {};  // waits for whoever takes it over
    if (name && fs::exists(folder / "done" / *name, none)) {
        pull.ack = state.note(cursor_note);
        const auto acknowledged = book.pull(pull);
        if (!acknowledged) return fail(ErrorCode::storage, acknowledged.error().message);
        forget(state);
        return step(book, state);
    }
    const auto pulled = book.pull(pull);
    if (!pulled) return fail(ErrorCode::storage, pulled.error().message);
    auto items = pulled->items;
    if (items.empty()) return {};
    if (name) {
        // It was to be written when the program ended, or somebody has taken it away: the same once more.
        const auto last = std::ranges::find(items, state.note(cursor_note).value_or(""), &ipc::qoh::PullItem::cursor);
        if (last == items.end()) {  // somebody else has acknowledged them
            forget(state);
            return step(book, state);
        }
        items.erase(last + 1, items.end());
        return write(*name, items);
    }
    const auto fresh = name_for(settings_.name, items.back().cursor);
    state.together([&] {
        state.set_note(file_note, fresh);
        state.set_note(cursor_note, items.back().cursor);
    });
    return write(fresh, items);
}

std::vector<Finding> HandbackByFile::test() {
    const auto& folder = settings_.handback.folder;
    std::error_code none;
    if (!fs::is_directory(folder, none))
        return {{false, fmt::format("The folder {} for Get QOH is not there.", folder.string()), "mkdir -p " + folder.string()}};
    const auto probe = folder / ".stocktray-test";
    const bool is_writable = static_cast<bool>(std::ofstream{probe});
    fs::remove(probe, none);
    if (!is_writable)
        return {{false, fmt::format("The folder {} for Get QOH cannot be written.", folder.string()), "Give this user the right to write there."}};
    return {{true, fmt::format("Get QOH is handed back as a file in {}.", folder.string()), ""}};
}

}  // namespace stocktray::gateway::database
