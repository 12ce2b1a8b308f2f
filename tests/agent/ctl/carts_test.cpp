#include <doctest/doctest.h>
#include <unistd.h>

#include <array>

#include "tests/agent/ctl/ctl_runner.h"
#include "tests/agent/ctl/typed.h"

namespace stocktray::ctl {
namespace {

namespace carts = ipc::carts;
using testing::Ctl;
using testing::holds;
using testing::type_to;

// A descriptor from which `text` can be read.
class Readable {
public:
    explicit Readable(std::string_view text) {
        REQUIRE(::pipe(ends_.data()) == 0);
        REQUIRE(::write(ends_[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
        ::close(ends_[1]);
    }
    Readable(const Readable&) = delete;
    Readable& operator=(const Readable&) = delete;
    ~Readable() { ::close(ends_[0]); }
    [[nodiscard]] std::string number() const { return std::to_string(ends_[0]); }

private:
    std::array<int, 2> ends_{};
};

const std::vector<std::string> add_main{
    "carts", "add", "main", "--name", "Main Store", "--url", "https://shop.example/seti.php", "--user", "om"};

std::vector<std::string> with(std::vector<std::string> arguments, std::vector<std::string> more) {
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
}

}  // namespace

TEST_SUITE("ctl carts") {
    TEST_CASE("add_fills_the_defaults_and_reads_the_password_from_a_descriptor") {
        Ctl ctl;
        const auto asked = ctl.answer<carts::Create>({});
        const Readable password{"s3cret\nnot this\n"};
        const auto said = ctl.run(with(add_main, {"--password-fd", password.number(), "--map", "A=1,2",
                                                  "--map", "B=3", "--exclude", "GIFT", "--synchronize"}));
        CHECK(said.code == 0);
        CHECK(said.out == "The cart main was added.\n");
        CHECK(asked->name == "Main Store");
        CHECK(asked->kind == ipc::CartKind::seti);
        CHECK(asked->items_per_send == 100);
        CHECK(asked->synchronize_inventory);
        CHECK(asked->active);
        CHECK(!asked->allow_http);
        CHECK(asked->exclude == std::vector<std::string>{"GIFT"});
        CHECK(asked->sku_map == carts::SkuMap{{"A", {{"1", "2"}}}, {"B", {{"3"}}}});
        REQUIRE(asked->password);
        CHECK(asked->password->reveal() == "s3cret");
        CHECK(asked->id);
    }

    TEST_CASE("add_of_the_shops_own_interface_needs_no_user") {
        for (const std::string word : {"xcart-rest", "xcart_rest"}) {
            Ctl ctl;
            const auto asked = ctl.answer<carts::Create>({});
            const Readable key{"the-key\n"};
            const std::vector<std::string> add_rest{
                "carts",  "add", "main",          "--name",    "Main Store", "--url", "https://shop.example/",
                "--kind", word,  "--password-fd", key.number()};
            CHECK(ctl.run(add_rest).code == 0);
            CHECK(asked->kind == ipc::CartKind::xcart_rest);
            CHECK(asked->user.empty());
            CHECK(asked->password->reveal() == "the-key");
        }
        Ctl ctl;
        const auto asked = ctl.answer<carts::Create>({});
        const std::vector<std::string> userless{
            "carts",        "add", "main", "--name", "Main Store", "--url", "https://shop.example/seti.php",
            "--no-password"};
        const auto said = ctl.run(userless);
        CHECK(said.code != 0);
        CHECK(holds(said.err, "--user is required"));
        CHECK(!asked->id);
    }

    TEST_CASE("add_asks_for_the_password_twice_and_never_shows_it") {
        Ctl ctl;
        const auto asked = ctl.answer<carts::Create>({});
        const auto endpoint = ctl.scratch.endpoints().requests;
        const auto typed =
            type_to(with(add_main, {"--endpoint", endpoint}), {{": ", "pass word\n"}, {": ", "pass word\n"}});
        CHECK(typed.code == 0);
        CHECK(holds(typed.screen, "Password for main: "));
        CHECK(holds(typed.screen, "Re-enter Password: "));
        CHECK(!holds(typed.screen, "pass word"));
        REQUIRE(asked->password);
        CHECK(asked->password->reveal() == "pass word");
    }

    TEST_CASE("two_different_passwords_change_nothing") {
        Ctl ctl;
        const auto asked = ctl.answer<carts::Create>({});
        const auto endpoint = ctl.scratch.endpoints().requests;
        const auto typed =
            type_to(with(add_main, {"--endpoint", endpoint}), {{": ", "one\n"}, {": ", "two\n"}});
        CHECK(typed.code == 66);
        CHECK(holds(typed.screen, "The two passwords differ. Nothing was changed."));
        CHECK(asked->cart.empty());
    }

    TEST_CASE("a_password_is_no_argument") {
        CHECK(testing::run_ctl(with(add_main, {"--password", "secret"})).code == 64);
        CHECK(testing::run_ctl({"carts", "set", "main", "--password=secret"}).code == 64);
    }

    TEST_CASE("set_changes_only_what_is_given") {
        Ctl ctl;
        const auto asked = ctl.answer<carts::Update>({});
        CHECK(ctl.run({"carts", "set", "main", "--no-synchronize", "--buffer", "2", "--answer-within", "60",
                       "--clear-map"})
                  .code == 0);
        CHECK(asked->synchronize_inventory == false);
        CHECK(asked->buffer == 2);
        CHECK(asked->timeout_ms == 60'000);
        CHECK(asked->sku_map == carts::SkuMap{});
        CHECK(!asked->exclude);
        CHECK(!asked->name);
        CHECK(!asked->active);
        CHECK(!asked->password);
    }

    TEST_CASE("a_map_without_a_store_sku_is_64") {
        Ctl ctl;
        CHECK(ctl.run({"carts", "set", "main", "--map", "A"}).code == 64);
        CHECK(ctl.run({"carts", "set", "main", "--map", "A="}).code == 64);
    }

    TEST_CASE("list_is_a_table_and_json") {
        Ctl ctl;
        carts::Cart cart;
        cart.cart = "main";
        cart.name = "Main Store";
        cart.url = "https://shop.example/seti.php";
        ctl.answer<carts::List>({{cart}});
        CHECK(holds(ctl.run({"carts", "list"}).out, "main  Main Store  seti  no            yes"));
        const auto json = ctl.run({"carts", "list", "--json"});
        CHECK(holds(json.out, R"("batch_size": 250)"));
        CHECK(!holds(json.out, "password"));
    }

    TEST_CASE("remove_with_posts_needs_a_reason") {
        Ctl ctl;
        const auto asked = ctl.answer<carts::Delete>({});
        CHECK(ctl.run({"carts", "remove", "old", "--cancel-posts"}).code == 64);
        CHECK(ctl.run({"carts", "remove", "old", "--cancel-posts", "--reason", "closed"}).code == 0);
        CHECK(asked->cancel_posts == true);
        CHECK(asked->reason == "closed");
        ctl.refuse<carts::Delete>({ipc::Code::conflict, "3 posts are not confirmed.", {}});
        CHECK(ctl.run({"carts", "remove", "old"}).code == 5);
    }

    TEST_CASE("test_tells_what_is_wrong_and_what_to_do") {
        Ctl ctl;
        const auto asked = ctl.answer<carts::Test>(
            {.round_trip_ms = 80,
             .problems = {{"auth", "Not authorized.", "Check user name and password."}}});
        const auto said = ctl.run({"carts", "test", "main", "--url", "https://new.example/seti.php"});
        CHECK(said.code == 2);
        CHECK(holds(said.out, "Not authorized. Check user name and password."));
        CHECK(asked->url == "https://new.example/seti.php");
        ctl.answer<carts::Test>({.ok = true, .version = "5.900", .product_count = 1, .round_trip_ms = 80});
        const auto good = ctl.run({"carts", "test", "main"});
        CHECK(good.code == 0);
        CHECK(good.out ==
              "The store answers and can be used (script version 5.900), after 80 ms. 1 product.\n");
    }

    TEST_CASE("a_person_agrees_with_takeover_and_accept_store") {
        Ctl ctl;
        const auto takeover = ctl.answer<carts::Takeover>({});
        const auto accepted = ctl.answer<carts::AcceptStore>({});
        CHECK(ctl.run({"carts", "takeover", "main"}).code == 0);
        CHECK(ctl.run({"carts", "accept-store", "main"}).code == 0);
        CHECK(takeover->cart == "main");
        CHECK(takeover->id);
        CHECK(accepted->cart == "main");
    }
}

}  // namespace stocktray::ctl
