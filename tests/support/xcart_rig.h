// Real stores for tests: MariaDB, php-fpm and nginx of our own in a temporary folder, with the connector in
// three shops.
#pragma once
#include "tests/support/form_post.h"
#include "tests/support/mariadb_session.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace stocktray::tests {

enum class Shop { classic_myisam, classic_innodb, xcart5 };
inline constexpr std::array all_shops{Shop::classic_myisam, Shop::classic_innodb, Shop::xcart5};
inline constexpr std::array safe_shops{Shop::classic_innodb, Shop::xcart5};  // whose engine has transactions

[[nodiscard]] std::string name_of(Shop shop);

// How a request reaches PHP. `hasty` is http with a web server that waits 3 s for PHP, as many hosts do.
enum class Door { http, tls, hasty };

class XCartRig {
public:
    // Why there can be no rig on this machine; empty if there can.
    [[nodiscard]] static std::string missing();

    // Some five seconds. Throws std::runtime_error with the server's own words if one does not start.
    XCartRig();
    ~XCartRig();
    XCartRig(const XCartRig&) = delete;
    XCartRig& operator=(const XCartRig&) = delete;

    [[nodiscard]] std::string url(Shop shop, Door door = Door::http) const;
    [[nodiscard]] std::string ca_file() const;
    [[nodiscard]] const std::string& user() const noexcept { return user_; }
    [[nodiscard]] const std::string& password() const noexcept { return password_; }
    [[nodiscard]] std::filesystem::path folder(
        Shop shop) const;                                // the shop's files; its document root is the parent
    [[nodiscard]] std::filesystem::path socket() const;  // MariaDB's; user root needs no password
    [[nodiscard]] std::filesystem::path data_folder(Shop shop) const;  // the files of its tables
    [[nodiscard]] static std::string database_name(Shop shop) { return name_of(shop); }

    // Calls `function` with user and password and these fields.
    [[nodiscard]] Reply call(Shop shop, const std::string& function, const Fields& fields = {},
                             Door door = Door::http) const;

    // Puts another copy of the connector into a folder below the web server's root; its URL over http.
    // `config` is what stands in the array of its configuration after user and secret, as PHP.
    [[nodiscard]] std::string install(const std::filesystem::path& below_root, const std::string& config);
    [[nodiscard]] std::filesystem::path web_root() const { return dir_.path() / "www"; }
    [[nodiscard]] Reply call_url(const std::string& url, const std::string& function,
                                 const Fields& fields = {}) const;

    // Requests of a SETI function that the web server has answered so far, over all doors.
    [[nodiscard]] int calls(const std::string& function) const;

    // A connection of its own.
    [[nodiscard]] MariadbSession session(Shop shop) const;

    // The shop's own numbers, past the connector. SKUs compare byte by byte; of two rows the first is taken.
    [[nodiscard]] long long count(Shop shop, const std::string& sku);
    void set_count(Shop shop, const std::string& sku, long long count);

    // A sale the way the generation sells; the order number as the shop shows it. Classic: order, line, one
    // atomic decrement. X-Cart 5: the count is read, and written back as a number.
    long long sell(Shop shop, const std::string& sku, int quantity);

    // X-Cart 5's sale in its two halves, with whatever the test does in between.
    struct HalfSale {
        std::string sku;
        int quantity;
        long long count_read;
    };
    [[nodiscard]] HalfSale begin_xcart5_sale(const std::string& sku, int quantity);
    long long finish_xcart5_sale(const HalfSale& sale);

    void stop_web_server();
    void start_web_server();
    void stop_php();
    void start_php();
    void kill_php_workers();  // as the kernel does it: no goodbye; they have ended, and php-fpm starts new ones
    void stop_database();     // orderly
    void crash_database();    // SIGKILL
    void start_database(const std::vector<std::string>& more_options = {});

private:
    void write_shop(Shop shop);
    void write_certificates();
    void write_configuration();
    [[nodiscard]] MariadbSession& own(Shop shop);

    TempDir dir_;
    std::string user_ = "rig";
    std::string password_;
    std::array<std::uint16_t, 3> ports_{};
    std::optional<Process> database_;
    std::optional<Process> php_;
    std::optional<Process> web_server_;
    std::array<std::unique_ptr<MariadbSession>, 3> sessions_;
};

}  // namespace stocktray::tests
