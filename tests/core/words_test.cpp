#include <doctest/doctest.h>

#include "core/cart/cart_config.h"
#include "core/charset.h"
#include "core/stack/cart_board.h"
#include "core/stack/diagnosis.h"

using namespace stocktray;

TEST_SUITE("Diagnosis") {
    TEST_CASE("every cause has its own word, a sentence and a hint") {
        for (int i = 1; i <= static_cast<int>(cart::Cause::local_failure); ++i) {
            const auto cause = static_cast<cart::Cause>(i);
            const auto word = stack::to_string(cause);
            CAPTURE(i);
            CHECK_FALSE(word.empty());
            CHECK(stack::cause_from(word) == cause);
            CHECK(stack::diagnose(cause, "").message.ends_with('.'));
            CHECK(stack::diagnose(cause, "").hint.ends_with('.'));
        }
    }
    TEST_CASE("what the store said is quoted, its first line only") {
        // Cut between two characters, wherever the end falls.
        for (std::size_t n = 195; n < 202; ++n) {
            const auto long_words = stack::diagnose(cart::Cause::store_error, std::string(n, 'a') + "\u20AC\u20AC\u20AC").message;
            CHECK(charset::is_utf8(long_words));
            CHECK(long_words.size() < 300);
        }
        const auto words = stack::diagnose(cart::Cause::store_error, "disk full\n#0 trace");
        CHECK(words.message.find("disk full") != std::string::npos);
        CHECK(words.message.find("trace") == std::string::npos);
    }
}

TEST_SUITE("CartState") {
    TEST_CASE("what is wrong with a cart is said by the last test of its script, or by the cause with what the store said") {
        using Quote = stack::CartState::Quote;
        stack::CartState state;
        CHECK_FALSE(state.trouble(Quote::what_was_said));
        state.last_cause = cart::Cause::store_error;
        state.last_said = "Out of paper";
        CHECK(state.trouble(Quote::what_was_said)->message.find("Out of paper") != std::string::npos);
        CHECK(state.trouble(Quote::nothing)->message.find("Out of paper") == std::string::npos);
        CHECK_FALSE(state.trouble(Quote::nothing)->hint.empty());
        state.last_finding = stack::Diagnosis{"It is so.", "Do this."};
        CHECK(state.trouble(Quote::what_was_said)->message == "It is so.");
        CHECK(state.trouble(Quote::nothing)->hint == "Do this.");
    }
}

TEST_SUITE("CartConfig") {
    TEST_CASE("a SKU goes to its own name, to its mapped names, or nowhere when it is excluded") {
        cart::CartConfig config;
        config.sku_map.set("A", {"X", "Y"});
        config.exclude = {"B"};
        CHECK(cart::listings_of(config, "C") == std::vector<std::string>{"C"});
        CHECK(cart::listings_of(config, "A") == std::vector<std::string>{"X", "Y"});
        CHECK(cart::listings_of(config, "B").empty());
    }
    TEST_CASE("a name that stands for another item's listing is not used twice") {
        cart::CartConfig config;
        config.sku_map.set("A", {"X"});
        CHECK(cart::listings_of(config, "X").empty());
    }
    TEST_CASE("a changed map is known both ways") {
        cart::CartConfig config;
        config.sku_map.set("A", {"X", "Y"});
        config.sku_map.add("B", "Z");
        config.sku_map.add("B", "W");
        CHECK(cart::om_sku_of(config, "Y") == "A");
        CHECK(cart::om_sku_of(config, "W") == "B");
        CHECK_FALSE(cart::om_sku_of(config, "A"));
        config.sku_map.set("A", {"Y"});
        CHECK(cart::om_sku_of(config, "X") == "X");
        CHECK(cart::om_sku_of(config, "Y") == "A");
        CHECK(cart::listings_of(config, "X") == std::vector<std::string>{"X"});
        CHECK(config.sku_map == cart::SkuMap{{"A", {"Y"}}, {"B", {"Z", "W"}}});
        config.sku_map.clear();
        CHECK(cart::om_sku_of(config, "A") == "A");
    }
    TEST_CASE("every stop has a word and says what to do") {
        for (int i = 1; i <= static_cast<int>(cart::Stop::cloned); ++i) {
            const auto stop = static_cast<cart::Stop>(i);
            CHECK(cart::stop_from(cart::to_string(stop)) == stop);
            CHECK_FALSE(cart::in_words(stop).hint.empty());
        }
    }
}
