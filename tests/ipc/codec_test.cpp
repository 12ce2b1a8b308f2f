#include <doctest/doctest.h>

#include "ipc/codec/framing.h"
#include "ipc/messages/registry.h"
#include "tests/ipc/random_message.h"

namespace stocktray::ipc {
namespace {

template <class T>
constexpr bool has_result = false;
template <Request T>
constexpr bool has_result<T> = true;

template <Message T>
void check_round_trips(std::uint64_t seeds) {
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        testing::Random random{seed};
        const T message = testing::Filler{random}.make<T>();
        const std::string bytes = encode(message);
        const Document document = Document::parse(bytes);
        REQUIRE(document.problem() == Document::Problem::none);
        const auto again = decode<T>(document.root());
        CAPTURE(seed);
        REQUIRE_MESSAGE(again.has_value(), again.error().message);
        CHECK(encode(*again) == bytes);
        if constexpr (std::equality_comparable<T>) CHECK((*again == message));
    }
}

// What `decode` says about `json-like` bytes made by hand.
template <Message T>
std::string problem_of(auto&& build) {
    Encoder to;
    build(to);
    const std::string bytes = to.take();
    const Document document = Document::parse(bytes);
    REQUIRE(document.problem() == Document::Problem::none);
    const auto message = decode<T>(document.root());
    if (message) return {};
    CHECK(message.error().code == Code::invalid_params);
    return message.error().message;
}

void change(Encoder& to, auto&& delta) {
    to.map(4);
    to.text("id");
    to.text("a");
    to.text("sku");
    to.text("SKU-0001");
    to.text("reason");
    to.text("phone_order");
    to.text("delta");
    delta(to);
}

std::string problem_of_third_delta(auto&& delta) {
    return problem_of<qoh::Submit>([&](Encoder& to) {
        to.map(2);
        to.text("source");
        to.text("om");
        to.text("changes");
        to.list(3);
        change(to, [](Encoder& e) { e.integer(1); });
        change(to, [](Encoder& e) { e.integer(1); });
        change(to, delta);
    });
}

}  // namespace

TEST_SUITE("Codec") {
    TEST_CASE("every_request_and_its_result_come_back_as_they_were") {
        Requests::each([]<class T>() {
            CAPTURE(T::method.name);
            check_round_trips<T>(50);
            check_round_trips<typename T::Result>(50);
        });
    }

    TEST_CASE("every_event_comes_back_as_it_was") {
        Events::each([]<class T>() {
            CAPTURE(T::topic);
            check_round_trips<T>(50);
        });
        check_round_trips<events::Welcome>(50);
    }

    TEST_CASE("a_mistyped_field_is_named_with_its_index") {
        CHECK(problem_of_third_delta([](Encoder& to) { to.text("-2"); }) ==
              "changes[2].delta must be a whole number.");
        CHECK(problem_of_third_delta([](Encoder& to) { to.real(1.5); }) ==
              "changes[2].delta must be a whole number.");
    }

    TEST_CASE("a_number_out_of_range_is_told_its_range") {
        CHECK(problem_of_third_delta([](Encoder& to) { to.integer(2'000'000'001); }) ==
              "changes[2].delta must lie between -2000000000 and 2000000000.");
        CHECK(problem_of_third_delta([](Encoder& to) { to.integer(-2'000'000'000); }).empty());
    }

    TEST_CASE("a_missing_field_is_named") {
        CHECK(problem_of<qoh::Submit>([](Encoder& to) { to.map(0); }) == "source is missing.");
        CHECK(problem_of<qoh::Submit>([](Encoder& to) {
                  to.map(2);
                  to.text("source");
                  to.text("om");
                  to.text("changes");
                  to.list(1);
                  to.map(0);
              }) == "changes[0].id is missing.");
    }

    TEST_CASE("params_that_are_no_map_are_refused") {
        CHECK(problem_of<qoh::Submit>([](Encoder& to) { to.list(0); }) == "params must be a map.");
    }

    TEST_CASE("an_unknown_field_is_passed_over_and_the_order_does_not_matter") {
        Encoder to;
        to.map(4);
        to.text("protocol");
        to.integer(1);
        to.text("later");
        to.map(1);
        to.text("x");
        to.list(2);
        to.nil();
        to.real(2.5);
        to.integer(7);  // a key that is no text
        to.nil();
        to.text("client");
        to.text("test 1.0");
        const Document document = Document::parse(to.take());
        const auto hello = decode<agent::Hello>(document.root());
        REQUIRE(hello);
        CHECK(hello->client == "test 1.0");
    }

    TEST_CASE("nil_stands_for_a_field_that_is_left_out") {
        Encoder to;
        to.map(2);
        to.text("cart");
        to.nil();
        to.text("limit");
        to.nil();
        const Document document = Document::parse(to.take());
        const auto list = decode<stack::List>(document.root());
        REQUIRE(list);
        CHECK(!list->cart);
        CHECK(list->limit == 100);
    }

    TEST_CASE("nil_for_a_field_that_must_be_there_is_refused") {
        CHECK(problem_of<qoh::Submit>([](Encoder& to) {
                  to.map(2);
                  to.text("source");
                  to.nil();
                  to.text("changes");
                  to.list(0);
              }) == "source must be a text.");
    }

    TEST_CASE("a_word_that_is_not_in_the_list_is_refused_with_the_list") {
        CHECK(problem_of<alerts::Alert>([](Encoder& to) {
                  to.map(3);
                  to.text("alert");
                  to.text("1");
                  to.text("kind");
                  to.text("late");
                  to.text("severity");
                  to.text("loud");
              }) == "severity must be one of info, warning, critical.");
    }

    TEST_CASE("a_reader_takes_a_new_word_of_an_open_list_as_other") {
        alerts::Alert alert;
        alert.alert = "1";
        std::string bytes = encode(alert);
        bytes.replace(bytes.find("other"), 5, "newer");
        const Document document = Document::parse(bytes);
        const auto read = decode<alerts::Alert>(document.root(), Reading::lenient);
        REQUIRE(read);
        CHECK(read->kind == AlertKind::other);
        CHECK(!decode<alerts::Alert>(document.root()));
    }

    TEST_CASE("texts_must_be_utf_8_without_control_characters") {
        const auto problem_of_client = [](std::string_view client) {
            return problem_of<agent::Hello>([&](Encoder& to) {
                to.map(2);
                to.text("client");
                to.text(client);
                to.text("protocol");
                to.integer(1);
            });
        };
        CHECK(problem_of_client("\xC3\x28") == "client must be UTF-8.");
        CHECK(problem_of_client("\xED\xA0\x80") == "client must be UTF-8.");
        CHECK(problem_of_client("two\nlines") == "client must not hold control characters.");
        CHECK(problem_of_client("") == "client must not be empty.");
        CHECK(problem_of_client("J\u00fcrgen \U0001f4e6").empty());
    }

    TEST_CASE("the_smallest_and_greatest_whole_numbers_come_back") {
        for (const std::int64_t value : {INT64_MIN, INT64_MIN + 1, std::int64_t{-1}, INT64_MAX}) {
            events::ParameterChanged changed{"x", value};
            const std::string bytes = encode(changed);
            const Document document = Document::parse(bytes);
            const auto again = decode<events::ParameterChanged>(document.root());
            REQUIRE(again);
            CHECK((again->value == Value{value}));
        }
    }

    TEST_CASE("the_same_name_twice_in_a_map_is_refused") {
        CHECK(problem_of<parameters::Set>([](Encoder& to) {
                  to.map(1);
                  to.text("parameters");
                  to.map(2);
                  to.text("SynchQOH");
                  to.boolean(true);
                  to.text("SynchQOH");
                  to.boolean(false);
              }) == "parameters.SynchQOH stands there twice.");
    }

    TEST_CASE("a_sku_map_takes_one_sku_or_a_list") {
        carts::Create create;
        create.cart = "main";
        create.name = "Main Store";
        create.url = "https://shop.example/seti.php";
        create.user = "om";
        create.sku_map = {{"A", {{"A-1"}}}, {"B", {{"B-1", "B-2"}}}};
        const Document document = Document::parse(encode(create));
        CHECK(document.root().find("sku_map").find("A").is(Kind::text));
        CHECK(document.root().find("sku_map").find("B").is(Kind::list));
        const auto again = decode<carts::Create>(document.root());
        REQUIRE(again);
        CHECK(again->sku_map == create.sku_map);
    }

    TEST_CASE("a_cart_that_is_only_named_gets_no_defaults_when_it_is_updated") {
        carts::Update update;
        update.cart = "main";
        const Document document = Document::parse(encode(update));
        CHECK(document.root().size() == 1);
        const auto again = decode<carts::Update>(document.root());
        REQUIRE(again);
        CHECK(!again->connections);
        CHECK(!again->active);
    }
}

}  // namespace stocktray::ipc
