// X-Cart's tables on MariaDB, php-fpm and nginx, for trying things by hand: starts the shops, says how to reach
// them, and does what it is told on standard input until that ends.
//
//   build/release/bin/stocktray-rig [--products N]
#include <csignal>
#include <cstdio>
#include <iostream>
#include <sstream>
#include <string>

#include "tests/support/xcart_rig.h"

using namespace stocktray::tests;

namespace {

constexpr const char* usage =
    "usage: stocktray-rig [--products N]\n"
    "commands: count SHOP SKU | set SHOP SKU N | sell SHOP SKU N | stop web|php|database | start web|php|database | quit\n";

void add_products(XCartRig& rig, long long products) {
    const std::string last = std::to_string(100'000 + products);
    for (const auto shop : {Shop::classic_myisam, Shop::classic_innodb})
        rig.session(shop).query(
            "INSERT INTO xcart_products (productid, productcode, product, avail)"
            " SELECT seq, CONCAT('B-', seq), CONCAT('Bulk ', seq), 20 + (seq * 37) % 180 FROM seq_100001_to_" + last);
    rig.session(Shop::xcart5).query(
        "INSERT INTO xc_products (product_id, sku, amount, entityVersion)"
        " SELECT seq, CONCAT('B-', seq), 20 + (seq * 37) % 180, UUID() FROM seq_100001_to_" + last);
}

void obey(XCartRig& rig, const std::string& line) {
    std::istringstream words{line};
    std::string verb;
    std::string what;
    std::string sku;
    long long number = 0;
    words >> verb >> what >> sku >> number;
    if (verb == "stop" && what == "web") rig.stop_web_server();
    else if (verb == "start" && what == "web") rig.start_web_server();
    else if (verb == "stop" && what == "php") rig.stop_php();
    else if (verb == "start" && what == "php") rig.start_php();
    else if (verb == "stop" && what == "database") rig.stop_database();
    else if (verb == "start" && what == "database") rig.start_database();
    else {
        for (const auto shop : all_shops) {
            if (name_of(shop) != what) continue;
            if (verb == "count") std::cout << rig.count(shop, sku) << std::endl;
            else if (verb == "set") rig.set_count(shop, sku, number);
            else if (verb == "sell") std::cout << "order " << rig.sell(shop, sku, static_cast<int>(number)) << std::endl;
            else break;
            return;
        }
        std::cout << usage << std::flush;
        return;
    }
    std::cout << "done" << std::endl;
}

}  // namespace

int main(int argc, char** argv) {
    long long products = 0;
    if (argc == 3 && std::string{argv[1]} == "--products") products = std::atoll(argv[2]);
    else if (argc != 1) {
        std::cerr << usage;
        return 64;
    }
    if (const auto missing = XCartRig::missing(); !missing.empty()) {
        std::cerr << missing << '\n';
        return 69;
    }
    try {
        std::signal(SIGPIPE, SIG_IGN);
        XCartRig rig;
        if (products > 0) add_products(rig, products);
        std::cout << "user=" << rig.user() << "\npassword=" << rig.password() << "\nca_file=" << rig.ca_file() << '\n';
        for (const auto shop : all_shops)
            std::cout << name_of(shop) << "=" << rig.url(shop, Door::tls) << ' ' << rig.url(shop) << '\n';
        std::cout << usage << std::flush;
        for (std::string line; std::getline(std::cin, line) && line != "quit";)
            if (!line.empty()) obey(rig, line);
    } catch (const std::exception& failure) {
        std::cerr << failure.what() << '\n';
        return 1;
    }
    return 0;
}
