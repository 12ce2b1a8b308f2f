#include "tray/model/cart_form.h"

#include <doctest/doctest.h>

#include "tray/model/test_words.h"

namespace stocktray::tests {
namespace {

using tray::CartField;
using tray::CartForm;

CartForm a_form() {
    CartForm form;
    form.name = "Main Store";
    form.url = "https://shop.example/stocktray.php";
    form.user = "om";
    form.password = form.password_again = ipc::Secret{"secret"};
    return form;
}

ipc::carts::Cart a_saved_cart() {
    ipc::carts::Cart cart = a_form().create();
    cart.sku_map["A"].skus = {"A-1", "A-2"};
    cart.exclude = {"GIFT"};
    cart.timeout_ms = 30'500;
    return cart;
}

}  // namespace

TEST_SUITE("CartForm") {
    TEST_CASE("an_id_is_made_from_the_name") {
        CHECK(tray::id_from("Main Store") == "main-store");
        CHECK(tray::id_from("Seeds & More!") == "seeds-more");
        CHECK(tray::id_from("  42 ") == "42");
        CHECK(tray::id_from("Gärtnerei") == "grtnerei");
        CHECK(tray::id_from("–").empty());
        CHECK(tray::id_from(std::string(100, 'a')).size() == 64);
    }

    TEST_CASE("a_whole_form_has_no_problems") {
        CHECK(a_form().problems({}).empty());
    }

    TEST_CASE("what_is_missing_is_told_beside_its_field") {
        const auto problems = CartForm{}.problems({});
        for (const auto field :
             {CartField::name, CartField::cart, CartField::url, CartField::user, CartField::password})
            CHECK_MESSAGE(problems.contains(field), static_cast<int>(field));
    }

    TEST_CASE("an_id_that_exists_is_refused") {
        CHECK(a_form().problems({"main-store"}).contains(CartField::cart));
        CHECK_FALSE(a_form().problems({"other"}).contains(CartField::cart));
    }

    TEST_CASE("plain_http_needs_its_tick") {
        auto form = a_form();
        form.url = "HTTP://shop.example/s.php";
        CHECK(form.problems({}).contains(CartField::allow_http));
        form.allow_http = true;
        CHECK(form.problems({}).empty());
        CHECK(form.create().allow_http);
        form.url = "https://shop.example/s.php";
        CHECK_FALSE_MESSAGE(form.create().allow_http, "not allowed for later by an old tick");
    }

    TEST_CASE("the_shops_address_can_be_taken_away") {
        auto saved = a_saved_cart();
        saved.store_url = "https://shop.example";
        const auto before = CartForm::of(saved);
        auto form = before;
        CHECK_FALSE(form.update(before).store_url);
        form.store_url = " ";
        CHECK(form.update(before).store_url == "");
        form.store_url = "https://other.example";
        CHECK(form.update(before).store_url == "https://other.example");
        saved.store_url.reset();
        CHECK_FALSE(CartForm::of(saved).update(CartForm::of(saved)).store_url);
    }

    TEST_CASE("an_address_without_a_host_is_none") {
        for (const char* url :
             {"", "shop.example", "https://", "https:///x", "ftp://shop.example", "https://a b"}) {
            auto form = a_form();
            form.url = url;
            CHECK_MESSAGE(form.problems({}).contains(CartField::url), url);
        }
    }

    TEST_CASE("numbers_keep_to_their_limits") {
        auto form = a_form();
        form.connections = "65";
        form.buffer = "-1";
        form.answer_within = "ten";
        const auto problems = form.problems({});
        for (const auto field : {CartField::connections, CartField::buffer, CartField::answer_within})
            CHECK(problems.contains(field));
    }

    TEST_CASE("the_two_passwords_must_be_the_same_and_none_means_unchanged") {
        auto form = a_form();
        form.password_again = ipc::Secret{"other"};
        CHECK(form.problems({}).contains(CartField::password_again));
        auto saved = CartForm::of(a_saved_cart());
        CHECK(saved.problems({}).empty());
        CHECK_FALSE(saved.update(saved).password);
    }

    TEST_CASE("xcarts_own_interface_needs_no_user") {
        auto form = a_form();
        form.kind = ipc::CartKind::xcart_rest;
        form.user.clear();
        CHECK(form.problems({}).empty());
    }

    TEST_CASE("a_row_of_the_sku_map_needs_both_sides_and_none_stands_twice") {
        auto form = a_form();
        form.sku_map = {{"A", ""}};
        CHECK(form.problems({}).contains(CartField::sku_map));
        form.sku_map = {{"A", "1"}, {"A", "2"}};
        CHECK(form.problems({}).contains(CartField::sku_map));
        form.sku_map = {{"A", "1"}, {"B", "2, 1"}};
        CHECK(form.problems({}).contains(CartField::sku_map));
        form.sku_map = {{"A", "1"}, {"", ""}, {"B", "2, 3"}};
        CHECK(form.problems({}).empty());
        CHECK(form.create().sku_map.at("B").skus == std::vector<std::string>{"2", "3"});
    }

    TEST_CASE("only_what_was_changed_is_sent") {
        auto saved = a_saved_cart();
        saved.allow_http = true;  // of no use to an address with https, and nobody's business here
        const auto before = CartForm::of(saved);
        auto form = before;
        ipc::carts::Update nothing;
        nothing.cart = saved.cart;
        CHECK(form.update(before) == nothing);
        form.buffer = "2";
        form.store_code = " abc ";
        const auto changes = form.update(before);
        CHECK(changes.buffer == 2);
        CHECK(changes.store_code == "abc");
        CHECK_FALSE(changes.url);
        CHECK_FALSE(changes.timeout_ms);
        CHECK_FALSE(changes.sku_map);
    }

    TEST_CASE("what_nobody_has_touched_follows_and_what_was_changed_twice_is_named") {
        const auto before = CartForm::of(a_saved_cart());
        auto elsewhere = a_saved_cart();
        elsewhere.name = "Their Store";
        elsewhere.user = "same";
        elsewhere.buffer = 5;
        elsewhere.exclude = {"X"};
        elsewhere.synchronize_inventory = true;
        const auto now = CartForm::of(elsewhere);
        auto form = before;
        form.name = "My Store";
        form.user = "same";
        form.connections = "9";
        CHECK(form.follow(before, now) == std::set{CartField::name});
        CHECK(form.buffer == "5");
        CHECK(form.exclude == "X\n");
        CHECK(form.synchronize_inventory);
        ipc::carts::Update mine;
        mine.cart = elsewhere.cart;
        mine.name = "My Store";
        mine.connections = 9;
        CHECK(form.update(now) == mine);
    }
}

TEST_SUITE("TestWords") {
    TEST_CASE("a_refused_password_is_named_with_its_hint") {
        ipc::carts::TestResult result;
        result.problems.push_back({"auth", "Not authorized.", "Enter the password again."});
        const auto words = tray::words_of(result);
        CHECK_FALSE(words.is_good);
        CHECK(words.details.find("Not authorized.\nEnter the password again.") != std::string::npos);
    }

    TEST_CASE("what_the_script_can_do_is_told_in_words_once") {
        ipc::carts::TestResult result;
        result.ok = true;
        result.version = "1.2";
        result.product_count = 20;
        result.capabilities = {"text", "postid", "unheard_of"};
        const auto words = tray::words_of(result);
        CHECK(words.is_good);
        CHECK(words.details.find("1.2") != std::string::npos);
        CHECK(words.details.find("20 products") != std::string::npos);
        CHECK(words.details.find("nothing is counted twice") != std::string::npos);
        CHECK_MESSAGE(words.details.find("unheard_of") == std::string::npos, "no jargon");
    }
}

}  // namespace stocktray::tests
