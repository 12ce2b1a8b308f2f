// Our dialogues, carried by our HTTP client, with the connector: the two ends of the wire agree.
#include <doctest/doctest.h>

#include "tests/integration/connector_fixture.h"
#include "tests/integration/talk.h"

namespace stocktray::cart {
namespace {

using tests::fresh_key;

class Talk : public tests::Talk {
public:
    explicit Talk(tests::PracticeStore& store, std::string agent = "7b1f0c4e92d84a6f")
        : tests::Talk{store.url(), store.user(), store.password(), std::move(agent)} {}
};

PostKey a_key(const Learned& learned, std::int64_t number) {
    return {fresh_key(), number, learned.extension->store};
}

}  // namespace

TEST_SUITE("Dialogues with the connector") {
    TEST_CASE("a test of the cart finds out all that the connector can do") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        tests::PracticeStore store;
        Talk talk{store};
        const auto result = talk.carry<ProbeResult>(seti::probe(talk.access, "7F3A91C2"));
        for (const ProbeProblem& problem : result.problems)
            FAIL_CHECK(problem.code << ": " << problem.message);
        CHECK(result.is_usable);
        CHECK(result.product_count == 100);
        CHECK(result.learned.dialect == Dialect::text);
        CHECK(result.learned.counts == CountSource::qohquery);
        CHECK_FALSE(result.learned.ignores_paging);
        REQUIRE(result.learned.extension);
        const Extension& extension = *result.learned.extension;
        CHECK(extension.has_postid);
        CHECK(extension.has_batch);
        CHECK(extension.has_qohquery);
        CHECK(extension.has_moves);
        CHECK(extension.has_cursor);
        CHECK(extension.clamps);
        CHECK(extension.problem.empty());
    }

    TEST_CASE("a wrong password is named as one") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        tests::PracticeStore store;
        Talk talk{store};
        talk.access.password = "wrong";
        const auto result = talk.carry<ProbeResult>(seti::probe(talk.access, "7F3A91C2"));
        CHECK_FALSE(result.is_usable);
        REQUIRE(!result.problems.empty());
        CHECK(result.problems.back().cause == Cause::auth);
    }

    TEST_CASE("a change is applied once however often it is sent") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        tests::PracticeStore store;
        Talk talk{store};
        const Learned learned = talk.learn();
        const auto before = store.count("SKU-0001");
        StockUpdate update{"SKU-0001", -2, a_key(learned, 1)};
        const auto first =
            talk.carry<UpdateResult>(seti::update(talk.access, learned, update, Sending::first));
        CHECK(first.outcome == Outcome::applied);
        CHECK(first.is_key_confirmed);
        CHECK(first.qoh == before - 2);
        CHECK(first.seq.has_value());
        const auto again =
            talk.carry<UpdateResult>(seti::update(talk.access, learned, update, Sending::repeat));
        CHECK(again == first);
        CHECK(store.count("SKU-0001") == before - 2);

        update.delta = -3;
        const auto other =
            talk.carry<UpdateResult>(seti::update(talk.access, learned, update, Sending::repeat));
        CHECK(other.outcome == Outcome::refused);
        CHECK(other.cause == Cause::postid_conflict);
        update.key->store = "0000000000000000";
        const auto moved =
            talk.carry<UpdateResult>(seti::update(talk.access, learned, update, Sending::repeat));
        CHECK(moved.cause == Cause::store_changed);
        CHECK(store.count("SKU-0001") == before - 2);
    }

    TEST_CASE("what the connector cannot apply is told apart") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        tests::PracticeStore store;
        Talk talk{store};
        const Learned learned = talk.learn();
        const auto gone = talk.carry<UpdateResult>(
            seti::update(talk.access, learned, {"GONE", -1, a_key(learned, 1)}, Sending::first));
        CHECK(gone.cause == Cause::not_found);
        CHECK(gone.is_key_confirmed);
        const auto before = store.count("SKU-0002");
        const auto clamped = talk.carry<UpdateResult>(
            seti::update(talk.access, learned, {"SKU-0002", -before - 5, a_key(learned, 2)}, Sending::first));
        CHECK(clamped.outcome == Outcome::applied);
        CHECK(clamped.clamped_to == -before);
    }

    TEST_CASE("a count that would leave its range comes before a person, and holds up no other piece") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        tests::PracticeStore store;
        Talk talk{store};
        const Learned learned = talk.learn();
        store.database().query("UPDATE items SET qoh = 1999999999 WHERE sku = 'SKU-0002'");
        const auto single = talk.carry<UpdateResult>(
            seti::update(talk.access, learned, {"SKU-0002", 5, a_key(learned, 1)}, Sending::first));
        CHECK(single.outcome == Outcome::rejected);
        CHECK(single.is_key_confirmed);
        const auto batch = talk.carry<BatchResult>(seti::update_batch(
            talk.access, learned, {{"SKU-0002", 5, a_key(learned, 2)}, {"SKU-0003", 1, a_key(learned, 3)}}, Sending::first));
        REQUIRE(batch.items.size() == 2);
        CHECK(batch.items[0].outcome == Outcome::rejected);
        CHECK(batch.items[1].outcome == Outcome::applied);
        CHECK(store.count("SKU-0002") == 1999999999);
    }

    TEST_CASE("a batch is judged piece by piece, and repeated as a whole") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        tests::PracticeStore store;
        Talk talk{store};
        const Learned learned = talk.learn();
        const auto before = store.count("SKU-0003");
        const std::vector<StockUpdate> updates{{"SKU-0003", -1, a_key(learned, 1)},
                                               {"GONE", 4, a_key(learned, 2)},
                                               {"SKU-0004", 3, a_key(learned, 3)}};
        for (const Sending sending : {Sending::first, Sending::repeat}) {
            const auto result =
                talk.carry<BatchResult>(seti::update_batch(talk.access, learned, updates, sending)).items;
            REQUIRE(result.size() == 3);
            CHECK(result[0].outcome == Outcome::applied);
            CHECK(result[0].qoh == before - 1);
            CHECK(result[1].cause == Cause::not_found);
            CHECK(result[2].outcome == Outcome::applied);
            CHECK(result[2].is_key_confirmed);
        }
        CHECK(store.count("SKU-0003") == before - 1);
    }

    TEST_CASE("counts are set in both dialects, each item with its own word") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        tests::PracticeStore store;
        Talk talk{store};
        std::int64_t count = 41;
        for (const Dialect dialect : {Dialect::text, Dialect::xml}) {
            Learned learned;
            learned.dialect = dialect;
            const auto result = talk.carry<ReplaceResult>(seti::replace_counts(
                talk.access, learned,
                {{"SKU-0011", ++count}, {"GONE<&>", 1}, {" BLANK", 1}, {"SKU-0012", 0}}));
            CHECK(result.is_complete);
            CHECK(result.cause == Cause::none);
            REQUIRE(result.items.size() == 4);
            CHECK(result.items[0] == ReplaceItem{"SKU-0011", ReplaceWord::ok, {}});
            CHECK(result.items[1] == ReplaceItem{"GONE<&>", ReplaceWord::not_found, {}});
            CHECK(result.items[2].word == ReplaceWord::unsendable);
            CHECK(result.items[3] == ReplaceItem{"SKU-0012", ReplaceWord::ok, {}});
            CHECK(store.count("SKU-0011") == count);
            CHECK(store.count("SKU-0012") == 0);
        }
        talk.access.password = "wrong";
        const auto refused =
            talk.carry<ReplaceResult>(seti::replace_counts(talk.access, talk.learn(), {{"SKU-0011", 1}}));
        CHECK(refused.is_refused);
        CHECK(store.count("SKU-0011") == count);
    }

    TEST_CASE("the whole store and single SKUs are read alike") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        tests::PracticeStore store;
        Talk talk{store};
        const Learned learned = talk.learn();
        Learned plain = learned;
        plain.extension.reset();  // by position, as from any script
        plain.counts = CountSource::downloadqoh;
        for (const Learned& way : {learned, plain}) {
            const auto all = talk.carry<CountsResult>(seti::read_all(talk.access, way, 30, nullptr));
            CHECK(all.is_complete);
            CHECK(all.distinct == 100);
            CHECK(all.bad.empty());
            for (const ReadCount& item : all.items) CHECK(item.qoh == store.count(item.sku));
            const auto some = talk.carry<CountsResult>(
                seti::read_counts(talk.access, way, 30, {"SKU-0009", "GONE", "SKU-0100"}));
            CHECK(some.is_complete);
            REQUIRE(some.items.size() == 3);
            CHECK(some.items[0] == ReadCount{"SKU-0009", CountWord::count, store.count("SKU-0009")});
            CHECK(some.items[1].word == CountWord::not_found);
            CHECK(some.items[2] == ReadCount{"SKU-0100", CountWord::count, store.count("SKU-0100")});
        }
    }

    TEST_CASE("orders and what they hold are told") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        tests::PracticeStore store;
        Talk talk{store};
        const auto order = std::to_string(store.sell("SKU-0005", 3).value());
        const auto moves =
            talk.carry<MovesResult>(seti::read_moves(talk.access, {"SKU-0005", "GONE"}, "0", {}));
        CHECK(moves.is_complete);
        CHECK(moves.top_order == order);
        REQUIRE(moves.items.size() == 2);
        CHECK(moves.items[0].count.qoh == store.count("SKU-0005"));
        CHECK(moves.items[0].orders == std::vector<HeldByOrder>{{order, 3}});
        CHECK(moves.items[1].count.word == CountWord::not_found);
        CHECK(talk.carry<OrderCountResult>(seti::order_count(talk.access, "0")).orders == 1);
        CHECK(talk.carry<OrderCountResult>(seti::order_count(talk.access, order)).orders == 0);
    }

    TEST_CASE("another agent is refused until it takes the store over") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        tests::PracticeStore store;
        Talk old{store, "0011223344556677"};
        const Learned learned = old.learn();
        const auto change = [&](Talk& talk, std::int64_t number) {
            return talk.carry<UpdateResult>(
                seti::update(talk.access, learned, {"SKU-0006", 1, a_key(learned, number)}, Sending::first));
        };
        CHECK(change(old, 1).outcome == Outcome::applied);
        Talk other{store, "8899aabbccddeeff"};
        const auto refused = change(other, 1);
        CHECK(refused.outcome == Outcome::refused);
        CHECK(refused.cause == Cause::other_agent);
        const auto said = other.carry<VersionResult>(seti::version(other.access));
        REQUIRE(said.extension);
        CHECK(said.extension->bound_to == "0011223344556677");
        const auto taken =
            other.carry<VersionResult>(seti::take_over(other.access, said.extension->bound_to));
        CHECK(taken.extension->bound_to.empty());
        CHECK(change(other, 2).outcome == Outcome::applied);
        CHECK(change(old, 2).cause == Cause::other_agent);
    }

    TEST_CASE("a store that is down refuses, and the change is applied when it is back") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        tests::PracticeStore store;
        Talk talk{store};
        const Learned learned = talk.learn();
        const StockUpdate update{"SKU-0007", 1, a_key(learned, 1)};
        store.stop();
        const auto down =
            talk.carry<UpdateResult>(seti::update(talk.access, learned, update, Sending::first));
        CHECK(down.outcome == Outcome::refused);
        CHECK(down.cause == Cause::connect);
        store.start();
        CHECK(talk.carry<UpdateResult>(seti::update(talk.access, learned, update, Sending::first)).outcome ==
              Outcome::applied);
    }
}

}  // namespace stocktray::cart
