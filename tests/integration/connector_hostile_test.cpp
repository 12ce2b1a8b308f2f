// Requests that nobody would send: the connector's script under a real PHP, fed with fields drawn and bent by a seed.
//
// STOCKTRAY_SEED=n draws the same requests again; STOCKTRAY_REQUESTS=n draws so many; with STOCKTRAY_LONG=1 a hundred thousand.
#include "tests/integration/connector_fixture.h"

#include <cctype>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <regex>

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
    Requests(std::uint64_t seed, const PracticeStore& store, std::string store_id)
        : random_{seed}, user_{store.user()}, password_{store.password()}, store_id_{std::move(store_id)} {}

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

    std::string sku() { return one_of({"SKU-0001", "SKU-0002", "sku-0003", "SKU-0004 ", " SKU-0005", "SKU-0001|SKU-0002", "NONE", "0", "1e3", "", odd()}); }
    std::string pieces() {
        return one_of({"1", "-1", "0", "+2", "-0", "00", "1.0", "1e3", "0x10", "9223372036854775808", "-9223372036854775808", "2000000001",
                       "-2000000000", " 1", "1 ", "", "NaN", odd()});
    }
    std::string key() { return one_of({"01TESTKEY0000000000000001", "01TESTKEY0000000000000002", "short", std::string(65, 'k'), "01TESTKEY~0000000000000003", odd()}); }

    std::string right_value_of(const std::string& name) {
        if (name == "update") return "SKU-000" + std::to_string(1 + random_.below(9)) + "~" + one_of({"1", "-1", "2", "+1"});
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
        switch (random_.below(9)) {
            case 0: return std::string(1, '\0') + "x";
            case 1: return std::string(random_.below(70'000), 'a');
            case 2: return "\xff\xfe\xc3";
            case 3: return "' OR 1=1 --";
            case 4: return "%s%n\r\nX: y";
            case 5: return "\xf0\x9f\x93\xa6";
            case 6: return "<?php phpinfo();";
            case 7: return "~|~|~~|";
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

}  // namespace

TEST_SUITE("Connector") {
    TEST_CASE("whatever is sent, PHP has nothing to remark, and nothing changes without the secret") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        const TempDir folder;
        const auto notices = folder.path() / "notices";
        std::ofstream{folder.path() / "witness.php"} << witness(notices);
        PracticeStore store{{.products = 10, .php = {"-d", "auto_prepend_file=" + (folder.path() / "witness.php").string(), "-d", "error_reporting=-1"}}};
        const auto id = of(store).store_id();
        const auto counts = [&] { return store.database().query("SELECT group_concat(sku || '=' || qoh) FROM items"); };

        const auto seed = first_seed();
        const auto requests = number_from("STOCKTRAY_REQUESTS", is_long() ? 100'000 : 600);
        CAPTURE(seed);
        Requests drawn_from{seed, store, id};
        std::int64_t changed = 0;
        auto before = counts();
        for (std::int64_t n = 0; n < requests; ++n) {
            const auto drawn = drawn_from.draw(store.url());
            const auto reply = send(drawn.post);
            const auto after = counts();
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
            REQUIRE(text_of(notices).empty());
            if (!drawn.is_authorized) REQUIRE(after == before);
            if (after != before) ++changed;
            before = after;
        }
        // What only refuses has been asked nothing.
        CHECK(changed > requests / 50);
        for (const char* word : {"Warning", "Notice", "Deprecated", "Fatal", "Parse error"}) CHECK(store.log().find(word) == std::string::npos);
    }
}
