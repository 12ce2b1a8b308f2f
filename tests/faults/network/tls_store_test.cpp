// https that is not what it should be: nothing is told to the wrong one, a person reads what is wrong, and the posts leave
// once it is mended.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <fstream>
#include <memory>
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

struct Trouble {
    std::string name;
    std::uint16_t port;
    std::string code;
    std::string sentence;
    std::string hint;
};

}  // namespace

TEST_SUITE("Hostile https") {
    TEST_CASE("each fault has its name, nothing is told to the wrong server, and the posts leave once it is mended") {
        const test::TlsFiles ours, strangers;
        // A system that would allow what is forbidden here: it must not be the distribution that refuses.
        TempDir folder;
        std::ofstream{folder.path() / "openssl.cnf"} << "openssl_conf = all\n[all]\nssl_conf = ssl\n[ssl]\nsystem_default = any\n[any]\n"
                                                        "MinProtocol = TLSv1\nCipherString = ALL:@SECLEVEL=0\n";
        const std::map<std::string, std::string> lax{{"OPENSSL_CONF", (folder.path() / "openssl.cnf").string()}};

        std::atomic<int> told{0};
        const auto listens = [&](Connection& c) {
            if (c.read_request()) ++told;
        };
        const std::string here = "IP:127.0.0.1";
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
        const OldServer tls_1_0{ours.identity(here), "-tls1", lax}, tls_1_1{ours.identity(here), "-tls1_1", lax};
        REQUIRE(tls_1_0.answers(lax));
        REQUIRE(tls_1_1.answers(lax));

        const std::string not_verified = "The store's certificate could not be verified.", not_made = "No safe connection (https) to the store could be made.";
        const std::string renew = "Renew the store's certificate, or correct the host name in the Script URL or this computer's date.";
        const std::string check = "Check host and port in the Script URL; the web server there has to offer TLS 1.2 or newer.";
        const std::vector<Trouble> table{
            {"expired", expired.port(), "tls", not_verified, renew},
            {"self-signed", itself.port(), "tls", not_verified, renew},
            {"other-name", other_name.port(), "tls", not_verified, renew},
            {"unknown-authority", unknown.port(), "tls", not_verified, renew},
            {"no-tls", plain.port(), "no_tls", not_made, check},
            {"tls-10", tls_1_0.port(), "no_tls", not_made, check},
            {"tls-11", tls_1_1.port(), "no_tls", not_made, check},
            {"resets", closes.port(), "no_tls", not_made, check},
            {"hangs", hangs.port(), "timeout", "The store did not answer in time.", "Look whether the store's web site is slow or hangs."},
        };

        ShortPatience shop{fmt::format("[tls]\nca_file = \"{}\"\n", ours.authority()), {.environment = lax}};
        std::vector<std::unique_ptr<ShopFront>> fronts;
        std::vector<std::unique_ptr<Wire>> wires;
        std::vector<long long> before;
        for (const auto& trouble : table) {
            fronts.push_back(std::make_unique<ShopFront>(ShopFront::Answer{}, ours.identity(here)));
            wires.push_back(std::make_unique<Wire>(trouble.port));
            before.push_back(fronts.back()->store.count("SKU-0001"));
            shop.add_cart(trouble.name, fmt::format("https://127.0.0.1:{}/stocktray.php", wires.back()->port()), fronts.back()->store);
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
        CHECK(told == 0);

        for (std::size_t i = 0; i < table.size(); ++i) wires[i]->lead_to(fronts[i]->port());
        CHECK(shop.rests());
        for (std::size_t i = 0; i < table.size(); ++i) {
            CAPTURE(table[i].name);
            CHECK(fronts[i]->store.count("SKU-0001") == before[i] - 1);
            CHECK(eventually([&] { return !shop.is_late(table[i].name); }));
        }
    }
}
