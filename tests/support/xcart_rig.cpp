#include "tests/support/xcart_rig.h"

#include "tests/support/free_port.h"
#include "tests/support/wait_until.h"

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace stocktray::tests {
namespace {

const std::filesystem::path connector =
    std::filesystem::path{STOCKTRAY_SOURCE_DIR} / "installer/xcart-connector/stocktray.php";

std::size_t index_of(Shop shop) {
    return static_cast<std::size_t>(shop);
}

void write_file(const std::filesystem::path& file, const std::string& text) {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream out{file, std::ios::binary};
    out << text;
    if (!out.flush()) {
        throw std::runtime_error("cannot write " + file.string());
    }
}

std::string read_file(const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

std::string tables_of(Shop shop) {
    const std::filesystem::path shops = std::filesystem::path{STOCKTRAY_SOURCE_DIR} / "tests/support/shops";
    if (shop == Shop::xcart5) {
        return read_file(shops / "xcart5.sql");
    }
    std::string sql = read_file(shops / "classic.sql");
    const std::string mark = "@ENGINE@";
    const std::string engine = shop == Shop::classic_myisam ? "MyISAM" : "InnoDB";
    for (auto at = sql.find(mark); at != std::string::npos; at = sql.find(mark, at)) {
        sql.replace(at, mark.size(), engine);
    }
    return sql;
}

bool is_in_path(const std::string& program) {
    return run({{"sh", "-c", "PATH=$PATH:/usr/sbin command -v " + program}, {}, {}}).exit_code == 0;
}

std::string must_run(const Command& command) {
    const auto finished = run(command);
    if (finished.exit_code != 0) {
        throw std::runtime_error(command.arguments.at(0) + ": " + finished.errors + finished.output);
    }
    return finished.output;
}

std::string php(const std::string& code) {
    return must_run({{"php8.2", "-r", code}, {}, {}});
}

// The words of a shop's tables that the rig itself needs.
struct Words {
    const char* products;
    const char* variants;
    const char* code;
    const char* count;
};

Words words_of(Shop shop) {
    return shop == Shop::xcart5 ? Words{"xc_products", "xc_product_variants", "sku", "amount"}
                                : Words{"xcart_products", "xcart_variants", "productcode", "avail"};
}

std::string where_sku(Shop shop, const std::string& sku) {
    const std::string text = MariadbSession::quoted(sku);
    const std::string column = words_of(shop).code;
    return " WHERE " + column + " = " + text + " AND BINARY " + column + " = CAST(" + text + " AS BINARY)";
}

void stop(std::optional<Process>& process, int signal) {
    if (process.has_value()) {
        process->send_signal(signal);
        process->wait(std::chrono::seconds{20});
        process.reset();
    }
}

}  // namespace

std::string name_of(Shop shop) {
    switch (shop) {
        case Shop::classic_myisam:
            return "classic_myisam";
        case Shop::classic_innodb:
            return "classic_innodb";
        case Shop::xcart5:
            return "xcart5";
    }
    return {};
}

std::string XCartRig::missing() {
    if (::geteuid() != 0) {
        return "the rig's servers run as root only";
    }
    for (const char* program :
         {"mariadbd", "mariadb-install-db", "mariadb", "php8.2", "php-fpm8.2", "nginx", "openssl"}) {
        if (!is_in_path(program)) {
            return std::string{program} + " is not installed";
        }
    }
    if (php("echo extension_loaded('mysqli') ? 'yes' : 'no';") != "yes") {
        return "PHP has no mysqli";
    }
    return {};
}

XCartRig::XCartRig() {
    ::setenv("PATH", (std::string{std::getenv("PATH")} + ":/usr/sbin").c_str(), 1);
    password_ = php("echo bin2hex(random_bytes(24));");
    must_run({{"mariadb-install-db", "--no-defaults", "--user=root",
               "--datadir=" + (dir_.path() / "data").string(), "--auth-root-authentication-method=socket",
               "--skip-test-db", "--tmpdir=" + dir_.path().string()},
              {},
              {}});
    write_certificates();
    start_database();
    MariadbSession root{socket(), "mysql"};
    for (const Shop shop : all_shops) {
        root.query("CREATE DATABASE " + name_of(shop) + " DEFAULT CHARSET utf8; USE " + name_of(shop) +
                   ";\n" + tables_of(shop));
        write_shop(shop);
    }
    start_php();
    start_web_server();
}

XCartRig::~XCartRig() {
    // Everything goes with the folder, so nobody needs an orderly end.
    web_server_.reset();
    php_.reset();
    for (auto& session : sessions_) {
        session.reset();
    }
    database_.reset();
}

std::string XCartRig::url(Shop shop, Door door) const {
    const std::string scheme = door == Door::tls ? "https" : "http";
    return scheme + "://127.0.0.1:" + std::to_string(ports_.at(static_cast<std::size_t>(door))) + "/" +
           name_of(shop) + "/stocktray.php";
}

std::string XCartRig::ca_file() const {
    return (dir_.path() / "tls/ca.pem").string();
}

std::filesystem::path XCartRig::folder(Shop shop) const {
    return dir_.path() / "www" / name_of(shop);
}

std::filesystem::path XCartRig::data_folder(Shop shop) const {
    return dir_.path() / "data" / database_name(shop);
}

std::filesystem::path XCartRig::socket() const {
    return dir_.path() / "db.sock";
}

Reply XCartRig::call(Shop shop, const std::string& function, const Fields& fields, Door door) const {
    return call_url(url(shop, door), function, fields);
}

Reply XCartRig::call_url(const std::string& url, const std::string& function, const Fields& fields) const {
    FormPost post;
    post.url = url;
    post.fields = {{"setifunction", function},
                   {"setiuser", user_},
                   {"password", password_},
                   {"code", ""},
                   {"omversion", "5.900"}};
    post.fields.insert(post.fields.end(), fields.begin(), fields.end());
    post.ca_file = ca_file();
    return send(post);
}

std::string XCartRig::install(const std::filesystem::path& below_root, const std::string& config) {
    const auto dir = web_root() / below_root;
    std::filesystem::create_directories(dir);
    std::filesystem::copy_file(connector, dir / "stocktray.php");
    write_file(dir / "stocktray-config.php",
               "<?php\nreturn array('user' => '" + user_ + "', 'secret_sha256' => '" +
                   php("echo hash('sha256', '" + password_ + "');") + "', " + config + ");\n");
    return "http://127.0.0.1:" + std::to_string(ports_[0]) + "/" + below_root.string() + "/stocktray.php";
}

MariadbSession XCartRig::session(Shop shop) const {
    return MariadbSession{socket(), database_name(shop)};
}

MariadbSession& XCartRig::own(Shop shop) {
    auto& session = sessions_.at(index_of(shop));
    if (session == nullptr) {
        session = std::make_unique<MariadbSession>(socket(), database_name(shop));
    }
    return *session;
}

long long XCartRig::count(Shop shop, const std::string& sku) {
    const Words words = words_of(shop);
    const std::string select = std::string{"SELECT "} + words.count + " FROM ";
    return own(shop).number(select + words.products + where_sku(shop, sku) + " UNION ALL " + select +
                            words.variants + where_sku(shop, sku) + " LIMIT 1");
}

void XCartRig::set_count(Shop shop, const std::string& sku, long long count) {
    const Words words = words_of(shop);
    const std::string set =
        std::string{" SET "} + words.count + " = " + std::to_string(count) + where_sku(shop, sku);
    own(shop).query(std::string{"UPDATE "} + words.products + set + "; UPDATE " + words.variants + set);
}

long long XCartRig::sell(Shop shop, const std::string& sku, int quantity) {
    if (shop == Shop::xcart5) {
        return finish_xcart5_sale(begin_xcart5_sale(sku, quantity));
    }
    const std::string pieces = std::to_string(quantity);
    const std::string where = where_sku(shop, sku);
    return own(shop).number(
        "INSERT INTO xcart_orders (date, status) VALUES (UNIX_TIMESTAMP(), 'Q'); SET @order_id = "
        "LAST_INSERT_ID();"
        "INSERT INTO xcart_order_details (orderid, productid, amount, productcode) SELECT @order_id, "
        "productid, " +
        pieces + ", productcode FROM xcart_products" + where + " UNION ALL SELECT @order_id, productid, " +
        pieces + ", productcode FROM xcart_variants" + where +
        ";"
        "UPDATE xcart_products SET avail = avail - " +
        pieces + where +
        ";"
        "UPDATE xcart_variants SET avail = avail - " +
        pieces + where + "; SELECT @order_id");
}

XCartRig::HalfSale XCartRig::begin_xcart5_sale(const std::string& sku, int quantity) {
    return {sku, quantity, count(Shop::xcart5, sku)};
}

long long XCartRig::finish_xcart5_sale(const HalfSale& sale) {
    set_count(Shop::xcart5, sale.sku, std::max(0LL, sale.count_read - sale.quantity));
    const std::string pieces = std::to_string(sale.quantity);
    const std::string where = where_sku(Shop::xcart5, sale.sku);
    return own(Shop::xcart5)
        .number(
            "SET @order_number = (SELECT MAX(CAST(orderNumber AS UNSIGNED)) + 1 FROM xc_orders);"
            "INSERT INTO xc_orders (is_order, orderNumber, payment_status_id, shipping_status_id, date, "
            "lastRenewDate, stockStatus)"
            " VALUES (1, @order_number, 1, 1, UNIX_TIMESTAMP(), UNIX_TIMESTAMP(), 'reduced'); SET @order_id "
            "= LAST_INSERT_ID();"
            "INSERT INTO xc_order_items (order_id, object_id, variant_id, sku, amount) SELECT @order_id, "
            "product_id, NULL, sku, " +
            pieces + " FROM xc_products" + where + " UNION ALL SELECT @order_id, product_id, id, sku, " +
            pieces + " FROM xc_product_variants" + where + "; SELECT @order_number");
}

int XCartRig::calls(const std::string& function) const {
    std::ifstream log{dir_.path() / "calls.log"};
    int count = 0;
    for (std::string status, name; log >> status && std::getline(log, name);) {
        count += name == " " + function ? 1 : 0;
    }
    return count;
}

void XCartRig::stop_web_server() {
    stop(web_server_, SIGQUIT);
}

void XCartRig::start_web_server() {
    for (int attempt = 0; attempt < 5; ++attempt) {
        const bool is_new = ports_[0] == 0;
        if (is_new) {
            ports_ = {free_port(), free_port(), free_port()};
        }
        write_configuration();
        web_server_.emplace(Command{{"nginx", "-c", (dir_.path() / "nginx.conf").string()}, {}, {}});
        const bool is_ready = wait_until([this] {
            FormPost probe;
            probe.url = url(Shop::classic_innodb);
            probe.fields = {{"setifunction", "sendversion"}};
            return !web_server_->is_running() || send(probe).code == CURLE_OK;
        }, std::chrono::seconds{60});
        if (is_ready && web_server_->is_running()) {
            return;
        }
        const std::string words = web_server_->errors();
        web_server_.reset();
        if (!is_new) {
            throw std::runtime_error("nginx: " + words + read_file(dir_.path() / "nginx.err"));
        }
        ports_ = {};  // somebody took one of them meanwhile
    }
    throw std::runtime_error("nginx: " + read_file(dir_.path() / "nginx.err"));
}

void XCartRig::stop_php() {
    stop(php_, SIGQUIT);
}

void XCartRig::start_php() {
    const auto file = dir_.path() / "fpm.conf";
    write_file(file, "[global]\ndaemonize = no\nerror_log = " + (dir_.path() / "fpm.log").string() +
                         "\n[www]\nlisten = " + (dir_.path() / "fpm.sock").string() +
                         "\nuser = root\ngroup = root\npm = static\npm.max_children = 8\n");
    std::filesystem::remove(dir_.path() / "fpm.sock");
    php_.emplace(Command{{"php-fpm8.2", "-n", "-d", "extension_dir=" + php("echo PHP_EXTENSION_DIR;"), "-d",
                          "zend_extension=opcache.so", "-d", "extension=mysqlnd.so", "-d",
                          "extension=mysqli.so", "-R", "-y", file.string()},
                         {},
                         {}});
    const bool is_ready = wait_until([this] {
        return !php_->is_running() ||
               (std::filesystem::exists(dir_.path() / "fpm.sock") && children_of(php_->id()).size() == 8);
    }, std::chrono::seconds{60});
    if (!is_ready || !php_->is_running()) {
        throw std::runtime_error("php-fpm: " + php_->errors() + read_file(dir_.path() / "fpm.log"));
    }
}

void XCartRig::kill_php_workers() {
    // One that is still being taken apart could take the next request with it.
    kill_and_wait(children_of(php_->id()));
}

void XCartRig::stop_database() {
    stop(database_, SIGTERM);
}

void XCartRig::crash_database() {
    database_.reset();
}

void XCartRig::start_database(const std::vector<std::string>& more_options) {
    for (auto& session : sessions_) {
        session.reset();
    }
    const std::string errors = (dir_.path() / "db.err").string();
    std::filesystem::remove(socket());
    std::vector<std::string> arguments{
        "mariadbd", "--no-defaults", "--user=root", "--datadir=" + (dir_.path() / "data").string(),
        "--socket=" + socket().string(), "--pid-file=" + (dir_.path() / "db.pid").string(),
        // At its start a server removes the temporary tables of all others in the folder.
        "--tmpdir=" + dir_.path().string(), "--skip-networking", "--skip-log-bin", "--innodb-buffer-pool-size=64M",
        "--log-error=" + errors};
    arguments.insert(arguments.end(), more_options.begin(), more_options.end());
    database_.emplace(Command{arguments, {}, {}});
    const bool is_ready = wait_until(
        [this] {
            return !database_->is_running() || run({{"mariadb-admin", "--no-defaults",
                                                     "--socket=" + socket().string(), "--user=root", "ping"},
                                                    {},
                                                    {}})
                                                       .exit_code == 0;
        },
        std::chrono::seconds{90});
    if (!is_ready || !database_->is_running()) {
        throw std::runtime_error("mariadbd: " + read_file(errors));
    }
}

// The files from which the connector learns which shop it is in and how its database is reached.
void XCartRig::write_shop(Shop shop) {
    const auto dir = folder(shop);
    [[maybe_unused]] const auto url = install(name_of(shop), "");
    const std::string name = database_name(shop);
    if (shop == Shop::xcart5) {
        write_file(dir / "etc/config.php",
                   "; <?php /*\n[database_details]\nhostspec = \"localhost\"\nsocket = \"" +
                       socket().string() + "\"\nport = \"\"\ndatabase = \"" + name +
                       "\"\nusername = \"root\"\npassword = \"\"\ntable_prefix = \"xc_\"\n; */ ?>\n");
        return;
    }
    write_file(dir / "config.php",
               "<?php\nif (!defined('XCART_START')) { die('no'); }\n$sql_host ='localhost:" +
                   socket().string() + "';\n$sql_db ='wrong';\n$sql_user ='root';\n$sql_password ='';\n");
    write_file(dir / "config.local.php", "<?php\n$sql_db = '" + name + "';\n");
}

void XCartRig::write_certificates() {
    const auto dir = dir_.path() / "tls";
    write_file(dir / "server.ext", "subjectAltName=DNS:store.test,IP:127.0.0.1\n");
    const Command authority{
        {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-days", "2", "-subj", "/CN=Rig CA", "-addext", "basicConstraints=critical,CA:TRUE", "-keyout",
         "ca.key", "-out", "ca.pem"},
        {},
        dir};
    const Command request{
        {"openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
         "/CN=store.test", "-keyout", "server.key", "-out", "server.csr"},
        {},
        dir};
    const Command signing{
        {"openssl", "x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
         "-CAcreateserial", "-days", "2", "-extfile", "server.ext", "-out", "server.pem"},
        {},
        dir};
    must_run(authority);
    must_run(request);
    must_run(signing);
}

void XCartRig::write_configuration() {
    const std::string dir = dir_.path().string();
    std::string temp_paths;
    for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
        temp_paths += std::string{"  "} + kind + "_temp_path " + dir + "/nginx-" + kind + ";\n";
    }
    const auto server = [&](Door door, const std::string& listen, const std::string& timeout) {
        return "  server {\n    listen 127.0.0.1:" +
               std::to_string(ports_.at(static_cast<std::size_t>(door))) + listen + ";\n    root " + dir +
               "/www;\n    location ~ stocktray-config { deny all; }\n    location ~ \\.php$ {\n"
               "      include /etc/nginx/fastcgi_params;\n"
               "      fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;\n"
               "      fastcgi_pass unix:" +
               dir + "/fpm.sock;\n      fastcgi_read_timeout " + timeout + ";\n    }\n  }\n";
    };
    write_file(
        dir_.path() / "nginx.conf",
        "daemon off;\nuser root;\nworker_processes 1;\npid " + dir + "/nginx.pid;\nerror_log " + dir +
            "/nginx.err;\n"
            "events { worker_connections 256; }\nhttp {\n"
            "  map $request_body $seti { ~setifunction=(?<function>[a-z]+) $function; }\n"
            "  log_format calls '$status $seti';\n  access_log " +
            dir +
            "/calls.log calls;\n  client_body_buffer_size 1m;\n  client_max_body_size 4m;\n"
            "  keepalive_requests 1000000;\n" +
            temp_paths + "  ssl_certificate " + dir + "/tls/server.pem;\n  ssl_certificate_key " + dir +
            "/tls/server.key;\n"
            "  ssl_protocols TLSv1.2 TLSv1.3;\n" +
            server(Door::http, "", "30s") + server(Door::tls, " ssl http2", "30s") +
            server(Door::hasty, "", "3s") + "}\n");
}

}  // namespace stocktray::tests
