// Which files were taken: so that each is taken once, and a count is compared with the one before. One SQLite file
// beside the spool that the changes go into; processes may share it.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipc/error.h"
#include "ipc/stock_file/columns.h"

namespace stocktray::import {

struct LedgerEntry {
    std::string fingerprint{};  // of the series and the content
    std::int64_t attempt{1};    // grows when somebody wants the same content taken as a new file
    stock_file::Kind kind{stock_file::Kind::changes};
    std::string series{};  // files that follow one another: a folder, or the command line
    std::string name{};    // of the file, for people
    std::uint64_t bytes{0};
    std::int64_t rows{0};
    std::int64_t last_line{0};  // where its last row of changes stands
    std::int64_t begun_at{0};                // milliseconds since the epoch
    std::optional<std::int64_t> taken_at{};  // none: begun, and perhaps a part of it is with the agent
};

class Ledger {
public:
    // Makes the file (mode 0600) and its folder where they are missing. `storage`: it cannot be used; the sentence
    // says why.
    [[nodiscard]] static ipc::Expected<Ledger> open(const std::filesystem::path& file);

    Ledger(Ledger&&) noexcept;
    Ledger& operator=(Ledger&&) noexcept;
    ~Ledger();

    // The latest attempt at this content.
    [[nodiscard]] ipc::Expected<std::optional<LedgerEntry>> find(std::string_view fingerprint);
    // The count of the series that was taken last.
    [[nodiscard]] ipc::Expected<std::optional<LedgerEntry>> last_count(std::string_view series);
    // The series' files of changes with rows in them that are shorter than `bytes`, by growing length: a new one that
    // begins with one of them tells its rows a second time.
    [[nodiscard]] ipc::Expected<std::vector<LedgerEntry>> shorter_changes(std::string_view series, std::uint64_t bytes);

    // On the disk when they return (synchronous=FULL). `begin` writes the entry over one of the same content and
    // attempt.
    [[nodiscard]] ipc::Expected<void> begin(const LedgerEntry& entry);
    [[nodiscard]] ipc::Expected<void> end(const LedgerEntry& entry, std::int64_t now);

private:
    struct State;
    explicit Ledger(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

// Where it lies beside that spool.
[[nodiscard]] std::filesystem::path ledger_beside(const std::filesystem::path& spool);

}  // namespace stocktray::import
