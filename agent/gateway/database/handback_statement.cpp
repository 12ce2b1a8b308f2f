#include "agent/gateway/database/handback_statement.h"

#include <fmt/format.h>

#include "agent/gateway/database/diagnosis.h"
#include "agent/gateway/database/login.h"

namespace stocktray::gateway::database {
namespace {

constexpr const char* probe_cursor = "stocktray-test";

bool has_word(std::string_view text, std::string_view word) {
    const auto is_part = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; };
    for (auto at = text.find(word); at != text.npos; at = text.find(word, at + 1)) {
        const bool begins = at == 0 || !is_part(text[at - 1]);
        const bool ends = at + word.size() == text.size() || !is_part(text[at + word.size()]);
        if (begins && ends) return true;
    }
    return false;
}

}  // namespace

Failure HandbackByStatement::failed(const odbc::Diagnosis& diagnosis) {
    connection_.reset();  // rolls back
    const auto explained = explain(diagnosis, secret_);
    return fail(ErrorCode::storage, fmt::format("Get QOH cannot be handed back. {} {}", explained.text, explained.hint));
}

Result<std::string> HandbackByStatement::cursor() {
    std::string cursor;
    int rows = 0;
    const auto read = connection_->query(settings_.handback.read_cursor, [&](std::span<const Cell> cells) {
        if (!cells.empty()) cursor = cells.front().value_or("");
        ++rows;
        return rows < 2;
    });
    if (!read) return failed(read.error());
    while (cursor.ends_with(' ')) cursor.pop_back();
    if (rows != 1)
        return fail(ErrorCode::invalid, fmt::format("get_qoh_read_cursor must answer exactly one row, and answers {}.",
                                                    rows == 0 ? "none: insert one" : "more"));
    return cursor;
}

// A table outside of transactions keeps what was rolled back: pieces would be added twice after a crash.
Result<void> HandbackByStatement::refuse_tables_without_transactions() {
    const auto dbms = connection_->dbms();
    if (!connection_->has_transactions())
        return fail(ErrorCode::unsupported, fmt::format("{} has no transactions behind this driver: use get_qoh_folder.", dbms));
    if (dbms == "MariaDB" || dbms == "MySQL") {
        std::string wrong;
        const auto asked = connection_->query(
            "SELECT table_name, engine FROM information_schema.tables WHERE table_schema = DATABASE()"
            " AND table_type = 'BASE TABLE' AND engine <> 'InnoDB'",
            [&](std::span<const Cell> cells) {
                const auto table = cells[0].value_or("");
                if (has_word(settings_.handback.statement, table) || has_word(settings_.handback.store_cursor, table))
                    wrong = fmt::format("The table {} is of the engine {}, which has no transactions: "
                                        "ALTER TABLE {} ENGINE=InnoDB, or use get_qoh_folder.",
                                        table, cells[1].value_or("?"), table);
                return true;
            });
        if (!asked) return failed(asked.error());
        if (!wrong.empty()) return fail(ErrorCode::unsupported, wrong);
    }
    // And a look at what really happens.
    const auto before = cursor();
    if (!before) return Failure{before.error()};
    if (auto stored = connection_->run(settings_.handback.store_cursor, {probe_cursor}); !stored) return failed(stored.error());
    if (auto ended = connection_->roll_back(); !ended) return failed(ended.error());
    const auto after = cursor();
    if (!after) return Failure{after.error()};
    if (*after == *before) return {};
    (void)connection_->run(settings_.handback.store_cursor, {*before});
    (void)connection_->commit();
    return fail(ErrorCode::unsupported, "The cursor's table keeps what was rolled back: it has no transactions. Use another table, "
                                        "or get_qoh_folder.");
}

Result<void> HandbackByStatement::connect() {
    if (connection_) return {};
    auto login = login_of(settings_);
    if (!login) return Failure{login.error()};
    secret_ = std::move(login->secret);
    auto opened = odbc::Connection::open(login->string,
                                         {.access = odbc::Access::read_write, .answer_within = settings_.answer_within});
    if (!opened) return failed(opened.error());
    connection_ = std::move(*opened);
    auto good = refuse_tables_without_transactions();
    if (!good) connection_.reset();
    return good;
}

Result<HandbackByStatement::Applied> HandbackByStatement::apply(const ipc::qoh::PullItem& item) {
    const auto rows = connection_->run(settings_.handback.statement, {std::to_string(item.delta), item.sku});
    if (!rows) return failed(rows.error());
    if (*rows != 1) {
        if (auto ended = connection_->roll_back(); !ended) return failed(ended.error());
        return *rows == 0 ? Applied::no_such_sku : Applied::several_rows;
    }
    const auto stored = connection_->run(settings_.handback.store_cursor, {item.cursor});
    if (!stored) return failed(stored.error());
    if (*stored != 1) {
        (void)connection_->roll_back();
        return fail(ErrorCode::invalid, fmt::format("get_qoh_store_cursor changed {} rows, and must change one.", *stored));
    }
    // Where this ends without an answer, the cursor tells next time.
    if (auto ended = connection_->commit(); !ended) return failed(ended.error());
    return Applied::added;
}

Result<void> HandbackByStatement::step(Book& book, State& state) {
    ipc::qoh::Pull pull{.consumer = "gateway-" + settings_.name, .ack = {}, .skipped = {}, .limit = 1, .take_over = {}};
    std::string sku;
    for (;;) {
        const auto pulled = book.pull(pull);
        if (!pulled) return fail(ErrorCode::storage, pulled.error().message);
        // Its book has moved with the database: it is asked for before the SKU is compared again.
        if (!sku.empty()) {
            auto kept = state.find(sku);
            if (kept && !kept->watched.offer) {
                kept->watched.told.reset();
                state.save(sku, kept->watched);
            }
            sku.clear();
        }
        if (pulled->items.empty()) return {};
        if (auto connected = connect(); !connected) return connected;
        const auto& item = pulled->items.front();
        const auto stored = cursor();
        if (!stored) return Failure{stored.error()};
        pull.ack = item.cursor;
        pull.skipped.reset();
        sku = item.sku;
        if (*stored == item.cursor) continue;  // added before, and the acknowledgement did not come through
        const auto applied = apply(item);
        if (!applied) return Failure{applied.error()};
        switch (*applied) {
            case Applied::added: break;
            case Applied::no_such_sku: pull.skipped = {{item.cursor, "The Order Manager's database has no row of this SKU."}}; break;
            case Applied::several_rows:
                pull.skipped = {{item.cursor, "The Order Manager's database has several rows of this SKU."}};
                break;
        }
    }
}

std::vector<Finding> HandbackByStatement::test() {
    connection_.reset();
    if (auto connected = connect(); !connected) return {{false, connected.error().message, ""}};
    connection_.reset();
    return {{true, "Get QOH is handed back by get_qoh_statement; the cursor is stored in the same transaction.", ""}};
}

}  // namespace stocktray::gateway::database
