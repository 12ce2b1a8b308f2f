#include "ipc/spool/outbox.h"

#include <algorithm>
#include <atomic>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <thread>

#include "ipc/messages/alerts.h"
#include "ipc/messages/parameters.h"
#include "ipc/spool/clock_notice.h"
#include "ipc/wall_clock.h"
#include "tests/ipc/fake_agent.h"
#include "tests/ipc/spool/spools.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait_until.h"

using namespace stocktray::ipc;
using namespace stocktray::ipc::testing;
using stocktray::tests::TempDir;
using stocktray::tests::wait_until;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

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
        qoh::SubmitResult result;
        for (std::size_t i = 0; i < submit.changes.size(); ++i) {
            const auto& change = submit.changes[i];
            if (change.again.value_or(false)) again.push_back(change);
            if (change.sku == "bad") {
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

// What a later version may answer.
struct NewerResult {
    std::int64_t accepted{1};
    std::int64_t duplicates{0};
    std::int64_t superseded{0};
    std::vector<qoh::RejectedChange> rejected{};
    std::string mood{"good"};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("mood", &NewerResult::mood));
        visit(field("accepted", &NewerResult::accepted));
        visit(field("duplicates", &NewerResult::duplicates));
        visit(field("superseded", &NewerResult::superseded));
        visit(field("rejected", &NewerResult::rejected));
    }
};

struct Shop {
    TempDir dir{};
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
        if (memory.is_served) REQUIRE(wait_until(has_met, seconds{60}));
        return std::move(*opened);
    }

private:
    int greetings() {
        const std::lock_guard lock{memory.mutex};
        return memory.greetings;
    }
};

Outbox::Place submitted(Outbox& outbox, const qoh::Change& change, milliseconds wait) {
    auto outcomes = outbox.submit({change}, wait);
    REQUIRE_MESSAGE(outcomes.has_value(), (outcomes ? "" : outcomes.error().message));
    return outcomes->front().place;
}

std::optional<Outbox::Notice> notice(Outbox& outbox, const std::string& topic) {
    std::optional<Outbox::Notice> found;
    (void)wait_until([&] {
        while (auto one = outbox.next_notice())
            if (one->topic == topic) found = std::move(one);
        return found.has_value();
    }, seconds{60});
    return found;
}

}  // namespace

TEST_SUITE("Outbox") {
    TEST_CASE("with an agent there, a change is at the agent when submit returns") {
        Shop shop;
        const Agent agent{shop.endpoint, shop.memory};
        auto outbox = shop.outbox();
        CHECK(submitted(*outbox, a_change("1"), seconds{10}) == Outbox::Place::at_agent);
        CHECK(shop.memory.taken() == std::vector<std::string>{"1"});
    }

    TEST_CASE("a clock that is not the agent's is told to people, until it is right") {
        Shop shop;
        shop.memory.lateness = 3;  // it looks every second whether the agent is still there
        shop.memory.clock_ahead_ms = 7 * 60'000 + 30'000;
        const Agent agent{shop.endpoint, shop.memory};
        auto outbox = shop.outbox();
        const auto told = [&](auto is_right) {
            return wait_until([&] {
                const std::lock_guard lock{shop.memory.mutex};
                return shop.memory.told && is_right(*shop.memory.told);
            }, seconds{60});
        };
        CHECK(told([&](const alerts::Tell& tell) {
            return tell.source != outbox->source() && tell.alerts.size() == 1 && tell.alerts[0].about == "clock" &&
                   tell.alerts[0].message.ends_with(" is 7 minutes behind the agent's.") && !tell.alerts[0].hint.empty();
        }));
        {
            const std::lock_guard lock{shop.memory.mutex};
            shop.memory.clock_ahead_ms = -90'000;  // as much as is allowed for
        }
        CHECK(told([](const alerts::Tell& tell) { return tell.alerts.empty(); }));
    }

    TEST_CASE("clocks may differ by what the agent allows for, in both directions") {
        constexpr std::int64_t noon = 1'800'000'000'000;
        CHECK_FALSE(clock_notice(noon, noon + 120'000, "desk 1"));
        CHECK_FALSE(clock_notice(noon, noon - 120'000, "desk 1"));
        CHECK(clock_notice(noon, noon + 180'000, "desk 1")->message == "The clock of desk 1 is 3 minutes behind the agent's.");
        CHECK(clock_notice(noon, noon - 180'000, "desk 1")->message == "The clock of desk 1 is 3 minutes ahead of the agent's.");
        CHECK(clock_notice(noon, std::numeric_limits<std::int64_t>::max(), "desk 1"));
        CHECK(clock_notice(noon, std::numeric_limits<std::int64_t>::min(), "desk 1"));
    }

    TEST_CASE("without an agent a change is spooled at once, and arrives in order when one comes") {
        Shop shop;
        auto outbox = shop.outbox();
        const auto began = std::chrono::steady_clock::now();
        for (int i = 0; i < 20; ++i)
            CHECK(submitted(*outbox, a_change(std::to_string(i)), milliseconds{0}) == Outbox::Place::spooled);
        // Each would take a second if it waited for a connection.
        CHECK(std::chrono::steady_clock::now() - began < seconds{19});
        const auto standing = outbox->standing();
        REQUIRE(standing);
        CHECK(standing->spooled.waiting == 20);
        const Agent agent{shop.endpoint, shop.memory};
        CHECK(*outbox->flush(seconds{60}));
        const auto taken = shop.memory.taken();
        REQUIRE(taken.size() == 20);
        for (int i = 0; i < 20; ++i) CHECK(taken[static_cast<std::size_t>(i)] == std::to_string(i));
    }

    TEST_CASE("where there is no agent, nobody waits for one") {
        Shop shop;
        auto outbox = shop.outbox();
        const auto began = std::chrono::steady_clock::now();
        for (const char* id : {"1", "2", "3"})
            CHECK(submitted(*outbox, a_change(id), seconds{60}) == Outbox::Place::spooled);
        CHECK(std::chrono::steady_clock::now() - began < seconds{30});
    }

    TEST_CASE("who waits for a change that another one delivers is told") {
        Shop shop;
        const Agent agent{shop.endpoint, shop.memory};
        std::vector<std::unique_ptr<Outbox>> outboxes;
        for (int i = 0; i < 3; ++i) outboxes.push_back(shop.outbox());
        std::atomic<int> slow{0};
        {
            std::vector<std::jthread> threads;
            for (std::size_t t = 0; t < 3; ++t)
                threads.emplace_back([&, t] {
                    for (int i = 0; i < 100; ++i) {
                        const auto began = std::chrono::steady_clock::now();
                        (void)outboxes[t]->submit({a_change(std::to_string(t) + "-" + std::to_string(i))}, seconds{100});
                        if (std::chrono::steady_clock::now() - began > seconds{80}) {
                            ++slow;
                            return;
                        }
                    }
                });
        }
        CHECK(slow == 0);
        CHECK(*outboxes.front()->flush(seconds{60}));
        CHECK(shop.memory.taken().size() == 300);
    }

    TEST_CASE("what a program left behind is delivered by the next one, under the same source") {
        Shop shop;
        {
            auto outbox = shop.outbox();
            (void)submitted(*outbox, a_change("1"), milliseconds{0});
        }
        const Agent agent{shop.endpoint, shop.memory};
        auto outbox = shop.outbox();
        CHECK(*outbox->flush(seconds{60}));
        CHECK(shop.memory.known.contains(outbox->source() + "1"));
    }

    TEST_CASE("a refused change is told to who waits and to who asks later, and does not hold up others") {
        Shop shop;
        const Agent agent{shop.endpoint, shop.memory};
        auto outbox = shop.outbox();
        const auto outcomes = outbox->submit({a_change("1"), a_change("2", "bad"), a_change("3")}, seconds{10});
        REQUIRE(outcomes);
        CHECK((*outcomes)[0].place == Outbox::Place::at_agent);
        CHECK((*outcomes)[1].place == Outbox::Place::refused);
        CHECK((*outcomes)[1].error.code == Code::not_found);
        CHECK((*outcomes)[2].place == Outbox::Place::at_agent);
        const auto told = notice(*outbox, "spool.refused");
        REQUIRE(told);
        CHECK(told->sku == "bad");
        CHECK(told->message == "There is no cart x.");
        CHECK(outbox->standing()->spooled.refused == 1);
    }

    TEST_CASE("a busy agent is asked again") {
        Shop shop;
        shop.memory.busy = 3;
        const Agent agent{shop.endpoint, shop.memory};
        auto outbox = shop.outbox();
        CHECK(submitted(*outbox, a_change("1"), seconds{20}) == Outbox::Place::at_agent);
    }

    TEST_CASE("web orders arrive behind their changes, and an incomplete import is told") {
        Shop shop;
        auto outbox = shop.outbox();
        (void)submitted(*outbox, a_change("1"), milliseconds{0});
        CHECK(outbox->imported({.cart = "main", .last_order = "77"}, milliseconds{0})->place == Outbox::Place::spooled);
        (void)submitted(*outbox, a_change("2"), milliseconds{0});
        const Agent agent{shop.endpoint, shop.memory};
        CHECK(*outbox->flush(seconds{60}));
        CHECK(shop.memory.taken() == std::vector<std::string>{"1", "import 77", "2"});
        const auto told = notice(*outbox, "spool.import_incomplete");
        REQUIRE(told);
        CHECK(told->message.find("A-1 (order 77)") != std::string::npos);
    }

    TEST_CASE("a restored agent that is known is offered the last 30 days again, once in its run") {
        Shop shop;
        {
            const Agent agent{shop.endpoint, shop.memory};
            auto outbox = shop.outbox();
            for (const char* id : {"1", "2", "3"}) CHECK(submitted(*outbox, a_change(id), seconds{10}) == Outbox::Place::at_agent);
        }
        shop.memory.is_restored = true;
        shop.memory.run = "run-2";
        shop.memory.known.clear();
        const Agent agent{shop.endpoint, shop.memory};
        {
            auto outbox = shop.outbox();
            const auto told = notice(*outbox, "spool.offered_again");
            REQUIRE(told);
            CHECK(told->count == 3);
        }
        CHECK(shop.memory.again.size() == 3);
        auto outbox = shop.outbox();
        CHECK(submitted(*outbox, a_change("4"), seconds{10}) == Outbox::Place::at_agent);
        CHECK(shop.memory.again.size() == 3);
    }

    TEST_CASE("an empty agent in the place of the old one gets no old changes") {
        Shop shop;
        {
            const Agent agent{shop.endpoint, shop.memory};
            auto outbox = shop.outbox();
            CHECK(submitted(*outbox, a_change("1"), seconds{10}) == Outbox::Place::at_agent);
        }
        shop.memory.incarnation = "two";
        shop.memory.is_restored = true;
        shop.memory.known.clear();
        shop.memory.order.clear();
        const Agent agent{shop.endpoint, shop.memory};
        auto outbox = shop.outbox();
        CHECK(submitted(*outbox, a_change("2"), seconds{10}) == Outbox::Place::at_agent);
        const auto has_told_of_the_first = [&] { return std::ranges::count(shop.memory.again, "1", &qoh::Change::id) > 0; };
        CHECK(shop.memory.taken() == std::vector<std::string>{"2"});
        CHECK(!has_told_of_the_first());
        // Nor does the next program offer them, which has met this agent before.
        CHECK(*shop.outbox()->flush(seconds{60}));
        CHECK(submitted(*shop.outbox(), a_change("3"), seconds{10}) == Outbox::Place::at_agent);
        CHECK(!has_told_of_the_first());
    }

    TEST_CASE("an agent that is replaced between two submissions gets nothing that the old one may have") {
        Shop shop;
        const Agent agent{shop.endpoint, shop.memory};
        auto outbox = shop.outbox();
        CHECK(submitted(*outbox, a_change("1"), seconds{10}) == Outbox::Place::at_agent);
        {
            const std::lock_guard lock{shop.memory.mutex};
            shop.memory.is_replaced_next = true;
        }
        (void)submitted(*outbox, a_change("2"), milliseconds{0});
        CHECK(notice(*outbox, "spool.doubtful"));
        CHECK(submitted(*outbox, a_change("3"), seconds{10}) == Outbox::Place::at_agent);
        CHECK(shop.memory.taken() == std::vector<std::string>{"3"});
    }

    TEST_CASE("an agent of another protocol: everything waits, in words, until one comes that is understood") {
        Shop shop;
        shop.memory.is_other_version = true;
        const Agent agent{shop.endpoint, shop.memory};
        auto outbox = shop.outbox();
        (void)submitted(*outbox, a_change("1"), milliseconds{0});
        CHECK(wait_until([&] { return outbox->standing()->trouble == "This agent speaks protocol 2 only."; }, seconds{60}));
        CHECK(outbox->standing()->spooled.waiting == 1);
        CHECK(outbox->standing()->spooled.refused == 0);
        {
            const std::lock_guard lock{shop.memory.mutex};
            shop.memory.is_other_version = false;
        }
        CHECK(*outbox->flush(seconds{60}));
        CHECK(shop.memory.taken() == std::vector<std::string>{"1"});
    }

    TEST_CASE("an agent that will not have it says why: to who waits, to who looks, and once as an event") {
        Shop shop;
        std::string sentence;
        bool Memory::*refusal = nullptr;
        SUBCASE("the role is too low") {
            refusal = &Memory::has_too_low_a_role;
            sentence = "This computer is an operator.";
        }
        SUBCASE("the key was revoked") {
            refusal = &Memory::is_revoked;
            sentence = "This computer is not allowed any more.";
        }
        const Agent agent{shop.endpoint, shop.memory};
        auto outbox = shop.outbox();
        CHECK(submitted(*outbox, a_change("1"), seconds{10}) == Outbox::Place::at_agent);
        CHECK(!outbox->trouble());
        // Something waits before the refusal is met, whenever the outbox looks next.
        {
            const std::lock_guard lock{shop.memory.mutex};
            shop.memory.busy = 1'000'000;
        }
        CHECK(submitted(*outbox, a_change("2"), milliseconds{0}) == Outbox::Place::spooled);
        {
            const std::lock_guard lock{shop.memory.mutex};
            shop.memory.busy = 0;
            shop.memory.*refusal = true;
        }
        const auto told = notice(*outbox, "agent.refuses");
        REQUIRE(told);
        CHECK(told->message == sentence + " 1 change waits on this computer until then.");
        CHECK(told->code == "unauthorized");
        CHECK(told->count == 1);
        const auto began = std::chrono::steady_clock::now();
        const auto outcomes = outbox->submit({a_change("3")}, seconds{120});
        CHECK(std::chrono::steady_clock::now() - began < seconds{60});
        REQUIRE(outcomes);
        CHECK(outcomes->front().place == Outbox::Place::spooled);
        CHECK(outcomes->front().error.code == Code::unauthorized);
        CHECK(outcomes->front().error.message == sentence);
        const auto trouble = outbox->trouble();
        REQUIRE(trouble);
        CHECK(trouble->code == Code::unauthorized);
        const auto flushed = outbox->flush(seconds{120});
        REQUIRE(!flushed);
        CHECK(flushed.error().message == sentence);
        CHECK(std::chrono::steady_clock::now() - began < seconds{100});
        // Each cause is told once, and who answers is not silent.
        while (const auto more = outbox->next_notice()) CHECK(more->topic != "agent.refuses");
        CHECK(!outbox->standing()->silent_since);
        shop.memory.set(refusal, false);
        CHECK(wait_until([&] { return !outbox->trouble(); }));
        CHECK(shop.memory.taken() == std::vector<std::string>{"1", "2", "3"});
    }

    TEST_CASE("an agent that refuses for longer than it may be silent is told as one that refuses, not as a silent one") {
        Shop shop;
        // Silent after 4 seconds. An answer may take 2, so that one that is late does not make a silence.
        shop.memory.lateness = 6;
        constexpr seconds silence{4};
        const Agent agent{shop.endpoint, shop.memory};
        auto outbox = shop.outbox();
        CHECK(submitted(*outbox, a_change("1"), seconds{10}) == Outbox::Place::at_agent);
        SUBCASE("a key that was revoked") { shop.memory.set(&Memory::is_revoked, true); }
        SUBCASE("one that is busy all the time") {
            const std::lock_guard lock{shop.memory.mutex};
            shop.memory.busy = 1'000'000;
        }
        const auto refused_since = std::chrono::steady_clock::now();
        (void)submitted(*outbox, a_change("2"), milliseconds{0});
        std::set<std::string> topics;
        CHECK(wait_until([&] {
            while (const auto one = outbox->next_notice()) topics.insert(one->topic);
            return topics.contains("agent.refuses");
        }, seconds{60}));
        std::this_thread::sleep_until(refused_since + silence + seconds{2});
        while (const auto one = outbox->next_notice()) topics.insert(one->topic);
        CHECK(!topics.contains("agent.silent"));
        CHECK(!outbox->standing()->silent_since);
    }

    TEST_CASE("a program's name that no agent can read is refused at once") {
        Shop shop;
        for (const char* name : {"Lager M\xfcller 1.0", "two\nlines", ""}) {
            const auto refused = Outbox::open({name, shop.endpoint, shop.spool});
            REQUIRE(!refused);
            CHECK(refused.error().code == Code::invalid_params);
            CHECK(refused.error().message.find("name") != std::string::npos);
        }
        CHECK(Outbox::open({"Lager M\u00fcller 1.0", shop.endpoint, shop.spool}));
    }

    TEST_CASE("what a newer agent says beside is passed over") {
        Shop shop;
        Agent agent{shop.endpoint, shop.memory};
        agent.fake.on_raw("qoh.submit", [](RpcServer& server, IncomingRequest& request) {
            server.reply_ok(request.from, NewerResult{});
        });
        auto outbox = shop.outbox();
        CHECK(submitted(*outbox, a_change("1"), seconds{10}) == Outbox::Place::at_agent);
    }

    TEST_CASE("a silent agent is told within LatenessSeconds, and when it answers again") {
        Shop shop;
        shop.memory.lateness = 3;
        auto agent = std::make_unique<Agent>(shop.endpoint, shop.memory);
        auto outbox = shop.outbox();
        CHECK(submitted(*outbox, a_change("1"), seconds{10}) == Outbox::Place::at_agent);
        {
            const std::lock_guard lock{shop.memory.mutex};
            shop.memory.busy = 1'000'000;
        }
        // It waits already when the silence begins.
        (void)submitted(*outbox, a_change("2"), milliseconds{0});
        agent.reset();
        shop.memory.busy = 0;
        const auto silent = notice(*outbox, "agent.silent");
        REQUIRE(silent);
        CHECK(silent->since > 0);
        CHECK(silent->count == 1);
        CHECK(silent->message.find("1 change waits on this computer") != std::string::npos);
        CHECK(outbox->standing()->silent_since);
        agent = std::make_unique<Agent>(shop.endpoint, shop.memory);
        CHECK(notice(*outbox, "agent.heard"));
        CHECK(!outbox->standing()->silent_since);
        CHECK(*outbox->flush(seconds{60}));
    }

    TEST_CASE("a count that is compared is never spooled") {
        Shop shop;
        auto change = a_change("1");
        change.delta.reset();
        change.qoh = 5;
        change.version = 1;
        change.expected = 6;
        auto outbox = shop.outbox();
        const auto refused = outbox->submit({change}, milliseconds{0});
        REQUIRE(!refused);
        CHECK(refused.error().code == Code::no_agent);
        CHECK(outbox->standing()->spooled.waiting == 0);
        const Agent agent{shop.endpoint, shop.memory};
        CHECK(wait_until([&] {
            const auto outcomes = outbox->submit({change}, seconds{10});
            return outcomes && outcomes->front().place == Outbox::Place::at_agent;
        }, seconds{60}));
    }

    TEST_CASE("what could never be right is refused with its place, and nothing is spooled") {
        Shop shop;
        auto outbox = shop.outbox();
        const auto refused = outbox->submit({a_change("1"), a_change("2", "")}, milliseconds{0});
        REQUIRE(!refused);
        CHECK(refused.error().code == Code::invalid_params);
        CHECK(refused.error().message == "Change 2 (): sku must not be empty.");
        CHECK(outbox->standing()->spooled.waiting == 0);
    }

    TEST_CASE("threads and outboxes at once: every change arrives once, each one's in its order") {
        Shop shop;
        const Agent agent{shop.endpoint, shop.memory};
        std::vector<std::unique_ptr<Outbox>> outboxes;
        for (int i = 0; i < 3; ++i) outboxes.push_back(shop.outbox());
        {
            std::vector<std::jthread> threads;
            for (int t = 0; t < 6; ++t)
                threads.emplace_back([&, t] {
                    for (int i = 0; i < 30; ++i)
                        (void)outboxes[static_cast<std::size_t>(t) % 3]->submit(
                            {a_change(std::to_string(t) + "-" + std::to_string(i))}, milliseconds{t});
                });
        }
        CHECK(*outboxes.front()->flush(seconds{60}));
        const auto taken = shop.memory.taken();
        CHECK(taken.size() == 180);
        std::map<char, int> next;
        for (const auto& id : taken) CHECK(id == std::string(1, id[0]) + "-" + std::to_string(next[id[0]]++));
    }
}
