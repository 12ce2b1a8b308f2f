// A database and an agent's book for tests of watching: the agent is the real controller, without a network.
#pragma once
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "agent/gateway/database/book.h"
#include "agent/gateway/database/source.h"
#include "tests/core/workbench.h"

namespace stocktray::tests {

namespace watched = gateway::database;

// The program ends here, whatever it was doing.
struct Killed {};

// Rows as a query answers them.
struct FakeDatabase final : watched::Source {
    std::map<std::string, std::int64_t> counts{};
    std::vector<watched::RawRow> more{};  // behind those
    std::optional<std::string> mark{};    // of the watermark query
    int readings{0};
    std::optional<std::size_t> breaks_after{};   // rows, of the next reading
    std::function<void()> on_row{[] {}};

    [[nodiscard]] bool has_watermark() const override { return mark.has_value(); }
    [[nodiscard]] Result<std::string> watermark() override { return mark.value_or(""); }
    [[nodiscard]] Result<void> read(const std::function<void(const watched::RawRow&)>& take) override {
        ++readings;
        std::size_t row = 0;
        for (const auto& [sku, qoh] : counts) {
            if (breaks_after && row++ >= *breaks_after) {
                breaks_after.reset();
                return fail(ErrorCode::storage, "The connection was lost.");
            }
            on_row();
            take({.sku = sku, .qoh = std::to_string(qoh)});
        }
        for (const auto& raw : more) take(raw);
        return {};
    }
};

// The agent behind a network that may lose requests and answers, or bring a request late.
class BenchBook final : public watched::Book {
public:
    explicit BenchBook(Workbench& bench, std::string source = "gateway-1") : bench_{bench}, source_{std::move(source)} {}

    enum class Fate { arrives, request_lost, answer_lost, killed_before, killed_after, arrives_late };
    std::function<Fate()> fate{[] { return Fate::arrives; }};
    std::string run{"run-1"};
    int requests{0};
    std::vector<ipc::qoh::Change> offered{};  // all that were sent, repeats too

    [[nodiscard]] ipc::Expected<ipc::agent::HelloResult> hello() override {
        ipc::agent::HelloResult hello;
        const auto identity = bench_.store.identity.get();
        hello.incarnation = identity.incarnation;
        hello.run = run;
        hello.restored = identity.trouble == store::Trouble::restored;
        return hello;
    }
    [[nodiscard]] ipc::Expected<Counts> counts_of(const std::vector<std::string>& skus) override {
        return through<Counts>([this, skus]() -> ipc::Expected<Counts> {
            Counts counts;
            for (const auto& sku : skus)
                if (const auto item = bench_.store.items.find(sku); item && item->has_baseline)
                    counts.emplace(sku, item->qoh.pieces);
            return counts;
        });
    }
    [[nodiscard]] ipc::Expected<Page> page(const std::string& after) override {
        return through<Page>([this, after]() -> ipc::Expected<Page> {
            Page page;
            const auto items = bench_.store.items.list(after, 3);
            for (const auto& item : items)
                if (item.has_baseline) page.counts.emplace(item.sku, item.qoh.pieces);
            if (items.size() == 3) page.next = items.back().sku;
            return page;
        });
    }
    [[nodiscard]] ipc::Expected<ipc::qoh::SubmitResult> offer(std::vector<ipc::qoh::Change> changes) override {
        offered.insert(offered.end(), changes.begin(), changes.end());
        return through<ipc::qoh::SubmitResult>([this, changes] { return take(changes); });
    }
    [[nodiscard]] ipc::Expected<ipc::qoh::SnapshotResult> snapshot(ipc::qoh::Snapshot part) override {
        return through<ipc::qoh::SnapshotResult>([this, part] { return take(part); });
    }

    [[nodiscard]] ipc::Expected<ipc::qoh::PullResult> pull(ipc::qoh::Pull) override {
        return ipc::fail(ipc::Code::unsupported, "This one hands nothing back.");
    }

    // What was on its way comes through now.
    void let_late_ones_through() {
        auto late = std::move(late_);
        late_.clear();
        for (const auto& request : late) request();
    }

private:
    template <class T>
    ipc::Expected<T> through(std::function<ipc::Expected<T>()> work) {
        ++requests;
        switch (fate()) {
            case Fate::arrives: return work();
            case Fate::request_lost: return ipc::fail(ipc::Code::no_agent, "The agent is not there.");
            case Fate::answer_lost: (void)work(); return ipc::fail(ipc::Code::no_answer, "The agent has not answered.");
            case Fate::killed_before: throw Killed{};
            case Fate::killed_after: (void)work(); throw Killed{};
            case Fate::arrives_late:
                late_.push_back([work] { (void)work(); });
                return ipc::fail(ipc::Code::no_answer, "The agent has not answered.");
        }
        return ipc::fail(ipc::Code::internal, "");
    }
    ipc::Expected<ipc::qoh::SubmitResult> take(const std::vector<ipc::qoh::Change>& changes) {
        std::vector<inventory::Change> all;
        for (const auto& wire : changes) {
            auto& change = all.emplace_back();
            change.id = wire.id;
            change.sku = wire.sku;
            change.qoh = inventory::Quantity{*wire.qoh};
            change.version = wire.version;
            if (wire.expected) change.expected = inventory::Quantity{*wire.expected};
            if (wire.at) change.at = wall_from_ms(*wire.at);
        }
        sync::Submitted submitted;
        tick();
        bench_.turn([&] { submitted = bench_.controller.books.submit(source_, all, bench_.now); });
        ipc::qoh::SubmitResult result{submitted.accepted, submitted.duplicates, submitted.superseded, {}};
        for (const auto& rejected : submitted.rejected)
            result.rejected.push_back({static_cast<std::int64_t>(rejected.index), rejected.id, "conflict", rejected.error.message});
        return result;
    }
    ipc::Expected<ipc::qoh::SnapshotResult> take(const ipc::qoh::Snapshot& wire) {
        sync::SnapshotPart part{source_, wire.snapshot, wire.part, wire.last, {}};
        for (const auto& item : wire.items) part.items.push_back({item.sku, {item.qoh}, item.name, item.tracked.value_or(true)});
        ipc::Expected<ipc::qoh::SnapshotResult> result;
        tick();
        bench_.turn([&] {
            const auto receipt = bench_.controller.snapshots.receive(part, bench_.now);
            if (receipt)
                result = ipc::qoh::SnapshotResult{receipt->received, receipt->retake};
            else
                result = ipc::fail(ipc::Code::conflict, receipt.error().message);
        });
        // A long one is answered once all of it is taken over.
        while (bench_.controller.snapshots.has_more()) bench_.turn();
        if (const auto whole = bench_.controller.snapshots.receipt(source_, wire.snapshot); result && whole)
            result = ipc::qoh::SnapshotResult{whole->received, whole->retake};
        return result;
    }
    void tick() {
        bench_.now.wall += Milliseconds{1};
        bench_.now.steady += Milliseconds{1};
    }

    Workbench& bench_;
    std::string source_;
    std::vector<std::function<void()>> late_{};
};

// What was posted for a SKU at the cart, all together.
[[nodiscard]] inline std::int64_t posted(Workbench& bench, const std::string& sku) {
    std::int64_t sum = 0;
    store::PostFilter filter;
    filter.limit = 1'000'000;
    for (const auto& listed : bench.store.posts.list(filter))
        if (listed.store_sku == sku) sum += listed.post.delta.pieces;
    return sum;
}

}  // namespace stocktray::tests
