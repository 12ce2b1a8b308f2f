// Requests that nobody would send: the connector's script under a real PHP, fed with fields drawn and bent by a seed.
//
// STOCKTRAY_SEED=n draws the same requests again; STOCKTRAY_REQUESTS=n draws so many; with STOCKTRAY_LONG=1 a hundred thousand.
#include "tests/integration/connector_fixture.h"

#include <cctype>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <regex>
#include <utility>

#include "core/random.h"
#include "tests/support/seed.h"

using namespace stocktray;
using namespace stocktray::tests;

namespace {

// The script keeps notices from callers and from the log. Here each is written down before it is silenced; so is whatever PHP
// itself finds before the script begins. What the script silences with an @, it has thought of.
std::string witness(const std::filesystem::path& notices) {
    return "<?php\nnamespace Stocktray;\n"
           "function set_error_handler($handler) {\n"
           "    return \\set_error_handler(function ($number, $text, $file, $line) use ($handler) {\n"
           "        if (error_reporting() & $number) {\n"
           "            file_put_contents('" + notices.string() + "', \"$text in line $line\\n\", FILE_APPEND);\n"
           "        }\n"
           "        return $handler($number, $text, $file, $line);\n"
           "    });\n"
           "}\n";
}

std::string text_of(const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

std::string visible(const std::string& bytes) {
    std::string text;
    for (const char byte : bytes) {
        char digits[5];
        std::snprintf(digits, sizeof digits, "\\x%02x", static_cast<unsigned char>(byte));
        text += std::isprint(static_cast<unsigned char>(byte)) != 0 ? std::string(1, byte) : std::string{digits};
    }
    return text;
}

class Requests {
public:
    // `prefix` of the SKUs that are there: "SKU-" for SKU-0001.
    Requests(std::uint64_t seed, std::string user, std::string password, std::string store_id, std::string prefix)
        : random_{seed}, user_{std::move(user)}, password_{std::move(password)}, store_id_{std::move(store_id)}, prefix_{std::move(prefix)} {}

    struct Drawn {
        FormPost post;
        bool is_authorized{false};  // it may change counts
    };

    Drawn draw(const std::string& url) {
        Drawn drawn;
        drawn.post.url = url;
        auto& fields = drawn.post.fields;
        const bool has_password = random_.below(4) != 0;
        drawn.is_authorized = has_password;
        fields.emplace_back("setifunction", one_of({"invupdate", "invupdate", "invrepeat", "invbatch", "qohreplace", "qohquery",
                                                    "salesquery", "ordercount", "downloadqoh", "downloadprods", "getproductscount",
                                                    "sendversion", "INVUPDATE", "invupdate\n", "__construct", "main", "shop", ""}));
        if (random_.below(20) == 0) fields.back().second = odd();
        fields.emplace_back("setiuser", has_password || random_.below(2) == 0 ? user_ : odd());
        if (has_password)
            fields.emplace_back("password", password_);
        else if (random_.below(2) == 0)
            fields.emplace_back("password", one_of({"", "0", "wrong", password_ + " ", password_.substr(1), "PASSWORD"}));
        // Every other one is right but for a detail: what is refused at once asks nothing of what lies behind.
        is_almost_right_ = random_.below(2) == 0;
        for (const char* name : {"update", "postid", "store", "agent", "number", "count", "lastorder", "also", "batchsize", "startnum",
                                 "after", "stocktray", "repeat", "repeated", "restored", "takeover", "omversion"})
            if (random_.below(name == std::string{"update"} ? 10 : is_almost_right_ ? 8 : 3) != 0)
                fields.emplace_back(name, is_almost_right_ && random_.below(30) != 0 ? right_value_of(name) : value_of(name));
        if (random_.below(15) == 0) {
            auto& name = fields[random_.below(fields.size())].first;
            const auto tail = one_of({"[]", "[a]", "[a][b]", std::string(1, '\0'), ".", " ", "["});
            // PHP cuts a name at its first zero byte, and reads the right one.
            if (name == "password" && tail.front() != '\0') drawn.is_authorized = false;
            name += tail;
        }
        if (random_.below(15) == 0) fields.emplace_back(fields[random_.below(fields.size())].first, odd());
        if (random_.below(10) == 0) {
            auto bytes = bent(encode(fields));
            // Bent bytes may be a right request or not: only where the secret stands nowhere it is certain.
            if (!bytes.empty()) drawn.is_authorized = bytes.find(password_) != std::string::npos;
            drawn.post.raw_body = std::move(bytes);
        }
        if (random_.below(30) == 0) drawn.post.content_type = one_of({"text/plain", "application/json", "multipart/form-data; boundary=x", "", "application/x-www-form-urlencoded; charset=utf-7"});
        if (random_.below(30) == 0) drawn.post.headers.push_back(one_of({"X-Forwarded-For: 1.2.3.4", "X-Forwarded-Proto: https", "Expect: 100-continue", "Accept-Charset: odd", "Content-Encoding: gzip"}));
        return drawn;
    }

private:
    std::string one_of(const std::vector<std::string>& choices) { return choices[random_.below(choices.size())]; }

    std::string sku() {
        auto lower = prefix_;
        for (auto& letter : lower) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
        return one_of({prefix_ + "0001", prefix_ + "0002", lower + "0003", prefix_ + "0004 ", " " + prefix_ + "0005", prefix_ + "0001|" + prefix_ + "0002",
                       "NONE", "0", "1e3", "", odd()});
    }
    std::string pieces() {
        return one_of({"1", "-1", "0", "+2", "-0", "00", "1.0", "1e3", "0x10", "9223372036854775808", "-9223372036854775808", "2000000001",
                       "-2000000000", " 1", "1 ", "", "NaN", odd()});
    }
    std::string key() { return one_of({"01TESTKEY0000000000000001", "01TESTKEY0000000000000002", "short", std::string(65, 'k'), "01TESTKEY~0000000000000003", odd()}); }

    std::string right_value_of(const std::string& name) {
        if (name == "update") {
            const auto sku = prefix_ + "000" + std::to_string(1 + random_.below(9));
            // What a database or a pattern might take for more than a part of a name.
            const auto tail = random_.below(6) == 0 ? one_of({"'", "''", "\"", "\\", "\\'", "%", "_", "`", "' OR '1'='1", "?", ";", "--"}) : "";
            return sku + tail + "~" + one_of({"1", "-1", "2", "+1"});
        }
        if (name == "postid") return random_.below(4) == 0 ? "" : "01TESTKEY" + std::to_string(100'000'000'000'000'000 + random_.below(1'000));
        if (name == "store") return store_id_;
        if (name == "agent") return our_agent;
        if (name == "number") return std::to_string(random_.below(100'000));
        if (name == "count" || name == "startnum") return "1";
        if (name == "lastorder") return "All";
        if (name == "batchsize") return "5";
        return "";
    }
    std::string value_of(const std::string& name) {
        if (random_.below(12) == 0) return odd();
        if (name == "store") return random_.below(3) != 0 ? store_id_ : one_of({"", "other", odd()});
        if (name == "postid") return key();
        if (name == "agent" || name == "takeover") return one_of({our_agent, our_agent, our_agent, "", "another-agent", "a b"});
        if (name != "update") return one_of({"", "0", "1", "-1", "10", "All", "all", "1000", "99999999999", "1,2,3", "1,,2", "p1", "v2", "p-1", pieces()});
        std::string list;
        const auto kind = random_.below(5);
        const auto many = random_.below(40) == 0 ? 400 : 1 + random_.below(4);
        for (std::uint64_t n = 0; n < many; ++n) {
            if (n > 0) list += '|';
            list += sku();
            if (kind < 4) list += "~" + pieces();
            if (kind == 1) list += "~" + pieces() + "~" + key();
        }
        if (kind == 3)
            list = "<SETIProducts><Product><SKU>" + sku() + "</SKU><QOH>" + pieces() + "</QOH></Product>" + one_of({"", odd(), "<Product/>", "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>&e;"}) + "</SETIProducts>";
        return random_.below(8) == 0 ? bent(list) : list;
    }
    std::string odd() {
        switch (random_.below(12)) {
            case 0: return std::string(1, '\0') + "x";
            case 1: return std::string(random_.below(70'000), 'a');
            case 2: return "\xff\xfe\xc3";
            case 3: return "' OR 1=1 --";
            case 4: return "%s%n\r\nX: y";
            case 5: return "\xf0\x9f\x93\xa6";
            case 6: return "<?php phpinfo();";
            case 7: return "~|~|~~|";
            case 8: return one_of({"'", "\"", "\\", "%", "_", "`", "\\'", prefix_ + "000_", prefix_ + "%"});
            case 9: return one_of({"x' UNION SELECT load_file('/etc/passwd') -- ", "1; DROP TABLE items; DROP TABLE xcart_products -- ", "SLEEP(5)"});
            case 10: return one_of({"../../../../etc/passwd", "/etc/passwd", "php://filter/read=convert.base64-encode/resource=index.php"});
            default: {
                std::string bytes(1 + random_.below(30), ' ');
                for (auto& byte : bytes) byte = static_cast<char>(random_.below(256));
                return bytes;
            }
        }
    }
    std::string bent(std::string bytes) {
        for (auto times = 1 + random_.below(4); times > 0 && !bytes.empty(); --times) {
            const auto at = random_.below(bytes.size());
            switch (random_.below(4)) {
                case 0: bytes[at] = static_cast<char>(random_.below(256)); break;
                case 1: bytes.erase(at, 1 + random_.below(8)); break;
                case 2: bytes.insert(at, bytes.substr(random_.below(bytes.size()), 20)); break;
                default: bytes.resize(at); break;
            }
        }
        return bytes;
    }

    bool is_almost_right_{false};
    Random random_;
    std::string user_;
    std::string password_;
    std::string store_id_;
    std::string prefix_;
};

// What a client of the protocol reads: a line of text, lines between a head and an end, or an XML document.
bool is_answer(const Reply& reply) {
    static const std::regex status_line{"^HTTP/1\\.[01] (200|405|415|413|429|503) "};
    if (reply.code != CURLE_OK || !std::regex_search(reply.head, status_line)) return false;
    const auto& body = reply.body;
    if (body.starts_with("SETIError: ") || body.starts_with("SETIResponse: ") || body.starts_with("SETIResponse=")) return body.find('\0') == std::string::npos;
    if (body.starts_with("SETIResponse\r\n")) return body.ends_with("SETIEndOfData");
    return body.starts_with("<?xml") && body.ends_with(">");
}

std::int64_t number_from(const char* name, std::int64_t otherwise) {
    const char* value = std::getenv(name);
    return value != nullptr ? std::stoll(value) : otherwise;
}

// A store that requests are drawn for.
struct Target {
    std::string url;
    Requests requests;
    std::function<std::string()> counts;         // all of them, in a form that can be compared
    std::function<std::string()> remarks;        // what PHP has found
    std::vector<std::string> nobodys_business;   // where its files lie
};

// How many changed something.
std::int64_t send_drawn(Target& target, std::int64_t requests) {
    std::int64_t changed = 0;
    auto before = target.counts();
    for (std::int64_t n = 0; n < requests; ++n) {
        const auto drawn = target.requests.draw(target.url);
        const auto reply = send(drawn.post);
        const auto after = target.counts();
        const auto sent = visible(drawn.post.raw_body.empty() ? encode(drawn.post.fields) : drawn.post.raw_body).substr(0, 2'000);
        CAPTURE(n);
        CAPTURE(sent);
        CAPTURE(reply.head);
        const auto body = visible(reply.body).substr(0, 500);
        CAPTURE(body);
        REQUIRE(is_answer(reply));
        // Nobody else is there who could hold it up: what is busy or unknown was an error of the script.
        REQUIRE(reply.body.find("nothing changed") == std::string::npos);
        REQUIRE(reply.body.find("unknown") == std::string::npos);
        REQUIRE(target.remarks().empty());
        for (const auto& word : target.nobodys_business) {
            CAPTURE(word);
            REQUIRE(reply.body.find(word) == std::string::npos);
            REQUIRE(reply.head.find(word) == std::string::npos);
        }
        if (!drawn.is_authorized) REQUIRE(after == before);
        if (after != before) ++changed;
        before = after;
    }
    return changed;
}

// The first line of /etc/passwd, and PHP's own words for a place in a file.
const std::vector<std::string> of_this_computer{"root:", "stocktray.php", "stocktray-config", ".php on line", "Stack trace"};

// A practice store whose PHP writes down all that it remarks, with these settings besides.
class WatchedStore {
public:
    explicit WatchedStore(std::vector<std::string> settings = {}) {
        std::ofstream{folder_.path() / "witness.php"} << witness(notices_);
        std::vector<std::string> php{"-d", "auto_prepend_file=" + (folder_.path() / "witness.php").string(), "-d", "error_reporting=-1"};
        for (const auto& setting : settings) php.insert(php.end(), {"-d", setting});
        store_.emplace(PracticeStore::Options{.products = 10, .php = php});
    }
    [[nodiscard]] PracticeStore& store() { return *store_; }
    [[nodiscard]] std::string remarks() const { return text_of(notices_); }
    [[nodiscard]] std::string counts() { return store_->database().query("SELECT group_concat(sku || '=' || qoh) FROM items").at(0).at(0); }
    // PHP's own log, which the script cannot keep anything from.
    void check_log() const {
        for (const char* word : {"Warning", "Notice", "Deprecated", "Fatal", "Parse error"}) CHECK(store_->log().find(word) == std::string::npos);
    }

private:
    TempDir folder_{};
    std::filesystem::path notices_{folder_.path() / "notices"};
    std::optional<PracticeStore> store_{};
};

}  // namespace

TEST_SUITE("Connector") {
    TEST_CASE("whatever is sent, PHP has nothing to remark, and nothing changes without the secret") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        WatchedStore watched;
        auto& store = watched.store();
        const auto seed = first_seed();
        const auto requests = number_from("STOCKTRAY_REQUESTS", is_long() ? 100'000 : 600);
        CAPTURE(seed);
        Target target{.url = store.url(),
                      .requests = {seed, store.user(), store.password(), of(store).store_id(), "SKU-"},
                      .counts = [&] { return watched.counts(); },
                      .remarks = [&] { return watched.remarks(); },
                      .nobodys_business = of_this_computer};
        target.nobodys_business.push_back(store.directory().string());
        const auto changed = send_drawn(target, requests);
        // What only refuses has been asked nothing.
        CHECK(changed > requests / 50);
        watched.check_log();
    }

    TEST_CASE("whatever is sent to real shops on MariaDB, it is answered, nothing changes without the secret, and no table is touched that is not theirs") {
        STOCKTRAY_NEEDS_RIG();
        XCartRig rig;  // of its own: what is drawn takes stores over
        const auto seed = first_seed();
        const auto requests = number_from("STOCKTRAY_REQUESTS", is_long() ? 20'000 : 300);
        CAPTURE(seed);
        for (const Shop shop : all_shops) {
            CAPTURE(name_of(shop));
            const auto announced = rig.call(shop, "sendversion", {{"stocktray", "1"}, {"agent", our_agent}}).body;
            const auto at = announced.find(";store=");
            const auto id = at == std::string::npos ? "" : announced.substr(at + 7, announced.find(';', at + 7) - at - 7);
            REQUIRE(!id.empty());
            auto session = rig.session(shop);
            const bool is_five = shop == Shop::xcart5;
            const std::string sums = is_five ? "SELECT SUM(amount), SUM(CRC32(CONCAT(sku, amount))), COUNT(*) FROM xc_products UNION ALL "
                                               "SELECT SUM(amount), SUM(CRC32(CONCAT(sku, amount))), COUNT(*) FROM xc_product_variants"
                                             : "SELECT SUM(avail), SUM(CRC32(CONCAT(productcode, avail))), COUNT(*) FROM xcart_products UNION ALL "
                                               "SELECT SUM(avail), SUM(CRC32(CONCAT(productcode, avail))), COUNT(*) FROM xcart_variants";
            const auto rows = [&](const std::string& sql) {
                std::string text;
                for (const auto& row : session.query(sql))
                    for (const auto& cell : row) text += cell + ' ';
                return text;
            };
            const std::string orders = is_five ? "SELECT COUNT(*), SUM(amount) FROM xc_order_items" : "SELECT COUNT(*), SUM(amount) FROM xcart_order_details";
            const auto tables = rows("SHOW TABLES"), sold = rows(orders);
            Target target{.url = rig.url(shop),
                          .requests = {seed, rig.user(), rig.password(), id, "P-"},
                          .counts = [&] { return rows(sums); },
                          .remarks = [] { return std::string{}; },
                          .nobodys_business = of_this_computer};
            target.nobodys_business.push_back(rig.web_root().string());
            target.nobodys_business.push_back(rig.socket().string());
            // Fewer than at the practice store: once a request has taken a shop over, it obeys our agent no more.
            CHECK(send_drawn(target, requests) > 0);
            CHECK(rows("SHOW TABLES") == tables);
            CHECK(rows(orders) == sold);
        }
    }

    TEST_CASE("a SKU of any characters is found by itself alone, and is never a part of a statement") {
        STOCKTRAY_NEEDS_RIG();
        XCartRig rig;
        // Each beside one that it would mean, if it were a pattern, an escape or an end of a text.
        const std::vector<std::pair<std::string, std::string>> skus{
            {"IT'S-1", "ITS-1"},      {"A\\B-1", "AB-1"},          {"100%-1", "100 cotton-1"}, {"W_1", "WX1"},    {"12\"-1", "12-1"},
            {"' OR '1'='1", "1"},     {"Z\\", "Z"},                {"Z\\'", "Z'"},             {"%", "anything"}, {"_", "q"},
            {"x'; DROP TABLE y;--", "x"}, {"`avail`", "avail"},    {"?", "any"},               {":sku", "sku"},   {"${sku}", "$sku"}};
        for (const Shop shop : all_shops) {
            CAPTURE(name_of(shop));
            auto session = rig.session(shop);
            const bool is_five = shop == Shop::xcart5;
            for (const auto& [sku, neighbour] : skus)
                for (const auto& one : {sku, neighbour})
                    session.query(is_five ? "INSERT INTO xc_products (sku, amount, entityVersion) VALUES (" + MariadbSession::quoted(one) + ", 50, UUID())"
                                          : "INSERT INTO xcart_products (productcode, product, avail) VALUES (" + MariadbSession::quoted(one) + ", 'odd', 50)");
            const std::string all = is_five ? "SELECT SUM(amount) FROM xc_products" : "SELECT SUM(avail) FROM xcart_products";
            const auto before = session.number(all);
            for (const auto& [sku, neighbour] : skus) {
                CAPTURE(sku);
                CHECK(rig.call(shop, "invupdate", {{"update", sku + "~-1"}}).body.starts_with("SETIResponse=OK;SKU=" + sku + ";QOH=49"));
                CHECK(lines(rig.call(shop, "qohquery", {{"update", sku + "|" + neighbour}}).body).at(1) == sku + "=49");
                CHECK(rig.call(shop, "qohreplace", {{"update", sku + "~48"}}).body.find(sku + "=") != std::string::npos);
                CHECK(rig.count(shop, sku) == 48);
                CHECK(rig.count(shop, neighbour) == 50);
            }
            // What no SKU can be: in words, and nothing is cut off at it.
            for (const auto& sku : {std::string{"P-0001\0", 7}, std::string{"P-0001\0-2", 9}, std::string{"\0P-0001", 7}, std::string{"P-0001\x1f"}}) {
                CAPTURE(visible(sku));
                for (const char* function : {"invupdate", "qohreplace"})
                    CHECK(rig.call(shop, function, {{"update", sku + "~1"}}).body == "SETIError: Malformed update entry");
                CHECK(rig.call(shop, "qohquery", {{"update", sku}}).body == "SETIError: Malformed update entry");
            }
            CHECK(session.number(all) == before - 2 * static_cast<long long>(skus.size()));
        }
    }

    // The server's own bounds, which PHP ends a script at: an answer in words says that it stayed within them. Its time is that of
    // the processor, so that a busy machine does not matter.
    TEST_CASE("a body that is a bomb is answered in words, within the memory and the time that a host gives") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        WatchedStore watched{{"memory_limit=32M", "max_execution_time=10", "max_input_time=10"}};
        auto& store = watched.store();
        REQUIRE(!of(store).store_id().empty());
        const auto repeated = [](const std::string& one, std::size_t bytes) {
            std::string text;
            while (text.size() + one.size() <= bytes) text += one;
            return text;
        };
        const std::size_t most = 1'048'000;  // what the connector takes, nearly
        const Fields right{{"setiuser", store.user()}, {"password", store.password()}};
        const auto before = watched.counts();
        const auto post = [&](const std::string& body) {
            FormPost bomb;
            bomb.url = store.url();
            bomb.raw_body = body;
            bomb.timeout = std::chrono::minutes{5};
            return send(bomb);
        };
        const auto is_in_words = [&](const Reply& reply) {
            const auto body = visible(reply.body).substr(0, 500);
            CAPTURE(body);
            CHECK(is_answer(reply));
            CHECK(reply.body.find("nothing changed") == std::string::npos);
            CHECK(reply.body.find("unknown") == std::string::npos);
        };

        std::string fields;
        for (int n = 0; n < 100'000; ++n) fields += "&f" + std::to_string(n) + "=1";
        std::string nested = "&update";
        for (int n = 0; n < 100'000; ++n) nested += "[a]";
        for (const char* function : {"invupdate", "qohquery", "sendversion"}) {
            CAPTURE(function);
            const auto head = encode({{"setifunction", function}}) + "&" + encode(right);
            is_in_words(post(head + fields.substr(0, most - head.size())));
            is_in_words(post(encode({{"setifunction", function}}) + fields.substr(0, most - 200) + "&" + encode(right)));
            is_in_words(post(head + repeated("&update=NONE~1", most - head.size())));
            is_in_words(post(head + repeated("&update[]=1", most - head.size())));
            is_in_words(post(head + nested + "=1"));
        }

        // Every byte counts: a form's encoding would make three of one.
        const auto as_update = [&](const std::string& function, const std::string& update) {
            const auto head = encode({{"setifunction", function}}) + "&" + encode(right) + "&update=";
            std::string plain;
            for (const char byte : update) plain += byte == ' ' ? "+" : std::string(1, byte);
            is_in_words(post((head + plain).substr(0, most)));
        };
        const std::string product = "<Product><SKU>NONE</SKU><QOH>0</QOH></Product>", open = "<SETIProducts>", close = "</SETIProducts>";
        const std::size_t room = most - 1'000;
        for (const char* function : {"invupdate", "qohreplace"}) {
            CAPTURE(function);
            as_update(function, open + repeated(product, room) + close);
            as_update(function, open + repeated("<Product>", room) + close);
            as_update(function, open + repeated("<Product>", room / 2) + repeated("</Product>", room / 2) + close);
            as_update(function, repeated(open, room / 2) + repeated(close, room / 2));
            as_update(function, open + "<Product><SKU>" + repeated("x", room) + "</SKU><QOH>1</QOH></Product>" + close);
            as_update(function, open + "<Product><SKU>NONE</SKU><QOH>" + repeated(" ", room) + "x</QOH></Product>" + close);
            as_update(function, open + repeated(" ", room) + close);
            as_update(function, repeated(" ", room) + open + close);
            as_update(function, open + repeated(product, room) + "<Product>" + close);
            as_update(function, "<!DOCTYPE a [<!ENTITY b \"" + repeated("c", room / 2) + "\">]>" + open + repeated("%26b;", room / 2) + close);
            as_update(function, repeated("A~1|", room));
            as_update(function, repeated("~", room));
            as_update(function, repeated("|", room));
            as_update(function, "SKU-0001~" + repeated("1", room));
        }
        for (const char* function : {"invbatch", "qohquery", "salesquery"}) {
            CAPTURE(function);
            as_update(function, repeated("A~1~1~k|", room));
            as_update(function, repeated("A|", room));
            as_update(function, repeated("|", room));
            as_update(function, "NONE&lastorder=0&also=" + repeated("1,", room) + "1");
        }
        CHECK(watched.remarks() == "");
        CHECK(watched.counts() == before);
        CHECK(store.log().find("Fatal") == std::string::npos);
    }
}
