// Keys: a difference is applied once however often it is sent. On every store that can promise it.
#include "tests/integration/connector_fixture.h"

#include <future>

using namespace stocktray::tests;

namespace {

std::string batch_piece(const std::string& sku, int delta, const std::string& key) {
    return sku + "~" + std::to_string(delta) + "~" + fresh_number() + "~" + key;
}

Reply batch(const StoreUnderTest& store, const std::vector<std::string>& pieces, const Fields& more = {}) {
    std::string update;
    for (const std::string& piece : pieces) {
        update += (update.empty() ? "" : "|") + piece;
    }
    Fields fields{{"update", update},
                  {"count", std::to_string(pieces.size())},
                  {"agent", our_agent},
                  {"store", store.store_id()}};
    fields.insert(fields.end(), more.begin(), more.end());
    return store.call("invbatch", fields);
}

}  // namespace

TEST_SUITE("Connector") {
    TEST_CASE("a keyed difference answers with count, key and counter") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        for (const auto& store : keyed_stores()) {
            CAPTURE(store.name);
            const auto sku = store.sku(11);
            const long long before = store.count(sku);
            const long long seq = std::stoll(store.announcement().at("seq"));
            const auto key = fresh_key();
            const auto answer = store.post(sku, -2, key).body;
            CHECK(answer == "SETIResponse=OK;SKU=" + sku + ";QOH=" + std::to_string(before - 2) +
                                ";POSTID=" + key + ";SEQ=" + std::to_string(seq + 1) + ";NOTE=");
            CHECK(store.count(sku) == before - 2);
        }
    }

    TEST_CASE("a repeat gives the stored answer byte for byte, in either dialect and by either function") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        for (const auto& store : keyed_stores()) {
            CAPTURE(store.name);
            const auto sku = store.sku(12);
            const auto key = fresh_key();
            const auto first = store.post(sku, -3, key).body;
            const auto other = store.post(sku, 7, fresh_key());
            REQUIRE(field(other.body, "SEQ") != "(no SEQ)");
            const long long after = store.count(sku);
            CHECK(store.post(sku, -3, key, "invrepeat").body == first);
            CHECK(store.post(sku, -3, key, "invrepeat", our_agent, "xml").body == first);
            CHECK(store.post(sku, -3, key).body == first);
            CHECK(store.count(sku) == after);
        }
    }

    TEST_CASE("a repeat whose first sending never arrived applies it") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        for (const auto& store : keyed_stores()) {
            CAPTURE(store.name);
            const auto sku = store.sku(13);
            const long long before = store.count(sku);
            CHECK(field(store.post(sku, -1, fresh_key(), "invrepeat").body, "QOH") ==
                  std::to_string(before - 1));
        }
    }

    TEST_CASE("many sendings of one key at once apply it once and hear the same") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        for (const auto& store : keyed_stores()) {
            CAPTURE(store.name);
            const auto sku = store.sku(14);
            const long long before = store.count(sku);
            const auto key = fresh_key();
            std::vector<std::future<Reply>> sendings;
            for (int i = 0; i < 6; ++i) {
                sendings.push_back(std::async(std::launch::async, [&] { return store.post(sku, -4, key); }));
            }
            const auto first = sendings[0].get().body;
            CHECK(first.starts_with("SETIResponse=OK"));
            for (std::size_t i = 1; i < sendings.size(); ++i) {
                CHECK(sendings[i].get().body == first);
            }
            CHECK(store.count(sku) == before - 4);
        }
    }

    TEST_CASE("many different posts at once all count, and the counter has no gap") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        for (const auto& store : keyed_stores()) {
            CAPTURE(store.name);
            const auto sku = store.sku(15);
            const long long before = store.count(sku);
            const long long seq = std::stoll(store.announcement().at("seq"));
            std::vector<std::future<int>> senders;
            for (int sender = 0; sender < 4; ++sender) {
                senders.push_back(std::async(std::launch::async, [&] {
                    int applied = 0;
                    for (int i = 0; i < 5; ++i) {
                        applied +=
                            store.post(sku, 1, fresh_key()).body.starts_with("SETIResponse=OK") ? 1 : 0;
                    }
                    return applied;
                }));
            }
            for (auto& sender : senders) {
                CHECK(sender.get() == 5);
            }
            CHECK(store.count(sku) == before + 20);
            CHECK(std::stoll(store.announcement().at("seq")) == seq + 20);
        }
    }

    TEST_CASE("the same key with another difference or another SKU is a conflict") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        for (const auto& store : keyed_stores()) {
            CAPTURE(store.name);
            const auto key = fresh_key();
            REQUIRE(store.post(store.sku(16), -1, key).body.starts_with("SETIResponse=OK"));
            const long long before = store.count(store.sku(16));
            CHECK(store.post(store.sku(16), -2, key).body == "SETIError: postid conflict");
            CHECK(store.post(store.sku(17), -1, key, "invrepeat").body == "SETIError: postid conflict");
            CHECK(store.count(store.sku(16)) == before);
        }
    }

    TEST_CASE("a malformed key changes nothing") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        const auto store = of(practice_store());
        const long long before = store.count(store.sku(18));
        for (const std::string& key :
             {std::string{"short"}, std::string(65, 'A'), std::string{"with blank 0123456789"}}) {
            CAPTURE(key);
            CHECK(store.post(store.sku(18), -1, key).body == "SETIError: postid malformed");
        }
        CHECK(store.post(store.sku(18), -1, "", "invrepeat").body == "SETIError: postid malformed");
        CHECK(store.count(store.sku(18)) == before);
    }

    TEST_CASE("a key is not spent on a SKU that is not there, and the answer carries it all the same") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        for (const auto& store : keyed_stores()) {
            CAPTURE(store.name);
            const auto key = fresh_key();
            const auto seq = store.announcement().at("seq");
            CHECK(store.post("GONE-1", -1, key).body ==
                  "SETIResponse=False;SKU=GONE-1;QOH=NF;POSTID=" + key + ";SEQ=" + seq + ";NOTE=NotFound");
            CHECK(store.announcement().at("seq") == seq);
            CHECK(store.post(store.sku(19), -1, key).body.starts_with("SETIResponse=OK"));
        }
    }

    TEST_CASE("what could not be taken is said: clamped with the true difference, the same in the repeat") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        for (const auto& store : keyed_stores()) {
            CAPTURE(store.name);
            store.set_count(store.sku(20), 2);
            const auto key = fresh_key();
            const auto first = store.post(store.sku(20), -5, key).body;
            CHECK(field(first, "QOH") == (store.clamps ? "0" : "-3"));
            CHECK(field(first, "NOTE") == (store.clamps ? "clamped,-2" : ""));
            REQUIRE(store.post(store.sku(20), 5, fresh_key()).status == 200);
            CHECK(store.post(store.sku(20), -5, key, "invrepeat").body == first);
            CHECK(store.count(store.sku(20)) == (store.clamps ? 5 : 2));
        }
    }

    TEST_CASE("the top number is the highest that was committed") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        PracticeStore fresh{{.products = 3, .floor = PracticeStore::Floor::zero}};
        const auto store = of(fresh);
        const Fields high{
            {"update", "SKU-0001~1"}, {"postid", fresh_key()}, {"agent", our_agent}, {"number", "51007"}};
        const Fields low{
            {"update", "SKU-0001~1"}, {"postid", fresh_key()}, {"agent", our_agent}, {"number", "998"}};
        REQUIRE(store.announcement().at("top") == "0");
        REQUIRE(store.call("invupdate", high).status == 200);
        REQUIRE(store.call("invupdate", low).status == 200);
        CHECK(store.announcement().at("top") == "51007");
        CHECK(store.announcement().at("seq") == "2");
    }

    TEST_CASE(
        "the first key binds the store to its agent; others are refused until the owner lets one take over") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        for (const auto& store : keyed_stores()) {
            CAPTURE(store.name);
            const auto sku = store.sku(21);
            const auto key = fresh_key();
            REQUIRE(store.post(sku, -1, key).body.starts_with("SETIResponse=OK"));
            const long long before = store.count(sku);
            const auto foreign_key = fresh_key();
            CHECK(store.post(sku, -1, foreign_key, "invupdate", "another-agent").body ==
                  "SETIError: other agent");
            CHECK(store.post(sku, -1, foreign_key, "invrepeat", "another-agent").body ==
                  "SETIError: other agent");
            CHECK(store.count(sku) == before);
            // A key that was committed is recognised whoever repeats it.
            CHECK(store.post(sku, -1, key, "invrepeat", "another-agent").body.starts_with("SETIResponse=OK"));
            CHECK(store.count(sku) == before);
            CHECK(store.announcement({{"agent", "another-agent"}}).at("bound") == our_agent);

            const auto top = store.announcement().at("top");
            const auto guessed = store.announcement({{"agent", "another-agent"}, {"takeover", "nobody"}});
            CHECK(guessed.at("bound") == our_agent);
            CHECK_FALSE(
                store.announcement({{"agent", "another-agent"}, {"takeover", our_agent}}).contains("bound"));
            CHECK(store.post(sku, -1, foreign_key, "invupdate", "another-agent")
                      .body.starts_with("SETIResponse=OK"));
            CHECK(store.post(sku, -1, fresh_key()).body == "SETIError: other agent");
            CHECK_FALSE(
                store.announcement({{"agent", our_agent}, {"takeover", "another-agent"}}).contains("bound"));
            CHECK(store.announcement().at("top") == top);
        }
    }

    TEST_CASE("another store id is refused before anything, and a repeat needs one") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        const auto store = of(practice_store());
        const long long before = store.count(store.sku(22));
        Fields fields{{"update", store.sku(22) + "~-1"},
                      {"postid", fresh_key()},
                      {"agent", our_agent},
                      {"number", fresh_number()}};
        CHECK(store.call("invrepeat", fields).body == "SETIError: store changed");
        fields.emplace_back("store", "0123456789abcdef0123456789abcdef");
        CHECK(store.call("invrepeat", fields).body == "SETIError: store changed");
        CHECK(store.call("invupdate", fields).body == "SETIError: store changed");
        CHECK(store.count(store.sku(22)) == before);
    }

    TEST_CASE("a key table that was lost comes back with another store id") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        PracticeStore fresh{{.products = 3, .floor = PracticeStore::Floor::zero}};
        const auto store = of(fresh);
        const auto before = store.store_id();
        const Fields repeat{{"update", "SKU-0001~1"},
                            {"postid", fresh_key()},
                            {"agent", our_agent},
                            {"number", "5"},
                            {"store", before}};
        fresh.database().query("DROP TABLE stocktray_keys");
        CHECK(store.call("invupdate", repeat).body == "SETIError: store changed");
        CHECK(store.call("invrepeat", repeat).body == "SETIError: Function \"invrepeat\" was not found");
        CHECK(store.store_id() != before);
        CHECK(store.call("invrepeat", repeat).body == "SETIError: store changed");
    }

    TEST_CASE("a batch judges every piece alone") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        for (const auto& store : keyed_stores()) {
            CAPTURE(store.name);
            const auto one = store.sku(23);
            const auto two = store.sku(24);
            store.set_count(one, 30);
            store.set_count(two, 40);
            const std::vector<std::string> keys{fresh_key(), fresh_key(), fresh_key(), fresh_key(),
                                                fresh_key()};
            REQUIRE(store.post(store.sku(25), 1, keys[3]).status == 200);
            const auto conflicting = store.sku(26);
            const auto answer =
                batch(store, {batch_piece(two, 5, keys[0]), batch_piece("GONE-1", 1, keys[1]),
                              batch_piece(one, -2, keys[2]), batch_piece(conflicting, 1, keys[3]),
                              batch_piece(store.sku(27), 1, "short")});
            const auto words = lines(answer.body);
            REQUIRE(words.size() == 7);
            CHECK(words[0] == "SETIResponse");
            CHECK(words[1] == keys[0] + "=OK;QOH=45;NOTE=");
            CHECK(words[2] == keys[1] + "=NF;QOH=NF;NOTE=NotFound");
            CHECK(words[3] == keys[2] + "=OK;QOH=28;NOTE=");
            CHECK(words[4] == keys[3] + "=CONFLICT;QOH=NA;NOTE=postid conflict");
            CHECK(words[5] == "short=MALFORMED;QOH=NA;NOTE=postid malformed");
            CHECK(words[6] == "SETIEndOfData");
            CHECK(store.count(one) == 28);
            CHECK(store.count(two) == 45);
        }
    }

    TEST_CASE("a batch that is sent again gives the same answer, and its pieces singly too") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        for (const auto& store : keyed_stores()) {
            CAPTURE(store.name);
            const auto sku = store.sku(28);
            const auto key = fresh_key();
            const std::vector<std::string> pieces{batch_piece(sku, -1, key),
                                                  batch_piece(store.sku(29), 2, fresh_key())};
            const auto first = batch(store, pieces).body;
            const long long after = store.count(sku);
            CHECK(batch(store, pieces, {{"repeat", "1"}}).body == first);
            const auto single = store.post(sku, -1, key, "invrepeat").body;
            CHECK(field(single, "QOH") == std::to_string(after));
            CHECK(field(single, "POSTID") == key);
            CHECK(store.count(sku) == after);
        }
    }

    TEST_CASE("a full batch of 250 is one answer, counted piece by piece") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        STOCKTRAY_NEEDS_RIG();
        for (const Shop shop : safe_shops) {
            const auto store = of(shop);
            CAPTURE(store.name);
            const long long seq = std::stoll(store.announcement().at("seq"));
            std::vector<std::string> pieces;
            for (int i = 500; i < 750; ++i) {
                pieces.push_back(batch_piece(store.sku(i), 1, fresh_key()));
            }
            const long long before = store.count(store.sku(600));
            CHECK(lines(batch(store, pieces).body).size() == 252);
            CHECK(store.count(store.sku(600)) == before + 1);
            CHECK(std::stoll(store.announcement().at("seq")) == seq + 250);
            pieces.push_back(batch_piece(store.sku(751), 1, fresh_key()));
            CHECK(batch(store, pieces).body == "SETIError: Expected at most 250 updates, but found 251");
        }
    }

    TEST_CASE("two batches over the same SKUs in opposite order both arrive") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        for (const auto& store : keyed_stores()) {
            CAPTURE(store.name);
            std::vector<std::string> up;
            std::vector<std::string> down;
            for (int i = 30; i < 50; ++i) {
                up.push_back(batch_piece(store.sku(i), 1, fresh_key()));
                down.insert(down.begin(), batch_piece(store.sku(i), 1, fresh_key()));
            }
            const long long before = store.count(store.sku(40));
            auto first = std::async(std::launch::async, [&] { return batch(store, up); });
            auto second = std::async(std::launch::async, [&] { return batch(store, down); });
            CHECK(lines(first.get().body).size() == 22);
            CHECK(lines(second.get().body).size() == 22);
            CHECK(store.count(store.sku(40)) == before + 2);
        }
    }

    TEST_CASE("a batch with a SKU twice or a piece that is no piece is refused whole") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        const auto store = of(practice_store());
        const long long before = store.count(store.sku(51));
        CHECK(batch(store,
                    {batch_piece(store.sku(51), 1, fresh_key()), batch_piece(store.sku(51), 1, fresh_key())})
                  .body == "SETIError: Malformed update entry: a SKU twice");
        CHECK(batch(store, {batch_piece(store.sku(51), 1, fresh_key()), "SKU-0052~1"}).body ==
              "SETIError: Malformed update entry");
        CHECK(batch(store, {batch_piece(store.sku(51), 1, "key\r\nSETIResponse")}).body ==
              "SETIError: Malformed update entry");
        CHECK(store.count(store.sku(51)) == before);
    }

    TEST_CASE(
        "keys are forgotten by age, but only beyond the newest hundred thousand and never while pruning is "
        "held") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        PracticeStore fresh{{.products = 3, .floor = PracticeStore::Floor::zero}};
        const auto store = of(fresh);
        auto& database = fresh.database();
        REQUIRE(store.announcement().contains("store"));
        const auto send_number = [&](int seq_after) {
            database.query("UPDATE stocktray_meta SET n = ? WHERE name = 'state'",
                           {std::to_string(seq_after - 1)});
            REQUIRE(store.post("SKU-0001", 1, fresh_key()).body.starts_with("SETIResponse=OK"));
        };
        const auto remembered = [&] {
            return database.number("SELECT COUNT(*) FROM stocktray_keys WHERE id <> ''");
        };
        // Pruned is after the answer, by one statement for all keys that go.
        const auto becomes = [&](int keys) { return wait_until([&] { return remembered() == keys; }); };
        send_number(10);
        send_number(150'000);
        send_number(150'001);  // young: a store whose newest key is old is held as one that was put back
        database.query("UPDATE stocktray_keys SET created = 1000 WHERE seq IN (10, 150000)");
        send_number(200'000);
        CHECK(becomes(3));  // of the two old ones one is among the newest
        CHECK(database.number("SELECT COUNT(*) FROM stocktray_keys WHERE seq = 150000") == 1);
        CHECK(store.announcement({{"restored", "1"}}).contains("store"));
        send_number(300'032);
        // held: a restored database is being repeated into
        CHECK_FALSE(wait_until([&] { return remembered() < 4; }, std::chrono::seconds{1}));
        CHECK(store.announcement({{"repeated", "1"}}).contains("store"));
        send_number(400'000);
        CHECK(becomes(4));
        CHECK(database.number("SELECT COUNT(*) FROM stocktray_keys WHERE seq = 150000") == 0);
        CHECK(database.number("SELECT COUNT(*) FROM stocktray_keys WHERE id = ''") == 1);
    }

    TEST_CASE("after a long silence nothing is pruned: the database may have been put back") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        PracticeStore fresh{{.products = 3, .floor = PracticeStore::Floor::zero}};
        const auto store = of(fresh);
        REQUIRE(store.post("SKU-0001", 1, fresh_key()).status == 200);
        CHECK(fresh.database().number("SELECT COUNT(*) FROM stocktray_meta WHERE name = 'hold'") == 0);
        fresh.database().query("UPDATE stocktray_keys SET created = created - 400000");
        REQUIRE(store.announcement().contains("store"));
        CHECK(fresh.database().number("SELECT COUNT(*) FROM stocktray_meta WHERE name = 'hold'") == 1);
    }
}
