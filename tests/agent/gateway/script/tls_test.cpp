// The script door with a certificate: for an Order Manager on another computer.
#include <curl/curl.h>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <atomic>
#include <csignal>

#include "agent/gateway/script/store_call.h"
#include "tests/agent/gateway/script/gateway_process.h"
#include "tests/support/server/scripted_server.h"
#include "tests/support/server/tls_files.h"

using namespace stocktray;
using namespace stocktray::tests;

namespace {

struct Certified {
    test::TlsFiles files;
    test::TlsIdentity identity{files.identity("IP:127.0.0.1")};
    GatewayBench om{{.table = fmt::format("certificate = \"{}\"\nkey = \"{}\"", identity.certificate_file, identity.key_file),
                     .authority = files.authority()}};
};

// A connection that ends when the test wants it to, in good order: TLS's own farewell, then TCP's.
class TlsClient {
public:
    TlsClient(const std::string& url, const std::string& authority) {
        curl_easy_setopt(handle_, CURLOPT_URL, url.c_str());
        curl_easy_setopt(handle_, CURLOPT_CAINFO, authority.c_str());
        curl_easy_setopt(handle_, CURLOPT_CONNECT_ONLY, 1L);
        REQUIRE(curl_easy_perform(handle_) == CURLE_OK);
    }
    ~TlsClient() { curl_easy_cleanup(handle_); }
    TlsClient(const TlsClient&) = delete;
    TlsClient& operator=(const TlsClient&) = delete;

    void post(const std::string& path, const Fields& fields) {
        const auto body = encode(fields);
        const auto request = fmt::format("POST {} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                                         "Content-Length: {}\r\n\r\n{}", path, body.size(), body);
        std::size_t sent = 0;
        REQUIRE(curl_easy_send(handle_, request.data(), request.size(), &sent) == CURLE_OK);
        REQUIRE(sent == request.size());
    }

private:
    CURL* handle_{curl_easy_init()};
};

}  // namespace

TEST_SUITE("gateway: TLS") {
    TEST_CASE("posts come encrypted, and whoever does not trust the certificate sends nothing") {
        Certified desk;
        const auto before = desk.om.bench.store.count("SKU-0002");
        CHECK(desk.om.post("SKU-0002", -2).starts_with("SETIResponse=OK"));
        CHECK(desk.om.store_has("SKU-0002", before - 2));
        CHECK(desk.om.gateway.url().starts_with("https://"));

        FormPost stranger;
        stranger.url = desk.om.gateway.url();
        stranger.fields = desk.om.fields("invupdate", {{"update", "SKU-0002~-2|"}});
        const test::TlsFiles others;
        stranger.ca_file = others.authority();
        CHECK(send(stranger).code == CURLE_PEER_FAILED_VERIFICATION);
        FormPost plain = stranger;
        plain.url.replace(0, 5, "http");
        CHECK(send(plain).status != 200);
        CHECK(desk.om.post("SKU-0002", -1).starts_with("SETIResponse=OK"));
        CHECK(desk.om.store_has("SKU-0002", before - 3));
    }

    TEST_CASE("TLS 1.0 and 1.1 are refused, whatever the client would take, and 1.2 and 1.3 are spoken") {
        Certified desk;
        const auto shakes_hands = [&](const char* version) {
            return run({{"openssl", "s_client", "-connect", fmt::format("127.0.0.1:{}", desk.om.gateway.port()), version, "-cipher", "ALL:@SECLEVEL=0",
                         "-CAfile", desk.files.authority(), "-verify_return_error"},
                        {}, {}});
        };
        for (const char* version : {"-tls1_2", "-tls1_3"}) {
            CAPTURE(version);
            const auto done = shakes_hands(version);
            CHECK_MESSAGE(done.exit_code == 0, done.errors);
        }
        for (const char* version : {"-tls1", "-tls1_1"}) {
            CAPTURE(version);
            const auto done = shakes_hands(version);
            CHECK(done.exit_code != 0);
            // It was the gateway that refused, and not a client that knows only newer ones and asks nobody.
            CHECK_MESSAGE(done.errors.find("no protocols available") == std::string::npos, done.errors);
            CHECK_MESSAGE((done.errors.find("unexpected eof") != std::string::npos || done.errors.find("alert protocol version") != std::string::npos), done.errors);
        }
        CHECK(desk.om.post("SKU-0002", -2).starts_with("SETIResponse=OK"));
    }

    TEST_CASE("a client that says farewell before its answer has not read it: its repeat is counted once") {
        Certified desk;
        auto& om = desk.om;
        const auto before = om.bench.store.count("SKU-0002");
        CHECK(om.post("SKU-0001", 1).starts_with("SETIResponse=OK"));  // the password is known
        {
            TlsClient client{om.gateway.url(), om.gateway.authority()};
            REQUIRE(om.gateway.process().freeze());
            client.post("/main", om.fields("invupdate", {{"update", "SKU-0002~-2"}}));
        }
        om.gateway.process().send_signal(SIGCONT);
        CHECK(om.store_has("SKU-0002", before - 2));
        CHECK(om.post("SKU-0002", -2).starts_with("SETIResponse=OK"));
        CHECK(eventually([&] { return om.bench.alert(ipc::AlertKind::noted).has_value(); }));
        CHECK(om.bench.alert(ipc::AlertKind::noted)->message.find("counted once") != std::string::npos);
        CHECK(om.store_has("SKU-0002", before - 2));
    }

    TEST_CASE("what is passed on goes only to a store whose certificate names it, by keys of today") {
        const test::TlsFiles files;
        std::atomic<int> told{0};
        const auto calls = [&](const test::TlsFiles::Certificate& certificate) {
            const test::ScriptedServer store{[&](test::Connection& c) {
                                                 if (!c.read_request()) return;
                                                 ++told;
                                                 c.send(test::answer("SETIResponse: version=1"));
                                             },
                                             files.identity(certificate)};
            gateway::WebRequest request;
            request.method = "POST";
            request.body = "setifunction=sendversion&password=secret";
            gateway::StoreCall call{{.url = store.url(), .ca_file = files.authority()}, request, [] { return false; }};
            const auto head = call.begin();
            return head ? std::to_string(head->status) : head.error().message;
        };
        const std::string here = "IP:127.0.0.1";
        CHECK(calls({.names = here}) == "200");
        CHECK(calls({.names = here, .key = "rsa:2048"}) == "200");
        CHECK(told == 2);
        for (const auto& certificate : {test::TlsFiles::Certificate{.common_name = "127.0.0.1"}, {.names = here, .key = "rsa:1024"},
                                        {.names = here, .digest = "sha1"}, {.names = "DNS:other.example"},
                                        {.names = here, .extensions = "extendedKeyUsage=clientAuth\n"},
                                        {.names = here, .validity = test::TlsFiles::Validity::to_come}}) {
            const auto said = calls(certificate);
            CHECK_MESSAGE(said.find("certificate") != std::string::npos, said);
        }
        CHECK(told == 2);
    }

    TEST_CASE("a certificate and a key of another one are refused in words") {
        const test::TlsFiles files;
        const auto one = files.identity("IP:127.0.0.1");
        const auto other = files.identity("IP:127.0.0.1");
        const Bench bench;
        GatewayProcess gateway{bench.agent, fmt::format("certificate = \"{}\"\nkey = \"{}\"", one.certificate_file, other.key_file),
                               files.authority()};
        const auto done = gateway.test();
        CHECK(done.exit_code == 1);
        CHECK_MESSAGE(done.output.find("certificate and key do not go together") != std::string::npos, done.output, done.errors);
    }
}
