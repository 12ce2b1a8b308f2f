// A practice store of one's own: PHP's built-in server on a free port, in a temporary folder.
#pragma once
#include "tests/support/form_post.h"
#include "tests/support/process.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/temp_dir.h"

#include <memory>
#include <optional>
#include <string>

namespace stocktray::tests {

class PracticeStore {
public:
    enum class Floor { zero, none };  // what becomes of a count below zero

    struct Options {
        int products = 100;  // SKU-0001 …, counts 20 to 199
        Floor floor = Floor::zero;
        std::vector<std::string> php{};  // arguments for PHP, as "-d", "name=value"
    };

    // Why no practice store can be made here; empty if it can.
    [[nodiscard]] static std::string missing();

    PracticeStore() : PracticeStore(Options{}) {}
    explicit PracticeStore(Options options);

    [[nodiscard]] std::string url() const;
    [[nodiscard]] const std::string& user() const noexcept { return user_; }
    [[nodiscard]] const std::string& password() const noexcept { return password_; }
    [[nodiscard]] std::filesystem::path directory() const { return dir_.path() / "store"; }
    [[nodiscard]] std::filesystem::path config_file() const { return directory() / "stocktray-config.php"; }

    // Calls `function` with user and password and these fields.
    [[nodiscard]] Reply call(const std::string& function, const Fields& fields = {}) const;

    [[nodiscard]] long long count(const std::string& sku);

    // Sells as a shop does, beside the connector; the order's number, or none if there are too few pieces.
    std::optional<long long> sell(const std::string& sku, int quantity);

    // The database itself, for what a test needs beyond that.
    [[nodiscard]] SqliteFile& database() noexcept { return *database_; }

    // What PHP and its server have written so far.
    [[nodiscard]] std::string log() const { return server_ ? server_->output() + server_->errors() : ""; }

    void stop();   // the port refuses connections
    void start();  // on the same port

private:
    TempDir dir_;
    std::vector<std::string> php_;
    std::string user_;
    std::string password_;
    std::uint16_t port_ = 0;
    std::unique_ptr<SqliteFile> database_;
    std::unique_ptr<Process> server_;
};

}  // namespace stocktray::tests
