#include <doctest/doctest.h>

#include <algorithm>
#include <clocale>
#include <cstdlib>
#include <set>

#include "tests/tray/a_mirror.h"
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
