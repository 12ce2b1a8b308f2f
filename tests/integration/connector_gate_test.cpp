// Who may call at all: the checks before and around the secret.
#include "tests/integration/connector_fixture.h"

#include <fstream>

using namespace stocktray::tests;

namespace {

FormPost right_post(const PracticeStore& store) {
    FormPost post;
    post.url = store.url();
    post.fields = {
        {"setifunction", "getproductscount"}, {"setiuser", store.user()}, {"password", store.password()}};
    return post;
}

// Adds settings to the configuration of a store: PHP, as it stands in the array, where a comma comes before
// it already.
void configure(const PracticeStore& store, const std::string& settings) {
    std::ifstream in{store.config_file()};
    std::string text{std::istreambuf_iterator<char>{in}, {}};
    text.insert(text.rfind(");"), settings);
    std::ofstream{store.config_file()} << text;
}

PracticeStore::Options small() {
    return {.products = 3, .floor = PracticeStore::Floor::zero};
}

}  // namespace

TEST_SUITE("Connector") {
    TEST_CASE("a wrong user or a wrong secret hears the same small answer") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        PracticeStore store{small()};
        auto post = right_post(store);
        post.fields[2].second = "wrong";
        const auto wrong_secret = send(post);
        post = right_post(store);
        post.fields[1].second = "nobody";
        const auto wrong_user = send(post);
        CHECK(wrong_secret.body == "SETIError: Access denied");
        CHECK(wrong_user.body == wrong_secret.body);
        CHECK(wrong_user.status == wrong_secret.status);
        post.fields.resize(1);
        CHECK(send(post).body == "SETIError: Access denied");
    }

    TEST_CASE("a guesser is slowed down, the owner at the same address never") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        PracticeStore store{small()};
        REQUIRE(of(store).announcement().contains("store"));
        auto guess = right_post(store);
        guess.fields[2].second = "guess";
        for (int i = 0; i < 10; ++i) {
            CHECK(send(guess).status == 200);
        }
        const auto slowed = send(guess);
        CHECK(slowed.status == 429);
        CHECK(slowed.body == "SETIError: Access denied");
        CHECK(slowed.head.find("Retry-After: 600") != std::string::npos);
        guess.fields[0].second = "sendversion";
        CHECK(send(guess).status == 429);
        CHECK(send(right_post(store)).body == "SETIResponse: itemcount=3");
    }

    TEST_CASE("a flood of guesses from everywhere is answered without a write") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        PracticeStore store{small()};
        REQUIRE(of(store).announcement().contains("store"));
        store.database().query(
            "INSERT INTO stocktray_meta (name, value, n, m) VALUES ('guess/all', '', 100, strftime('%s', "
            "'now'))");
        auto guess = right_post(store);
        guess.fields[2].second = "guess";
        CHECK(send(guess).status == 429);
        CHECK(store.database().number("SELECT SUM(n) FROM stocktray_meta WHERE name LIKE 'guess/%'") == 100);
        CHECK(send(right_post(store)).status == 200);
    }

    TEST_CASE("guesses are forgotten after ten minutes") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        PracticeStore store{small()};
        REQUIRE(of(store).announcement().contains("store"));
        auto guess = right_post(store);
        guess.fields[2].second = "guess";
        for (int i = 0; i < 12; ++i) {
            [[maybe_unused]] const auto reply = send(guess);
        }
        REQUIRE(send(guess).status == 429);
        store.database().query("UPDATE stocktray_meta SET m = m - 700 WHERE name LIKE 'guess/%'");
        CHECK(send(guess).status == 200);
    }

    TEST_CASE("a password that a person made up is accepted and remembered for a while") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        PracticeStore store{small()};
        REQUIRE(of(store).announcement().contains("store"));
        const auto hash =
            run({{"php", "-r", "echo password_hash('tea for two', PASSWORD_BCRYPT, array('cost' => 5));"},
                 {},
                 {}})
                .output;
        configure(store, "'secret_sha256' => '', 'secret_hash' => '" + hash + "'");
        auto post = right_post(store);
        CHECK(send(post).body == "SETIError: Access denied");
        post.fields[2].second = "tea for two";
        CHECK(send(post).body == "SETIResponse: itemcount=3");
        CHECK(store.database().number("SELECT COUNT(*) FROM stocktray_meta WHERE name = 'password'") == 1);
        CHECK(send(post).body == "SETIResponse: itemcount=3");
        post.fields[2].second = "tea for three";
        CHECK(send(post).body == "SETIError: Access denied");
    }

    TEST_CASE("a PHP without hash_equals lets in the same caller and nobody else") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        const std::vector<std::string> as_in_54{"-d", "disable_functions=hash_equals"};
        std::vector<std::string> asked{"php"};
        asked.insert(asked.end(), as_in_54.begin(), as_in_54.end());
        asked.insert(asked.end(), {"-r", "echo function_exists('hash_equals') ? 'has' : 'lacks';"});
        REQUIRE(run({asked, {}, {}}).output == "lacks");
        PracticeStore store{{.products = 3, .php = as_in_54}};
        const auto right = right_post(store);
        CHECK(send(right).body == "SETIResponse: itemcount=3");
        for (const auto& wrong : {std::string{}, std::string{"0"}, store.password().substr(1), store.password() + "x", store.password() + '\0',
                                  std::string{"A"} + store.password().substr(1)}) {
            CAPTURE(wrong);
            auto post = right;
            post.fields[2].second = wrong;
            CHECK(send(post).body == "SETIError: Access denied");
        }
        auto post = right;
        post.fields[1].second += "x";
        CHECK(send(post).body == "SETIError: Access denied");
        CHECK(send(right).body == "SETIResponse: itemcount=3");
    }

    TEST_CASE("nothing is answered to GET, HEAD or PUT") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        auto post = right_post(practice_store());
        post.url += "?" + encode(post.fields);
        for (const char* method : {"GET", "PUT", "DELETE"}) {
            CAPTURE(method);
            post.method = method;
            const auto reply = send(post);
            CHECK(reply.status == 405);
            CHECK(reply.body == "SETIError: POST required");
        }
    }

    TEST_CASE("fields in the address are not read") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        auto post = right_post(practice_store());
        post.url += "?" + encode(post.fields);
        post.fields = {{"setifunction", "getproductscount"}};
        CHECK(send(post).body == "SETIError: Access denied");
    }

    TEST_CASE("only a form is read") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        auto post = right_post(practice_store());
        post.content_type = "application/json";
        CHECK(send(post).status == 415);
        post.content_type = "Application/X-WWW-Form-Urlencoded; charset=UTF-8";
        CHECK(send(post).status == 200);
    }

    TEST_CASE("a body over one megabyte is refused, and not as a wrong secret") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        auto post = right_post(practice_store());
        post.raw_body = encode(post.fields) + "&update=" + std::string(1'100'000, 'x');
        const auto reply = send(post);
        CHECK(reply.status == 413);
        CHECK(reply.body == "SETIError: request too large");
    }

    TEST_CASE("a field that comes as a list is refused") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        auto post = right_post(practice_store());
        post.raw_body = encode(post.fields) + "&update[]=SKU-0001~1&update[]=SKU-0001~1";
        CHECK(send(post).body == "SETIError: Malformed update entry: a field twice");
    }

    TEST_CASE("plain http from anywhere but this machine is refused unless the owner allowed it") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        PracticeStore store{small()};
        auto post = right_post(store);
        post.headers = {"Host: store.test"};
        CHECK(send(post).body == "SETIError: https required");
        // A proxy on this machine has a loopback address too, but speaks for somebody else.
        post.headers = {"X-Forwarded-For: 203.0.113.9"};
        CHECK(send(post).body == "SETIError: https required");
        // Nor may a caller declare itself protected.
        post.headers = {"Host: store.test", "X-Forwarded-Proto: https"};
        CHECK(send(post).body == "SETIError: https required");
        configure(store, "'allow_http' => true");
        CHECK(send(post).status == 200);
        CHECK(send(post).body == "SETIResponse: itemcount=3");
    }

    TEST_CASE("a listed proxy's word about https is believed") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        PracticeStore store{small()};
        configure(store, "'trusted_proxies' => array('127.0.0.0/8')");
        auto post = right_post(store);
        post.headers = {"Host: store.test", "X-Forwarded-Proto: https"};
        CHECK(send(post).body == "SETIResponse: itemcount=3");
        post.headers = {"Host: store.test", "X-Forwarded-Proto: http"};
        CHECK(send(post).body == "SETIError: https required");
    }

    TEST_CASE("only listed addresses may call, if there is a list") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        const std::map<std::string, std::string> lists{
            {"'203.0.113.7', '2001:db8::/48'", "SETIError: Access denied"},
            {"'203.0.113.7', '127.0.0.1'", "SETIResponse: itemcount=3"},
            {"'127.0.0.0/30'", "SETIResponse: itemcount=3"},
            {"'127.0.0.2/31'", "SETIError: Access denied"},
            {"'::ffff:127.0.0.1'", "SETIResponse: itemcount=3"},
            {"'127.0.0.0/x'", "SETIError: Access denied"},
        };
        for (const auto& [list, answer] : lists) {
            CAPTURE(list);
            PracticeStore store{small()};
            configure(store, "'allowed_ips' => array(" + list + ")");
            CHECK(send(right_post(store)).body == answer);
        }
    }

    TEST_CASE("without a configuration nothing works and nothing is shown") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        PracticeStore store{small()};
        const auto post = right_post(store);
        std::ofstream{store.config_file()} << "<?php return array('user' => 'practice');";
        CHECK(send(post).body == "SETIError: connector not configured");
        std::ofstream{store.config_file()} << "<?php this is no PHP";
        const auto broken = send(post);
        CHECK(broken.status == 200);
        CHECK(broken.body == "SETIError: connector not configured");
        CHECK(broken.body.find(store.directory().string()) == std::string::npos);
    }

    TEST_CASE("what a configuration file prints is not in the answer") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        PracticeStore store{small()};
        std::ifstream in{store.config_file()};
        const std::string text{std::istreambuf_iterator<char>{in}, {}};
        std::ofstream{store.config_file()} << "\xef\xbb\xbf\n" << text;
        CHECK(send(right_post(store)).body == "SETIResponse: itemcount=3");
    }

    TEST_CASE("a database that is gone is a refusal that may be sent again") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        PracticeStore store{small()};
        std::filesystem::rename(store.directory() / "store.sqlite", store.directory() / "away.sqlite");
        const auto reply = send(right_post(store));
        CHECK(reply.status == 200);
        CHECK(reply.body == "SETIError: Couldn't open store connection");
        CHECK(reply.head.find("Retry-After: ") != std::string::npos);
    }

    TEST_CASE("the command line makes a secret whose fingerprint fits, and says what it found") {
        STOCKTRAY_NEEDS_PRACTICE_STORE();
        const std::string script =
            std::string{STOCKTRAY_SOURCE_DIR} + "/installer/xcart-connector/stocktray.php";
        const auto made = run({{"php", script, "secret"}, {}, {}}).output;
        const auto at = made.find("Password: ");
        REQUIRE(at != std::string::npos);
        const auto secret = made.substr(at + 10, 48);
        const auto print = run({{"php", "-r", "echo hash('sha256', '" + secret + "');"}, {}, {}}).output;
        CHECK(made.find("'secret_sha256' => '" + print + "'") != std::string::npos);
        const auto checked = run(
            {{"php", script, "check"}, {{"STOCKTRAY_CONFIG", practice_store().config_file().string()}}, {}});
        CHECK(checked.exit_code == 0);
        CHECK(checked.output.find("Shop: practice store, 100 SKUs") != std::string::npos);
        CHECK(run({{"php", script}, {}, {}}).exit_code == 2);
        // Where the guide has it: one folder above the web folder.
        const TempDir host;
        std::filesystem::create_directories(host.path() / "web/shop");
        const auto uploaded = host.path() / "web/shop/stocktray.php";
        std::filesystem::copy_file(script, uploaded);
        std::filesystem::copy_file(practice_store().config_file(), host.path() / "stocktray-config.php");
        CHECK(run({{"php", uploaded.string(), "check"}, {}, {}}).output.find("Shop: practice store, 100 SKUs") != std::string::npos);
    }
}
