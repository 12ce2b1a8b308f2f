#include <doctest/doctest.h>

#include "conversation.h"
#include "core/cart/seti/dialogues.h"

namespace stocktray::cart {
namespace {

using namespace test;

// The answers of a script, by function; what it does not know it says it does not.
using Answers = std::map<std::string, std::string>;

const std::string page =
    "<?xml version=\"1.0\"?><SETIProducts><Response><ResponseCode>1</ResponseCode></Response>"
    "<Product><Code>A</Code><QOH>1</QOH></Product></SETIProducts>";
const std::string not_found = "SETIResponse=False;SKU=STOCKTRAY-PROBE-7F3A91C2;QOH=NF;NOTE=NotFound";

Answers a_good_script() {
    return {{"sendversion", "SETIResponse: version=1.000"},
            {"getproductscount", "SETIResponse: itemcount=250"},
            {"downloadqoh", page},
            {"downloadprods", page},
            {"invupdate", not_found}};
}

Conversation probe(const std::function<http::Reply(const Fields&)>& script) {
    const auto dialogue = seti::probe(an_access(), "7F3A91C2");
    return talk(*dialogue, script);
}

ProbeResult probe(const Answers& answers) {
    const auto talked = probe([&](const Fields& f) {
        const auto at = answers.find(f.at("setifunction"));
        return reply(at == answers.end() ? "SETIError: Function \"x\" was not found." : at->second);
    });
    return std::get<ProbeResult>(talked.done);
}

std::vector<std::string> codes(const ProbeResult& result) {
    std::vector<std::string> all;
    for (const ProbeProblem& problem : result.problems) {
        CHECK(!problem.message.empty());
        CHECK(!problem.hint.empty());
        all.push_back(problem.code);
    }
    return all;
}

using Codes = std::vector<std::string>;

}  // namespace

TEST_SUITE("probe") {
    TEST_CASE("a good script is usable, and never asked about a real product") {
        const auto answers = a_good_script();
        const auto talked = probe([&](const Fields& f) { return reply(answers.at(f.at("setifunction"))); });
        const auto result = std::get<ProbeResult>(talked.done);
        CHECK(result.is_usable);
        CHECK(result.version.version == "1.000");
        CHECK(result.product_count == 250);
        CHECK(result.learned.dialect == Dialect::text);
        CHECK(result.learned.counts == CountSource::downloadqoh);
        CHECK_FALSE(result.learned.ignores_paging);
        CHECK(codes(result).empty());
        REQUIRE(talked.asked.size() == 4);
        CHECK(talked.asked[0].at("stocktray") == "1");
        CHECK(talked.asked[2].at("batchsize") == "1");
        CHECK(talked.asked[3].at("update") == "STOCKTRAY-PROBE-7F3A91C2~0");
    }

    TEST_CASE("a store that ends its answers by closing is usable; a number that may be cut is not told to anybody") {
        const auto answers = a_good_script();
        for (const bool is_broken : {false, true}) {
            const auto talked = probe([&](const Fields& f) {
                auto said = reply(answers.at(f.at("setifunction")));
                said.is_close_framed = true;
                if (is_broken && f.at("setifunction") == "getproductscount") said.transport = http::Transport::closed;
                return said;
            });
            const auto result = std::get<ProbeResult>(talked.done);
            CHECK(result.is_usable == !is_broken);
            CHECK_FALSE(result.product_count);
        }
    }
    TEST_CASE("a script that reads only XML is found out") {
        const auto talked = probe([](const Fields& f) {
            if (f.at("setifunction") != "invupdate") return reply(a_good_script().at(f.at("setifunction")));
            return reply(f.at("update").starts_with('<') ? not_found : "");
        });
        CHECK(std::get<ProbeResult>(talked.done).learned.dialect == Dialect::xml);
        CHECK(std::get<ProbeResult>(talked.done).is_usable);
    }

    TEST_CASE("a script without live update is not usable and says so") {
        auto answers = a_good_script();
        answers.erase("invupdate");
        const auto result = probe(answers);
        CHECK_FALSE(result.is_usable);
        CHECK(codes(result) == Codes{"no_live_update"});
    }

    TEST_CASE("a script that says yes to anything is not believed") {
        auto answers = a_good_script();
        answers["invupdate"] = "SETIResponse=OK;SKU=STOCKTRAY-PROBE-7F3A91C2;QOH=0;NOTE=";
        const auto result = probe(answers);
        CHECK_FALSE(result.is_usable);
        CHECK(codes(result) == Codes{"says_yes_to_anything"});
    }

    TEST_CASE("a wrong password ends the test, in words without it") {
        auto answers = a_good_script();
        answers["getproductscount"] = "SETIError: Incorrect password-> s3cret&Pw";
        const auto result = probe(answers);
        CHECK_FALSE(result.is_usable);
        CHECK(codes(result) == Codes{"auth"});
        CHECK(result.problems[0].message.find("s3cret") == std::string::npos);
    }

    TEST_CASE("a page in place of a script is asked plainly once and then named") {
        const auto talked = probe([](const Fields&) { return reply("<html>Our shop</html>"); });
        CHECK(talked.asked.size() == 2);
        CHECK(!talked.asked[1].contains("stocktray"));
        CHECK(codes(std::get<ProbeResult>(talked.done)) == Codes{"not_a_script"});
    }

    TEST_CASE("a strict script that stumbles over our fields is asked plainly") {
        const auto talked = probe([](const Fields& f) {
            if (f.contains("stocktray")) return reply("Bad Request", 400);
            return reply(a_good_script().at(f.at("setifunction")));
        });
        CHECK(std::get<ProbeResult>(talked.done).is_usable);
    }

    TEST_CASE("a store that is not there is named by what is in the way") {
        const std::pair<http::Transport, std::string> table[]{
            {http::Transport::name_lookup_failed, "name_lookup"},
            {http::Transport::connect_failed, "connect"},
            {http::Transport::tls_failed, "tls"},
            {http::Transport::no_tls, "no_tls"},
            {http::Transport::plain_http_refused, "plain_http"}};
        for (const auto& [transport, code] : table) {
            const auto talked = probe([&](const Fields&) { return broken(transport, false); });
            CHECK(talked.asked.size() == 1);
            CHECK(codes(std::get<ProbeResult>(talked.done)) == Codes{code});
        }
    }

    TEST_CASE("counts come from the products where there is no downloadqoh, or from nowhere") {
        auto answers = a_good_script();
        answers.erase("downloadqoh");
        CHECK(probe(answers).learned.counts == CountSource::downloadprods);
        answers.erase("downloadprods");
        const auto result = probe(answers);
        CHECK(result.learned.counts == CountSource::none);
        CHECK(codes(result) == Codes{"no_counts"});
        CHECK(result.is_usable);
    }

    TEST_CASE("a fault of the moment does not make a script that tells no counts") {
        const std::pair<http::Reply, Cause> faults[]{
            {broken(http::Transport::timed_out, true), Cause::timeout},
            {broken(http::Transport::closed, true), Cause::closed},
            {broken(http::Transport::connect_failed, false), Cause::connect},
            {reply("", 500), Cause::http_error},
            {reply("SETIError: busy, nothing changed", 503), Cause::busy},
            {reply("SETIError: busy, nothing changed"), Cause::busy},
            {reply("SETIError: Unexpected error, can't continue!"), Cause::store_error},
            {reply("<?xml version=\"1.0\"?><SETIProd"), Cause::malformed},
            {reply("", 429), Cause::rate_limited}};
        for (const auto& [fault, cause] : faults)
            for (const bool is_qoh_missing : {false, true}) {
                const auto talked = probe([&](const Fields& f) {
                    const std::string& function = f.at("setifunction");
                    if (function == "downloadqoh" && is_qoh_missing)
                        return reply("SETIError: Function \"downloadqoh\" was not found.");
                    if (function.starts_with("download")) return fault;
                    return reply(a_good_script().at(function));
                });
                const auto result = std::get<ProbeResult>(talked.done);
                CHECK(result.learned.counts == CountSource::unknown);
                CHECK(codes(result) == Codes{"counts_unread"});
                CHECK(result.problems[0].cause == cause);
                CHECK(result.is_usable);
                CHECK(result.learned.dialect == Dialect::text);
            }
    }

    TEST_CASE("a page in place of counts is no clear word that there are none") {
        for (const char* page_text : {"", "<html>?</html>"}) {
            auto answers = a_good_script();
            answers["downloadqoh"] = page_text;
            CHECK(probe(answers).learned.counts == CountSource::downloadprods);
            answers.erase("downloadprods");
            CHECK(probe(answers).learned.counts == CountSource::unknown);
            answers.erase("downloadqoh");
            answers["downloadprods"] = page_text;
            const auto result = probe(answers);
            CHECK(result.learned.counts == CountSource::unknown);
            CHECK(codes(result) == Codes{"counts_unread"});
        }
    }

    TEST_CASE("a denial under an error status is a denial") {
        const auto talked = probe([&](const Fields& f) {
            const std::string& function = f.at("setifunction");
            if (function.starts_with("download")) return reply("SETIError: Integration has no support", 400);
            return reply(a_good_script().at(function));
        });
        CHECK(std::get<ProbeResult>(talked.done).learned.counts == CountSource::none);
    }

    TEST_CASE("a script that ignores paging is remembered for it") {
        auto answers = a_good_script();
        answers["downloadqoh"] =
            "<?xml version=\"1.0\"?><SETIProducts><Response><ResponseCode>1</ResponseCode></Response>"
            "<Product><Code>A</Code><QOH>1</QOH></Product><Product/></SETIProducts>";
        const auto result = probe(answers);
        CHECK(result.learned.ignores_paging);
        CHECK(codes(result) == Codes{"paging_ignored"});
    }

    TEST_CASE("our connector tells what it can do, and what stands against it") {
        auto answers = a_good_script();
        answers["sendversion"] +=
            "\nStocktrayExt: "
            "1;store=8f0c6f1e9a2b4d53;keep=2592000;seq=7;top=0;engine=innodb;caps=postid,qohquery";
        auto result = probe(answers);
        CHECK(result.learned.extension->has_postid);
        CHECK(result.learned.counts == CountSource::qohquery);
        CHECK(codes(result).empty());
        answers["sendversion"] =
            "SETIResponse: version=1.000\nStocktrayExt: "
            "1;engine=myisam;caps=qohquery;problem=not_transactional;bound=00112233";
        result = probe(answers);
        CHECK(codes(result) == Codes{"other_agent", "no_keys"});
    }
}

TEST_SUITE("version") {
    TEST_CASE("a take-over travels with the question who are you") {
        const auto script = [](const Fields&) { return reply("SETIResponse: version=1.000"); };
        const auto asked = talk(*seti::take_over(an_access(), "0011223344556677"), script).asked;
        CHECK(asked.at(0).at("takeover") == "0011223344556677");
        CHECK(asked.at(0).at("agent") == "7b1f0c4e92d84a6f");
        CHECK(asked.at(0).at("password") == "s3cret&Pw");
    }

    TEST_CASE("keys are not trusted to a store without a name or with a short memory") {
        for (const char* line : {"1;store=short;keep=2592000;caps=postid,batch",
                                 "1;store=8f0c6f1e9a2b4d53;keep=60;caps=postid,batch"}) {
            const auto talked = talk(*seti::version(an_access()), [&](const Fields&) {
                return reply(std::string{"SETIResponse: version=1\nStocktrayExt: "} + line);
            });
            const auto result = std::get<VersionResult>(talked.done);
            REQUIRE(result.extension);
            CHECK_FALSE(result.extension->has_postid);
            CHECK_FALSE(result.extension->has_batch);
        }
    }

    TEST_CASE("a script that answers with an error is a script, but has no version") {
        const auto talked = talk(*seti::version(an_access()),
                                 [](const Fields&) { return reply("SETIError: https required"); });
        CHECK(std::get<VersionResult>(talked.done).is_script);
        CHECK(std::get<VersionResult>(talked.done).cause == Cause::https_required);
    }
}

}  // namespace stocktray::cart
