// https that is not what it should be: nothing is told to the wrong one, a person reads what is wrong, and the posts leave
// once it is mended.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "tests/faults/network/shop_front.h"
#include "tests/faults/network/wire.h"
#include "tests/support/free_port.h"
#include "tests/support/server/tls_files.h"

using namespace stocktray;
using namespace stocktray::tests;
using namespace std::chrono_literals;
using test::Connection;

namespace {

// openssl s_server, for what no well-built server does any more. It answers a web page to whoever gets through.
class OldServer {
public:
    OldServer(const test::TlsIdentity& identity, const std::string& version, const std::map<std::string, std::string>& environment)
        : server_{{{"openssl", "s_server", "-accept", fmt::format("127.0.0.1:{}", port_), version, "-cipher", "ALL:@SECLEVEL=0", "-cert",
                    identity.certificate_file, "-key", identity.key_file, "-www", "-quiet"},
                   environment,
                   {}}} {}

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    // A client that minds nothing does get through.
    [[nodiscard]] bool answers(const std::map<std::string, std::string>& environment) const {
        return eventually([&] {
            return run({{"curl", "--silent", "--insecure", "--ciphers", "ALL:@SECLEVEL=0", "--tlsv1.0", "--output", "/dev/null",
                         fmt::format("https://127.0.0.1:{}/", port_)}, environment, {}}).exit_code == 0;
        });
    }

private:
    std::uint16_t port_{free_port()};
    Process server_;
};

// An agent of a system that would allow what is forbidden here: it must not be the distribution that refuses.
struct LaxSystem {
    LaxSystem() {
        std::ofstream{folder.path() / "openssl.cnf"} << "openssl_conf = all\n[all]\nssl_conf = ssl\n[ssl]\nsystem_default = any\n[any]\n"
                                                        "MinProtocol = TLSv1\nCipherString = ALL:@SECLEVEL=0\n";
    }
    TempDir folder{};
    std::map<std::string, std::string> environment{{"OPENSSL_CONF", (folder.path() / "openssl.cnf").string()}};
};

const std::string here = "IP:127.0.0.1";
const std::string not_verified = "The store's certificate could not be verified.", not_made = "No safe connection (https) to the store could be made.";
const std::string renew = "Renew the store's certificate, or correct the host name in the Script URL or this computer's date.";
const std::string check = "Check host and port in the Script URL; the web server there has to offer TLS 1.2 or newer.";

struct Trouble {
    std::string name;
    std::uint16_t port;
    std::string code{"tls"};
    std::string sentence{not_verified};
    std::string hint{renew};
    std::string host{"127.0.0.1"};
    std::optional<test::TlsIdentity> mended{};  // what the store shows afterwards; none: its address
};

// Each of them is named and late; `meanwhile` is asked before they are mended. Then every post is applied, once.
void check_each(const std::vector<Trouble>& table, const test::TlsFiles& ours, const LaxSystem& system, const std::function<void()>& meanwhile) {
    ShortPatience shop{fmt::format("[tls]\nca_file = \"{}\"\n", ours.authority()), {.environment = system.environment}};
    std::vector<std::unique_ptr<ShopFront>> fronts;
    std::vector<std::unique_ptr<Wire>> wires;
    std::vector<long long> before;
    for (const auto& trouble : table) {
        fronts.push_back(std::make_unique<ShopFront>(ShopFront::Answer{}, trouble.mended ? *trouble.mended : ours.identity(here)));
        wires.push_back(std::make_unique<Wire>(trouble.port));
        before.push_back(fronts.back()->store.count("SKU-0001"));
        shop.add_cart(trouble.name, fmt::format("https://{}:{}/stocktray.php", trouble.host, wires.back()->port()), fronts.back()->store);
    }
    shop.submit("change", "SKU-0001", -1);
    for (const auto& trouble : table) {
        CAPTURE(trouble.name);
        const auto error = shop.last_error(trouble.name, trouble.code);
        CHECK(error.code == trouble.code);
        CHECK_MESSAGE(error.message.starts_with(trouble.sentence), error.message);
        CHECK(error.hint == trouble.hint);
        CHECK(eventually([&] { return shop.is_late(trouble.name); }));
    }
    meanwhile();

    for (std::size_t i = 0; i < table.size(); ++i) wires[i]->lead_to(fronts[i]->port());
    CHECK(shop.rests());
    for (std::size_t i = 0; i < table.size(); ++i) {
        CAPTURE(table[i].name);
        CHECK(fronts[i]->store.count("SKU-0001") == before[i] - 1);
        CHECK(eventually([&] { return !shop.is_late(table[i].name); }));
    }
}

}  // namespace

TEST_SUITE("Hostile https") {
    TEST_CASE("each fault has its name, nothing is told to the wrong server, and the posts leave once it is mended") {
        const test::TlsFiles ours, strangers;
        const LaxSystem system;
        std::atomic<int> told{0};
        const auto listens = [&](Connection& c) {
            if (c.read_request()) ++told;
        };
        const test::ScriptedServer expired{listens, ours.identity(here, test::TlsFiles::Validity::over)};
        const test::ScriptedServer itself{listens, ours.self_signed(here)};
        const test::ScriptedServer other_name{listens, ours.identity("DNS:other.example")};
        const test::ScriptedServer unknown{listens, strangers.identity(here)};
        const test::ScriptedServer plain{[](Connection& c) {
            c.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
            c.hang();
        }};
        const test::ScriptedServer hangs{[](Connection& c) { c.hang(); }};
        const test::ScriptedServer closes{[](Connection& c) { c.reset(); }};
        const OldServer tls_1_0{ours.identity(here), "-tls1", system.environment}, tls_1_1{ours.identity(here), "-tls1_1", system.environment};
        REQUIRE(tls_1_0.answers(system.environment));
        REQUIRE(tls_1_1.answers(system.environment));

        check_each({{"expired", expired.port()},
                    {"self-signed", itself.port()},
                    {"other-name", other_name.port()},
                    {"unknown-authority", unknown.port()},
                    {"no-tls", plain.port(), "no_tls", not_made, check},
                    {"tls-10", tls_1_0.port(), "no_tls", not_made, check},
                    {"tls-11", tls_1_1.port(), "no_tls", not_made, check},
                    {"resets", closes.port(), "no_tls", not_made, check},
                    {"hangs", hangs.port(), "timeout", "The store did not answer in time.", "Look whether the store's web site is slow or hangs."}},
                   ours, system, [&] { CHECK(told == 0); });
    }

    // Certificates of an authority that is trusted. Each is mended by the nearest one that is right, so that nothing but the fault
    // can be what is refused.
    TEST_CASE("a trusted authority's certificate that does not vouch for this store, or too weakly, is refused, and nothing is told") {
        using test::TlsFiles;
        using Intermediate = TlsFiles::Intermediate;
        const TlsFiles ours;
        const LaxSystem system;
        std::atomic<int> told{0};
        const auto listens = [&](Connection& c) {
            if (c.read_request()) ++told;
        };
        const std::string for_servers = "extendedKeyUsage=serverAuth\n", for_clients = "extendedKeyUsage=clientAuth\n";
        const std::string shop = "shop.localhost";  // libcurl itself knows where every *.localhost is
        const test::ScriptedServer to_come{listens, ours.identity(here, TlsFiles::Validity::to_come)};
        const test::ScriptedServer client_only{listens, ours.identity({.names = here, .extensions = for_clients})};
        const test::ScriptedServer alone{listens, ours.identity_through(Intermediate::keeps_it_back, here)};
        const test::ScriptedServer by_a_server{listens, ours.identity_through(Intermediate::is_no_authority, here)};
        const test::ScriptedServer common_name{listens, ours.identity(TlsFiles::Certificate{.common_name = shop})};
        const test::ScriptedServer common_address{listens, ours.identity(TlsFiles::Certificate{.common_name = "127.0.0.1"})};
        const test::ScriptedServer any_localhost{listens, ours.identity("DNS:*.localhost")};
        const test::ScriptedServer anything{listens, ours.identity("DNS:*")};
        const test::ScriptedServer short_key{listens, ours.identity({.names = here, .key = "rsa:1024"})};
        const test::ScriptedServer old_digest{listens, ours.identity({.names = here, .digest = "sha1"})};

        const auto named = ours.identity("DNS:" + shop);
        const auto through = ours.identity_through(Intermediate::honest, here);
        check_each({{.name = "to-come", .port = to_come.port()},
                    {.name = "client-only", .port = client_only.port(), .mended = ours.identity({.names = here, .extensions = for_servers})},
                    {.name = "missing-intermediate", .port = alone.port(), .mended = through},
                    {.name = "no-authority", .port = by_a_server.port(), .mended = through},
                    {.name = "common-name", .port = common_name.port(), .host = shop, .mended = named},
                    {.name = "common-address", .port = common_address.port()},
                    {.name = "any-localhost", .port = any_localhost.port(), .host = "a." + shop, .mended = ours.identity("DNS:*." + shop)},
                    {.name = "any-name", .port = anything.port(), .host = shop, .mended = named},
                    {.name = "short-key", .port = short_key.port(), .mended = ours.identity({.names = here, .key = "rsa:2048"})},
                    {.name = "sha1", .port = old_digest.port()}},
                   ours, system, [&] { CHECK(told == 0); });
    }
}
