// What the gateway knows of a watched database's SKUs, in a SQLite file of its own (WAL, synchronous=FULL).
//
// It may be lost, damaged or restored from a copy without harm (watch_rule.h); a damaged one is set aside. One thread
// uses it. Every function but `open` throws SQLite::Exception.
#pragma once
#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "agent/gateway/database/watch_rule.h"
#include "core/result.h"

namespace stocktray::gateway::database {

class State {
public:
    // `number` is small and stays the SKU's: an index for a set of bits.
    struct Kept {
        std::string sku{};
        std::int64_t number{0};
        Watched watched{};
        std::optional<std::int64_t> gone_at{};  // missing from the query's answers since; milliseconds since the epoch
    };

    // Makes the file (for its user alone) where there is none. `unsupported`: a newer program has written it.
    [[nodiscard]] static Result<std::unique_ptr<State>> open(const std::filesystem::path& file);
    explicit State(const std::filesystem::path& file);

    // All that `work` saves is on the disk when it returns, or nothing of it.
    void together(const std::function<void()>& work);

    [[nodiscard]] std::optional<Kept> find(const std::string& sku);
    void save(const std::string& sku, const Watched& watched);
    void set_gone(const std::string& sku, std::optional<std::int64_t> gone_at);

    // More than the number of any SKU, and how many SKUs are not gone.
    [[nodiscard]] std::int64_t end_of_numbers();
    [[nodiscard]] std::int64_t count_present();

    // At most `most`, by SKU, behind `after`.
    enum class Which {
        all,
        offered,   // an offer has no answer
        unasked,   // the agent's book is not known
        troubled,  // a person should look
        gone,
    };
    [[nodiscard]] std::vector<Kept> list(Which which, const std::string& after, std::size_t most);
    [[nodiscard]] std::int64_t count(Which which);

    // Small texts by name; none: never set.
    [[nodiscard]] std::optional<std::string> note(const std::string& name);
    void set_note(const std::string& name, const std::optional<std::string>& text);

    // The rows of one reading that something has to be done about; forgotten with the connection.
    void clear_staged();
    void stage(const Counted& counted);
    void stage_as_twice(const std::string& sku);  // as often as it is found again
    [[nodiscard]] std::vector<Counted> staged(const std::string& after, std::size_t most);  // those found once
    [[nodiscard]] std::vector<std::string> staged_twice(std::size_t most);
    [[nodiscard]] std::int64_t count_staged_twice();
    void mark_sent(const std::string& sku);
    [[nodiscard]] std::vector<Counted> staged_and_sent(const std::string& after, std::size_t most);

private:
    [[nodiscard]] std::vector<Counted> staged_where(const std::string& condition, const std::string& after, std::size_t most);
    SQLite::Statement& prepared(const std::string& sql);

    SQLite::Database database_;
    std::unordered_map<std::string, std::unique_ptr<SQLite::Statement>> statements_;
    std::int64_t next_number_{0};
};

}  // namespace stocktray::gateway::database
