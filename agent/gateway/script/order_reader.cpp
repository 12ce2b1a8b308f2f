#include "agent/gateway/script/order_reader.h"

#include <fmt/format.h>
#include <algorithm>
#include <utility>

#include "core/cart/seti/answer_text.h"
#include "core/cart/seti/ascii.h"
#include "core/cart/seti/stream_decoder.h"
#include "core/cart/seti/xml_stream.h"
#include "core/control_characters.h"

namespace stocktray::gateway {

using namespace cart::seti;

namespace {

constexpr std::size_t most_text = 255;

}  // namespace

// An order is `Order` below the root; its number stands directly in it, its products wherever the script puts them (`Shipping`,
// `Products`, or in the order itself).
struct OrderReader::State final : XmlHandler {
    StreamDecoder decoder;
    XmlStream xml{*this};
    bool is_broken{false};
    bool is_list{false};
    int code{0};
    std::string beginning{};  // as it came
    std::size_t left_out{0};  // orders behind the last that is kept
    Passed passed{};

    PassedOrder order{};
    bool is_in_order{false};
    int product_level{0};  // 0: in none
    std::string sku{};
    std::string qty{};

    void begin(int level, std::string_view name) override {
        if (level == 1) is_list = equals_ignoring_case(name, "SETIOrders");
        if (level == 2) is_in_order = equals_ignoring_case(name, "Order");
        if (level == 2 && is_in_order) order = {};
        if (is_in_order && product_level == 0 && level > 2 && equals_ignoring_case(name, "Product")) {
            product_level = level;
            sku.clear();
            qty.clear();
        }
    }

    void end(int level, std::string_view name, std::string_view text) override {
        text = trim(text);
        if (!is_in_order) {
            if (level == 3 && equals_ignoring_case(name, "ResponseCode")) code = static_cast<int>(read_integer(text).value_or(0));
            return;
        }
        if (product_level > 0 && level == product_level + 1) {
            if (equals_ignoring_case(name, "SKU")) sku = text;
            if (equals_ignoring_case(name, "Quantity")) qty = text;
        } else if (product_level > 0 && level == product_level) {
            product_level = 0;
            end_product();
        } else if (level == 3 && equals_ignoring_case(name, "OrderNumber")) {
            order.number = text;
        } else if (level == 2) {
            is_in_order = false;
            end_order();
        }
    }

    void end_product() {
        if (sku.empty()) return;  // a discount or a shipping line
        if (has_control_character(sku)) {
            passed.odd.push_back(fmt::format("Order {} has a product whose SKU holds a line break or another control character.",
                                             order.number.empty() ? "(without a number yet)" : order.number.substr(0, most_text)));
            return;
        }
        const auto pieces = read_count(qty);
        if (!pieces || *pieces < 0 || *pieces > 2'000'000'000 || sku.size() > most_text) {
            passed.odd.push_back(fmt::format("Order {} has {} of {}: that is no number of pieces.",
                                             order.number.empty() ? "(without a number yet)" : order.number.substr(0, most_text),
                                             qty.empty() ? "no quantity" : qty.substr(0, 30), sku.substr(0, most_text)));
            return;
        }
        const auto known = std::ranges::find(order.lines, sku, &PassedLine::sku);
        if (known == order.lines.end())
            order.lines.push_back({sku, *pieces});
        else
            known->qty += *pieces;
    }

    void end_order() {
        if (order.number.empty() || order.number.size() > most_text || has_control_character(order.number)) {
            passed.odd.emplace_back("An order has no number.");
            return;
        }
        if (passed.orders.size() < most_orders)
            passed.orders.push_back(std::move(order));
        else
            ++left_out;
    }

    // In XML by its code, or as a line of text.
    [[nodiscard]] bool is_error() const {
        if (!is_broken && is_list && code > 2) return true;
        const auto answer = find_answer(beginning, "");
        return answer && answer->marker == Marker::error;
    }
};

OrderReader::OrderReader() : state_{std::make_unique<State>()} {}
OrderReader::~OrderReader() = default;
OrderReader::OrderReader(OrderReader&&) noexcept = default;
OrderReader& OrderReader::operator=(OrderReader&&) noexcept = default;

void OrderReader::feed(std::string_view bytes) {
    State& state = *state_;
    if (state.beginning.size() < preamble_limit) state.beginning += bytes.substr(0, preamble_limit - state.beginning.size());
    if (state.is_broken) return;
    std::string text;
    state.is_broken = !state.decoder.feed(bytes, text) || !state.xml.feed(text);
}

OrderReader::Passed OrderReader::finish() {
    State& state = *state_;
    std::string text;
    state.is_broken = state.is_broken || !state.decoder.finish(text) || !state.xml.feed(text) || !state.xml.finish();
    state.passed.is_good = !state.is_broken && state.is_list && (state.code == 1 || state.code == 2);
    state.passed.is_error = !state.passed.is_good && state.is_error();
    // First, because it stands for more than any of the others.
    if (state.left_out > 0)
        state.passed.odd.insert(state.passed.odd.begin(), fmt::format("{} orders came at once, and only the first {} could be kept.",
                                                                      most_orders + state.left_out, most_orders));
    return std::move(state.passed);
}

}  // namespace stocktray::gateway
