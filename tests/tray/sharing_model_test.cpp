#include "tray/model/sharing_model.h"

#include <doctest/doctest.h>

#include "ipc/client/pair.h"
#include "tests/agent/lan/shared_agent.h"
#include "tests/tray/a_linked_agent.h"

namespace stocktray::tests {
namespace {

using tray::SharingModel;
using Column = SharingModel::Column;

// The window's model beside the agent's own tray; whoever pairs does so at once, as `station`.
struct Sharing : MirroredAgent {
    Workstation station;
    int moved{0};
    std::unique_ptr<SharingModel> model;

    Sharing() {
        model = std::make_unique<SharingModel>(
            link->converse(), mirror,
            SharingModel::Surroundings{
                .now = now,
                .profile = [this] { return ipc::read_profile(station.profile_file()).value(); },
                .pair =
                    [this](const ipc::Pairing& pairing, SharingModel::Paired paired) {
                        station.sit_down();
                        paired(ipc::pair_with(pairing, ipc::Admittance::by_token, "ann@till-2", std::chrono::seconds{30}));
                    },
                .forget = [this] { return ipc::forget_profile(station.profile_file()); },
                .moved = [this] { ++moved; },
                .changed = [] {}});
        REQUIRE(is_here());
    }
    bool comes_to(const std::function<bool()>& holds) {
        for (int left = 1'800; left > 0; --left) {
            if (loop.run_until(holds, std::chrono::milliseconds{50})) return true;
            model->read();
        }
        return false;
    }
    void open() {
        set_parameter(agent, "LanAddress", fmt::format("127.0.0.1:{}", free_port()));
        REQUIRE(comes_to([&] { return model->is_open(); }));
    }
    std::string invite(ipc::Role role, bool without_cancel = false) {
        const auto before = model->pairing();
        model->invite(role, false, without_cancel);
        REQUIRE(comes_to([&] { return !model->pairing().empty() && model->pairing() != before; }));
        return model->pairing();
    }
};

}  // namespace

TEST_SUITE("SharingModel") {
    TEST_CASE("from_nobody_may_to_a_computer_that_was_paired_given_a_role_and_shut_out") {
        Sharing shop;
        auto& model = *shop.model;
        REQUIRE(shop.comes_to([&] { return model.reach() == "Other computers cannot use this agent."; }));
        CHECK(model.whose() == "This computer uses its own agent.");
        shop.open();
        CHECK(model.reach().starts_with("Other computers reach this agent at 127.0.0.1:"));
        const auto address = *shop.agent.must(ipc::keys::List{}).lan_address;
        const auto port = std::stoi(address.substr(address.rfind(':') + 1));
        CHECK(model.reach().ends_with(fmt::format("let the ports {}-{} through.", port, port + 3)));
        const auto string = shop.invite(ipc::Role::operator_, true);
        CHECK(model.pairing_note().starts_with("Good for one computer until "));

        model.pair(string);
        CHECK(model.pair_note() == "Paired. This computer may: Operator, no cancelling.");
        CHECK(shop.moved == 1);
        CHECK(model.is_paired());
        CHECK(model.whose().find("127.0.0.1") != std::string::npos);
        REQUIRE(shop.comes_to([&] { return model.count() == 1; }));
        CHECK(model.text(0, Column::name) == "ann@till-2");
        CHECK(model.text(0, Column::rights) == "Operator, no cancelling");
        CHECK(model.text(0, Column::address) == "127.0.0.1");
        CHECK(model.text(0, Column::key) == shop.station.key().substr(0, 8));

        const auto key = model.find(0)->key;
        model.give(key, ipc::Role::viewer, false, true);
        CHECK(shop.comes_to([&] { return model.text(0, Column::rights) == "Viewer, no cancelling"; }));
        model.give(key, ipc::Role::order_manager, true, false);
        CHECK(shop.comes_to([&] { return model.text(0, Column::rights) == "Order Manager, no Send QOH"; }));
        model.revoke(key);
        CHECK(shop.comes_to([&] { return model.count() == 0; }));
        CHECK(shop.station.outcome(ipc::agent::Status{}) == "unauthorized");
        model.unpair();
        CHECK(!model.is_paired());
        CHECK(shop.moved == 2);
    }

    TEST_CASE("a_string_that_is_none_and_one_that_is_used_up_are_told") {
        Sharing shop;
        shop.model->pair("stocktray-pair:nonsense");
        CHECK(shop.model->pair_note().starts_with("This is no whole pairing string"));
        shop.open();
        const auto string = shop.invite(ipc::Role::viewer);
        {
            const Workstation other;
            REQUIRE(other.pair(ipc::Pairing::parse(string).value()).has_value());
        }
        shop.model->pair(string);
        CHECK(shop.model->pair_note().starts_with("This pairing string is not good any more"));
        CHECK(shop.moved == 0);
    }

    TEST_CASE("one_that_asks_is_let_in_with_the_role_given") {
        Sharing shop;
        shop.open();
        const auto string = shop.invite(ipc::Role::viewer);
        REQUIRE(shop.station.pair(ipc::Pairing::parse(string).value(), "bob", ipc::Admittance::by_approval).has_value());
        REQUIRE(shop.comes_to([&] { return shop.model->count() == 1; }));
        CHECK(shop.model->text(0, Column::rights) == "asks to be let in");
        shop.model->give(shop.model->find(0)->key, ipc::Role::order_manager, true, true);
        CHECK(shop.comes_to(
            [&] { return shop.model->text(0, Column::rights) == "Order Manager, no Send QOH, no cancelling"; }));
    }

    TEST_CASE("a_new_key_is_learnt_within_a_day_and_a_stolen_one_ends_at_once") {
        Sharing shop;
        shop.open();
        shop.model->pair(shop.invite(ipc::Role::operator_));
        REQUIRE(shop.comes_to([&] { return shop.model->count() == 1; }));
        const auto old = shop.agent.must(ipc::keys::List{}).agent_key;
        shop.model->rotate(SharingModel::Rotation::within_a_day);
        CHECK(shop.comes_to([&] { return shop.agent.must(ipc::keys::List{}).agent_key != old; }));
        CHECK(shop.comes_to([&] { return shop.station.outcome(ipc::agent::Status{}) == "answered"; }));

        shop.model->rotate(SharingModel::Rotation::at_once);
        CHECK(shop.comes_to([&] { return shop.station.outcome(ipc::agent::Status{}) != "answered"; }));
    }

    TEST_CASE("who_is_no_administrator_sees_why_nothing_can_be_done") {
        Sharing shop;
        tray::AgentMirror mirror{0};
        SharingModel model{shop.link->converse(), mirror,
                           {.now = Sharing::now, .profile = [] { return std::optional<ipc::Profile>{}; }, .changed = [] {}}};
        CHECK(model.barred() == "The agent is not reached.");
    }
}

}  // namespace stocktray::tests
