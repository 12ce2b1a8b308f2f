#include "agent/gateway/database/odbc.h"

#include <sql.h>
#include <sqlext.h>

#include <algorithm>
#include <array>
#include <mutex>

#include "agent/gateway/database/utf16.h"

namespace stocktray::gateway::database::odbc {
namespace {

static_assert(sizeof(SQLWCHAR) == sizeof(char16_t), "ODBC's wide signs are UTF-16 here");

constexpr std::size_t rows_at_once = 256;
constexpr std::size_t widest_cell = 320;  // signs, with the end's zero; a SKU or name of 255 bytes has no more

bool is_good(SQLRETURN code) { return SQL_SUCCEEDED(code); }

std::string text_of(const SQLWCHAR* wide, std::size_t length) {
    std::u16string text(length, u'\0');
    std::transform(wide, wide + length, text.begin(), [](SQLWCHAR unit) { return static_cast<char16_t>(unit); });
    return to_utf8(text);
}

// With an end, as ODBC takes it.
std::vector<SQLWCHAR> wide_of(std::string_view text) {
    const auto wide = to_utf16(text);
    std::vector<SQLWCHAR> units(wide.begin(), wide.end());
    units.push_back(0);
    return units;
}

Diagnosis diagnosis_of(SQLSMALLINT kind, SQLHANDLE handle) {
    std::array<SQLWCHAR, 6> state{};
    std::array<SQLWCHAR, 1'024> text{};
    SQLINTEGER native = 0;
    SQLSMALLINT length = 0;
    const auto code = SQLGetDiagRecW(kind, handle, 1, state.data(), &native, text.data(), static_cast<SQLSMALLINT>(text.size()), &length);
    if (!is_good(code)) return {"HY000", 0, "The driver gives no reason."};
    const auto end = std::min<std::size_t>(static_cast<std::size_t>(std::max<SQLSMALLINT>(length, 0)), text.size() - 1);
    return {text_of(state.data(), 5), native, text_of(text.data(), end)};
}

// A number as ODBC passes it where a pointer is expected.
SQLPOINTER as_pointer(SQLULEN value) { return reinterpret_cast<SQLPOINTER>(value); }

class Environment {
public:
    Environment() {
        SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &handle_);
        SQLSetEnvAttr(handle_, SQL_ATTR_ODBC_VERSION, as_pointer(SQL_OV_ODBC3), 0);
    }
    ~Environment() { SQLFreeHandle(SQL_HANDLE_ENV, handle_); }
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;
    [[nodiscard]] SQLHENV get() const { return handle_; }

private:
    SQLHENV handle_{SQL_NULL_HENV};
};

// The cells of a block of rows: where the driver writes them.
class Block {
public:
    explicit Block(std::size_t columns) : columns_(columns) {
        for (auto& column : columns_) {
            column.units.resize(rows_at_once * widest_cell);
            column.lengths.resize(rows_at_once);
        }
        cells_.resize(columns);
    }

    [[nodiscard]] SQLRETURN bind(SQLHSTMT statement) {
        SQLSetStmtAttrW(statement, SQL_ATTR_ROW_BIND_TYPE, as_pointer(SQL_BIND_BY_COLUMN), 0);
        SQLSetStmtAttrW(statement, SQL_ATTR_ROW_ARRAY_SIZE, as_pointer(rows_at_once), 0);
        SQLSetStmtAttrW(statement, SQL_ATTR_ROWS_FETCHED_PTR, &fetched_, 0);
        SQLSetStmtAttrW(statement, SQL_ATTR_ROW_STATUS_PTR, statuses_.data(), 0);
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            const auto code = SQLBindCol(statement, static_cast<SQLUSMALLINT>(i + 1), SQL_C_WCHAR, columns_[i].units.data(),
                                         widest_cell * sizeof(SQLWCHAR), columns_[i].lengths.data());
            if (!is_good(code)) return code;
        }
        return SQL_SUCCESS;
    }
    [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(fetched_); }
    [[nodiscard]] bool has_error() const {
        return std::any_of(statuses_.begin(), statuses_.begin() + static_cast<std::ptrdiff_t>(size()),
                           [](SQLUSMALLINT status) { return status == SQL_ROW_ERROR; });
    }
    [[nodiscard]] std::span<const Cell> row(std::size_t row) {
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            const auto length = columns_[i].lengths[row];
            if (length == SQL_NULL_DATA) {
                cells_[i].reset();
                continue;
            }
            // A longer one was cut: whoever reads it sees that it fills the cell.
            const auto units = length < 0 ? widest_cell - 1
                                          : std::min(static_cast<std::size_t>(length) / sizeof(SQLWCHAR), widest_cell - 1);
            cells_[i] = text_of(columns_[i].units.data() + row * widest_cell, units);
        }
        return cells_;
    }

private:
    struct Column {
        std::vector<SQLWCHAR> units{};
        std::vector<SQLLEN> lengths{};
    };
    std::vector<Column> columns_;
    std::vector<Cell> cells_{};
    std::array<SQLUSMALLINT, rows_at_once> statuses_{};
    SQLULEN fetched_{0};
};

}  // namespace

struct Connection::State {
    Environment environment{};
    SQLHDBC handle{SQL_NULL_HDBC};
    std::chrono::seconds answer_within{};
    std::mutex running_mutex{};  // over `running`
    SQLHSTMT running{SQL_NULL_HSTMT};

    ~State() {
        if (handle == SQL_NULL_HDBC) return;
        SQLEndTran(SQL_HANDLE_DBC, handle, SQL_ROLLBACK);  // a connection with open work is not let go
        SQLDisconnect(handle);
        SQLFreeHandle(SQL_HANDLE_DBC, handle);
    }
    [[nodiscard]] Diagnosis diagnosis() const { return diagnosis_of(SQL_HANDLE_DBC, handle); }
};

namespace {

class Statement {
public:
    Statement(SQLHDBC connection, std::chrono::seconds answer_within, std::mutex& mutex, SQLHSTMT& running)
        : mutex_{mutex}, running_{running} {
        if (!is_good(SQLAllocHandle(SQL_HANDLE_STMT, connection, &handle_))) return;
        SQLSetStmtAttrW(handle_, SQL_ATTR_QUERY_TIMEOUT, as_pointer(static_cast<SQLULEN>(answer_within.count())), 0);
        const std::lock_guard lock{mutex_};
        running_ = handle_;
    }
    ~Statement() {
        {
            const std::lock_guard lock{mutex_};
            running_ = SQL_NULL_HSTMT;
        }
        if (handle_ != SQL_NULL_HSTMT) SQLFreeHandle(SQL_HANDLE_STMT, handle_);
    }
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;
    [[nodiscard]] SQLHSTMT get() const { return handle_; }
    [[nodiscard]] tl::unexpected<Diagnosis> failed() const { return tl::unexpected(diagnosis_of(SQL_HANDLE_STMT, handle_)); }

private:
    std::mutex& mutex_;
    SQLHSTMT& running_;
    SQLHSTMT handle_{SQL_NULL_HSTMT};
};

std::string info_of(SQLHDBC connection, SQLUSMALLINT what) {
    std::array<SQLWCHAR, 256> text{};
    SQLSMALLINT bytes = 0;
    if (!is_good(SQLGetInfoW(connection, what, text.data(), static_cast<SQLSMALLINT>(sizeof text), &bytes))) return {};
    return text_of(text.data(), std::min(static_cast<std::size_t>(bytes) / sizeof(SQLWCHAR), text.size() - 1));
}

}  // namespace

Connection::Connection(std::unique_ptr<State> state) : state_{std::move(state)} {}
Connection::~Connection() = default;

Outcome<std::unique_ptr<Connection>> Connection::open(std::string_view string, const Options& options) {
    auto state = std::make_unique<State>();
    state->answer_within = options.answer_within;
    if (!is_good(SQLAllocHandle(SQL_HANDLE_DBC, state->environment.get(), &state->handle)))
        return tl::unexpected(diagnosis_of(SQL_HANDLE_ENV, state->environment.get()));
    SQLHDBC handle = state->handle;
    SQLSetConnectAttrW(handle, SQL_ATTR_LOGIN_TIMEOUT, as_pointer(static_cast<SQLULEN>(options.login_within.count())), 0);
    SQLSetConnectAttrW(handle, SQL_ATTR_ACCESS_MODE,
                       as_pointer(options.access == Access::read_only ? SQL_MODE_READ_ONLY : SQL_MODE_READ_WRITE), 0);
    auto wide = wide_of(string);
    SQLSMALLINT length = 0;
    const auto code = SQLDriverConnectW(handle, nullptr, wide.data(), SQL_NTS, nullptr, 0, &length, SQL_DRIVER_NOPROMPT);
    if (!is_good(code)) {
        auto why = state->diagnosis();
        SQLFreeHandle(SQL_HANDLE_DBC, handle);
        state->handle = SQL_NULL_HDBC;
        return tl::unexpected(std::move(why));
    }
    SQLSetConnectAttrW(handle, SQL_ATTR_CONNECTION_TIMEOUT, as_pointer(static_cast<SQLULEN>(options.answer_within.count())), 0);
    SQLSetConnectAttrW(handle, SQL_ATTR_AUTOCOMMIT, as_pointer(SQL_AUTOCOMMIT_OFF), 0);
    return std::unique_ptr<Connection>{new Connection{std::move(state)}};
}

std::string Connection::dbms() const { return info_of(state_->handle, SQL_DBMS_NAME); }
std::string Connection::driver() const { return info_of(state_->handle, SQL_DRIVER_NAME); }

bool Connection::has_transactions() const {
    SQLUSMALLINT capable = SQL_TC_NONE;
    SQLGetInfoW(state_->handle, SQL_TXN_CAPABLE, &capable, sizeof capable, nullptr);
    return capable != SQL_TC_NONE;
}

Outcome<void> Connection::query(std::string_view sql, const TakeRow& take) {
    const Statement statement{state_->handle, state_->answer_within, state_->running_mutex, state_->running};
    if (statement.get() == SQL_NULL_HSTMT) return tl::unexpected(state_->diagnosis());
    SQLSetStmtAttrW(statement.get(), SQL_ATTR_CURSOR_TYPE, as_pointer(SQL_CURSOR_FORWARD_ONLY), 0);
    SQLSetStmtAttrW(statement.get(), SQL_ATTR_CONCURRENCY, as_pointer(SQL_CONCUR_READ_ONLY), 0);
    auto wide = wide_of(sql);
    if (!is_good(SQLExecDirectW(statement.get(), wide.data(), SQL_NTS))) return statement.failed();
    SQLSMALLINT columns = 0;
    if (!is_good(SQLNumResultCols(statement.get(), &columns))) return statement.failed();
    if (columns == 0) return tl::unexpected(Diagnosis{"24000", 0, "The statement answers no rows."});
    Block block{static_cast<std::size_t>(columns)};
    if (!is_good(block.bind(statement.get()))) return statement.failed();
    for (;;) {
        const auto code = SQLFetch(statement.get());
        if (code == SQL_NO_DATA) return {};
        if (!is_good(code) || block.has_error()) return statement.failed();
        for (std::size_t row = 0; row < block.size(); ++row)
            if (!take(block.row(row))) return {};
    }
}

Outcome<int> Connection::columns_of(std::string_view sql) {
    const Statement statement{state_->handle, state_->answer_within, state_->running_mutex, state_->running};
    if (statement.get() == SQL_NULL_HSTMT) return tl::unexpected(state_->diagnosis());
    auto wide = wide_of(sql);
    if (!is_good(SQLPrepareW(statement.get(), wide.data(), SQL_NTS))) return statement.failed();
    SQLSMALLINT columns = 0;
    if (!is_good(SQLNumResultCols(statement.get(), &columns))) return statement.failed();
    return columns;
}

Outcome<std::int64_t> Connection::run(std::string_view sql, const std::vector<std::string>& values) {
    const Statement statement{state_->handle, state_->answer_within, state_->running_mutex, state_->running};
    if (statement.get() == SQL_NULL_HSTMT) return tl::unexpected(state_->diagnosis());
    std::vector<std::vector<SQLWCHAR>> wide_values;
    std::vector<SQLLEN> lengths;
    for (const auto& value : values) {
        wide_values.push_back(wide_of(value));
        lengths.push_back(static_cast<SQLLEN>((wide_values.back().size() - 1) * sizeof(SQLWCHAR)));
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto code = SQLBindParameter(statement.get(), static_cast<SQLUSMALLINT>(i + 1), SQL_PARAM_INPUT, SQL_C_WCHAR,
                                           SQL_WVARCHAR, wide_values[i].size(), 0, wide_values[i].data(),
                                           static_cast<SQLLEN>(wide_values[i].size() * sizeof(SQLWCHAR)), &lengths[i]);
        if (!is_good(code)) return statement.failed();
    }
    auto wide = wide_of(sql);
    const auto code = SQLExecDirectW(statement.get(), wide.data(), SQL_NTS);
    if (code == SQL_NO_DATA) return 0;  // an UPDATE that found nothing
    if (!is_good(code)) return statement.failed();
    SQLLEN rows = 0;
    if (!is_good(SQLRowCount(statement.get(), &rows))) return statement.failed();
    return rows;
}

Outcome<void> Connection::commit() {
    if (!is_good(SQLEndTran(SQL_HANDLE_DBC, state_->handle, SQL_COMMIT))) return tl::unexpected(state_->diagnosis());
    return {};
}

Outcome<void> Connection::roll_back() {
    if (!is_good(SQLEndTran(SQL_HANDLE_DBC, state_->handle, SQL_ROLLBACK))) return tl::unexpected(state_->diagnosis());
    return {};
}

void Connection::cancel() {
    const std::lock_guard lock{state_->running_mutex};
    if (state_->running != SQL_NULL_HSTMT) SQLCancel(state_->running);
}

}  // namespace stocktray::gateway::database::odbc
