// ODBC as far as watching needs it: a connection, a statement, rows as texts. All texts are UTF-8.
//
// One thread uses a connection; `cancel` may be called from any other.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "agent/gateway/database/cell.h"

namespace stocktray::gateway::database::odbc {

// As the driver says it, of the first diagnostic record.
struct Diagnosis {
    std::string state{};  // SQLSTATE, five signs
    std::int64_t native{0};
    std::string text{};   // the driver's words
};
template <class T>
using Outcome = tl::expected<T, Diagnosis>;

enum class Access { read_only, read_write };

class Connection {
public:
    struct Options {
        Access access{Access::read_only};
        std::chrono::seconds login_within{10};
        std::chrono::seconds answer_within{300};  // a statement
    };

    // `string` is an ODBC connection string ("DSN=erp;UID=reader;PWD=…"). Nothing is committed by itself.
    [[nodiscard]] static Outcome<std::unique_ptr<Connection>> open(std::string_view string, const Options& options);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    [[nodiscard]] std::string dbms() const;    // "PostgreSQL", "MariaDB", …
    [[nodiscard]] std::string driver() const;  // its file
    [[nodiscard]] bool has_transactions() const;

    // The cells of each row in the query's order; the span lasts for the call. `take` returns false to end it early.
    using TakeRow = std::function<bool(std::span<const Cell>)>;
    [[nodiscard]] Outcome<void> query(std::string_view sql, const TakeRow& take);
    // How many columns the query answers.
    [[nodiscard]] Outcome<int> columns_of(std::string_view sql);
    // How many rows were changed. Each `?` of the statement takes one of the texts, as the database reads it.
    [[nodiscard]] Outcome<std::int64_t> run(std::string_view sql, const std::vector<std::string>& values = {});
    [[nodiscard]] Outcome<void> commit();
    [[nodiscard]] Outcome<void> roll_back();

    // Ends the statement that runs, with an error, if the driver can. Does nothing where none runs.
    void cancel();

private:
    struct State;
    explicit Connection(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace stocktray::gateway::database::odbc
