// A store's list on its way to the listings: sorted outside of memory, taken over slice by slice.
#include "core/sync/counts_intake.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <stdexcept>

#include "core/random.h"
#include "tests/core/shop.h"

using namespace stocktray;
using namespace stocktray::tests;

namespace {

using List = store::ToldCounts::List;
constexpr stack::CartKey cart_a = 1;

cart::ReadCount count(const std::string& sku, std::int64_t qoh) { return {sku, cart::CountWord::count, qoh}; }

std::vector<std::string> mixed(std::size_t size) {
    std::vector<std::string> skus;
    for (std::size_t i = 0; i < size; ++i) skus.push_back(fmt::format("SKU-{}", i));
    Random random{3};
    for (std::size_t i = size; i-- > 1;) std::swap(skus[i], skus[random.next() % (i + 1)]);
    return skus;
}

template <class Add>
void in_pages(const std::vector<std::string>& skus, Add add) {
    std::vector<cart::ReadCount> page;
    for (const auto& sku : skus) {
        page.push_back(count(sku, static_cast<std::int64_t>(sku.size())));
        if (page.size() == cart::CountSink::most_at_once) add(std::exchange(page, {}));
    }
    if (!page.empty()) add(page);
}

// A workbench whose cart `a` knows `known`, and a list of it in one answer.
struct Intake {
    Workbench bench;
    explicit Intake(std::map<std::string, std::int64_t> known = {}) {
        bench.open_cart("a", Script::plain, known);
        bench.snapshot(known);
    }
    // What was the same, by listing.
    std::map<stack::ListingKey, bool> take(const std::vector<cart::ReadCount>& list, const stack::Touched* touched = nullptr) {
        std::map<stack::ListingKey, bool> told;
        bench.turn([&] {
            sync::CountsIntake intake{bench.store, key(), List::job};
            intake.take(list, 1);
            intake.complete({}, bench.now.wall);
            while (intake.go_on(bench.cart("a").cart, touched, [&](stack::ListingKey listing, bool is_same) {
                CHECK(told.emplace(listing, is_same).second);
            })) {
            }
            CHECK(intake.distinct() == std::ssize(told));
        });
        return told;
    }
    [[nodiscard]] stack::CartKey key() { return bench.cart("a").cart.key; }
};

}  // namespace

TEST_SUITE("SortedCounts") {
    TEST_CASE("a list in any order comes back by SKU, with all that was told of each in its order") {
        for (const std::size_t size : {0U, 1U, 200U, 8'192U, 8'193U, 50'000U}) {
            CAPTURE(size);
            Workbench bench;
            bench.open_cart("a", Script::plain, {});
            std::map<std::string, std::vector<cart::Told>> model;
            bench.turn([&] {
                sync::SortedCounts sorted{bench.store.told_counts, cart_a, List::job};
                std::int32_t answer = 0;
                std::int64_t most = 0;
                in_pages(mixed(size), [&](std::vector<cart::ReadCount> page) {
                    page.push_back(count("SKU-7", ++answer));  // in every answer
                    page.push_back(count(page.front().sku, -1));
                    page.push_back({"\xC3\xA9", cart::CountWord::not_tracked, 0});
                    page.push_back(count("SKU", 1));
                    for (const auto& one : page) model[one.sku].push_back({one, answer});
                    sorted.add(page, answer);
                    most = std::max(most, bench.store.told_counts.count());
                });
                CHECK((most > 0) == (size > 9'000));
                sorted.close();
                for (const auto& [sku, told] : model) REQUIRE(sorted.next() == told);
                CHECK(sorted.next().empty());
                CHECK(bench.store.told_counts.count() == 0);
            });
        }
    }

    TEST_CASE("no call writes much more than it is given") {
        Workbench bench;
        bench.open_cart("a", Script::plain, {});
        bench.turn([&] {
            sync::SortedCounts sorted{bench.store.told_counts, cart_a, List::job};
            in_pages(mixed(40'000), [&](const std::vector<cart::ReadCount>& page) {
                const auto before = bench.store.rows_written();
                sorted.add(page, 1);
                REQUIRE(bench.store.rows_written() - before <= 250 / 64 + 1);
            });
        });
    }

    TEST_CASE("what a list that broke off has left goes with the next one of its kind, and with no other") {
        Workbench bench;
        bench.open_cart("a", Script::plain, {});
        const auto begin = [&](List list) {
            sync::SortedCounts sorted{bench.store.told_counts, cart_a, list};
            in_pages(mixed(30'000), [&](const std::vector<cart::ReadCount>& page) { sorted.add(page, 1); });
            return sorted;
        };
        bench.turn([&] {
            (void)begin(List::base);
            const auto left = bench.store.told_counts.count();
            CHECK(left > 300);
            (void)begin(List::job);
            CHECK(bench.store.told_counts.count() == 2 * left);
            auto sorted = begin(List::job);
            sorted.close();
            while (!sorted.next().empty()) {
            }
            CHECK(bench.store.told_counts.count() == left);
        });
    }
}

TEST_SUITE("CountsIntake") {
    TEST_CASE("new SKUs become listings, in the order of their names, and are tied to their items") {
        Intake shop;
        shop.bench.snapshot({{"B", 3}, {"C", 4}});
        (void)shop.take({count("C", 7), count("A", 1), count("B", 2), {"D", cart::CountWord::not_tracked, 0}});
        CHECK(shop.bench.listing("a", "A").key < shop.bench.listing("a", "B").key);
        CHECK(shop.bench.listing("a", "B").key < shop.bench.listing("a", "C").key);
        CHECK(shop.bench.listing("a", "C").store_qoh == 7);
        CHECK(shop.bench.listing("a", "C").item == shop.bench.item("C").key);
        CHECK_FALSE(shop.bench.listing("a", "A").item);
        CHECK(shop.bench.listing("a", "D").word == cart::CountWord::not_tracked);
        CHECK_FALSE(shop.bench.listing("a", "D").store_qoh);
    }

    TEST_CASE("what is the same is told so, and what has moved since the list was begun is not written") {
        Intake shop{{{"A", 1}, {"B", 2}, {"C", 3}}};
        stack::Touched touched{shop.key(), {}};
        const auto c = shop.bench.listing("a", "C").key;
        touched.add(shop.key(), c);
        const auto told = shop.take({count("A", 1), count("B", 5), count("C", 9)}, &touched);
        CHECK(told.at(shop.bench.listing("a", "A").key));
        CHECK_FALSE(told.at(shop.bench.listing("a", "B").key));
        CHECK_FALSE(told.at(c));
        CHECK(shop.bench.listing("a", "B").store_qoh == 5);
        CHECK(shop.bench.listing("a", "C").store_qoh == 3);
    }

    TEST_CASE("a SKU told twice is ambiguous, however far apart it was told") {
        Intake shop;
        std::vector<cart::ReadCount> list;
        in_pages(mixed(30'000), [&](const std::vector<cart::ReadCount>& page) { list.insert(list.end(), page.begin(), page.end()); });
        list.push_back(list.front());
        const auto told = shop.take(list);
        CHECK(told.size() == 30'000);
        CHECK(shop.bench.listing("a", list.front().sku).word == cart::CountWord::ambiguous);
        CHECK(shop.bench.listing("a", list[1].sku).word == cart::CountWord::count);
    }

    TEST_CASE("listings that the store no longer lists, however many, are left as they are") {
        std::map<std::string, std::int64_t> known{{"A", 1}, {"Z", 1}};
        for (int i = 0; i < 2'000; ++i) known.emplace(fmt::format("M-{:04}", i), i);
        Intake shop{known};
        const auto told = shop.take({count("A", 1), count("M-1999", 5), count("N", 1), count("Z", 2)});
        CHECK(told.size() == 4);
        CHECK(shop.bench.listing("a", "M-1999").store_qoh == 5);
        CHECK(shop.bench.listing("a", "M-1998").store_qoh == 1998);
        CHECK(shop.bench.listing("a", "N").store_qoh == 1);
        CHECK(shop.bench.listing("a", "Z").store_qoh == 2);
    }
}

TEST_SUITE("A list that is taken over in several turns") {
    TEST_CASE("a cart has its base, and its posts leave, when the last of it is taken over") {
        Workbench bench;
        std::map<std::string, std::int64_t> counts;
        for (int i = 0; i < 3'000; ++i) counts.emplace(fmt::format("SKU-{:04}", i), 10);
        bench.snapshot(counts);
        cart::CartConfig config;
        config.id = "a";
        config.url = "https://a.test/import.php";
        config.synchronize_inventory = true;
        bench.turn([&] { REQUIRE(bench.controller.switching.create(config, bench.now)); });
        bench.answer(*bench.take<stack::AskProbe>(), usable());
        const auto all = bench.take<stack::AskAllCounts>();
        REQUIRE(all);
        std::vector<cart::ReadCount> page;
        for (const auto& [sku, qoh] : counts) page.push_back(count(sku, qoh));
        bench.turn([&] { bench.controller.counts_page(all->exchange, page, 1); });
        bench.submit("SKU-0001", -1);
        cart::CountsResult done;
        done.is_complete = true;
        bench.answer(*all, done);
        int turns = 0;
        while (!bench.cart("a").cart.has_base) {
            CHECK(bench.asks().empty());
            CHECK(bench.controller.next_wakeup(bench.now) == bench.now.steady);
            bench.turn();
            REQUIRE(++turns < 20);
        }
        CHECK(turns >= 10);
        CHECK(bench.listing("a", "SKU-2999").store_qoh == 10);
        CHECK(bench.take<stack::AskUpdate>());
    }

    TEST_CASE("a base whose turn is taken back is read anew, and nothing of it is lost") {
        for (const bool is_whole : {false, true}) {
            CAPTURE(is_whole);
            Workbench bench;
            bench.open_cart("a", Script::plain, {{"OLD", 1}});
            bench.turn([&] { bench.controller.switching.set_parameter("SynchQOH", false, bench.now); });
            bench.turn([&] { bench.controller.switching.set_parameter("SynchQOH", true, bench.now); });
            if (auto asked = bench.take<stack::AskVersion>()) bench.answer(*asked, version());
            auto all = bench.take<stack::AskAllCounts>();
            REQUIRE(all);
            bench.turn([&] { bench.controller.counts_page(all->exchange, {count("A", 1)}, 1); });
            cart::CountsResult done;
            done.is_complete = true;
            const auto broken = [&] {
                if (is_whole) bench.controller.answered(all->exchange, done, bench.now);
                else bench.controller.counts_page(all->exchange, {count("B", 2)}, 1);
                throw std::runtime_error{"the disk"};
            };
            CHECK_FALSE(bench.controller.turn(bench.now, stack::Sendings::allowed, broken));
            // The agent gives again what came in the turn that failed.
            bench.turn([&] {
                if (is_whole) bench.controller.answered(all->exchange, done, bench.now);
                else bench.controller.counts_page(all->exchange, {count("B", 2)}, 1);
            });
            CHECK_FALSE(bench.cart("a").cart.has_base);
            if (!is_whole) bench.answer(*all, done);
            CHECK_FALSE(bench.cart("a").cart.has_base);
            auto again = bench.take<stack::AskAllCounts>();
            REQUIRE(again);
            bench.turn([&] { bench.controller.counts_page(again->exchange, {count("A", 1), count("B", 2)}, 1); });
            bench.answer(*again, done);
            CHECK(bench.cart("a").cart.has_base);
            CHECK(bench.listing("a", "A").word == cart::CountWord::count);
            CHECK(bench.listing("a", "B").word == cart::CountWord::count);
        }
    }

    TEST_CASE("a job of which any turn is taken back, while its list is sorted and taken over, does every SKU once") {
        constexpr int skus = 8'500;
        std::map<std::string, std::int64_t> counts;
        for (int i = 0; i < skus; ++i) counts.emplace(fmt::format("SKU-{}", i), 10);
        Workbench bench;
        bench.open_cart("a", Script::plain, counts);
        bench.snapshot(counts);
        import_orders(bench);
        std::vector<cart::ReadCount> list;
        for (const auto& sku : mixed(skus)) list.push_back(count(sku, sku == "SKU-77" ? 12 : 10));
        int failures = 0;
        for (int fatal = 0; fatal < 60; fatal += 3) {
            CAPTURE(fatal);
            jobs::Options options;
            options.allows_pending = true;
            const auto job = start(bench, jobs::Kind::audit, options);
            int turns = 0;
            const auto turn = [&](const std::function<void()>& work) {
                if (turns++ == fatal) {
                    ++failures;
                    CHECK_FALSE(bench.controller.turn(bench.now, stack::Sendings::allowed, [&] {
                        work();
                        throw std::runtime_error{"the disk"};
                    }));
                }
                bench.turn(work);  // what came is given again
            };
            for (int i = 0; i < 500 && jobs::is_at_work(state(bench, job)); ++i) {
                const auto all = bench.take<stack::AskAllCounts>();
                if (!all) {
                    turn([] {});
                    if (bench.asks().empty()) bench.pass(some_time);
                    continue;
                }
                for (std::size_t at = 0; at < list.size(); at += 250) {
                    const auto end = list.begin() + static_cast<std::ptrdiff_t>(std::min(at + 250, list.size()));
                    const std::vector<cart::ReadCount> page{list.begin() + static_cast<std::ptrdiff_t>(at), end};
                    turn([&] { bench.controller.counts_page(all->exchange, page, static_cast<std::int32_t>(at / 250)); });
                }
                cart::CountsResult done;
                done.is_complete = true;
                turn([&] { bench.controller.answered(all->exchange, done, bench.now); });
            }
            CHECK(state(bench, job) == jobs::State::done);
            CHECK(bench.store.jobs.get(job)->done == skus);
            CHECK(line(bench, job, "SKU-77").result == jobs::ItemResult::different);
            CHECK(bench.store.told_counts.count() == 0);
        }
        CHECK(failures > 15);
    }

    TEST_CASE("nothing stays of a list whose job was cancelled, nor of a cart that is gone") {
        for (const bool is_gone : {false, true}) {
            CAPTURE(is_gone);
            OpenShop bench{Script::plain, {{"A", 1}}, {{"A", 1}}};
            auto& shop = bench.shop;
            const auto job = start(bench, jobs::Kind::audit);
            shop.serve_until<stack::AskAllCounts>();
            const auto all = bench.take<stack::AskAllCounts>();
            REQUIRE(all);
            in_pages(mixed(20'000), [&](const std::vector<cart::ReadCount>& page) {
                bench.turn([&] { bench.controller.counts_page(all->exchange, page, 1); });
            });
            REQUIRE(bench.store.told_counts.count() > 100);
            bench.turn([&] {
                if (is_gone) REQUIRE(bench.controller.switching.remove("a", "closed", bench.now));
                else REQUIRE(bench.controller.jobs.cancel(job, bench.now));
            });
            bench.pass(std::chrono::hours{1});
            // It goes on by itself until all are gone.
            while (bench.controller.next_wakeup(bench.now) == bench.now.steady) bench.turn();
            CHECK(bench.store.told_counts.count() == 0);
        }
    }

    TEST_CASE("a store that dies in the middle of its list is read anew, and what it told before says nothing") {
        OpenShop bench{Script::plain, {{"A", 1}, {"B", 2}}, {{"A", 1}, {"B", 2}}};
        auto& shop = bench.shop;
        const auto job = start(bench, jobs::Kind::audit);
        shop.serve_until<stack::AskAllCounts>();
        const auto all = bench.take<stack::AskAllCounts>();
        REQUIRE(all);
        bench.turn([&] { bench.controller.counts_page(all->exchange, {count("A", 77)}, 1); });
        cart::CountsResult broken;
        broken.cause = cart::Cause::closed;
        bench.answer(*all, broken);
        CHECK(bench.listing("a", "A").store_qoh == 1);
        shop.serve(40);
        CHECK(state(bench, job) == jobs::State::done);
        CHECK(bench.store.jobs.get(job)->done == 2);
        CHECK_FALSE(bench.store.jobs.item(job, "A"));  // equal
    }
}
