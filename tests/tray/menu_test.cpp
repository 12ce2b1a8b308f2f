#include <doctest/doctest.h>

#include <algorithm>
#include <clocale>
#include <cstdlib>
#include <set>

#include "tests/tray/a_mirror.h"
#include "tray/model/incidents.h"
#include "tray/model/may.h"
#include "tray/model/words.h"

namespace stocktray::tests {
namespace {

tray::Menu menu_of(const tray::AgentMirror& mirror) {
    return tray::present(mirror, noon, a_desktop()).menu;
}

// The entry whose label begins with `label`; access keys do not count.
const tray::MenuEntry* find(const tray::Menu& menu, std::string_view label) {
    for (const auto& entry : menu) {
        std::string plain = entry.label;
        std::erase(plain, '&');
        if (plain.starts_with(label)) return &entry;
        if (const auto* found = find(entry.children, label)) return found;
    }
    return nullptr;
}

void check_access_keys(const tray::Menu& menu) {
    std::set<char> keys;
    for (const auto& entry : menu) {
        const auto at = entry.label.find('&');
        if (at == std::string::npos || entry.label[at + 1] == '&') continue;
        const char key = static_cast<char>(std::tolower(static_cast<unsigned char>(entry.label[at + 1])));
        CHECK_MESSAGE(keys.insert(key).second, "access key twice: ", entry.label);
        check_access_keys(entry.children);
    }
}

}  // namespace

TEST_SUITE("menu") {
    TEST_CASE("the_first_line_is_the_headline") {
        const auto mirror = a_mirror(a_snapshot({a_cart("main", "Main Store")}));
        const auto view = tray::present(mirror, noon, a_desktop());
        CHECK(view.menu.at(0).label == view.headline);
    }

    TEST_CASE("a_cart_has_all_that_the_order_manager_has") {
        const auto menu = menu_of(a_mirror(a_snapshot({a_cart("main", "Main Store")})));
        const auto* cart = find(menu, "Main Store: all equal");
        REQUIRE(cart);
        for (const char* label : {"All counts are equal.", "Synchronize Inventory", "Get QOH From Website…",
                                  "Send QOH To Website…", "Compare Now…", "Pause Until", "Open Store"})
            CHECK_MESSAGE(find(cart->children, label), label);
        const auto* check = find(cart->children, "Synchronize Inventory");
        CHECK(check->check == true);
        CHECK(check->command == tray::Command{tray::CommandId::synchronize_inventory, "main", "", 0, false});
    }

    TEST_CASE("while_synch_qoh_is_off_the_menu_says_why_and_offers_to_turn_it_on") {
        auto snapshot = a_snapshot({a_cart("main", "Main Store")});
        snapshot.status.synch_qoh = false;
        const auto menu = menu_of(a_mirror(snapshot));
        CHECK_FALSE(find(menu, "Synchronize Inventory"));
        CHECK_FALSE(find(menu, "QOH synchronization is off for all carts")->command.id ==
                    tray::CommandId::synch_qoh);
        const auto* on = find(menu, "Turn QOH Synchronization On");
        REQUIRE(on);
        CHECK(on->command == tray::Command{tray::CommandId::synch_qoh, "", "", 0, true});
    }

    TEST_CASE("what_cannot_be_done_is_disabled_with_the_reason") {
        auto snapshot = a_snapshot({a_cart("main", "Main Store")});
        snapshot.hello.role = ipc::Role::viewer;
        const auto menu = menu_of(a_mirror(snapshot));
        const auto* send = find(menu, "Send QOH");
        CHECK_FALSE(send->is_enabled);
        CHECK(send->label == "Send QOH &To Website… (you may not do this)");
        CHECK(find(menu, "Open Store (its address is not known)"));
        auto mirror = a_mirror(a_snapshot({a_cart("main", "Main Store")}));
        mirror.take(ipc::AgentLost{}, noon);
        const auto away = menu_of(mirror);
        CHECK_FALSE(find(away, "QOH Synchronization")->is_enabled);
        CHECK(find(away, "Start the Agent"));
    }

    TEST_CASE("an_agent_that_refuses_or_is_elsewhere_is_not_started_here") {
        auto mirror = a_mirror(a_snapshot({a_cart("main", "Main Store")}));
        mirror.take(ipc::AgentLost{{ipc::Code::unauthorized, "You may not.", {}}}, noon);
        CHECK_FALSE(find(menu_of(mirror), "Start the Agent"));
        CHECK(find(menu_of(mirror), "Send QOH To Website… (the agent refuses this computer)"));
        mirror.take(ipc::AgentLost{}, noon);
        CHECK(find(menu_of(mirror), "Start the Agent"));
        auto desktop = a_desktop();
        desktop.can_start_agent = false;
        CHECK_FALSE(find(tray::present(mirror, noon, desktop).menu, "Start the Agent"));
    }

    TEST_CASE("help_is_disabled_where_the_guide_was_not_installed") {
        const auto mirror = a_mirror(a_snapshot({a_cart("main", "Main Store")}));
        auto desktop = a_desktop();
        const auto menu = tray::present(mirror, noon, desktop).menu;
        REQUIRE(find(menu, "Help…"));
        CHECK(find(menu, "Help…")->command.id == tray::CommandId::open_guide);
        desktop.has_guide = false;
        CHECK(find(tray::present(mirror, noon, desktop).menu, "Help… (not in this version)"));
    }

    TEST_CASE("a_paused_cart_offers_to_resume") {
        auto cart = a_cart("main", "Main Store");
        cart.paused = true;
        const auto menu = menu_of(a_mirror(a_snapshot({cart})));
        CHECK(find(menu, "Resume")->command == tray::Command{tray::CommandId::resume, "main"});
        CHECK_FALSE(find(menu, "Pause Until"));
    }

    TEST_CASE("each_problem_leads_to_what_explains_it") {
        const auto menu = menu_of(a_mirror(
            a_snapshot({a_cart("main", "Main Store")}, {an_alert("7", ipc::AlertKind::drift, "main")})));
        const auto* problem = find(menu, "Main Store: It is so.");
        REQUIRE(problem);
        CHECK(problem->command == tray::Command{tray::CommandId::open_problems, "", "7"});
    }

    TEST_CASE("a_problem_of_one_cart_is_not_taken_for_that_of_another") {
        auto main = a_cart("main", "Main Store"), seeds = a_cart("seeds", "Seeds");
        main.unaligned_since = seeds.unaligned_since = noon;
        const auto view = tray::present(a_mirror(a_snapshot({main, seeds})), noon, a_desktop());
        REQUIRE(view.problems.size() == 2);
        const auto* entry = find(view.menu, "Seeds: The counts of Seeds have not been compared yet; they may differ.");
        REQUIRE(entry);
        CHECK(entry->command.text == view.problems[1].id);
        CHECK(entry->command.text != view.problems[0].id);
    }

    TEST_CASE("a_problem_leads_to_the_window_of_its_own_job_or_post") {
        using tray::CommandId;
        const std::tuple<ipc::AlertKind, const char*, CommandId, const char*> all[] = {
            {ipc::AlertKind::guard, "open_get", CommandId::open_get_qoh, "&Show the Job…"},
            {ipc::AlertKind::guard, "open_send", CommandId::open_send_qoh, "&Show the Job…"},
            {ipc::AlertKind::guard, "open_audit", CommandId::open_compare, "&Show the Job…"},
            {ipc::AlertKind::needs_decision, "open_get", CommandId::open_get_qoh, "&Show the Job…"},
            {ipc::AlertKind::needs_decision, "decide_post", CommandId::open_stack, "&Decide…"},
            {ipc::AlertKind::needs_decision, "open_post", CommandId::open_stack, "&Post Stack…"}};
        for (const auto& [kind, action, window, label] : all) {
            CAPTURE(action);
            const auto mirror = a_mirror(a_snapshot({a_cart("main", "Main Store")}, {an_alert("7", kind, "main", action)}));
            const auto problem = tray::present(mirror, noon, a_desktop()).problems.at(0);
            CHECK(problem.action.id == window);
            CHECK(problem.action.cart == "main");
            CHECK(problem.action_label == label);
        }
    }

    TEST_CASE("what_is_barred_for_this_computer_is_disabled_with_the_reason") {
        auto snapshot = a_snapshot({a_cart("main", "Main Store")}, {an_alert("7", ipc::AlertKind::guard, "main", "open_send")});
        snapshot.hello.role = ipc::Role::order_manager;
        CHECK(find(menu_of(a_mirror(snapshot)), "Send QOH To Website…")->is_enabled);
        CHECK(tray::present(a_mirror(snapshot), noon, a_desktop()).problems.at(0).action.id == tray::CommandId::open_send_qoh);
        snapshot.hello.barred = {ipc::Bar::send_qoh, ipc::Bar::cancel};
        const auto mirror = a_mirror(snapshot);
        CHECK(find(menu_of(mirror), "Send QOH To Website… (barred for this computer)"));
        CHECK(find(menu_of(mirror), "Get QOH From Website…")->is_enabled);
        CHECK(tray::present(mirror, noon, a_desktop()).problems.at(0).action.id == tray::CommandId::none);
        CHECK(tray::why_not_send_qoh(mirror) == "Send QOH To Website is barred for this computer.");
        CHECK(tray::why_not_cancel(mirror) == "Cancelling posts is barred for this computer.");
        CHECK(tray::why_not(mirror, ipc::Role::order_manager).empty());
        CHECK(tray::why_not(mirror, ipc::Role::admin) == "This takes the role Administrator, which this computer does not have.");
    }

    TEST_CASE("a_problem_offers_only_what_this_user_may_do") {
        using tray::CommandId;
        const std::pair<ipc::AlertKind, ipc::Role> needed[] = {{ipc::AlertKind::late, ipc::Role::operator_},
                                                               {ipc::AlertKind::drift, ipc::Role::order_manager},
                                                               {ipc::AlertKind::needs_decision, ipc::Role::order_manager},
                                                               {ipc::AlertKind::credentials, ipc::Role::admin},
                                                               {ipc::AlertKind::workstation, ipc::Role::admin},
                                                               {ipc::AlertKind::oversold, ipc::Role::viewer}};
        for (const auto& [kind, least] : needed)
            for (const auto role : {ipc::Role::viewer, ipc::Role::operator_, ipc::Role::order_manager, ipc::Role::admin}) {
                auto snapshot = a_snapshot({a_cart("main", "Main Store")}, {an_alert("7", kind, "main", "decide_post")});
                snapshot.hello.role = role;
                const auto view = tray::present(a_mirror(snapshot), noon, a_desktop());
                CAPTURE(ipc::to_string(kind));
                CAPTURE(ipc::to_string(role));
                REQUIRE(view.problems.size() == 1);
                CHECK((view.problems[0].action.id != CommandId::none) == (role >= least));
                CHECK(view.problems[0].action_label.empty() == (role < least));
                const auto incidents = tray::incidents_of(a_mirror(snapshot), a_desktop(), noon);
                if (role < least) CHECK(incidents.at(0).notice.action.id == CommandId::open_problems);
            }
    }

    TEST_CASE("who_asks_to_be_let_in_is_answered_in_the_window_of_the_shared_agent") {
        const auto view = tray::present(
            a_mirror(a_snapshot({}, {an_alert("7", ipc::AlertKind::workstation, "")})), noon, a_desktop());
        CHECK(view.problems.at(0).action.id == tray::CommandId::open_sharing);
        CHECK(view.problems.at(0).action_label == "Share&d Agent…");
    }

    TEST_CASE("an_ampersand_in_a_name_is_no_access_key") {
        const auto menu = menu_of(a_mirror(a_snapshot({a_cart("main", "Seeds & More")})));
        CHECK(std::ranges::any_of(
            menu, [](const auto& entry) { return entry.label == "Seeds && More: all equal"; }));
    }

    TEST_CASE("no_access_key_stands_twice_in_one_menu_in_german") {
        tray::bind_texts(STOCKTRAY_BIN_DIR "/../share/locale");
        REQUIRE(std::setlocale(LC_MESSAGES, "C.UTF-8"));
        ::setenv("LANGUAGE", "de", 1);
        auto mirror = a_mirror(
            a_snapshot({a_cart("main", "Main Store")}, {an_alert("7", ipc::AlertKind::drift, "main")}));
        CHECK(find(menu_of(mirror), "Bestand synchronisieren"));
        check_access_keys(menu_of(mirror));
        mirror.take(ipc::AgentLost{}, noon);
        check_access_keys(menu_of(mirror));
        ::unsetenv("LANGUAGE");
        std::setlocale(LC_MESSAGES, "C");
    }

    TEST_CASE("no_access_key_stands_twice_in_one_menu") {
        check_access_keys(menu_of(a_mirror(
            a_snapshot({a_cart("main", "Main Store")}, {an_alert("7", ipc::AlertKind::drift, "main")}))));
        auto mirror = a_mirror(a_snapshot({a_cart("main", "Main Store")}));
        mirror.take(ipc::AgentLost{}, noon);
        check_access_keys(menu_of(mirror));
    }
}

}  // namespace stocktray::tests
