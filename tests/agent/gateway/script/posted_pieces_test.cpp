#include "agent/gateway/script/posted_pieces.h"

#include <doctest/doctest.h>

using namespace stocktray::gateway;
using Pieces = std::vector<PostedPiece>;

namespace {

Pieces good(std::string_view update, std::string_view charset = "utf-8") {
    auto pieces = read_pieces(update, charset);
    INFO(update);
    REQUIRE(pieces);
    return *pieces;
}

std::string wrong(std::string_view update) {
    const auto pieces = read_pieces(update, "utf-8");
    INFO(update);
    REQUIRE_FALSE(pieces);
    return pieces.error().message;
}

}  // namespace

TEST_SUITE("gateway: posted pieces") {
    TEST_CASE("text, with the separator that Order Managers put behind the last piece") {
        CHECK(good("SKU~-2") == Pieces{{"SKU", -2}});
        CHECK(good("SKU~-2|") == Pieces{{"SKU", -2}});
        CHECK(good("A~5|B~0|C~12|") == Pieces{{"A", 5}, {"B", 0}, {"C", 12}});
        CHECK(good(" A~+3 ") == Pieces{{"A", 3}});
        CHECK(good("A~3.0000") == Pieces{{"A", 3}});
    }

    TEST_CASE("the number stands behind the last sign") {
        CHECK(good("A~B~-1") == Pieces{{"A~B", -1}});
    }

    TEST_CASE("XML") {
        CHECK(good("<SETIProducts><Product><SKU>A&amp;B</SKU><QOH>-2</QOH></Product></SETIProducts>") == Pieces{{"A&B", -2}});
        CHECK(good("<?xml version=\"1.0\"?>\n<SETIProducts>\n <Product>\n  <QOH>1</QOH><SKU>A</SKU></Product>"
                   "<Product><SKU>B</SKU><QOH>0</QOH></Product></SETIProducts>") == Pieces{{"A", 1}, {"B", 0}});
        wrong("<SETIProducts><Product><SKU>A</SKU><QOH>-2</QOH></Product>");
        wrong("<SETIOrders><Product><SKU>A</SKU><QOH>-2</QOH></Product></SETIOrders>");
        wrong("<!DOCTYPE x [<!ENTITY a \"b\">]><SETIProducts><Product><SKU>&a;</SKU><QOH>1</QOH></Product></SETIProducts>");
    }

    TEST_CASE("the cart's charset, and the other one where it cannot be that") {
        CHECK(good("T\xC3\xBCr~1") == Pieces{{"T\xC3\xBCr", 1}});
        CHECK(good("T\xFCr~1") == Pieces{{"T\xC3\xBCr", 1}});
        CHECK(good("T\xFCr~1", "windows-1252") == Pieces{{"T\xC3\xBCr", 1}});
    }

    TEST_CASE("what is wrong is named, and nothing is taken") {
        CHECK(wrong("").find("Missing update") != std::string::npos);
        CHECK(wrong("|").find("Missing update") != std::string::npos);
        CHECK(wrong("SKU").find("Malformed update entry SKU") != std::string::npos);
        CHECK(wrong("~3").find("no SKU") != std::string::npos);
        CHECK(wrong("A~").find("quantity of A") != std::string::npos);
        CHECK(wrong("A~1.5").find("quantity of A") != std::string::npos);
        CHECK(wrong("A~1|B~x").find("quantity of B") != std::string::npos);
        CHECK(wrong("A~9999999999").find("quantity of A") != std::string::npos);
        CHECK(wrong("A~1|A~2").find("A stands there twice") != std::string::npos);
        for (const std::string sku : {"A\nB", "A\vB", "A\x1F" "B", "A\x7F" "B"})
            CHECK(wrong(sku + "~1").find("control character") != std::string::npos);
        CHECK(wrong(std::string(300, 'A') + "~1").find("longer") != std::string::npos);
    }
}
