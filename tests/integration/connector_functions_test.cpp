// What every function answers, on the practice store: the connector without a web server's or MySQL's ways.
#include "tests/integration/connector_fixture.h"

#include <fstream>

using namespace stocktray::tests;

namespace {

std::string xml_product(const std::string& code, const std::string& id, long long count) {
    return "<Product><Code>" + code + "</Code><WebID>" + id + "</WebID><QOH>" + std::to_string(count) +
           "</QOH></Product>";
}

}  // namespace

TEST_SUITE("Connector") {
    TEST_CASE("a caller without a secret hears the version and nothing more") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        FormPost post;
        post.url = practice_store().url();
        post.fields = {{"setifunction", "sendversion"}, {"omversion", "5.900"}, {"stocktray", "1"}};
        CHECK(send(post).body == "SETIResponse: version=1.000");
        post.fields.insert(post.fields.end(), {{"setiuser", "practice"}, {"password", "wrong"}});
        CHECK(send(post).body == "SETIResponse: version=1.000");
    }

    TEST_CASE("a caller that does not ask for the extension hears the version alone") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        CHECK(practice_store().call("sendversion").body == "SETIResponse: version=1.000");
    }

    TEST_CASE("the announcement says what the practice store can do") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        const auto words = of(practice_store()).announcement();
        CHECK(words.at("version") == "1");
        CHECK(words.at("store").size() == 32);
        CHECK(words.at("keep") == "2592000");
        CHECK(words.at("engine") == "sqlite");
        CHECK(words.at("caps") == "postid,batch,qohquery,cursor,moves,clamps");
        CHECK_FALSE(words.contains("problem"));
    }

    TEST_CASE("the store's id stays the same from call to call") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        const auto store = of(practice_store());
        CHECK(store.store_id() == store.store_id());
    }

    TEST_CASE("an unknown function is refused by name") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        CHECK(practice_store().call("downloadorders").body ==
              "SETIError: Function \"downloadorders\" was not found");
        CHECK(practice_store().call("<b>").body == "SETIError: Function \"?b?\" was not found");
    }

    TEST_CASE("function names are read in any case") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        CHECK(practice_store().call("GetProductsCount").body == "SETIResponse: itemcount=100");
    }

    TEST_CASE("every answer carries its length and may not be stored") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        const auto reply = practice_store().call("getproductscount");
        CHECK(reply.head.find("Content-Length: " + std::to_string(reply.body.size())) != std::string::npos);
        CHECK(reply.head.find("Cache-Control: no-store") != std::string::npos);
        CHECK(reply.head.find("X-Robots-Tag: noindex") != std::string::npos);
        CHECK(reply.head.find("Set-Cookie") == std::string::npos);
        CHECK(reply.head.find("X-Powered-By") == std::string::npos);
    }

    TEST_CASE("pages by number neither overlap nor leave gaps, and end with code 2") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        auto& store = practice_store();
        std::size_t products = 0;
        for (const char* start : {"1", "41", "81"}) {
            const auto body = store.call("downloadqoh", {{"startnum", start}, {"batchsize", "40"}}).body;
            CHECK(body.find("<ResponseCode>1</ResponseCode>") != std::string::npos);
            for (std::size_t at = body.find("<Product>"); at != std::string::npos;
                 at = body.find("<Product>", at + 1)) {
                ++products;
            }
        }
        CHECK(products == 100);
        const auto end = store.call("downloadqoh", {{"startnum", "101"}, {"batchsize", "40"}}).body;
        CHECK(end.find("<ResponseCode>2</ResponseCode>") != std::string::npos);
        CHECK(end.find("<Product>") == std::string::npos);
        CHECK(end.find("<Next>") == std::string::npos);
    }

    TEST_CASE("a page's products carry code, id and count") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        auto& store = practice_store();
        const auto body = store.call("downloadqoh", {{"startnum", "90"}, {"batchsize", "1"}}).body;
        CHECK(body.find(xml_product("SKU-0090", "p90", store.count("SKU-0090"))) != std::string::npos);
    }

    TEST_CASE("a cursor leads through the catalogue and is empty at its end") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        auto& store = practice_store();
        const auto first = store.call("downloadqoh", {{"after", ""}, {"batchsize", "60"}}).body;
        CHECK(first.ends_with("<Next>p60</Next></SETIProducts>"));
        const auto second = store.call("downloadqoh", {{"after", "p60"}, {"batchsize", "60"}}).body;
        CHECK(second.find("<Code>SKU-0061</Code>") != std::string::npos);
        CHECK(second.ends_with("<Next></Next></SETIProducts>"));
        CHECK(store.call("downloadqoh", {{"after", "p60; DROP"}}).body ==
              "SETIError: Malformed update entry: after");
    }

    TEST_CASE("downloadprods adds names") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        const auto body =
            practice_store().call("downloadprods", {{"startnum", "1"}, {"batchsize", "1"}}).body;
        CHECK(body.find("<Code>SKU-0001</Code><WebID>p1</WebID><Name>") != std::string::npos);
    }

    TEST_CASE("a SKU that XML cannot carry is left out and counted, a strange one is escaped") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        PracticeStore store{{.products = 1, .floor = PracticeStore::Floor::zero}};
        store.database().query(
            "INSERT INTO items (sku, name, qoh) VALUES ('BELL' || char(7), 'Bell', 1), ('A&B<\"', '&', 2)");
        const auto body = store.call("downloadqoh", {{"startnum", "1"}, {"batchsize", "10"}}).body;
        CHECK(body.find("left out for unreadable SKUs: 1") != std::string::npos);
        CHECK(body.find("<Code>A&amp;B&lt;&quot;</Code>") != std::string::npos);
    }

    TEST_CASE("an item that is not tracked has NA for a count everywhere") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        PracticeStore store{{.products = 2, .floor = PracticeStore::Floor::zero}};
        store.database().query("UPDATE items SET tracked = 0 WHERE id = 2");
        CHECK(store.call("downloadqoh", {{"startnum", "2"}}).body.find("<QOH>NA</QOH>") != std::string::npos);
        CHECK(lines(store.call("qohquery", {{"update", "SKU-0002"}, {"count", "1"}}).body).at(1) ==
              "SKU-0002=NA");
        CHECK(store.call("invupdate", {{"update", "SKU-0002~-1"}}).body ==
              "SETIResponse=False;SKU=SKU-0002;QOH=NA;NOTE=NotTracking (tracking is off)");
    }

    TEST_CASE("a difference without a key is applied once, in both dialects") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        auto& store = practice_store();
        const long long before = store.count("SKU-0003");
        const auto text = store.call("invupdate", {{"update", "SKU-0003~-2"}}).body;
        CHECK(text == "SETIResponse=OK;SKU=SKU-0003;QOH=" + std::to_string(before - 2) + ";NOTE=");
        const auto xml = store.call(
            "invupdate",
            {{"update", "<SETIProducts><Product><SKU>SKU-0003</SKU><QOH>5</QOH></Product></SETIProducts>"}});
        CHECK(xml.body == "SETIResponse=OK;SKU=SKU-0003;QOH=" + std::to_string(before + 3) + ";NOTE=");
        CHECK(store.count("SKU-0003") == before + 3);
    }

    TEST_CASE("a difference of nothing reads the count") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        auto& store = practice_store();
        const auto body = store.call("invupdate", {{"update", "SKU-0004~0"}}).body;
        CHECK(field(body, "QOH") == std::to_string(store.count("SKU-0004")));
    }

    TEST_CASE("entities in the XML dialect are read") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        PracticeStore store{{.products = 1, .floor = PracticeStore::Floor::zero}};
        store.database().query("INSERT INTO items (sku, name, qoh) VALUES ('A&B''', 'Both', 7)");
        const auto body = store
                              .call("invupdate", {{"update",
                                                   "<SETIProducts><Product><SKU>A&amp;B&apos;</SKU><QOH>-1</"
                                                   "QOH></Product></SETIProducts>"}})
                              .body;
        CHECK(body == "SETIResponse=OK;SKU=A&B';QOH=6;NOTE=");
    }

    TEST_CASE("a payload that is not understood changes nothing and says so in words that clients know") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        auto& store = practice_store();
        const long long before = store.count("SKU-0005");
        const std::map<std::string, std::string> payloads{
            {"SKU-0005", "SETIError: Malformed update entry"},
            {"SKU-0005~", "SETIError: Could not parse quantity"},
            {"SKU-0005~1.5", "SETIError: Could not parse quantity"},
            {"SKU-0005~2000000001", "SETIError: Could not parse quantity"},
            {"SKU-0005~1|SKU-0006~1", "SETIError: Expected 1 updates, but found 2"},
            {"~1", "SETIError: Malformed update entry"},
            {"SKU\n0005~1", "SETIError: Malformed update entry"},
            {"SKU-\xff~1", "SETIError: Malformed update entry"},
            {"<SETIProducts></SETIProducts>", "SETIError: Malformed update entry"},
            {"<!DOCTYPE x [<!ENTITY a "
             "'b'>]><SETIProducts><Product><SKU>SKU-0005</SKU><QOH>1</QOH></Product></SETIProducts>",
             "SETIError: Malformed update entry"},
            {"<SETIProducts><Product><SKU>SKU-0005</SKU><QOH>1</QOH>", "SETIError: Malformed update entry"},
        };
        for (const auto& [payload, answer] : payloads) {
            CAPTURE(payload);
            CHECK(store.call("invupdate", {{"update", payload}}).body == answer);
        }
        CHECK(store.call("invupdate").body == "SETIError: Invalid/missing update command");
        CHECK(store.count("SKU-0005") == before);
    }

    TEST_CASE("counts replace what is there, and the end of the list may be a bar") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        auto& store = practice_store();
        const auto body =
            store.call("qohreplace", {{"count", "3"}, {"update", "SKU-0007~41|GONE~1|SKU-0008~0|"}}).body;
        CHECK(body == "SETIResponse\r\nSKU-0007=OK\r\nGONE=NF\r\nSKU-0008=OK\r\nSETIEndOfData");
        CHECK(store.count("SKU-0007") == 41);
        CHECK(store.count("SKU-0008") == 0);
    }

    TEST_CASE("a list that does not have the announced length is refused whole") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        auto& store = practice_store();
        const long long before = store.count("SKU-0009");
        CHECK(store.call("qohreplace", {{"count", "2"}, {"update", "SKU-0009~1"}}).body ==
              "SETIError: Expected 2 updates, but found 1");
        CHECK(store.call("qohreplace", {{"count", "2"}, {"update", "SKU-0009~1|SKU-0009~2"}}).body ==
              "SETIError: Malformed update entry: a SKU twice");
        CHECK(store.count("SKU-0009") == before);
    }

    TEST_CASE("qohquery answers with counts and changes nothing") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        auto& store = practice_store();
        const auto body = store.call("qohquery", {{"count", "2"}, {"update", "SKU-0010|GONE"}}).body;
        CHECK(body == "SETIResponse\r\nSKU-0010=" + std::to_string(store.count("SKU-0010")) +
                          "\r\nGONE=NF\r\nSETIEndOfData");
    }

    TEST_CASE("a store that can hold counts below zero does, and says nothing of clamping") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        PracticeStore store{{.products = 1, .floor = PracticeStore::Floor::none}};
        const auto words = of(store, false).announcement();
        CHECK(words.at("caps").find("clamps") == std::string::npos);
        const long long before = store.count("SKU-0001");
        const auto body = store.call("invupdate", {{"update", "SKU-0001~-500"}}).body;
        CHECK(body == "SETIResponse=OK;SKU=SKU-0001;QOH=" + std::to_string(before - 500) + ";NOTE=");
    }

    TEST_CASE("the practice store's own commands sell, hold, finish, cancel and count") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        PracticeStore store{{.products = 1, .floor = PracticeStore::Floor::zero}};
        const std::string script = std::string{STOCKTRAY_SOURCE_DIR} + "/installer/practice-store/make.php";
        const auto make = [&](std::vector<std::string> words) {
            words.insert(words.begin(), {"php", script});
            return run({words, {}, {}});
        };
        const std::string dir = store.directory().string();
        const long long before = store.count("SKU-0001");
        CHECK(make({"sell", dir, "SKU-0001", "2"}).output == "1001\n");
        CHECK(make({"begin", dir, "SKU-0001", "3"}).output == "1002\n");
        CHECK(store.count("SKU-0001") == before - 5);
        CHECK(make({"finish", dir, "1002"}).exit_code == 0);
        CHECK(make({"cancel", dir, "1001"}).exit_code == 0);
        CHECK(make({"cancel", dir, "1001"}).exit_code == 0);
        CHECK(make({"count", dir, "SKU-0001"}).output == std::to_string(before - 3) + "\n");
        CHECK(make({"sell", dir, "SKU-0001", "9999"}).exit_code == 3);
        CHECK(make({"sell", dir, "GONE", "1"}).errors == "no product GONE\n");
        CHECK(make({"sell"}).exit_code == 2);
    }

    // fmod() is called behind the commit and before the answer: here in place of whatever may end PHP there.
    TEST_CASE("an error of PHP behind the commit is called unknown, one where nothing was changed is not") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        const TempDir folder;
        std::ofstream{folder.path() / "end.php"} << "<?php\nnamespace Stocktray;\nfunction fmod($a, $b) { throw new \\Exception('end'); }\n";
        PracticeStore broken{{.products = 3, .php = {"-d", "auto_prepend_file=" + (folder.path() / "end.php").string()}}};
        const auto store = of(broken);
        const auto before = broken.count("SKU-0001");
        CHECK(store.post("SKU-0001", -1, fresh_key()).body == "SETIError: outcome unknown");
        CHECK(broken.count("SKU-0001") == before - 1);
        CHECK(store.post("GONE", -1, fresh_key()).body == "SETIError: busy, nothing changed");
    }
}
