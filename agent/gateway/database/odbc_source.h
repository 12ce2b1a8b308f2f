// A database behind ODBC, read and never written.
#pragma once
#include <chrono>
#include <memory>
#include <mutex>
#include <string>

#include "agent/gateway/database/odbc.h"
#include "agent/gateway/database/settings.h"
#include "agent/gateway/database/source.h"

namespace stocktray::gateway::database {

// One thread uses it; `cancel` may be called from any other. Connects when it is asked, and anew after an error.
class OdbcSource final : public Source {
public:
    explicit OdbcSource(Settings settings) : settings_{std::move(settings)} {}

    [[nodiscard]] bool has_watermark() const override { return !settings_.watermark.empty(); }
    [[nodiscard]] Result<std::string> watermark() override;
    [[nodiscard]] Result<void> read(const std::function<void(const RawRow&)>& take) override;

    // How long the database worked for us since this was asked last.
    [[nodiscard]] std::chrono::milliseconds take_busy();
    // Ends what it does just now, and everything that begins later.
    void cancel();

private:
    [[nodiscard]] Result<void> connect();
    [[nodiscard]] Failure failed(const odbc::Diagnosis& diagnosis);

    Settings settings_;
    std::string secret_{};
    std::mutex mutex_{};  // over the pointer: `cancel` looks at it
    std::shared_ptr<odbc::Connection> connection_{};
    bool is_cancelled_{false};
    std::chrono::steady_clock::duration busy_{};
};

// A connection as watching wants it: read-only as far as the driver and the server can, and one that does not bring
// a whole answer into memory where its driver needs to be told so. `guards`: who keeps it from writing, a sentence.
struct Reader {
    std::unique_ptr<odbc::Connection> connection{};
    std::string guards{};
    bool is_guarded{false};  // by the server, not only by our look at the query
};
[[nodiscard]] odbc::Outcome<Reader> open_reader(const std::string& string, std::chrono::seconds answer_within);

// The row as the query's columns in their order.
[[nodiscard]] RawRow raw_row(std::span<const Cell> cells);

}  // namespace stocktray::gateway::database
