#include "agent/gateway/script/order_reader.h"

#include <doctest/doctest.h>

using namespace stocktray::gateway;

namespace {

const std::string head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><SETIOrders><Response><ResponseCode>1</ResponseCode>"
                         "<ResponseDescription>Success</ResponseDescription></Response>";

OrderReader::Passed read(std::string_view text, std::size_t step = 100'000) {
    OrderReader reader;
    for (std::size_t at = 0; at < text.size(); at += step) reader.feed(text.substr(at, step));
    return reader.finish();
}

const std::string two_orders =
    head +
    "<Order><OrderNumber>9001</OrderNumber><Billing><FullName>K &amp; S</FullName></Billing><Shipping><FullName>K</FullName>"
    "<Product><SKU>SHRT</SKU><Name>Shirt</Name><Quantity>1</Quantity><OrderOption><SKU>not this</SKU></OrderOption></Product>"
    "<Product><SKU>CAP</SKU><Quantity>2.0000</Quantity></Product><Product><SKU>SHRT</SKU><Quantity>3</Quantity></Product></Shipping>"
    "<Payment><CreditCard><Number>4111</Number></CreditCard></Payment></Order>"
    "<Order>\n<OrderNumber> 9002 </OrderNumber><Products><Product><SKU>CAP</SKU><Quantity>1</Quantity></Product></Products></Order>"
    "</SETIOrders>";

}  // namespace

TEST_SUITE("gateway: orders that pass by") {
    TEST_CASE("numbers and lines, a SKU's lines added up") {
        const auto passed = read(two_orders);
        CHECK(passed.is_good);
        CHECK(passed.odd.empty());
        CHECK(passed.orders == std::vector<PassedOrder>{{"9001", {{"SHRT", 4}, {"CAP", 2}}}, {"9002", {{"CAP", 1}}}});
    }

    TEST_CASE("cut at every byte it is no list; in pieces of any size it is the same") {
        for (std::size_t cut = 0; cut < two_orders.size(); ++cut) CHECK_FALSE(read(two_orders.substr(0, cut)).is_good);
        for (const std::size_t step : {1u, 2u, 7u, 100u}) CHECK(read(two_orders, step).orders.size() == 2);
    }

    TEST_CASE("none is a good answer, an error is none") {
        CHECK(read("<SETIOrders><Response><ResponseCode>2</ResponseCode></Response></SETIOrders>").is_good);
        CHECK_FALSE(read("<SETIOrders><Response><ResponseCode>3</ResponseCode></Response></SETIOrders>").is_good);
        CHECK_FALSE(read("<SETIProducts><Response><ResponseCode>1</ResponseCode></Response></SETIProducts>").is_good);
        CHECK_FALSE(read("SETIError: no").is_good);
        CHECK_FALSE(read("").is_good);
        CHECK_FALSE(read("<html><body>busy</body></html>").is_good);
        CHECK(read("<SETIOrders><Response><ResponseCode>3</ResponseCode></Response></SETIOrders>").is_error);
        CHECK(read("Notice: x\nSETIError: no").is_error);
        for (const auto* none : {"", "<html><body>busy</body></html>", "<SETIOrders></SETIOrders>", "<SETIOrders><Response>"})
            CHECK_FALSE(read(none).is_error);
    }

    TEST_CASE("what cannot be understood is named with its order, and the rest is kept") {
        const auto passed = read(head + "<Order><OrderNumber>7</OrderNumber><Shipping><Product><SKU>A</SKU><Quantity>1.5</Quantity>"
                                        "</Product><Product><SKU>B</SKU><Quantity>2</Quantity></Product></Shipping></Order>"
                                        "<Order><Shipping/></Order></SETIOrders>");
        CHECK(passed.is_good);
        REQUIRE(passed.orders.size() == 1);
        CHECK(passed.orders[0].lines == std::vector<PassedLine>{{"B", 2}});
        REQUIRE(passed.odd.size() == 2);
        CHECK(passed.odd[0].find("Order 7 has 1.5 of A") != std::string::npos);
    }

    TEST_CASE("what the agent would not take is named, and holds up nothing else") {
        const auto passed = read(head + "<Order><OrderNumber>7</OrderNumber><Shipping><Product><SKU>A\tB</SKU><Quantity>1</Quantity>"
                                        "</Product><Product><SKU>B</SKU><Quantity>2</Quantity></Product></Shipping></Order>"
                                        "<Order><OrderNumber>8\n9</OrderNumber></Order></SETIOrders>");
        CHECK(passed.is_good);
        REQUIRE(passed.orders.size() == 1);
        CHECK(passed.orders[0].lines == std::vector<PassedLine>{{"B", 2}});
        CHECK(passed.odd == std::vector<std::string>{"Order 7 has a product whose SKU holds a line break or another control character.",
                                                     "An order has no number."});
    }

    TEST_CASE("orders beyond those that are kept are said to be left out") {
        std::string text = head;
        for (std::size_t n = 1; n <= OrderReader::most_orders + 2; ++n)
            text += "<Order><OrderNumber>" + std::to_string(n) + "</OrderNumber></Order>";
        const auto passed = read(text + "</SETIOrders>");
        CHECK(passed.is_good);
        CHECK(passed.orders.size() == OrderReader::most_orders);
        CHECK(passed.odd == std::vector<std::string>{"10002 orders came at once, and only the first 10000 could be kept."});
    }

    TEST_CASE("a line without a SKU is a discount") {
        const auto passed = read(head + "<Order><OrderNumber>7</OrderNumber><Shipping><Product><Name>5 off</Name><Quantity>1</Quantity>"
                                        "</Product></Shipping></Order></SETIOrders>");
        CHECK(passed.is_good);
        CHECK(passed.odd.empty());
        CHECK(passed.orders.front().lines.empty());
    }

    TEST_CASE("windows-1252 is read as what it is") {
        const auto passed = read("<?xml version=\"1.0\" encoding=\"windows-1252\"?><SETIOrders><Response><ResponseCode>1</ResponseCode>"
                                 "</Response><Order><OrderNumber>7</OrderNumber><Shipping><Product><SKU>T\xFCr</SKU><Quantity>1"
                                 "</Quantity></Product></Shipping></Order></SETIOrders>");
        CHECK(passed.is_good);
        CHECK(passed.orders.front().lines.front().sku == "T\xC3\xBCr");
    }
}
