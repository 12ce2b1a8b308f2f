#include "core/stack/stack_controller.h"

#include <doctest/doctest.h>

#include "core/store/database.h"
#include "core/stack/repeatable.h"
#include "tests/core/shop.h"

using namespace stocktray;
using namespace stocktray::tests;
using cart::Cause;
using stack::AskBatch;
using stack::AskUpdate;
using stack::AskVersion;
using stack::State;

namespace {

// A post that left, unclear by now; the cart has been asked who it is and has answered.
stack::Ask unclear_post(Workbench& bench, const std::string& sku = "X") {
    bench.submit(sku, -2);
    const auto ask = bench.take<AskUpdate>();
    REQUIRE(ask);
    bench.answer(*ask, unclear());
    return *ask;
}

void meet(Workbench& bench, Script script) {
    const auto who = bench.take<AskVersion>();
    REQUIRE(who);
    auto extension = script == Script::plain ? std::nullopt : std::optional{extension_of(script)};
    bench.answer(*who, version(extension));
}

}  // namespace

TEST_SUITE("StackController") {
    TEST_CASE("a change leaves in the turn that accepted it, and is sending on disk before") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.submit("X", -2);
        const auto post = bench.only_post().post;
        CHECK(post.state == State::sending);
        CHECK(post.attempts == 1);
        CHECK(post.expected_qoh == 8);
        const auto ask = bench.take<AskUpdate>();
        REQUIRE(ask);
        CHECK(update_in(*ask).key->postid == post.key->postid);
        CHECK(update_in(*ask).key->postid.size() >= 16);
        CHECK(std::get<AskUpdate>(ask->what).sending == cart::Sending::first);
    }
    TEST_CASE("an applied answer confirms it and tells the store's count") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.submit("X", -2);
        const auto ask = *bench.take<AskUpdate>();
        bench.answer(ask, applied_under_key(ask, 8));
        CHECK(bench.only_post().post.state == State::confirmed);
        CHECK(bench.listing("a", "X").store_qoh == 8);
    }
    TEST_CASE("a refused post is queued, keeps its key and repeats in the repeat form") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.submit("X", -2);
        const auto first = *bench.take<AskUpdate>();
        bench.answer(first, refused(Cause::busy));
        CHECK(bench.only_post().post.state == State::queued);
        bench.pass(Milliseconds{1'100});
        const auto second = bench.take<AskUpdate>();
        REQUIRE(second);
        CHECK(update_in(*second).key->postid == update_in(first).key->postid);
        CHECK(std::get<AskUpdate>(second->what).sending == cart::Sending::repeat);
    }
    TEST_CASE("a script that takes no keyed post any more is asked what it takes, and gets the post without its key") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.submit("X", -2);
        bench.answer(*bench.take<AskUpdate>(), refused(Cause::unknown_function));
        CHECK(bench.only_post().post.state == State::queued);
        auto keyless = extension_of(Script::with_keys);
        keyless.has_postid = false;
        keyless.has_batch = false;
        const auto who = bench.take<AskVersion>();
        REQUIRE(who);
        bench.pass(Milliseconds{1'100});
        CHECK_FALSE(bench.take<AskUpdate>());
        bench.answer(*who, version(keyless));
        bench.pass(Milliseconds{1'100});
        const auto ask = bench.take<AskUpdate>();
        REQUIRE(ask);
        CHECK(std::get<AskUpdate>(ask->what).sending == cart::Sending::first);
        CHECK_FALSE(update_in(*ask).key);
        CHECK_FALSE(bench.only_post().post.key);

        SUBCASE("unclear, it is never repeated under a key, not even once the script keeps them again") {
            bench.answer(*ask, unclear());
            meet(bench, Script::with_keys);
            for (int minute = 0; minute < 60; ++minute) {
                bench.pass(Milliseconds{60'000});
                CHECK_FALSE(bench.take<AskUpdate>());
            }
            CHECK(bench.only_post().post.state == State::uncertain);
        }
        SUBCASE("refused, it gets a key of its own as soon as there are some") {
            bench.answer(*ask, refused(Cause::connect));
            meet(bench, Script::with_keys);
            bench.pass(Milliseconds{61'000});
            const auto keyed = bench.take<AskUpdate>();
            REQUIRE(keyed);
            CHECK(std::get<AskUpdate>(keyed->what).sending == cart::Sending::first);
            CHECK(update_in(*keyed).key);
        }
    }
    TEST_CASE("a change made meanwhile is not added to a post that was sent") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.submit("X", -2);
        const auto first = *bench.take<AskUpdate>();
        bench.answer(first, refused(Cause::busy));
        bench.submit("X", -1);
        CHECK(bench.posts().size() == 2);
        CHECK(bench.posts()[0].post.delta == inventory::Delta{-2});
        CHECK(bench.posts()[1].is_held);
    }
    TEST_CASE("a rejected post stands in front of a person and holds up nobody") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.submit("X", -2);
        auto ask = *bench.take<AskUpdate>();
        auto answer = rejected(Cause::not_found);
        answer.is_key_confirmed = true;
        bench.answer(ask, answer);
        CHECK(bench.only_post().post.state == State::rejected);
        CHECK(bench.has_alert("needs_decision"));
        bench.submit("X", -1);
        CHECK(bench.take<AskUpdate>());
    }
    TEST_CASE("an unclear post is never sent again as it was: with keys it is repeated under its key") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        const auto first = unclear_post(bench);
        CHECK(bench.only_post().post.state == State::uncertain);
        CHECK_FALSE(bench.take<AskUpdate>());
        meet(bench, Script::with_keys);
        bench.pass(Milliseconds{1'100});
        const auto repeat = bench.take<AskUpdate>();
        REQUIRE(repeat);
        CHECK(std::get<AskUpdate>(repeat->what).sending == cart::Sending::repeat);
        CHECK(update_in(*repeat).key->postid == update_in(first).key->postid);
        bench.answer(*repeat, applied_under_key(*repeat, 8));
        CHECK(bench.only_post().post.state == State::confirmed);
    }
    TEST_CASE("a refusal of the repeat leaves the doubt, and so does an answer without the key") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        unclear_post(bench);
        meet(bench, Script::with_keys);
        bench.pass(Milliseconds{1'100});
        bench.answer(*bench.take<AskUpdate>(), refused(Cause::postid_busy));
        CHECK(bench.only_post().post.state == State::uncertain);
        bench.pass(Milliseconds{60'000});
        if (bench.take<AskVersion>()) FAIL("a refusal is an answer: nobody has to be met anew");
        bench.answer(*bench.take<AskUpdate>(), rejected(Cause::not_found));
        CHECK(bench.only_post().post.state == State::uncertain);
    }
    TEST_CASE("a repeat that hears of a SKU that is refused ends the doubt and stands in front of a person") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        unclear_post(bench);
        meet(bench, Script::with_keys);
        bench.pass(Milliseconds{1'100});
        auto answer = rejected(Cause::not_found);
        answer.is_key_confirmed = true;
        bench.answer(*bench.take<AskUpdate>(), answer);
        CHECK(bench.only_post().post.state == State::rejected);
        CHECK(bench.has_alert("needs_decision"));
    }
    TEST_CASE("a script without keys never gets an unclear post again") {
        Workbench bench;
        bench.open_cart("a", Script::plain, {{"X", 10}});
        unclear_post(bench);
        meet(bench, Script::plain);
        for (int minute = 0; minute < 60; ++minute) {
            bench.pass(Milliseconds{60'000});
            CHECK_FALSE(bench.take<AskUpdate>());
        }
        CHECK(bench.only_post().post.state == State::uncertain);
    }
    TEST_CASE("a key is not repeated at another store") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        unclear_post(bench);
        CHECK(stack::is_repeatable(bench.cart("a"), bench.only_post().post, bench.now.steady));
        auto other = extension_of(Script::with_keys);
        other.store = "0000000000000001";
        bench.answer(*bench.take<AskVersion>(), version(other));
        CHECK(bench.cart("a").cart.stop == cart::Stop::store_changed);
        CHECK_FALSE(stack::is_repeatable(bench.cart("a"), bench.only_post().post, bench.now.steady));
        bench.pass(Milliseconds{120'000});
        CHECK_FALSE(bench.take<AskUpdate>());
    }
    TEST_CASE("found sending at start becomes uncertain") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.submit("X", -2);
        REQUIRE(bench.controller.start(store::Trouble::none, "machine", bench.now));
        CHECK(bench.only_post().post.state == State::uncertain);
    }
    TEST_CASE("wrong credentials stop the cart until they change") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}, {"Y", 10}});
        bench.submit("X", -2);
        bench.answer(*bench.take<AskUpdate>(), refused(Cause::auth));
        CHECK(bench.cart("a").cart.stop == cart::Stop::credentials);
        CHECK(bench.has_alert("credentials"));
        bench.submit("Y", -1);
        bench.pass(Milliseconds{3'600'000});
        CHECK(bench.asks().empty());
        bench.turn([&] {
            REQUIRE(bench.controller.switching.update(bench.cart("a").config(), sync::SameStore::no,
                                                      sync::Credentials::changed, bench.now));
        });
        meet(bench, Script::with_keys);
        CHECK(bench.take<AskUpdate>());
        CHECK_FALSE(bench.has_alert("credentials"));
    }
    TEST_CASE("five failures open the circuit, then only harmless questions go out") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}, {"Y", 10}});
        bench.submit("X", -2);
        bench.answer(*bench.take<AskUpdate>(), refused(Cause::connect));
        for (int i = 0; i < 4; ++i) {
            const auto who = bench.take<AskVersion>();
            REQUIRE(who);
            cart::VersionResult none;
            none.cause = Cause::connect;
            bench.answer(*who, none);
        }
        CHECK_FALSE(bench.cart("a").circuit.is_closed());
        bench.submit("Y", -1);
        CHECK_FALSE(bench.take<AskUpdate>());
        bench.pass(Milliseconds{61'000});
        CHECK_FALSE(bench.take<AskUpdate>());
        const auto who = bench.take<AskVersion>();
        REQUIRE(who);
        CHECK_FALSE(bench.take<AskVersion>());
        bench.answer(*who, version(extension_of(Script::with_keys)));
        bench.pass(Milliseconds{61'000});
        const auto trial = bench.take<AskUpdate>();  // one at a time until work has succeeded
        REQUIRE(trial);
        CHECK_FALSE(bench.take<AskUpdate>());
        bench.answer(*trial, applied_under_key(*trial, 8));
        CHECK(bench.take<AskUpdate>());
    }
    TEST_CASE("one post per listing is in flight, and carts do not wait for one another") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.open_cart("b", Script::with_keys, {{"X", 10}});
        bench.submit("X", -1);
        const auto to_a = *bench.take<AskUpdate>();
        const auto to_b = *bench.take<AskUpdate>();
        bench.submit("X", -1);
        CHECK_FALSE(bench.take<AskUpdate>());
        bench.answer(to_b, applied_under_key(to_b, 9));
        const auto next = bench.take<AskUpdate>();
        REQUIRE(next);
        CHECK(next->cart == to_b.cart);
        (void)to_a;
    }
    TEST_CASE("many waiting posts share requests, a lone one is never held back for it") {
        Workbench bench;
        std::map<std::string, std::int64_t> counts;
        for (int i = 0; i < 100; ++i) counts["S" + std::to_string(i)] = 50;
        bench.open_cart("a", Script::with_keys, counts);
        bench.snapshot(counts);
        bench.submit("S0", -1);
        CHECK(bench.take<AskUpdate>());
        bench.turn([&] {
            std::vector<inventory::Change> changes;
            for (int i = 1; i < 100; ++i) changes.push_back(bench.change("S" + std::to_string(i), -1));
            (void)bench.controller.books.submit("om", changes, bench.now);
        });
        std::size_t pieces = 0;
        while (const auto batch = bench.take<AskBatch>()) pieces += std::get<AskBatch>(batch->what).updates.size();
        CHECK(pieces == 99);
    }
    TEST_CASE("last pieces go before bulk receiving") {
        Workbench bench;
        bench.open_cart("a", Script::plain, {{"X", 10}, {"BULK", 10}, {"LAST", 3}});
        bench.snapshot({{"X", 10}, {"BULK", 10}, {"LAST", 3}});
        bench.submit("X", -1);  // occupies the one connection of an unproven script
        const auto first = *bench.take<AskUpdate>();
        bench.submit("BULK", 500);
        bench.submit("LAST", -2);
        bench.answer(first, applied(9));
        const auto next = bench.take<AskUpdate>();
        REQUIRE(next);
        CHECK(update_in(*next).sku == "LAST");
    }
    TEST_CASE("a script that takes differences as counts stops the cart after its first post") {
        Workbench bench;
        bench.open_cart("a", Script::plain, {{"X", 50}, {"Y", 50}});
        bench.submit("X", -2);
        bench.submit("Y", -2);
        const auto first = *bench.take<AskUpdate>();
        CHECK_FALSE(bench.take<AskUpdate>());
        bench.answer(first, applied(-2));
        CHECK(bench.cart("a").cart.stop == cart::Stop::absolute_script);
        CHECK(bench.has_alert("absolute_script"));
        CHECK_FALSE(bench.take<AskUpdate>());
    }
    TEST_CASE("a script that ignores the key loses the capability, and its answer still counts") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.submit("X", -2);
        bench.answer(*bench.take<AskUpdate>(), applied(8));
        CHECK(bench.only_post().post.state == State::confirmed);
        CHECK_FALSE(bench.cart("a").has_keys());
    }
    TEST_CASE("a store whose counter went back was restored and stops the cart") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.submit("X", -2);
        const auto ask = *bench.take<AskUpdate>();
        bench.answer(ask, applied_under_key(ask, 8, 500));
        bench.submit("X", -1);
        bench.answer(*bench.take<AskUpdate>(), unclear());
        auto extension = extension_of(Script::with_keys);
        extension.seq = 400;
        bench.answer(*bench.take<AskVersion>(), version(extension));
        CHECK(bench.cart("a").cart.stop == cart::Stop::store_restored);
    }
    TEST_CASE("a store that knows numbers of ours from the future shows that our database was restored") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.submit("X", -2);
        bench.answer(*bench.take<AskUpdate>(), unclear());
        auto extension = extension_of(Script::with_keys);
        extension.top = 900;
        bench.answer(*bench.take<AskVersion>(), version(extension));
        CHECK(bench.cart("a").cart.stop == cart::Stop::agent_restored);
        CHECK(bench.store.identity.get().trouble == store::Trouble::restored);
        CHECK(bench.store.identity.get().next_number > 900);
    }
    TEST_CASE("what a store says of the agent that it obeys is heeded before anything is posted to it again") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.submit("X", -2);
        bench.answer(*bench.take<AskUpdate>(), unclear());
        auto extension = extension_of(Script::with_keys);
        extension.bound_to = "another-agent";
        bench.answer(*bench.take<AskVersion>(), version(extension));
        CHECK(bench.cart("a").cart.stop == cart::Stop::other_agent);
        bench.pass(Milliseconds{600'000});
        CHECK_FALSE(bench.take<AskUpdate>());
    }
    TEST_CASE("a store that belongs to another agent is not posted to until it is taken over") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.submit("X", -2);
        bench.answer(*bench.take<AskUpdate>(), refused(Cause::other_agent));
        CHECK(bench.cart("a").cart.stop == cart::Stop::other_agent);
        bench.cart("a").cart.learned.extension->bound_to = "the-old-agent";
        bench.turn([&] { REQUIRE(bench.controller.standing.take_over(bench.cart("a"), bench.now)); });
        const auto ask = bench.take<stack::AskTakeOver>();
        REQUIRE(ask);
        CHECK(std::get<stack::AskTakeOver>(ask->what).from == "the-old-agent");
        bench.answer(*ask, version(extension_of(Script::with_keys)));
        bench.pass(Milliseconds{2'000});
        CHECK(bench.take<AskUpdate>());
    }
    TEST_CASE("of two carts that lead to one store only the first is posted to, until it is off") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        cart::CartConfig config;
        config.id = "b";
        config.url = "https://www.a.test/import.php";
        config.synchronize_inventory = true;
        bench.turn([&] { REQUIRE(bench.controller.switching.create(config, bench.now)); });
        const auto met = usable(extension_of(Script::with_keys));
        bench.answer(*bench.take<stack::AskProbe>(), met);
        bench.submit("X", -2);
        bench.answer(*bench.take<AskUpdate>(), applied(8));
        for (int minute = 0; minute < 10; ++minute) {
            bench.pass(Milliseconds{60'000});
            CHECK_FALSE(bench.take<stack::AskAllCounts>());
            CHECK_FALSE(bench.take<AskUpdate>());
            if (const auto who = bench.take<AskVersion>()) bench.answer(*who, version(extension_of(Script::with_keys)));
            if (const auto probe = bench.take<stack::AskProbe>()) bench.answer(*probe, met);
        }
        const auto words = bench.cart("b").trouble(stack::CartState::Quote::nothing);
        REQUIRE(words);
        CHECK(words->message == "It leads to the same store as a: each change would be applied there twice.");
        CHECK(bench.has_alert("late"));
        auto off = bench.cart("a").config();
        off.synchronize_inventory = false;
        bench.turn([&] { REQUIRE(bench.controller.switching.update(off, sync::SameStore::yes, sync::Credentials::unchanged, bench.now)); });
        for (int minute = 0; minute < 60 && bench.cart("b").contact != stack::Contact::known; ++minute) {
            bench.pass(Milliseconds{60'000});
            if (const auto who = bench.take<AskVersion>()) bench.answer(*who, version(extension_of(Script::with_keys)));
            if (const auto probe = bench.take<stack::AskProbe>()) bench.answer(*probe, met);
        }
        CHECK(bench.cart("b").contact == stack::Contact::known);
        CHECK_FALSE(bench.cart("b").trouble(stack::CartState::Quote::nothing));
    }
    TEST_CASE("late is named once, with the cause, and is over when the store follows") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.submit("X", -2);
        const auto ask = *bench.take<AskUpdate>();
        bench.pass(Milliseconds{20'001});
        CHECK(bench.controller.board.health(bench.cart("a")) == stack::Health::slow);
        bench.pass(Milliseconds{100'000});
        CHECK(bench.controller.board.health(bench.cart("a")) == stack::Health::late);
        CHECK(bench.has_alert("late"));
        bench.answer(ask, applied_under_key(ask, 8));
        CHECK(bench.controller.board.health(bench.cart("a")) == stack::Health::ok);
        CHECK_FALSE(bench.has_alert("late"));
    }
    TEST_CASE("setting the wall clock back does not make a late cart young") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.submit("X", -2);
        bench.now.wall -= std::chrono::hours{1};
        bench.pass(Milliseconds{121'000});
        CHECK(bench.has_alert("late"));
    }
    TEST_CASE("a paused cart sends nothing and is not late; on resume one net post goes out") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.turn([&] { REQUIRE(bench.controller.interventions.pause({{}, "a"}, std::nullopt, bench.now)); });
        bench.submit("X", -2);
        bench.submit("X", -3);
        bench.pass(Milliseconds{600'000});
        CHECK(bench.asks().empty());
        CHECK_FALSE(bench.has_alert("late"));
        bench.turn([&] { REQUIRE(bench.controller.interventions.resume({{}, "a"}, bench.now)); });
        const auto ask = bench.take<AskUpdate>();
        REQUIRE(ask);
        CHECK(update_in(*ask).delta == -5);
    }
    TEST_CASE("an idle controller wants no wake-up") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        // Nothing before the next audit.
        const auto is_idle = [&] { return *bench.controller.next_wakeup(bench.now) >= bench.now.steady + std::chrono::hours{24}; };
        CHECK(is_idle());
        bench.submit("X", -2);
        const auto ask = *bench.take<AskUpdate>();
        CHECK_FALSE(is_idle());
        bench.answer(ask, applied_under_key(ask, 8));
        CHECK(is_idle());
    }
    TEST_CASE("an answer whose turn could not be committed is given again and counts once") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        bench.submit("X", -2);
        const auto ask = *bench.take<AskUpdate>();
        const cart::Done answer = applied_under_key(ask, 8);
        const auto failed = bench.controller.turn(bench.now, stack::Sendings::allowed, [&] {
            bench.controller.answered(ask.exchange, answer, bench.now);
            throw store::StorageFailure{Error{ErrorCode::storage, "The disk is full.", ""}};
        });
        CHECK_FALSE(failed);
        CHECK(bench.only_post().post.state == State::sending);
        bench.answer(ask, answer);
        CHECK(bench.only_post().post.state == State::confirmed);
    }
    TEST_CASE("a question whose turn could not be committed does not go out and is asked again") {
        Workbench bench;
        bench.open_cart("a", Script::with_keys, {{"X", 10}});
        const auto failed = bench.controller.turn(bench.now, stack::Sendings::allowed, [&] {
            bench.cart("a").contact = stack::Contact::needed;
            (void)bench.controller.books.submit("om", {bench.change("X", -1)}, bench.now);
            (void)bench.controller.stack.advance(bench.cart("a"), bench.now);
            bench.controller.stack.refresh(bench.cart("a"), bench.now);
            throw store::StorageFailure{Error{ErrorCode::storage, "The disk is full.", ""}};
        });
        CHECK_FALSE(failed);
        CHECK(bench.controller.take_asks().empty());
        CHECK(bench.posts().empty());
        bench.submit("X", -1);
        meet(bench, Script::with_keys);
        CHECK(bench.take<AskUpdate>());
    }

    TEST_CASE("what a test of the script has found is told in its own words, and until the script is well") {
        Workbench bench;
        bench.snapshot({{"X", 10}});
        cart::CartConfig config;
        config.id = "a";
        config.name = "Main Store";
        config.url = "https://a.test/import.php";
        config.synchronize_inventory = true;
        bench.turn([&] { REQUIRE(bench.controller.switching.create(config, bench.now)); });
        bench.submit("X", -1);
        cart::ProbeResult found;
        found.version = version();
        found.problems = {{Cause::unknown_function, "no_live_update", "It takes no live update.", "Install another."}};
        bench.answer(*bench.take<stack::AskProbe>(), found);
        REQUIRE(bench.cart("a").last_finding);
        bench.pass(std::chrono::minutes{3});
        REQUIRE(bench.has_alert("late"));
        const auto alert = bench.store.alerts.list().back();
        CHECK(alert.message.ends_with("It takes no live update."));
        CHECK(alert.hint == "Install another.");

        found.is_usable = true;
        found.problems.clear();
        found.learned.dialect = cart::Dialect::text;
        found.learned.counts = cart::CountSource::downloadqoh;
        const auto again = bench.take<stack::AskProbe>();
        REQUIRE(again);
        bench.answer(*again, found);
        CHECK_FALSE(bench.cart("a").last_finding);
    }
}
