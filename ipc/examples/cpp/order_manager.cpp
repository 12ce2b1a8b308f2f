// The same as order_manager.c with the owners of stocktray.hpp.
//
//   order_manager SKU PIECES REASON [ID]
#include <cstdio>
#include <cstdlib>

#include "stocktray.hpp"

namespace {

void take_over(stocktray_cpp::Connection& om) {
    const auto items = om.pull("order-manager", 100, 2'000);
    // In a real program the loop and the last cursor are one transaction of its own database.
    for (const auto& item : items) std::printf("%s: add %lld\n", item.sku.c_str(), static_cast<long long>(item.delta));
    if (!items.empty()) om.acknowledge("order-manager", items.back().cursor, 2'000);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) {
        std::fprintf(stderr, "order_manager SKU PIECES REASON [ID]\n");
        return 64;
    }
    try {
        stocktray_cpp::Connection om{"example-cpp 1.0"};
        const stocktray_cpp::Change change{argc > 4 ? argv[4] : "", argv[1], std::atol(argv[2]), argv[3]};
        const auto place = om.submit(change, 2'000);
        std::printf("saved, %s\n", place == stocktray_cpp::Place::at_agent ? "at the agent" : "on this computer");
        try {
            take_over(om);
        } catch (const stocktray_cpp::Error& error) {
            if (error.code() != STOCKTRAY_NO_AGENT && error.code() != STOCKTRAY_NO_ANSWER) throw;
        }
        std::printf("%lld on the way, %lld refused\n", static_cast<long long>(om.waiting()),
                    static_cast<long long>(om.refused()));
        if (om.silent_since() > 0) std::printf("Stocktray is silent: stores do not follow.\n");
    } catch (const stocktray_cpp::Error& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}
