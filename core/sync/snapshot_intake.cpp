#include "core/sync/snapshot_intake.h"

#include <fmt/format.h>

#include <sstream>

#include "core/inventory/change.h"
#include "core/sync/retakes.h"

namespace stocktray::sync {
namespace {

constexpr Milliseconds idle_limit{60 * 60'000};
constexpr std::int64_t per_slice = 250;

// The answer to the last part, kept under the snapshot's name so that its repeat does not count again what has
// moved since. No name has a line feed in it: neither two snapshots nor a snapshot and a call can share a key.
std::string answer_key(const std::string& source, const std::string& snapshot) {
    return fmt::format("snapshot\n{}\n{}", source, snapshot);
}
std::string print(const SnapshotReceipt& receipt) {
    std::string text = std::to_string(receipt.received);
    for (const auto& sku : receipt.retake) text += '\n' + sku;
    return text;
}
SnapshotReceipt parse(const std::string& text) {
    SnapshotReceipt receipt;
    std::istringstream lines{text};
    std::string line;
    std::getline(lines, line);
    receipt.received = std::stoll(line);
    while (std::getline(lines, line)) receipt.retake.push_back(line);
    return receipt;
}

}  // namespace

Result<SnapshotReceipt> SnapshotIntake::receive(const SnapshotPart& part, Now now) {
    if (!inventory::is_name(part.source) || !inventory::is_name(part.snapshot))
        return fail(ErrorCode::invalid, "A snapshot's source and id must be 1 to 64 printable ASCII characters.");
    for (const auto& item : part.items)
        if (item.sku.empty() || !is_in_range(item.qoh))
            return fail(ErrorCode::invalid, fmt::format("The snapshot's item “{}” has no SKU or a count beyond the range.",
                                                        item.sku));
    store_.snapshots.discard_idle(now.steady - idle_limit);
    const auto known_before = [&] {
        return fail(ErrorCode::conflict,
                    fmt::format("The snapshot {} was taken over before: a new one needs a new id.", part.snapshot));
    };
    if (auto answer = receipt(part.source, part.snapshot)) {
        if (part.part == 0) return known_before();
        return *std::move(answer);
    }

    auto open = store_.snapshots.find(part.source);
    if (open && open->whole_at) {
        if (open->snapshot != part.snapshot)
            return fail(ErrorCode::busy, fmt::format("The snapshot {} is being taken over: try again in a moment.",
                                                     open->snapshot));
        if (part.part == 0) return known_before();
        return SnapshotReceipt{open->received, {}, true};
    }
    const bool is_open = open && open->snapshot == part.snapshot;
    // Beside another one that is open it would be a late part of one that was discarded.
    const bool opens_itself = part.part == 1 && part.is_last && !open;
    if (part.part == 0 || opens_itself) {
        // Nobody could tell whether its counts contain what Get QOH handed out.
        if (store_.pulls.count() > 0)
            return fail(ErrorCode::conflict,
                        "The Order Manager has not taken over yet what Get QOH found: take it over first (qoh.pull), then "
                        "send the snapshot.");
        if (part.part == 0 && is_open && open->last_part == 0) return SnapshotReceipt{};
        open = store::OpenSnapshot{
            .source = part.source, .snapshot = part.snapshot, .opened_at = now.wall, .opened = now.steady, .touched = now.steady};
        store_.snapshots.open(*open);
        if (part.part == 0) return SnapshotReceipt{};
    } else if (!is_open) {
        return fail(ErrorCode::conflict,
                    fmt::format("The snapshot {} is not open: begin again with part 0.", part.snapshot));
    }
    if (part.part == open->last_part && !part.is_last) return SnapshotReceipt{open->received, {}};
    if (part.part != open->last_part + 1)
        return fail(ErrorCode::conflict, fmt::format("Part {} of the snapshot {} was expected, not part {}.",
                                                     open->last_part + 1, part.snapshot, part.part));
    open->last_part = part.part;
    open->touched = now.steady;
    if (part.is_last) open->whole_at = now.wall;
    store_.snapshots.add_part(*open, part.items);
    if (!part.is_last) return SnapshotReceipt{open->received, {}};

    if (open->received < per_slice && store_.snapshots.whole()->source == part.source) {
        go_on(now);
        return *receipt(part.source, part.snapshot);
    }
    journal_.record({.at = now.wall,
                     .kind = "snapshot",
                     .text = fmt::format("Snapshot {} of {}: all {} items have come.", open->snapshot, open->source,
                                         open->received)});
    return SnapshotReceipt{open->received, {}, true};
}

bool SnapshotIntake::go_on(Now now) {
    auto open = store_.snapshots.whole();
    if (!open) return false;
    const auto slice = store_.snapshots.next(*open, per_slice);
    for (const auto& counted : slice) take_over(*open, counted);
    if (std::ssize(slice) < per_slice) {
        const auto receipt = finish(*open, now);
        store_.ids.remember_answer(answer_key(open->source, open->snapshot), {"qoh.snapshot", {}, print(receipt)}, now.wall);
        return has_more();  // another source's
    }
    open->taken_to = slice.back().sku;
    store_.snapshots.save(*open);
    return true;
}

std::optional<SnapshotReceipt> SnapshotIntake::receipt(const std::string& source, const std::string& snapshot) const {
    const auto answer = store_.ids.answer(answer_key(source, snapshot));
    return answer ? std::optional{parse(answer->bytes)} : std::nullopt;
}

void SnapshotIntake::take_over(store::OpenSnapshot& open, const store::SnapshotItem& counted) {
    auto item = store_.items.find(counted.sku).value_or(store::Item{});
    item.sku = counted.sku;
    const auto save = [&] {
        store_.items.save(item);
        for (const auto& cart : board_.all()) store_.listings.link(cart->cart, item);
    };
    // Nor can anybody say whether it contains what Get QOH has handed out meanwhile.
    if ((item.key != 0 && item.changed >= open.opened) || store_.pulls.is_open_for(counted.sku)) {
        // Nobody knows whether the count was read before or after the change.
        item.needs_retake = true;
        save();
        return;
    }
    if (counted.name) item.name = counted.name;
    const bool moves = !item.has_baseline || item.qoh != counted.qoh;
    if (moves) ++open.moved;
    if (moves && item.reported_qoh) item.reported_qoh = at_stores(item);
    item.qoh = counted.qoh;
    item.has_baseline = true;
    item.is_tracked = counted.is_tracked;
    item.counted_at = open.opened_at;
    item.counted_until = open.whole_at;
    item.needs_retake = false;
    ++item.book_version;
    save();
    // What the stores have of it now differs because the Order Manager counted, not because a store lost something.
    if (moves) store_.listings.unalign_item(item.key);
    queue_.touch_item(item.key);
    store_.snapshots.remove(open.source, counted.sku);
    if (item.qoh.pieces >= 0) journal_.clear("oversold", "", item.sku);
    journal_.clear("no_baseline", "", item.sku);
    journal_.clear("noted", "", item.sku);
}

// What the stores have of the counts: the book's where its gap was sent since the last snapshot, else what was reported last. Of
// stores that differ there is no such count.
std::optional<inventory::Quantity> SnapshotIntake::at_stores(const store::Item& item) const {
    bool have_all = true;
    bool has_any = false;
    for (const auto& listing : store_.listings.of_item(item.key)) {
        const auto* cart = board_.get(listing.cart);
        if (cart == nullptr || !board_.is_synchronized(*cart)) continue;
        have_all = have_all && listing.has_count;
        has_any = has_any || listing.has_count;
    }
    if (!has_any) return item.reported_qoh;
    return have_all ? std::optional{item.qoh} : std::nullopt;
}

SnapshotReceipt SnapshotIntake::finish(const store::OpenSnapshot& open, Now now) {
    SnapshotReceipt receipt{open.received, store_.snapshots.left(open.source)};
    store_.snapshots.close(open.source);
    tell_retakes(store_, journal_, now);
    journal_.record({.at = now.wall,
                     .kind = "snapshot",
                     .text = fmt::format("Snapshot {} of {}: {} items, {} counts differed{}.", open.snapshot, open.source,
                                         receipt.received, open.moved,
                                         receipt.retake.empty()
                                             ? ""
                                             : fmt::format(", {} changed meanwhile", receipt.retake.size()))});
    return receipt;
}

}  // namespace stocktray::sync
