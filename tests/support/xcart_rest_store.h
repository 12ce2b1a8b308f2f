// An X-Cart 5 shop as its REST interface shows it, either generation, with what that interface is known for:
// lists that fail for one product without a SKU, keys that may only read, counts that stop at zero, and sales
// that are read, reckoned and written like everybody else's.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stocktray::tests {

class XcartRestStore {
public:
    enum class Generation { module, platform };  // 5.0 to 5.4; 5.5 and later

    struct Product {
        std::int64_t id{0};
        std::optional<std::string> sku;
        std::int64_t amount{0};
        bool is_tracked{true};
        std::string name{"A name"};  // without one the shop saves nothing of it
    };
    struct Variant {
        std::int64_t id{0};
        std::int64_t product{0};
        std::optional<std::string> sku;
        std::int64_t amount{0};
        bool has_default_amount{false};
    };
    struct Line {
        std::string sku;
        std::int64_t product{0};
        std::optional<std::int64_t> variant;
        std::int64_t pieces{0};
        std::int64_t backordered{0};
    };
    struct Order {
        std::int64_t number{0};
        std::int64_t date{0};
        std::vector<Line> lines;
    };

    struct Request {
        std::string method;
        std::string path;                            // from the slash on, with the query
        std::map<std::string, std::string> headers;  // names in lower case
        std::string body;
    };
    // Status 0: nobody answers.
    struct Response {
        int status{200};
        std::map<std::string, std::string> headers{};  // names in lower case
        std::string body{};
    };
    using Interference = std::function<std::optional<Response>(const Request&)>;

    explicit XcartRestStore(Generation generation) : generation_{generation} {}

    std::string read_key{"key-to-read"};
    std::string write_key{"key-to-read-and-write"};
    std::vector<Product> products;
    std::vector<Variant> variants;
    std::vector<Order> orders;
    bool has_variants_module{true};
    bool prints_notices{false};  // PHP's, in front of the JSON
    bool tells_orders{true};
    bool heeds_order_wishes{true};  // false: all orders, the oldest first, whatever is asked for
    std::int64_t page_cap{100};
    std::int64_t page_overlap{0};         // entries of the page before that come again
    std::function<std::int64_t()> clock;  // seconds; the machine's if there is none

    // Called in the shop's turn; what they return is the answer. Before every request, right before a write,
    // and behind one. They may sell.
    Interference before_all;
    Interference before_write;
    Interference after_write;

    [[nodiscard]] Response handle(const Request& request);

    // For tests with a socket: changes it between two requests.
    template <class Change>
    void between(Change change) {
        const std::lock_guard lock{mutex_};
        change();
    }

    [[nodiscard]] std::int64_t count(std::string_view sku);
    // A sale as X-Cart makes it, in one go or in its two halves. An order comes of it.
    void sell(const std::string& sku, std::int64_t pieces);
    [[nodiscard]] std::int64_t read_for_sale(const std::string& sku);
    void write_sale(const std::string& sku, std::int64_t pieces, std::int64_t count_read);

    [[nodiscard]] std::vector<Request> seen();
    [[nodiscard]] int seen(std::string_view method, std::string_view part_of_path);

private:
    [[nodiscard]] Response answer(const Request& request);
    [[nodiscard]] Response on_platform(const Request& request);
    [[nodiscard]] Response on_module(const Request& request);
    [[nodiscard]] Response written(const Request& request, const std::function<Response()>& write);
    [[nodiscard]] std::int64_t now() const;
    [[nodiscard]] std::int64_t* amount_of(std::string_view sku);

    Generation generation_;
    std::recursive_mutex mutex_;
    std::vector<Request> seen_;
};

}  // namespace stocktray::tests
