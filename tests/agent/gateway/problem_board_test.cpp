#include "agent/gateway/problem_board.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "ipc/codec/utf8.h"
#include "tests/ipc/fake_agent.h"
#include "tests/ipc/scratch.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait_until.h"

using namespace stocktray;
using namespace stocktray::gateway;

namespace {

using Alerts = std::vector<ipc::alerts::Told>;

// A board before an agent that reads strictly, as the real one does, and has a will of its own.
struct Told {
    ipc::testing::Scratch scratch;
    tests::TempDir dir;
    std::mutex mutex;
    Alerts last;
    std::string unwanted;  // an alert with this in it makes the whole Tell invalid
    ipc::testing::FakeAgent agent{scratch.endpoints(), "run-1", ipc::testing::FakeAgent::Start::when_told};
    std::unique_ptr<ipc::Outbox> outbox;
    ProblemBoard board;
    std::jthread thread;

    Told() {
        agent.on<ipc::alerts::Tell>([this](const ipc::alerts::Tell& tell) -> ipc::Expected<ipc::Nothing> {
            const std::lock_guard lock{mutex};
            for (const auto& told : tell.alerts)
                if (!unwanted.empty() && told.message.find(unwanted) != std::string::npos)
                    return ipc::fail(ipc::Code::invalid_params, "alerts[0].message is unwanted.");
            if (tell.source == outbox->source()) last = tell.alerts;
            return ipc::Nothing{};
        });
        outbox = ipc::Outbox::open({"gateway test", scratch.endpoints().requests, dir.path() / "spool.db"}).value();
        agent.start();
        thread = std::jthread{[this](std::stop_token stop) { board.run(*outbox, std::move(stop)); }};
    }

    [[nodiscard]] Alerts alerts() {
        const std::lock_guard lock{mutex};
        return last;
    }
    [[nodiscard]] bool tells(std::string_view words) {
        return tests::wait_until([&] {
            const auto all = alerts();
            return std::ranges::any_of(all, [&](const auto& told) { return told.message.find(words) != std::string::npos; });
        });
    }
};

}  // namespace

TEST_SUITE("gateway: problem board") {
    TEST_CASE("what is not UTF-8, too long, or of a name that the agent does not take is told all the same, and silences nothing") {
        Told told;
        std::string longest = "No column of the first line is sku (";
        while (longest.size() < 9'000) longest += "größe, ";
        told.board.tell("the folder in", {{.message = "B\xE4lle.xlsx is a spreadsheet.", .hint = "Take B\xE4lle.xlsx away."}});
        told.board.tell("the folder long", {{.message = longest, .hint = longest}, {.message = "And another one."}});
        told.board.tell("the database", {{.sku = "A\n1", .cart = "No Cart", .message = "A 1 cannot be read."}});
        told.board.tell("the script", {{.message = "The carts cannot be asked for."}});
        CHECK(told.tells("B?lle.xlsx is a spreadsheet."));
        CHECK(told.tells("A 1 cannot be read."));
        CHECK(told.tells("The carts cannot be asked for."));
        CHECK(told.tells("2 problems: No column of the first line is sku (größe, "));
        for (const auto& alert : told.alerts()) {
            CHECK(ipc::is_utf8(alert.message));
            CHECK(alert.message.size() <= 4'000);
            CHECK(alert.hint.size() <= 4'000);
            CHECK_FALSE(alert.sku);
        }
        told.board.tell("the folder in", {});
        CHECK(tests::wait_until([&] { return told.alerts().size() == 3; }));
    }

    TEST_CASE("one notice that the agent will not have is left out, and the others come and go") {
        Told told;
        {
            const std::lock_guard lock{told.mutex};
            told.unwanted = "not this";
        }
        for (int i = 0; i < 4; ++i)
            told.board.tell(fmt::format("door {}", i), {{.message = fmt::format("{} {}", i % 2 == 1 ? "not this" : "well", i)}});
        CHECK(told.tells("well 0"));
        CHECK(told.tells("well 2"));
        CHECK(tests::wait_until([&] { return told.alerts().size() == 2; }));
        told.board.tell("door 0", {});
        CHECK(tests::wait_until([&] { return told.alerts().size() == 1; }));
        CHECK(told.tells("well 2"));
    }
}
