#include "tests/ipc/spool/outbox_shop.h"

#include <algorithm>
#include <limits>
#include <map>
#include <thread>

#include "ipc/spool/clock_notice.h"
#include "tests/ipc/spool/spools.h"
#include "tests/support/sqlite_file.h"

using namespace stocktray::ipc;
using namespace stocktray::ipc::testing;
using stocktray::tests::SqliteFile;
using stocktray::tests::TempDir;
using stocktray::tests::wait_until;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

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

    TEST_CASE("a SKU that the agent will have later holds up itself and the imports that tell of it, and nothing else") {
        Shop shop;
        shop.memory.busy_skus = {"A"};
        auto outbox = shop.outbox();
        const auto import = [&](const std::string& cart, const std::string& order, const std::string& sku) {
            orders::Imported imported{.cart = cart, .last_order = order, .count = 1};
            imported.orders = std::vector{orders::WebOrder{order, {{.sku = sku, .qty = 1}}}};
            (void)outbox->imported(std::move(imported), milliseconds{0});
        };
        (void)submitted(*outbox, a_change("1", "A"), milliseconds{0});
        (void)submitted(*outbox, a_change("2", "B"), milliseconds{0});
        import("main", "7", "A");
        (void)submitted(*outbox, a_change("3", "C"), milliseconds{0});
        (void)submitted(*outbox, a_change("4", "A"), milliseconds{0});
        import("main", "8", "C");
        import("other", "9", "C");
        (void)submitted(*outbox, a_change("5", "B"), milliseconds{0});
        const Agent agent{shop.endpoint, shop.memory};
        CHECK(wait_until([&] { return shop.memory.taken().size() == 4; }, seconds{60}));
        CHECK(shop.memory.taken() == std::vector<std::string>{"2", "3", "import 9", "5"});
        CHECK(wait_until([&] { return outbox->standing()->trouble == "Acknowledge Get QOH first."; }, seconds{60}));
        CHECK(outbox->standing()->spooled.waiting == 4);
        {
            const std::lock_guard lock{shop.memory.mutex};
            shop.memory.busy_skus.clear();
        }
        CHECK(*outbox->flush(seconds{60}));
        CHECK(shop.memory.taken() == std::vector<std::string>{"2", "3", "import 9", "5", "1", "import 7", "4", "import 8"});
    }

    TEST_CASE("a restored agent that will not have one of the last 30 days gets the others, and that one is told") {
        Shop shop;
        {
            const Agent agent{shop.endpoint, shop.memory};
            auto outbox = shop.outbox();
            for (const char* id : {"1", "2", "3", "4"}) CHECK(submitted(*outbox, a_change(id, id), seconds{10}) == Outbox::Place::at_agent);
        }
        SqliteFile{shop.spool}.query("UPDATE entries SET body = CAST(replace(CAST(body AS TEXT), '4', '5') AS BLOB) WHERE id = '4'");
        shop.memory.is_restored = true;
        shop.memory.run = "run-2";
        shop.memory.known.clear();
        shop.memory.wrong_skus = {"2"};
        const Agent agent{shop.endpoint, shop.memory};
        auto outbox = shop.outbox();
        const auto told = notice(*outbox, "spool.refused");
        REQUIRE(told);
        CHECK(told->count == 1);
        CHECK(told->message.find("2: 2 is no SKU.") != std::string::npos);
        CHECK(wait_until([&] { return !outbox->trouble(); }, seconds{60}));
        std::vector<std::string> again;
        for (const auto& change : shop.memory.again) again.push_back(change.id);
        CHECK(again == std::vector<std::string>{"1", "3"});  // and nothing that is not what was submitted
    }

    TEST_CASE("what waits for a person is told at each start, and is no success of whoever submits it again") {
        Shop shop;
        const Agent agent{shop.endpoint, shop.memory};
        {
            auto outbox = shop.outbox();
            CHECK(submitted(*outbox, a_change("1", "bad"), seconds{10}) == Outbox::Place::refused);
            CHECK(submitted(*outbox, a_change("2", "bad"), seconds{10}) == Outbox::Place::refused);
            CHECK(submitted(*outbox, a_change("3"), seconds{10}) == Outbox::Place::at_agent);
        }
        {
            auto spool = a_spool(shop.spool);
            REQUIRE(spool.leave(2, "Counted by hand.", now_ms()));
            SqliteFile{shop.spool}.query("UPDATE entries SET state = 'doubtful', message = 'Nobody knows.' WHERE id = '3'");
        }
        auto outbox = shop.outbox();
        auto told = notice(*outbox, "spool.refused");
        REQUIRE(told);
        CHECK(told->count == 1);
        CHECK(told->message == "1 change waits for a person's decision: the agent has refused it. Look at the spool: offer again, or leave.");
        const auto left = outbox->submit({a_change("2", "bad")}, seconds{10});
        CHECK(left->front().place == Outbox::Place::refused);
        CHECK(left->front().error.message == "Counted by hand.");
        const auto doubtful = outbox->submit({a_change("3")}, seconds{10});
        CHECK(doubtful->front().place == Outbox::Place::refused);
        CHECK(doubtful->front().error.message == "Nobody knows.");
    }

    TEST_CASE("what is on the disk is not said to be lost because the disk cannot be read meanwhile") {
        Shop shop;
        auto outbox = shop.outbox();
        shop.memory.busy = 1'000'000;
        const Agent agent{shop.endpoint, shop.memory};
        const std::jthread disk{[&] {
            SqliteFile file{shop.spool};
            CHECK(wait_until([&] { return file.number("SELECT count(*) FROM entries") == 1; }, seconds{60}));
            file.query("ALTER TABLE entries RENAME TO away");
        }};
        const auto outcomes = outbox->submit({a_change("1")}, seconds{3});
        REQUIRE(outcomes);
        CHECK(outcomes->front().place == Outbox::Place::spooled);
        CHECK(outcomes->front().error.code == Code::storage);
    }

    TEST_CASE("a change that the disk does not take, and of which the agent cannot say that it has it, may have been taken") {
        Shop shop;
        auto outbox = shop.outbox();
        SqliteFile{shop.spool}.query("CREATE TRIGGER full BEFORE INSERT ON entries BEGIN SELECT RAISE(FAIL, 'disk is full'); END");
        {
            const auto nobody = outbox->submit({a_change("1")}, seconds{1});
            REQUIRE(!nobody);
            CHECK(nobody.error().code == Code::storage);
        }
        Agent agent{shop.endpoint, shop.memory};
        agent.fake.on<qoh::Submit>([](const qoh::Submit&) -> Expected<qoh::SubmitResult> { return fail(Code::storage, "The disk fails."); });
        const auto perhaps = outbox->submit({a_change("1")}, seconds{10});
        REQUIRE(!perhaps);
        CHECK(perhaps.error().code == Code::no_answer);
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
