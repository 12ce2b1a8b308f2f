// A shop's computer with an outbox, and an agent for it that keeps what it takes and refuses as it is told.
#pragma once
#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "ipc/messages/alerts.h"
#include "ipc/messages/parameters.h"
#include "ipc/spool/outbox.h"
#include "ipc/wall_clock.h"
#include "tests/ipc/fake_agent.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait_until.h"

namespace stocktray::ipc::testing {

// What an agent keeps of the changes, seen from outside: each id once, in the order of its first arrival.
struct Memory {
    std::mutex mutex{};
    std::atomic<bool> is_served{false};  // an agent is there
    int greetings{0};
    std::vector<std::string> order{};
    std::set<std::string> known{};
    std::vector<qoh::Change> again{};
    std::vector<orders::Imported> imports{};
    std::string incarnation{"one"};
    std::string run{"run-1"};
    bool is_restored{false};
    std::int64_t lateness{120};
    std::set<std::string> busy_skus{};   // whose changes are turned away
    std::set<std::string> wrong_skus{};  // for which a whole submission is
    int busy{0};  // so many submits are turned away first
    bool is_replaced_next{false};  // by an empty one, when it is given the next submission
    bool is_other_version{false};
    std::int64_t clock_ahead_ms{0};  // of whoever asks
    std::optional<alerts::Tell> told{};  // what it was told last to tell people
    bool has_too_low_a_role{false};  // may greet and look, and submit nothing
    bool is_revoked{false};          // may do nothing, not even greet

    void set(bool Memory::*what, bool is) {
        const std::lock_guard lock{mutex};
        this->*what = is;
    }
    Expected<qoh::SubmitResult> take(const qoh::Submit& submit) {
        const std::lock_guard lock{mutex};
        if (is_replaced_next) {
            // It has the submission, and is gone before it can answer.
            is_replaced_next = false;
            incarnation = "two";
            run = "run-2";
            known.clear();
            order.clear();
            return fail_busy("Later, please.", 1);
        }
        // Of every request: a delivery that has greeted before goes on without another greeting.
        if (is_revoked) return fail(Code::unauthorized, "This computer is not allowed any more.");
        if (has_too_low_a_role) return fail(Code::unauthorized, "This computer is an operator.");
        if (busy > 0) {
            --busy;
            return fail_busy("Later, please.", 1);
        }
        for (const auto& change : submit.changes)
            if (wrong_skus.contains(change.sku)) return fail(Code::invalid_params, change.sku + " is no SKU.");
        qoh::SubmitResult result;
        for (std::size_t i = 0; i < submit.changes.size(); ++i) {
            const auto& change = submit.changes[i];
            if (change.again.value_or(false)) again.push_back(change);
            if (busy_skus.contains(change.sku)) {
                result.rejected.push_back({static_cast<std::int64_t>(i), change.id, "busy", "Acknowledge Get QOH first."});
            } else if (change.sku == "bad") {
                result.rejected.push_back({static_cast<std::int64_t>(i), change.id, "not_found", "There is no cart x."});
            } else if (known.insert(submit.source + change.id).second) {
                order.push_back(change.id);
                ++result.accepted;
            } else {
                ++result.duplicates;
            }
        }
        return result;
    }
    std::vector<std::string> taken() {
        const std::lock_guard lock{mutex};
        return order;
    }
};

struct Agent {
    // An outbox may be waiting for it: it starts when it knows all that it will be asked.
    explicit Agent(const std::string& endpoint, Memory& memory)
        : fake{*endpoints_of(endpoint), "run-1", FakeAgent::Start::when_told}, is_served{memory.is_served} {
        fake.on<agent::Hello>([&memory](const agent::Hello&) -> Expected<agent::HelloResult> {
            const std::lock_guard lock{memory.mutex};
            ++memory.greetings;
            if (memory.is_revoked) return fail(Code::unauthorized, "This computer is not allowed any more.");
            if (memory.is_other_version) return fail(Code::unsupported, "This agent speaks protocol 2 only.");
            agent::HelloResult result;
            result.run = memory.run;
            result.incarnation = memory.incarnation;
            result.restored = memory.is_restored;
            result.server_time = now_ms() + memory.clock_ahead_ms;
            return result;
        });
        fake.on<parameters::Get>([&memory](const parameters::Get&) -> Expected<parameters::GetResult> {
            return parameters::GetResult{{{"LatenessSeconds", memory.lateness}}};
        });
        fake.on<alerts::Tell>([&memory](const alerts::Tell& tell) -> Expected<Nothing> {
            const std::lock_guard lock{memory.mutex};
            memory.told = tell;
            return Nothing{};
        });
        fake.on<qoh::Submit>([&memory](const qoh::Submit& submit) { return memory.take(submit); });
        fake.on<orders::Imported>([&memory](const orders::Imported& imported) -> Expected<orders::ImportedResult> {
            const std::lock_guard lock{memory.mutex};
            memory.imports.push_back(imported);
            memory.order.push_back("import " + imported.last_order);
            return orders::ImportedResult{false, {{"77", "A-1"}}};
        });
        fake.start();
        is_served = true;
    }
    Agent(const Agent&) = delete;
    Agent& operator=(const Agent&) = delete;
    ~Agent() { is_served = false; }

    FakeAgent fake;
    std::atomic<bool>& is_served;
};

struct Shop {
    tests::TempDir dir{};
    Memory memory{};
    std::string endpoint{"ipc://" + (dir.path() / "run" / "rpc.sock").string()};
    std::filesystem::path spool{dir.path() / "spool.db"};

    // One that has met the agent, if there is one: a connection that takes its time is taken for an absence otherwise.
    std::unique_ptr<Outbox> outbox() {
        const int met_before = greetings();
        auto opened = Outbox::open({"test 1.0", endpoint, spool});
        REQUIRE_MESSAGE(opened.has_value(), (opened ? "" : opened.error().message));
        const auto has_met = [&] {
            if (greetings() == met_before) return false;
            const auto trouble = (*opened)->trouble();
            return !trouble || trouble->code != Code::no_agent;
        };
        if (memory.is_served) REQUIRE(tests::wait_until(has_met, std::chrono::seconds{60}));
        return std::move(*opened);
    }

private:
    int greetings() {
        const std::lock_guard lock{memory.mutex};
        return memory.greetings;
    }
};

inline Outbox::Place submitted(Outbox& outbox, const qoh::Change& change, std::chrono::milliseconds wait) {
    auto outcomes = outbox.submit({change}, wait);
    REQUIRE_MESSAGE(outcomes.has_value(), (outcomes ? "" : outcomes.error().message));
    return outcomes->front().place;
}

inline std::optional<Outbox::Notice> notice(Outbox& outbox, const std::string& topic) {
    std::optional<Outbox::Notice> found;
    (void)tests::wait_until([&] {
        while (auto one = outbox.next_notice())
            if (one->topic == topic) found = std::move(one);
        return found.has_value();
    }, std::chrono::seconds{60});
    return found;
}

}  // namespace stocktray::ipc::testing
