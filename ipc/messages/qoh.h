// qoh.submit and qoh.snapshot: how the Order Manager's counts come to the agent. qoh.list: both sides by SKU.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipc/messages/field.h"
#include "ipc/messages/method.h"
#include "ipc/messages/vocabulary.h"

namespace stocktray::ipc::qoh {

// One change of a count in the Order Manager: either `delta`, or `qoh` with `version`. Which of them it is,
// and what a reason asks for, is checked by the agent: one bad change does not spoil the others.
struct Change {
    static constexpr std::string_view type_name = "Change";
    std::string id{};
    std::string sku{};
    std::optional<std::int64_t> delta{};
    std::optional<std::int64_t> qoh{};
    std::optional<std::int64_t> version{};
    std::optional<std::int64_t> expected{};
    Reason reason{Reason::other};
    std::optional<std::string> origin_cart{};
    std::optional<std::string> origin_listing{};
    std::optional<std::int64_t> at{};
    std::optional<std::int64_t> since{};
    std::optional<std::string> by{};
    std::optional<std::string> workstation{};
    std::optional<std::string> reason_text{};
    std::optional<std::string> order{};
    std::optional<std::int64_t> taken{};
    std::optional<std::string> cursor{};
    std::optional<std::vector<std::string>> only_carts{};
    std::optional<bool> moves_book{};
    std::optional<bool> again{};
    std::optional<std::string> note{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("id", &Change::id, rules::id));
        visit(field("sku", &Change::sku, rules::sku));
        visit(field("delta", &Change::delta, rules::pieces));
        visit(field("qoh", &Change::qoh, rules::pieces));
        visit(field("version", &Change::version, rules::number));
        visit(field("expected", &Change::expected, rules::pieces));
        visit(field("reason", &Change::reason));
        visit(field("origin_cart", &Change::origin_cart, rules::cart));
        visit(field("origin_listing", &Change::origin_listing, rules::sku));
        visit(field("at", &Change::at, rules::moment));
        visit(field("since", &Change::since, rules::moment));
        visit(field("by", &Change::by, rules::line));
        visit(field("workstation", &Change::workstation, rules::line));
        visit(field("reason_text", &Change::reason_text, rules::line));
        visit(field("order", &Change::order, rules::some_line));
        visit(field("taken", &Change::taken, rules::pieces));
        visit(field("cursor", &Change::cursor, rules::cursor));
        visit(field("only_carts", &Change::only_carts, rules::at_most(1'000, rules::cart)));
        visit(field("moves_book", &Change::moves_book));
        visit(field("again", &Change::again));
        visit(field("note", &Change::note));
    }
    bool operator==(const Change&) const = default;
};

// A change that was not taken.
struct RejectedChange {
    static constexpr std::string_view type_name = "RejectedChange";
    std::int64_t index{0};  // in `changes`, from 0
    std::string id{};
    std::string code{};  // one of the error codes
    std::string message{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("index", &RejectedChange::index, rules::number));
        visit(field("id", &RejectedChange::id, rules::line));
        visit(field("code", &RejectedChange::code, rules::line));
        visit(field("message", &RejectedChange::message));
    }
    bool operator==(const RejectedChange&) const = default;
};

struct SubmitResult {
    std::int64_t accepted{0};
    std::int64_t duplicates{0};
    std::int64_t superseded{0};
    std::vector<RejectedChange> rejected{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("accepted", &SubmitResult::accepted, rules::number));
        visit(field("duplicates", &SubmitResult::duplicates, rules::number));
        visit(field("superseded", &SubmitResult::superseded, rules::number));
        visit(field("rejected", &SubmitResult::rejected));
    }
    bool operator==(const SubmitResult&) const = default;
};

// A result means: what it counts as accepted is on the disk.
struct Submit {
    using Result = SubmitResult;
    static constexpr Method method{"qoh.submit", Role::order_manager, Effect::changes_state};
    std::string source{};
    std::vector<Change> changes{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("source", &Submit::source, rules::id));
        visit(field("changes", &Submit::changes, rules::at_most(10'000)));
    }
    bool operator==(const Submit&) const = default;
};

struct SnapshotItem {
    static constexpr std::string_view type_name = "SnapshotItem";
    std::string sku{};
    std::int64_t qoh{0};
    std::optional<std::string> name{};
    std::optional<bool> tracked{};  // false: kits, drop-ship, Ignore QOH

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("sku", &SnapshotItem::sku, rules::sku));
        visit(field("qoh", &SnapshotItem::qoh, rules::pieces));
        visit(field("name", &SnapshotItem::name, rules::line));
        visit(field("tracked", &SnapshotItem::tracked));
    }
    bool operator==(const SnapshotItem&) const = default;
};

struct SnapshotResult {
    std::int64_t received{0};           // items of this snapshot so far
    std::vector<std::string> retake{};  // SKUs that changed while it was taken: send them again

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("received", &SnapshotResult::received, rules::number));
        visit(field("retake", &SnapshotResult::retake, rules::at_most(100'000, rules::sku)));
    }
    bool operator==(const SnapshotResult&) const = default;
};

struct Snapshot {
    using Result = SnapshotResult;
    static constexpr Method method{"qoh.snapshot", Role::order_manager, Effect::changes_state};
    std::string source{};
    std::string snapshot{};
    std::int64_t part{0};  // 0 opens
    bool last{false};
    std::vector<SnapshotItem> items{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("source", &Snapshot::source, rules::id));
        visit(field("snapshot", &Snapshot::snapshot, rules::id));
        visit(field("part", &Snapshot::part, rules::between(0, 1'000'000)));
        visit(defaulted("last", &Snapshot::last));
        visit(defaulted("items", &Snapshot::items, rules::at_most(50'000)));
    }
    bool operator==(const Snapshot&) const = default;
};

// An item at a cart.
struct Listing {
    static constexpr std::string_view type_name = "Listing";
    std::string cart{};
    std::string store_sku{};
    std::optional<std::int64_t> store_qoh{};
    std::optional<std::int64_t> target{};  // none where it is excluded or not tracked
    std::int64_t queued_delta{0};
    std::int64_t parked_delta{0};
    std::int64_t rejected_delta{0};
    std::optional<std::int64_t> not_imported{};  // pieces
    std::optional<std::int64_t> gap{};
    std::optional<bool> unaligned{};
    std::optional<std::int64_t> buffer{};  // that its target keeps back: for a while not the cart's, which was changed
    std::optional<std::int64_t> confirmed_at{};
    std::optional<bool> missing{};  // the store does not know it

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("cart", &Listing::cart, rules::cart));
        visit(field("store_sku", &Listing::store_sku, rules::sku));
        visit(field("store_qoh", &Listing::store_qoh, rules::pieces));
        visit(field("target", &Listing::target, rules::pieces));
        visit(field("queued_delta", &Listing::queued_delta, rules::pieces));
        visit(field("parked_delta", &Listing::parked_delta, rules::pieces));
        visit(field("rejected_delta", &Listing::rejected_delta, rules::pieces));
        visit(field("not_imported", &Listing::not_imported, rules::pieces));
        visit(field("gap", &Listing::gap, rules::pieces));
        visit(field("unaligned", &Listing::unaligned));
        visit(field("buffer", &Listing::buffer, rules::number));
        visit(field("confirmed_at", &Listing::confirmed_at, rules::moment));
        visit(field("missing", &Listing::missing));
    }
    bool operator==(const Listing&) const = default;
};

// A SKU of the Order Manager and where it is sold.
struct Item {
    static constexpr std::string_view type_name = "Item";
    std::string sku{};
    std::optional<std::int64_t> om_qoh{};  // none: no snapshot and no count told it yet
    bool tracked{true};
    std::vector<Listing> listings{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("sku", &Item::sku, rules::sku));
        visit(field("om_qoh", &Item::om_qoh, rules::pieces));
        visit(field("tracked", &Item::tracked));
        visit(field("listings", &Item::listings));
    }
    bool operator==(const Item&) const = default;
};

struct ListResult {
    std::vector<Item> items{};
    std::optional<std::string> next{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("items", &ListResult::items));
        visit(field("next", &ListResult::next, rules::cursor));
    }
    bool operator==(const ListResult&) const = default;
};

struct List {
    using Result = ListResult;
    static constexpr Method method{"qoh.list", Role::viewer, Effect::reads};
    std::optional<std::string> cart{};
    std::optional<std::vector<std::string>> skus{};
    std::optional<std::string> after{};
    std::int64_t limit{100};
    bool only_drift{false};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("cart", &List::cart, rules::cart));
        visit(field("skus", &List::skus, rules::at_most(1'000, rules::sku)));
        visit(field("after", &List::after, rules::cursor));
        visit(defaulted("limit", &List::limit, rules::limit));
        visit(defaulted("only_drift", &List::only_drift));
    }
    bool operator==(const List&) const = default;
};

}  // namespace stocktray::ipc::qoh
