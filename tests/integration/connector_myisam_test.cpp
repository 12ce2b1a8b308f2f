// An engine that takes nothing back: what the caller hears of a change that broke, and what is true.
#include "tests/integration/connector_fixture.h"
#include "tests/support/database_cable.h"

#include <future>

using namespace stocktray::tests;

namespace {

constexpr Shop shop = Shop::classic_myisam;

std::string update(const std::string& url, const std::string& sku, int delta) {
    return rig().call_url(url, "invupdate", {{"update", sku + "~" + std::to_string(delta)}}).body;
}

// A copy of the connector that reaches the shop's database through `socket`.
std::string installed_at(const std::string& name, const std::filesystem::path& socket) {
    return rig().install(name, "'kind' => 'classic', 'database' => array('user' => 'root', 'password' => '', 'name' => '" +
                                   name_of(shop) + "', 'socket' => '" + socket.string() + "')");
}

}  // namespace

TEST_SUITE("Connector") {
    TEST_CASE("a MyISAM change whose connection ends at the release of its lock is told as applied") {
        STOCKTRAY_NEEDS_RIG();
        DatabaseCable cable{rig().socket()};
        const auto url = installed_at("myisam_cut", cable.socket());
        const long long before = rig().count(shop, "P-0320");
        REQUIRE(update(url, "P-0320", -1) == "SETIResponse=OK;SKU=P-0320;QOH=" + std::to_string(before - 1) + ";NOTE=");
        cable.cut_at("RELEASE_LOCK");
        const auto heard = update(url, "P-0320", -1);
        CHECK(cable.cuts() == 1);
        CHECK(rig().count(shop, "P-0320") == before - 2);
        CHECK(heard == "SETIResponse=OK;SKU=P-0320;QOH=" + std::to_string(before - 2) + ";NOTE=");
        // Where the change itself did not come through, or nobody says how it ended, nothing else is claimed.
        cable.cut_at("SET avail");
        CHECK(update(url, "P-0320", -1) == "SETIError: outcome unknown");
        cable.cut_at("GET_LOCK");
        CHECK(update(url, "P-0320", -1) == "SETIError: busy, nothing changed");
        CHECK(rig().count(shop, "P-0320") == before - 2);
    }

    TEST_CASE("a MyISAM row that moved before its statement failed is in doubt, whatever the error's number") {
        STOCKTRAY_NEEDS_RIG();
        auto session = rig().session(shop);
        session.query("CREATE TABLE trail (id int PRIMARY KEY) ENGINE=InnoDB; INSERT INTO trail VALUES (1);"
                      "CREATE TABLE narrow (id int) ENGINE=MyISAM");
        long long before = rig().count(shop, "P-0321");
        const auto heard_with = [&](const std::string& when, const std::string& statement) {
            session.query("CREATE TRIGGER follower " + when + " UPDATE ON xcart_products FOR EACH ROW " + statement);
            const auto heard = rig().call(shop, "invupdate", {{"update", "P-0321~-1"}});
            session.query("DROP TRIGGER follower");
            return heard.body;
        };
        // A key that is there, a column or a right that is not; below, a lock that nobody lets go of.
        for (const std::string statement :
             {"INSERT INTO trail VALUES (1)", "INSERT INTO narrow (gone) VALUES (1)",
              "SIGNAL SQLSTATE '42000' SET MYSQL_ERRNO = 1142, MESSAGE_TEXT = 'denied'"}) {
            CAPTURE(statement);
            CHECK(heard_with("AFTER", statement) == "SETIError: outcome unknown");
            CHECK(rig().count(shop, "P-0321") == --before);
        }
        {
            auto holder = rig().session(shop);
            holder.query("START TRANSACTION; SELECT id FROM trail WHERE id = 1 FOR UPDATE");
            CHECK(heard_with("AFTER", "DELETE FROM trail WHERE id = 1") == "SETIError: outcome unknown");
            CHECK(rig().count(shop, "P-0321") == --before);
            holder.query("ROLLBACK");
        }
        session.query("DROP TABLE trail; DROP TABLE narrow");
        CHECK(rig().call(shop, "invupdate", {{"update", "P-0321~-1"}}).body.starts_with("SETIResponse=OK"));
    }

    TEST_CASE("a MyISAM statement that never came to the row changed nothing, and says so") {
        STOCKTRAY_NEEDS_RIG();
        auto holder = rig().session(shop);
        auto session = rig().session(shop);
        const long long before = rig().count(shop, "P-0322");
        holder.query("LOCK TABLES xcart_products READ, xcart_variants READ");  // as a backup does
        const auto locked = rig().call(shop, "invupdate", {{"update", "P-0322~-1"}});
        CHECK(locked.body == "SETIError: busy, nothing changed");
        const auto replaced = rig().call(shop, "qohreplace", {{"update", "P-0322~7"}});
        CHECK(replaced.body == "SETIError: busy, nothing changed");
        auto waiting = std::async(std::launch::async, [] { return rig().call(shop, "invupdate", {{"update", "P-0322~-1"}}); });
        std::string connection;
        REQUIRE(wait_until([&] {
            const auto rows = session.query("SELECT ID FROM information_schema.PROCESSLIST WHERE STATE LIKE 'Waiting for table%'");
            if (!rows.empty()) connection = rows[0][0];
            return !rows.empty();
        }));
        session.query("KILL QUERY " + connection);  // the statement ends, and the server can still be asked
        CHECK(waiting.get().body == "SETIError: busy, nothing changed");
        holder.query("UNLOCK TABLES");
        session.query("CREATE USER reader@localhost IDENTIFIED BY 'r'; GRANT SELECT ON " + name_of(shop) + ".* TO reader@localhost");
        const auto url = rig().install("myisam_reader", "'kind' => 'classic', 'database' => array('user' => 'reader', 'password' => 'r',"
                                       " 'name' => '" + name_of(shop) + "', 'socket' => '" + rig().socket().string() + "')");
        CHECK(update(url, "P-0322", -1) == "SETIError: busy, nothing changed");
        CHECK(rig().count(shop, "P-0322") == before);
    }
}
