#include "core/cart/seti/form_fields.h"

#include <doctest/doctest.h>

using stocktray::cart::seti::FormFields;

TEST_SUITE("FormFields") {
    TEST_CASE("fields come out as they went in") {
        const auto form = FormFields::parse("setifunction=invupdate&update=A%7E-2%7C&note=a+b%2Bc&empty=&bare&last=%C3%BC");
        REQUIRE(form);
        CHECK(form->get("setifunction") == "invupdate");
        CHECK(form->get("update") == "A~-2|");
        CHECK(form->get("note") == "a b+c");
        CHECK(form->has("empty"));
        CHECK(form->get("empty").empty());
        CHECK(form->has("bare"));
        CHECK(form->get("last") == "\xC3\xBC");
        CHECK_FALSE(form->has("absent"));
        CHECK(form->get("absent").empty());
    }

    TEST_CASE("a percent sign that introduces nothing stays") {
        const auto form = FormFields::parse("a=100%&b=%zz&c=%4&d=%41");
        REQUIRE(form);
        CHECK(form->get("a") == "100%");
        CHECK(form->get("b") == "%zz");
        CHECK(form->get("c") == "%4");
        CHECK(form->get("d") == "A");
    }

    TEST_CASE("the first of a name counts, and an equals sign in a value is part of it") {
        const auto form = FormFields::parse("a=1&a=2&b=x=y&&=z");
        REQUIRE(form);
        CHECK(form->get("a") == "1");
        CHECK(form->is_repeated("a"));
        CHECK_FALSE(form->is_repeated("b"));
        CHECK(form->get("b") == "x=y");
        CHECK(form->get("") == "z");
    }

    TEST_CASE("nobody sends a thousand and one fields") {
        std::string body;
        for (std::size_t i = 0; i <= FormFields::most_fields; ++i) body += "a&";
        CHECK_FALSE(FormFields::parse(body));
        CHECK(FormFields::parse(body.substr(2)));
    }
}
