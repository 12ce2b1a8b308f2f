#include <doctest/doctest.h>

#include <fstream>
#include <future>
#include <optional>
#include <thread>

#include "ipc/messages/history.h"
#include "tests/agent/ctl/ctl_runner.h"

namespace stocktray::ctl {
namespace {

using ipc::qoh::Snapshot;
using ipc::qoh::SnapshotResult;
using ipc::qoh::Submit;
using ipc::qoh::SubmitResult;
using testing::Ctl;
using testing::holds;

std::string file_with(const ipc::testing::Scratch& scratch, std::string_view text) {
    const std::string path = scratch.path() + "/counts.csv";
    std::ofstream{path, std::ios::binary} << text;
    return path;
}

// `snapshot` of a file that says `text`, for an agent that knows of no changes.
testing::Said snapshot(Ctl& ctl, std::string_view text, const std::vector<std::string>& options = {}) {
    (void)ctl.answer<ipc::history::List>({});
    std::vector<std::string> arguments{"snapshot", file_with(ctl.scratch, text), "--spool-file", ctl.scratch.path() + "/spool.db"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return ctl.run(arguments);
}

}  // namespace

TEST_SUITE("ctl submit") {
    TEST_CASE("a_phone_order_takes_pieces_off") {
        Ctl ctl;
        const auto asked = ctl.answer<Submit>({.accepted = 1});
        const auto said = ctl.run({"submit", "SKU-0001", "-2", "--reason", "phone_order"});
        CHECK(said.code == 0);
        CHECK(said.out == "SKU SKU-0001 \u22122 is taken.\n");
        REQUIRE(asked->changes.size() == 1);
        const auto& change = asked->changes[0];
        CHECK(change.sku == "SKU-0001");
        CHECK(change.delta == -2);
        CHECK(change.reason == ipc::Reason::phone_order);
        CHECK(change.id.size() == 32);
        CHECK(change.at);
    }

    TEST_CASE("what_a_cart_has_already_is_not_said_to_be_posted_there") {
        Ctl ctl;
        (void)ctl.answer<Submit>({.accepted = 1});
        const auto said = ctl.run({"submit", "A", "-1", "--reason", "web_order_imported", "--origin-cart", "main", "--order", "7"});
        CHECK(said.code == 0);
        CHECK(said.out == "SKU A \u22121 is taken. main has it already, so it is posted to other carts only.\n");
    }

    TEST_CASE("what_may_have_been_done_is_not_called_undone_when_the_agent_is_away_or_busy_then") {
        for (const auto code : {ipc::Code::busy, ipc::Code::unauthorized}) {
            Ctl ctl;
            int asked = 0;
            ctl.agent.on_raw("qoh.submit", [&](ipc::RpcServer& server, ipc::IncomingRequest& request) {
                if (++asked > 1) server.reply_error(request.from, {code, "Not now.", {}});
            });
            const auto said = ctl.run({"submit", "SKU-0001", "-2", "--reason", "phone_order", "--timeout", "0.3"});
            CHECK(asked == 2);
            CHECK(said.code == static_cast<int>(ExitCode::no_answer));
            CHECK(holds(said.err, "Run the same again with --source "));
        }
        std::optional<Ctl> ctl{std::in_place};
        ctl->agent.on_raw("qoh.submit", [](ipc::RpcServer&, ipc::IncomingRequest&) {});
        const auto endpoint = ctl->scratch.endpoints().requests;
        auto running = std::async(std::launch::async, [&] {
            return testing::run_ctl({"submit", "SKU-0001", "-2", "--reason", "phone_order", "--timeout", "3", "--endpoint", endpoint});
        });
        std::this_thread::sleep_for(std::chrono::milliseconds{500});
        ctl.reset();  // it dies with what it was asked
        const auto said = running.get();
        CHECK(said.code == static_cast<int>(ExitCode::no_answer));
        CHECK(holds(said.err, "Run the same again with --source "));
    }

    TEST_CASE("without_an_answer_it_asks_again_with_the_same_id") {
        Ctl ctl;
        std::vector<std::string> ids;
        ctl.agent.on_raw("qoh.submit", [&](ipc::RpcServer& server, ipc::IncomingRequest& request) {
            ids.push_back(ipc::decode<Submit>(request.params)->changes[0].id);
            if (ids.size() == 3) server.reply_ok(request.from, SubmitResult{.duplicates = 1});
        });
        const auto said = ctl.run({"submit", "A", "1", "--reason", "other", "--timeout", "2"});
        CHECK(said.code == 0);
        CHECK(holds(said.out, "was known already"));
        REQUIRE(ids.size() == 3);
        CHECK(ids[0] == ids[1]);
        CHECK(ids[1] == ids[2]);
    }

    TEST_CASE("an_agent_that_stays_silent_is_4_and_the_id_is_told") {
        Ctl ctl;
        ctl.agent.on_raw("qoh.submit", [](ipc::RpcServer&, ipc::IncomingRequest&) {});
        const auto said =
            ctl.run({"submit", "A", "1", "--reason", "other", "--timeout", "0.03", "--id", "my-id"});
        CHECK(said.code == 4);
        CHECK(holds(said.err, "--source stocktrayctl --id my-id: that is safe."));
    }

    TEST_CASE("a_disk_that_fails_is_4_because_it_may_be_written") {
        Ctl ctl;
        ctl.refuse<Submit>({ipc::Code::storage, "The disk is full.", {}});
        const auto said = ctl.run({"submit", "A", "1", "--reason", "other"});
        CHECK(said.code == 4);
        CHECK(holds(said.err, "The disk is full."));
    }

    TEST_CASE("a_rejected_change_is_5_with_its_sentence") {
        Ctl ctl;
        ctl.answer<Submit>({.rejected = {{0, "x", "conflict", "The id was used for something else."}}});
        const auto said = ctl.run({"submit", "A", "1", "--reason", "other"});
        CHECK(said.code == 5);
        CHECK(said.err == "The id was used for something else.\n");
    }

    TEST_CASE("a_count_needs_its_version_and_no_difference") {
        Ctl ctl;
        const auto asked = ctl.answer<Submit>({.accepted = 1});
        CHECK(ctl.run({"submit", "A", "1", "--qoh", "3", "--reason", "other"}).code == 64);
        CHECK(ctl.run({"submit", "A", "--reason", "other"}).code == 64);
        CHECK(ctl.run({"submit", "A", "--qoh", "3", "--qoh-version", "7", "--reason", "adjustment"}).code ==
              0);
        CHECK(asked->changes[0].qoh == 3);
        CHECK(asked->changes[0].version == 7);
    }

    TEST_CASE("a_web_order_names_its_cart_and_order") {
        Ctl ctl;
        const auto asked = ctl.answer<Submit>({.accepted = 1});
        CHECK(ctl.run({"submit", "A", "-1", "--reason", "web_order_imported", "--origin-cart", "main",
                       "--order", "10023", "--only-cart", "two", "--leave-qoh", "--by", "ann",
                       "--workstation", "till"})
                  .code == 0);
        const auto& change = asked->changes[0];
        CHECK(change.origin_cart == "main");
        CHECK(change.order == "10023");
        CHECK(change.only_carts == std::vector<std::string>{"two"});
        CHECK(change.moves_book == false);
        CHECK(change.by == "ann");
        CHECK(change.workstation == "till");
    }

    TEST_CASE("a_reason_that_is_no_word_of_the_list_is_64") {
        const auto said = testing::run_ctl({"submit", "A", "1", "--reason", "because"});
        CHECK(said.code == 64);
        CHECK(holds(said.err, "phone_order"));
    }
}

TEST_SUITE("ctl snapshot") {
    TEST_CASE("opens_then_sends_parts_and_prints_what_to_send_again") {
        Ctl ctl;
        std::vector<Snapshot> parts;
        ctl.agent.on<Snapshot>([&](const Snapshot& part) -> ipc::Expected<SnapshotResult> {
            parts.push_back(part);
            return SnapshotResult{.received = 5'001, .retake = {"SKU-7"}};
        });
        std::string text = "\xEF\xBB\xBFSKU;QOH;Name;Tracked\r\n\"A;1\";-3;\"a \"\"name\"\"\";no\r\n";
        for (int i = 0; i < 5'000; ++i) text += "S" + std::to_string(i) + ";" + std::to_string(i) + ";;\r\n";
        const auto said = snapshot(ctl, text);
        CHECK(said.code == 2);
        CHECK(holds(said.out, "counts.csv: 5001 counts taken."));
        CHECK(holds(said.err, "Count them again, in a file of their own"));
        CHECK(holds(said.err, "SKU-7"));
        REQUIRE(parts.size() == 3);
        CHECK(parts[0].part == 0);
        CHECK(parts[0].items.empty());
        CHECK(!parts[0].last);
        CHECK(parts[1].part == 1);
        CHECK(parts[1].items.size() == 5'000);
        CHECK(parts[1].items[0] == ipc::qoh::SnapshotItem{"A;1", -3, "a \"name\"", false});
        CHECK(!parts[1].last);
        CHECK(parts[2].last);
        CHECK(parts[2].items.size() == 1);
        CHECK(parts[2].snapshot == parts[0].snapshot);
    }

    TEST_CASE("a_count_without_rows_is_not_taken") {
        Ctl ctl;
        const auto asked = ctl.answer<Snapshot>({});
        const auto said = snapshot(ctl, "sku,qoh\n");
        CHECK(said.code == 2);
        CHECK(holds(said.err, "There is no count in this file."));
        CHECK(asked->snapshot.empty());
    }

    TEST_CASE("may_be_opened_before_the_counts_are_read") {
        Ctl ctl;
        const auto asked = ctl.answer<Snapshot>({});
        const auto opened = ctl.run({"snapshot", "--open"});
        CHECK(opened.code == 0);
        CHECK(opened.out == asked->snapshot + "\n");
        const auto name = asked->snapshot;
        CHECK(snapshot(ctl, "sku,qoh\nA,1\n", {"--opened", name}).code == 0);
        CHECK(asked->snapshot == name);
        CHECK(asked->last);
        CHECK_MESSAGE(asked->part == 2, "none of its parts opens it anew: what changed since would be forgotten");
        CHECK(snapshot(ctl, "sku,qoh\nA,1", {"--opened", name}).code == 65);
        CHECK_MESSAGE(snapshot(ctl, "sku,qoh\nA,1\n", {"--opened", name}).code == 0, "the same content, counted anew");
    }

    TEST_CASE("a_bad_line_is_named_and_nothing_of_the_file_is_sent") {
        Ctl ctl;
        const auto asked = ctl.answer<Snapshot>({});
        const auto code_and_text = [&](std::string_view text) {
            return snapshot(ctl, text);
        };
        auto said = code_and_text("sku,qoh\nA,1\nB,one\n");
        CHECK(said.code == 65);
        CHECK(said.err.starts_with("Line 3: “one” is no whole number.\n"));
        said = code_and_text("colour,qoh\n");
        CHECK(said.err == "No column of the first line is sku (colour, qoh): say which one it is.\n");
        said = code_and_text("sku,qoh\nA\n");
        CHECK(said.err.starts_with("Line 2: The first line has 2 columns, this one 1.\n"));
        said = code_and_text("sku,qoh\nA,1\nA,2\n");
        CHECK(said.err.starts_with("Line 2: The SKU A stands in line 3 too.\n"));
        said = code_and_text("sku,qoh\n\"A,1\n");
        CHECK(said.err.starts_with("Line 2: a quote is not closed.\n"));
        CHECK(asked->snapshot.empty());
        CHECK(ctl.run({"snapshot", "/no/such/file.csv"}).code == 66);
    }
}

}  // namespace stocktray::ctl
