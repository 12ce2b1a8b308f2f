// The web orders that pass by in the answer to downloadorders: their numbers and their lines, nothing else of them is kept.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace stocktray::gateway {

struct PassedLine {
    std::string sku;
    std::int64_t qty{0};

    bool operator==(const PassedLine&) const = default;
};
struct PassedOrder {
    std::string number;
    std::vector<PassedLine> lines;  // each SKU once

    bool operator==(const PassedOrder&) const = default;
};

class OrderReader {
public:
    static constexpr std::size_t most_orders = 10'000;

    OrderReader();
    ~OrderReader();
    OrderReader(OrderReader&&) noexcept;
    OrderReader& operator=(OrderReader&&) noexcept;

    // A piece of the answer's body, in whatever charset it declares.
    void feed(std::string_view bytes);

    // Call once, when all was fed. The orders of a whole answer, in its order; `is_good` false: it was no whole list of orders
    // (cut off, an error, not XML), and nothing may be concluded from it; `is_error`: it was the script's own error, so that no
    // order has passed. `odd`: what could not be understood of a good one, as sentences that name the order.
    struct Passed {
        bool is_good{false};
        bool is_error{false};
        std::vector<PassedOrder> orders;
        std::vector<std::string> odd;
    };
    [[nodiscard]] Passed finish();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace stocktray::gateway
