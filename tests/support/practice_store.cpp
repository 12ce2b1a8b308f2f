#include "tests/support/practice_store.h"

#include "tests/support/free_port.h"
#include "tests/support/wait_until.h"

#include <stdexcept>

namespace stocktray::tests {
namespace {

const std::string make_script = std::string{STOCKTRAY_SOURCE_DIR} + "/installer/practice-store/make.php";

std::string value_of(const std::string& output, const std::string& name) {
    const auto begin = output.find(name + "=");
    if (begin == std::string::npos) {
        throw std::runtime_error("practice store: no " + name + " in: " + output);
    }
    const auto start = begin + name.size() + 1;
    return output.substr(start, output.find('\n', start) - start);
}

}  // namespace

std::string PracticeStore::missing() {
    try {
        const auto probe = run({{"php", "-r", "exit(extension_loaded('pdo_sqlite') ? 0 : 1);"}, {}, {}});
        return probe.exit_code == 0 ? "" : "PHP has no pdo_sqlite";
    } catch (const std::exception&) {
        return "there is no php";
    }
}

PracticeStore::PracticeStore(Options options) : php_{std::move(options.php)} {
    Command make{{"php", make_script, directory().string(), std::to_string(options.products)}, {}, {}};
    if (options.floor == Floor::none) {
        make.arguments.emplace_back("--no-clamp");
    }
    const auto made = run(make);
    if (made.exit_code != 0) {
        throw std::runtime_error("practice store: " + made.errors);
    }
    user_ = value_of(made.output, "user");
    password_ = value_of(made.output, "password");
    database_ = std::make_unique<SqliteFile>(directory() / "store.sqlite");
    start();
}

std::string PracticeStore::url() const {
    return "http://127.0.0.1:" + std::to_string(port_) + "/stocktray.php";
}

Reply PracticeStore::call(const std::string& function, const Fields& fields) const {
    FormPost post;
    post.url = url();
    post.fields = {{"setifunction", function},
                   {"setiuser", user_},
                   {"password", password_},
                   {"code", ""},
                   {"omversion", "5.900"}};
    post.fields.insert(post.fields.end(), fields.begin(), fields.end());
    return send(post);
}

long long PracticeStore::count(const std::string& sku) {
    return database_->number("SELECT qoh FROM items WHERE sku = ? COLLATE BINARY", {sku});
}

std::optional<long long> PracticeStore::sell(const std::string& sku, int quantity) {
    const auto sold =
        run({{"php", make_script, "sell", directory().string(), sku, std::to_string(quantity)}, {}, {}});
    constexpr int sold_out = 3;
    if (sold.exit_code == sold_out) return std::nullopt;
    if (sold.exit_code != 0) throw std::runtime_error("sell: " + sold.errors);
    return std::stoll(sold.output);
}

void PracticeStore::stop() {
    server_.reset();
    // The workers die a moment after the server itself, and until then they still take connections.
    FormPost probe;
    probe.url = url();
    if (!wait_until([&] { return send(probe).code == CURLE_COULDNT_CONNECT; }, std::chrono::seconds{30})) {
        throw std::runtime_error("practice store: php -S does not end");
    }
}

void PracticeStore::start() {
    for (int attempt = 0; attempt < 5; ++attempt) {
        const std::uint16_t port = port_ == 0 ? free_port() : port_;
        std::vector<std::string> serve{"php"};
        serve.insert(serve.end(), php_.begin(), php_.end());
        serve.insert(serve.end(), {"-S", "127.0.0.1:" + std::to_string(port), "-t", (directory() / "public").string()});
        server_ = std::make_unique<Process>(Command{
            std::move(serve),
            {{"PHP_CLI_SERVER_WORKERS", "4"}, {"STOCKTRAY_CONFIG", config_file().string()}},
            {}});
        const bool is_ready = wait_until([&] {
            FormPost probe;
            probe.url = "http://127.0.0.1:" + std::to_string(port) + "/stocktray.php";
            probe.fields = {{"setifunction", "sendversion"}};
            return !server_->is_running() || send(probe).status == 200;
        }, std::chrono::seconds{30});
        if (is_ready && server_->is_running()) {
            port_ = port;
            return;
        }
        server_.reset();
    }
    throw std::runtime_error("practice store: php -S did not start");
}

}  // namespace stocktray::tests
