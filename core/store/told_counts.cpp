#include "core/store/told_counts.h"

#include <cstring>
#include <limits>
#include <string_view>

#include "core/store/database.h"

namespace stocktray::store {
namespace {

constexpr std::int64_t most_forgotten = 32;  // blocks at once

std::string_view to_string(ToldCounts::List list) noexcept {
    return list == ToldCounts::List::base ? "base" : "job";
}

// Per SKU the same fixed fields, then its text. Read by the program that wrote it, on the same machine.
struct Fields {
    std::int64_t qoh;
    std::int32_t answer;
    std::uint32_t word;
    std::uint64_t length;
};

std::vector<unsigned char> written(std::span<const cart::Told> told) {
    std::size_t size = 0;
    for (const auto& one : told) size += sizeof(Fields) + one.count.sku.size();
    std::vector<unsigned char> bytes(size);
    unsigned char* at = bytes.data();
    for (const auto& [count, answer] : told) {
        const Fields fields{count.qoh, answer, static_cast<std::uint32_t>(count.word), count.sku.size()};
        std::memcpy(at, &fields, sizeof fields);
        std::memcpy(at + sizeof fields, count.sku.data(), count.sku.size());
        at += sizeof fields + count.sku.size();
    }
    return bytes;
}

[[noreturn]] void throw_damaged() {
    throw StorageFailure{Error{ErrorCode::damaged, "The agent's database is damaged.", "told_counts: a block cannot be read"}};
}

std::vector<cart::Told> read(Blob bytes) {
    std::vector<cart::Told> told;
    while (!bytes.empty()) {
        Fields fields{};
        if (bytes.size() < sizeof fields) throw_damaged();
        std::memcpy(&fields, bytes.data(), sizeof fields);
        bytes = bytes.subspan(sizeof fields);
        if (fields.length > bytes.size() || fields.word > static_cast<std::uint32_t>(cart::CountWord::error)) throw_damaged();
        std::string sku(fields.length, '\0');
        std::memcpy(sku.data(), bytes.data(), fields.length);
        bytes = bytes.subspan(fields.length);
        told.push_back({{std::move(sku), static_cast<cart::CountWord>(fields.word), fields.qoh}, fields.answer});
    }
    return told;
}

}  // namespace

ToldCounts::Block ToldCounts::put(stack::CartKey cart, List list, std::span<const cart::Told> told) {
    const auto bytes = written(told);
    database_.run("INSERT INTO told_counts (cart, list, told) VALUES (?, ?, ?)", cart, to_string(list), Blob{bytes});
    return database_.last_row();
}

std::vector<cart::Told> ToldCounts::take(Block block) {
    std::vector<cart::Told> told;
    {
        Query q = database_.query("SELECT told FROM told_counts WHERE block = ?", block);
        if (!q.next()) throw_damaged();
        told = read(q.blob(0));
    }
    database_.run("DELETE FROM told_counts WHERE block = ?", block);
    return told;
}

bool ToldCounts::forget_older(stack::CartKey cart, List list, std::optional<Block> first) {
    database_.run("DELETE FROM told_counts WHERE block IN (SELECT block FROM told_counts WHERE cart = ? AND list = ?"
                  " AND block < ? ORDER BY block LIMIT ?)",
                  cart, to_string(list), first.value_or(std::numeric_limits<Block>::max()), most_forgotten);
    return database_.changed_rows() < most_forgotten;
}

std::vector<std::pair<stack::CartKey, ToldCounts::List>> ToldCounts::lists() const {
    std::vector<std::pair<stack::CartKey, List>> found;
    Query q = database_.query("SELECT DISTINCT cart, list FROM told_counts");
    while (q.next()) found.emplace_back(q.integer(0), q.view(1) == to_string(List::base) ? List::base : List::job);
    return found;
}

std::int64_t ToldCounts::count() const {
    Query q = database_.query("SELECT count(*) FROM told_counts");
    return q.next() ? q.integer(0) : 0;
}

}  // namespace stocktray::store
