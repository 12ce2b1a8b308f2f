// The first steps against the real agent and a practice store.
#include "tray/model/wizard_model.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <fstream>

#include "tests/support/needs.h"
#include "tests/support/practice_store.h"
#include "tests/tray/a_linked_agent.h"

namespace stocktray::tests {
namespace {

using tray::RightSide;
using tray::WizardStep;

bool has_no_store() { return !has_what_it_needs(PracticeStore::missing()); }

struct Wizard : MirroredAgent {
    PracticeStore store{{.products = 20}};
    TempDir dir;
    RightSide kept{RightSide::unknown};
    std::optional<tray::Trial::Owed> owed;
    std::unique_ptr<tray::Trial> trial;
    std::unique_ptr<tray::WizardModel> model;

    Wizard() {
        REQUIRE(is_here());
        open();
    }
    // Another program, which finds what the one before has kept.
    void begin_again() {
        changed = {};
        model.reset();
        trial = std::make_unique<tray::Trial>(
            *link, mirror, tray::Trial::Surroundings{.kept = owed, .keep = [this](const auto& now_owed) { owed = now_owed; }});
        open();
    }
    void open() {
        changed = {};
        if (!trial) return begin_again();
        model.reset();
        model = std::make_unique<tray::WizardModel>(
            *link, mirror, *trial,
            tray::WizardModel::Surroundings{.kept_side = kept,
                                            .keep_side = [this](RightSide side) { kept = side; },
                                            .now = now,
                                            .changed = [] {}});
        changed = [this] {
            trial->look();
            model->look();
        };
        trial->look();
    }
    ~Wizard() { changed = {}; }
    bool comes_to(WizardStep step) {
        return loop.run_until([&] { return model->step() == step; });
    }
    bool can_go_on() {
        return loop.run_until([&] { return model->can_next(); });
    }
    void define_cart(const std::string& url) {
        auto& form = model->carts().form();
        form.name = "Main Store";
        form.url = url;
        form.allow_http = true;
        form.user = store.user();
        form.password = form.password_again = ipc::Secret{store.password()};
        REQUIRE(can_go_on());
        model->next();
        REQUIRE(comes_to(WizardStep::side));
    }
    std::string counts(int count) {
        const auto path = (dir.path() / "counts.csv").string();
        std::ofstream file{path};
        file << "sku,qoh\n";
        for (int i = 1; i <= 20; ++i) file << fmt::format("SKU-{:04},{}\n", i, count);
        return path;
    }
};

}  // namespace

TEST_SUITE("WizardModel") {
    TEST_CASE("from_nothing_to_the_first_confirmed_change") {
        if (has_no_store()) return;
        Wizard wizard;
        REQUIRE(wizard.comes_to(WizardStep::cart));
        wizard.define_cart(wizard.store.url());
        auto& model = *wizard.model;
        model.choose(RightSide::order_manager);
        CHECK_FALSE_MESSAGE(model.can_next(), "the Order Manager's counts are not known");
        model.read_counts_from(wizard.counts(50));
        REQUIRE(wizard.can_go_on());
        model.next();
        REQUIRE(model.step() == WizardStep::run);
        REQUIRE(wizard.loop.run_until([&] { return model.can_say_orders_are_imported(); }));
        model.say_orders_are_imported(true);
        // The guard asks: most counts change.
        REQUIRE(wizard.loop.run_until([&] { return model.can_next() || model.needs_agreement(); }));
        CHECK(model.status().starts_with("20 counts would change."));
        model.agree(true);
        CHECK_MESSAGE(wizard.store.count("SKU-0001") != 50, "a preview changes nothing");
        CHECK(model.next_label() == "&Send the Counts");
        model.next();
        REQUIRE_MESSAGE(
            wizard.loop.run_until([&] { return model.next_label() == "Go &On" && model.can_next(); }, std::chrono::seconds{60}),
            model.status());
        CHECK_MESSAGE(wizard.store.count("SKU-0001") == 50, model.status());
        model.next();
        REQUIRE(model.step() == WizardStep::turn_on);
        model.next();
        REQUIRE(wizard.comes_to(WizardStep::done));
        REQUIRE(wizard.loop.run_until([&] { return model.can_test_change(); }));
        model.test_change();
        REQUIRE(wizard.loop.run_until([&] { return model.status().starts_with("It works"); }));
        CHECK(eventually([&] { return wizard.store.count("SKU-0001") == 50; }));
        CHECK_FALSE(wizard.owed);

        SUBCASE("a window that is closed meanwhile puts the piece back") {
            wizard.store.stop();
            model.test_change();
            REQUIRE(wizard.loop.run_until([&] { return wizard.trial->step() == tray::Trial::Step::taken_off; }));
            REQUIRE(wizard.owed);
            wizard.open();
            wizard.store.start();
        }
        SUBCASE("a program that ends meanwhile leaves it to the next one") {
            wizard.store.stop();
            model.test_change();
            REQUIRE(wizard.loop.run_until([&] { return wizard.trial->step() == tray::Trial::Step::taken_off; }));
            // It ends without a chance to say anything.
            const auto kept = wizard.owed;
            wizard.model.reset();
            wizard.owed = kept;
            wizard.begin_again();
            wizard.store.start();
        }
        SUBCASE("a program that has not heard whether it was taken off takes it off once") {
            wizard.owed = tray::Trial::Owed{"main", "SKU-0001", "a-trial-of-before"};
            wizard.begin_again();
        }
        CHECK(wizard.loop.run_until([&] { return !wizard.owed; }));
        CHECK(eventually([&] { return wizard.store.count("SKU-0001") == 50; }));
    }
    TEST_CASE("a_test_that_is_refused_owes_nothing") {
        if (has_no_store()) return;
        Wizard wizard;
        wizard.owed = tray::Trial::Owed{"main", std::string(300, 'x'), "a-trial-of-a-product-that-cannot-be"};
        wizard.begin_again();
        REQUIRE(wizard.loop.run_until([&] { return !wizard.owed; }));
        CHECK_FALSE(wizard.trial->error().empty());
        CHECK(wizard.trial->step() == tray::Trial::Step::none);
    }

    TEST_CASE("what_is_owed_at_another_agent_waits_for_that_agent") {
        if (has_no_store()) return;
        Wizard wizard;
        const auto here = wizard.mirror.hello().incarnation;
        REQUIRE_FALSE(here.empty());
        wizard.owed = tray::Trial::Owed{"main", "SKU-0001", "a-trial-of-before", "another agent"};
        wizard.begin_again();
        wizard.trial->begin("main");
        CHECK(wizard.trial->error().find("at another agent") != std::string::npos);
        CHECK(wizard.owed);
        wizard.owed->agent = here;
        wizard.begin_again();
        CHECK(wizard.loop.run_until([&] { return !wizard.owed; }));
    }

    TEST_CASE("an_agent_that_is_away_when_it_is_asked_again_still_gets_the_piece_back") {
        if (has_no_store()) return;
        Wizard wizard;
        wizard.owed = tray::Trial::Owed{"main", "SKU-0001", "a-trial-of-before"};
        wizard.agent.kill();
        wizard.begin_again();  // the mirror has not heard yet that the agent is away
        REQUIRE(wizard.loop.run_until([&] { return !wizard.trial->error().empty(); }));
        CHECK(wizard.owed);
        wizard.agent.start();
        CHECK(wizard.loop.run_until([&] { return !wizard.owed; }));
    }

    TEST_CASE("opened_again_it_goes_on_where_it_was") {
        if (has_no_store()) return;
        Wizard wizard;
        REQUIRE(wizard.comes_to(WizardStep::cart));
        wizard.define_cart(wizard.store.url());
        wizard.open();
        REQUIRE(wizard.comes_to(WizardStep::side));
        wizard.model->choose(RightSide::store);
        wizard.open();
        REQUIRE(wizard.comes_to(WizardStep::run));
        REQUIRE(wizard.can_go_on());
        wizard.model->next();
        REQUIRE(wizard.loop.run_until(
            [&] { return wizard.model->next_label() == "Go &On" && wizard.model->can_next(); }));
        wizard.open();
        CHECK(wizard.comes_to(WizardStep::turn_on));
    }

    TEST_CASE("what_is_typed_while_the_cart_is_saved_keeps_its_page") {
        if (has_no_store()) return;
        Wizard wizard;
        REQUIRE(wizard.comes_to(WizardStep::cart));
        auto& carts = wizard.model->carts();
        carts.form().name = "Main Store";
        carts.form().url = wizard.store.url();
        carts.form().allow_http = true;
        carts.form().user = wizard.store.user();
        carts.form().password = carts.form().password_again = ipc::Secret{wizard.store.password()};
        REQUIRE(wizard.can_go_on());
        wizard.model->next();
        carts.form().buffer = "3";
        REQUIRE(wizard.loop.run_until([&] { return !carts.form().is_new; }));
        CHECK(wizard.model->step() == WizardStep::cart);
        CHECK(carts.form().buffer == "3");
        REQUIRE(wizard.can_go_on());
        wizard.model->next();
        CHECK(wizard.comes_to(WizardStep::side));
    }

    TEST_CASE("a_cart_that_is_deleted_meanwhile_is_not_exchanged_for_another_under_the_same_step") {
        if (has_no_store()) return;
        Wizard wizard;
        REQUIRE(wizard.comes_to(WizardStep::cart));
        wizard.define_cart(wizard.store.url());
        auto& model = *wizard.model;
        const auto first = model.cart();
        model.choose(RightSide::store);
        REQUIRE(wizard.can_go_on());
        model.next();
        REQUIRE(model.step() == WizardStep::run);
        REQUIRE(wizard.can_go_on());  // what was looked at could be done now
        wizard.agent.must(cart_for("other", wizard.store.url() + "?other", wizard.store.user(), wizard.store.password()));
        REQUIRE(wizard.loop.run_until([&] { return model.carts().find("other") != nullptr; }));
        REQUIRE(eventually([&] { return wizard.agent.call(ipc::carts::Delete{.cart = first}).has_value(); }));
        REQUIRE(wizard.comes_to(WizardStep::cart));
        CHECK(model.cart() == "other");
        CHECK(model.status() == "The cart of these steps is not there any more.");
        model.next();
        REQUIRE(wizard.comes_to(WizardStep::side));
        ipc::jobs::List list;
        list.cart = "other";
        CHECK(wizard.agent.must(list).jobs.empty());
    }

    TEST_CASE("a_preview_of_the_other_side_allows_nothing") {
        if (has_no_store()) return;
        Wizard wizard;
        REQUIRE(wizard.comes_to(WizardStep::cart));
        wizard.define_cart(wizard.store.url());
        auto& model = *wizard.model;
        model.choose(RightSide::order_manager);
        model.read_counts_from(wizard.counts(50));
        REQUIRE(wizard.can_go_on());
        model.next();
        CHECK(!model.can_next());
        // Back before it has ended, and the other way round.
        model.back();
        model.choose(RightSide::store);
        REQUIRE(wizard.can_go_on());
        model.next();
        // The counts are far apart: it has to be agreed to, or to be said that no web order waits.
        REQUIRE_MESSAGE(wizard.loop.run_until([&] { return model.needs_agreement() || model.can_say_orders_are_imported(); }), model.status());
        CHECK(!model.can_next());
        ipc::jobs::List list;
        const auto jobs = wizard.agent.must(list).jobs;
        REQUIRE(!jobs.empty());
        CHECK(jobs.front().kind == ipc::JobKind::get_qoh);
        CHECK(jobs.front().dry_run);
        CHECK(jobs.front().state == ipc::JobState::done);
    }

    TEST_CASE("a_lost_agent_stops_every_step_and_is_told") {
        if (has_no_store()) return;
        Wizard wizard;
        REQUIRE(wizard.comes_to(WizardStep::cart));
        wizard.agent.kill();
        REQUIRE(wizard.loop.run_until([&] { return !wizard.model->can_next(); }));
        CHECK(wizard.model->status().starts_with("The agent has not been reached since "));
    }

    TEST_CASE("a_file_that_is_no_count_is_named_by_its_line") {
        if (has_no_store()) return;
        Wizard wizard;
        REQUIRE(wizard.comes_to(WizardStep::cart));
        const auto path = (wizard.dir.path() / "wrong.csv").string();
        std::ofstream{path} << "sku,qoh\nA,1\nB,many\n";
        wizard.model->read_counts_from(path);
        CHECK(wizard.model->counts_words() == "Line 3: “many” is no whole number.");
        wizard.model->read_counts_from("/nowhere.csv");
        CHECK(wizard.model->counts_words() == "This file cannot be read.");
    }
}

}  // namespace stocktray::tests
