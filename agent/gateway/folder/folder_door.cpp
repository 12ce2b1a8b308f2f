#include "agent/gateway/folder/folder_door.h"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>

#include "agent/gateway/folder/folder_configuration.h"
#include "agent/gateway/folder/folder_worker.h"

namespace stocktray::gateway {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_files_tried = 5;

Result<import::Ledger> open_ledger(const Surroundings& surroundings) {
    auto ledger = import::Ledger::open(surroundings.data_folder / "folder.db");
    if (!ledger) return fail(ErrorCode::storage, ledger.error().message);
    return std::move(*ledger);
}

class FolderDoor : public Door {
public:
    FolderDoor(FolderSettings settings, Surroundings surroundings)
        : settings_{std::move(settings)}, surroundings_{std::move(surroundings)} {}

    [[nodiscard]] std::string name() const override { return fmt::format("the folder {}", settings_.path.string()); }

    [[nodiscard]] std::vector<Finding> test() override {
        std::error_code error;
        if (!fs::is_directory(settings_.path, error))
            return {{false, "It is not there, or this user cannot enter it.",
                     "Make it, connect the drive, or give this user rights; its path stands in gateway.toml."}};
        std::vector<Finding> findings;
        if (::access(settings_.path.c_str(), R_OK | W_OK | X_OK) == 0)
            findings.push_back({true, "Files can be read and put away there."});
        else
            findings.push_back({false, "This user cannot read and write there: files that were taken are moved to done/.",
                                "Give this user rights to write in it."});
        const bool is_told = settings_.watch == WatchBy::automatic && watch_folder(settings_.path);
        findings.push_back({true, is_told ? "A file is noticed as soon as it is written."
                                          : fmt::format("Nobody tells of new files there: it is looked for them every {} s.",
                                                        settings_.poll_every.count() / 1'000)});
        try_files(findings);
        return findings;
    }

    [[nodiscard]] Result<void> run(std::stop_token stop) override {
        auto ledger = open_ledger(surroundings_);
        if (!ledger) return Failure{std::move(ledger.error())};
        FolderWorker worker{settings_, surroundings_.outbox, *ledger};
        worker.run(stop, [this](const std::vector<FolderProblem>& found) {
            std::vector<Problem> problems;
            for (const auto& one : found) problems.push_back({.message = one.message, .hint = one.hint});
            surroundings_.tell(name(), std::move(problems));
        });
        return {};
    }

private:
    // How the files that lie there now would be read.
    void try_files(std::vector<Finding>& findings) {
        const auto files = Filing{settings_.path}.list(settings_.path, settings_.files);
        auto ledger = open_ledger(surroundings_);
        if (!files || !ledger) {
            findings.push_back({false, files ? ledger.error().message : files.error().message,
                                "Look at the rights of this user, and at the disk."});
            return;
        }
        if (const auto sheets = Filing{settings_.path}.list(settings_.path, spreadsheets))
            for (const auto& sheet : *sheets)
                if (!is_wanted(sheet.name, settings_.files))
                    findings.push_back({false, fmt::format("{} is a spreadsheet: it is not taken.", sheet.name), "Save it as CSV."});
        if (files->empty()) findings.push_back({true, "No file waits there."});
        for (const auto& file : *files) {
            if (&file - files->data() == static_cast<std::ptrdiff_t>(most_files_tried)) {
                findings.push_back({true, fmt::format("More files wait there, which were not tried: {}.", files->size() - most_files_tried)});
                break;
            }
            std::ifstream bytes{settings_.path / file.name, std::ios::binary};
            auto wishes = settings_.wishes;
            wishes.series = settings_.path.string();
            const auto inspected = import::inspect(bytes, file.name, 0, wishes, *ledger);
            if (!inspected)
                findings.push_back({false, fmt::format("{}: {}", file.name, inspected.error().sentence),
                                    "Describe the file better in gateway.toml, or mend it."});
            else if (!inspected->objections.empty())
                findings.push_back({false, fmt::format("{}: {}", file.name, inspected->objections.front().sentence),
                                    "It would go to problems/, with a report that says what to do."});
            else
                findings.push_back({true, fmt::format("{} can be taken: {} rows of {}, {}.", file.name, inspected->contents.rows,
                                                      ipc::to_string(inspected->contents.kind),
                                                      stock_file::name_of(inspected->contents.encoding))});
        }
    }

    FolderSettings settings_;
    Surroundings surroundings_;
};

}  // namespace

Result<std::unique_ptr<Door>> make_folder_door(const settings::File& file, const toml::table& table, const Surroundings& surroundings) {
    auto folder = read_folder(file, table);
    if (!folder) return Failure{std::move(folder.error())};
    return std::unique_ptr<Door>{std::make_unique<FolderDoor>(std::move(*folder), surroundings)};
}

}  // namespace stocktray::gateway
