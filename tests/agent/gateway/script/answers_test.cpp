// The answers are read by our own reader of import scripts: what it understands, an Order Manager does.
#include "agent/gateway/script/answers.h"

#include <doctest/doctest.h>

#include "core/cart/seti/answer_text.h"
#include "core/cart/seti/counts_forms.h"
#include "core/cart/seti/read_number.h"

using namespace stocktray::gateway;
namespace seti = stocktray::cart::seti;

TEST_SUITE("gateway: answers") {
    TEST_CASE("a change") {
        CHECK(taken_answer("A", 48) == "SETIResponse=OK;SKU=A;QOH=48;NOTE=");
        CHECK(taken_answer("A", std::nullopt) == "SETIResponse=OK;SKU=A;NOTE=");
        CHECK(taken_answer("A", 1, "why\r\nnot") == "SETIResponse=OK;SKU=A;QOH=1;NOTE=why  not");
        CHECK(error_answer("a\nb") == "SETIError: a b");
    }

    TEST_CASE("counts that were replaced: a line each, in order, and an end") {
        const std::vector<PostedPiece> pieces{{"B", 1}, {"A", 2}};
        CHECK(replaced_answer(pieces, "OK") == "SETIResponse\r\nB=OK\r\nA=OK\r\nSETIEndOfData\r\n");
    }

    TEST_CASE("a value") { CHECK(seti::response_value(value_answer("itemcount", "250"), "itemcount") == "250"); }

    TEST_CASE("a page of counts is read by the reader of such pages") {
        const std::vector<CountedProduct> products{{"A&B <1>", 5}, {"T\xC3\xBCr", -2}, {"kit", std::nullopt}};
        const auto text = counts_answer(products);
        CHECK(text.find('\n') == std::string::npos);
        const auto found = seti::find_answer(text, "text/xml; charset=utf-8");
        REQUIRE(found);
        seti::PageBuilder builder{nullptr};
        auto form = seti::xml_form(builder);
        form->read(found->text);
        form->finish();
        REQUIRE_FALSE(builder.has_failed());
        CHECK(builder.page.code == 1);
        REQUIRE(builder.page.items.size() == 3);
        CHECK(builder.page.items[0].sku == "A&B <1>");
        CHECK(builder.page.items[0].qoh == 5);
        CHECK(builder.page.items[1].qoh == -2);
        CHECK(builder.page.items[2].word == stocktray::cart::CountWord::not_tracked);
        CHECK(counts_answer({}).find("<ResponseCode>2</ResponseCode>") != std::string::npos);
    }
}
