#include <doctest/doctest.h>

#include "conversation.h"
#include "core/cart/seti/dialogues.h"

namespace stocktray::cart {
namespace {

using namespace test;

const StockUpdate two_sold{"ABC-1", -2, std::nullopt};
const std::string good = "SETIResponse=OK;SKU=ABC-1;QOH=48;NOTE=";

UpdateResult result_of(const Conversation& talk) {
    return std::get<UpdateResult>(talk.done);
}

UpdateResult answer_to_update(http::Reply made, Learned learned = knows(Dialect::text)) {
    const auto dialogue = seti::update(an_access(), std::move(learned), two_sold, Sending::first);
    return result_of(talk(*dialogue, [&](const Fields&) { return made; }));
}

// The update gets `first`, the harmless question behind it `second`.
Conversation update_then_question(const http::Reply& first, const http::Reply& second) {
    const auto dialogue = seti::update(an_access(), knows(Dialect::text), two_sold, Sending::first);
    return talk(*dialogue,
                [&](const Fields& f) { return f.at("setifunction") == "invupdate" ? first : second; });
}

StockUpdate keyed(std::string sku, int n, std::string store = "8f0c6f1e9a2b4d53") {
    return {std::move(sku), -1, PostKey{"KEY-OF-TWENTY-SIGNS-" + std::to_string(n), n, std::move(store)}};
}

std::vector<UpdateResult> batch_results(const std::vector<StockUpdate>& updates,
                                        const std::function<http::Reply(const Fields&)>& store) {
    const auto dialogue = seti::update_batch(an_access(), {}, updates, Sending::first);
    return std::get<BatchResult>(talk(*dialogue, store).done).items;
}

}  // namespace

TEST_SUITE("update") {
    TEST_CASE("what never left this machine is refused, whatever the reason") {
        using T = http::Transport;
        const std::pair<T, Cause> table[]{{T::plain_http_refused, Cause::plain_http},
                                          {T::bad_url, Cause::name_lookup},
                                          {T::name_lookup_failed, Cause::name_lookup},
                                          {T::connect_failed, Cause::connect},
                                          {T::tls_failed, Cause::tls},
                                          {T::no_tls, Cause::no_tls},
                                          {T::timed_out, Cause::timeout},
                                          {T::local_failure, Cause::local_failure}};
        for (const auto& [transport, cause] : table) {
            const auto result = answer_to_update(broken(transport, false));
            CHECK(result.outcome == Outcome::refused);
            CHECK(result.cause == cause);
            CHECK(result.text == "what the network says");
        }
    }

    TEST_CASE("what may have left this machine and was not answered whole is unclear") {
        using T = http::Transport;
        for (const T transport : {T::timed_out, T::closed, T::not_http, T::too_large, T::local_failure, T::tls_failed}) {
            auto made = broken(transport, true);
            made.status = 200;
            made.body = good;  // even if the answer seems to be there
            CHECK(answer_to_update(made).outcome == Outcome::unclear);
        }
        CHECK(answer_to_update(broken(T::closed, true)).cause == Cause::closed);
        CHECK(answer_to_update(broken(T::not_http, true)).cause == Cause::not_http);
    }

    TEST_CASE("a status of the way is a refusal only if a harmless question meets it too") {
        for (const int status : {301, 302, 307, 401, 403, 404, 405, 407, 413, 421, 426}) {
            CAPTURE(status);
            const auto same =
                update_then_question(reply("<html>no</html>", status), reply("<html>no</html>", status));
            CHECK(result_of(same).outcome == Outcome::refused);
            CHECK(same.asked.size() == 2);
            CHECK(same.asked[1].at("setifunction") == "sendversion");
            CHECK(!same.asked[1].contains("password"));

            const auto script_runs =
                update_then_question(reply("<html>no</html>", status), reply("SETIResponse: version=1"));
            CHECK(result_of(script_runs).outcome == Outcome::unclear);
            CHECK(result_of(script_runs).status == status);
            const auto lost =
                update_then_question(reply("", status), broken(http::Transport::timed_out, true));
            CHECK(result_of(lost).outcome == Outcome::unclear);
            const auto other = update_then_question(reply("", status), reply("", status == 404 ? 403 : 404));
            CHECK(result_of(other).outcome == Outcome::unclear);
        }
    }

    TEST_CASE("redirects are one kind, and a script that speaks under an error status was reached") {
        CHECK(result_of(update_then_question(reply("", 301), reply("", 302))).outcome == Outcome::refused);
        const auto speaks = update_then_question(reply("", 403), reply("SETIError: Access denied", 403));
        CHECK(result_of(speaks).outcome == Outcome::unclear);
        // A shop around it that says "not found" to everything, and lets it do its work.
        const auto works = update_then_question(reply(good, 404), reply("SETIResponse: version=1.000", 404));
        CHECK(result_of(works).outcome == Outcome::unclear);
    }

    TEST_CASE("the cause of a status of the way is named") {
        const std::pair<int, Cause> table[]{{302, Cause::redirected},
                                            {403, Cause::forbidden_page},
                                            {404, Cause::page_not_found},
                                            {413, Cause::http_error}};
        for (const auto& [status, cause] : table)
            CHECK(result_of(update_then_question(reply("", status), reply("", status))).cause == cause);
    }

    TEST_CASE("other statuses are unclear and ask nothing more") {
        for (const int status : {201, 204, 400, 410, 429, 500, 502, 503, 504}) {
            CAPTURE(status);
            const auto talked = update_then_question(reply(good, status), reply(good, status));
            CHECK(result_of(talked).outcome == Outcome::unclear);
            CHECK(talked.asked.size() == 1);
        }
        CHECK(answer_to_update(reply("", 429)).cause == Cause::rate_limited);
    }

    TEST_CASE("a listed refusal counts under statuses that a script may give it") {
        for (const int status : {200, 400, 403, 429, 503}) {
            CAPTURE(status);
            const auto result = answer_to_update(reply("SETIError: Access denied.", status));
            CHECK(result.outcome == Outcome::refused);
            CHECK(result.cause == Cause::auth);
        }
        for (const int status : {500, 502, 504}) {
            CAPTURE(status);
            CHECK(answer_to_update(reply("SETIError: Access denied.", status)).outcome == Outcome::unclear);
        }
    }

    TEST_CASE("an answer without a readable count is believed only from a cart that is known for it") {
        auto learned = knows(Dialect::text);
        learned.lacks_readable_qoh = true;
        const std::string minus = "SETIResponse=OK;SKU=ABC-1;QOH=-;NOTE=";
        CHECK(answer_to_update(reply(minus)).outcome == Outcome::unclear);
        const auto applied = answer_to_update(reply(minus), learned);
        CHECK(applied.outcome == Outcome::applied);
        CHECK(!applied.qoh);
        CHECK(answer_to_update(reply("SETIResponse=OK;SKU=ABC-1;QOH=-;NOTE=why"), learned).outcome ==
              Outcome::unclear);
        // Closed without a length, the rest of this may have been "Note=SKU ABC-1 was not found".
        auto cut = reply("SETIResponse=OK;");
        cut.is_close_framed = true;
        CHECK(answer_to_update(cut, learned).outcome == Outcome::unclear);
    }

    TEST_CASE("an answer to another question is never a yes") {
        for (const char* body :
             {"SETIResponse=OK;SKU=ABC-1;QOH=48;QOH=47;NOTE=",
              "SETIResponse=OK;SKU=ABC-1;SKU=ABC-1;QOH=48;NOTE=", "SETIResponse=OK;SKU=abc-1;QOH=48;NOTE=",
              "SETIResponse=OK;SKU=ABC-1 X;QOH=48;NOTE=", "SETIResponse=OK;SKU=;QOH=48;NOTE=",
              "SETIResponse: version=1.0", "SETIResponse", "SETIResponse=", "SETIResponse=OKAY;QOH=48",
              "SETIResponse=OK;what;QOH=48", "SETIResponse=OK;QOH=4 8", "SETIResponse=OK;QOH=48.5",
              "SETIProducts\nSETIEndOfData\n",
              "<?xml "
              "version=\"1.0\"?><SETIProducts><Response><ResponseCode>1</ResponseCode></Response></"
              "SETIProducts>"}) {
            CAPTURE(body);
            CHECK(answer_to_update(reply(body)).outcome == Outcome::unclear);
        }
    }

    TEST_CASE("a SKU that reads like an answer does not decide about itself") {
        const auto dialogue =
            seti::update(an_access(), knows(Dialect::text), {"NOTFOUND", -1, std::nullopt}, Sending::first);
        const auto talked = talk(
            *dialogue, [](const Fields&) { return reply("SETIResponse=False;Note=SKU NOTFOUND is locked"); });
        CHECK(result_of(talked).outcome == Outcome::unclear);
    }

    TEST_CASE("a zero byte or bytes of no charset are garbage") {
        CHECK(answer_to_update(reply(good + std::string(1, '\0'))).outcome == Outcome::unclear);
        CHECK(answer_to_update(reply("SETIResponse=OK;SKU=ABC-1;QOH=48;NOTE=\x81")).outcome ==
              Outcome::unclear);
    }

    TEST_CASE("what the store said is kept short and without the password") {
        const auto result = answer_to_update(reply("SETIError: " + std::string(2000, 'x') + "s3cret&Pw"));
        CHECK(result.text.size() == 1024);
        CHECK(answer_to_update(reply("SETIError: S3CRET&amp;pw; s3cret%26Pw")).text == "(secret); (secret)");
    }

    TEST_CASE("a SKU that cannot be written is rejected with its name and nothing is sent") {
        for (const char* sku : {"A~B", "A|B", "A\nB", " A", "A ", "", "\xFF"}) {
            CAPTURE(sku);
            const auto dialogue =
                seti::update(an_access(), knows(Dialect::text), {sku, -1, std::nullopt}, Sending::first);
            const auto talked = talk(*dialogue, [](const Fields&) { return reply(""); });
            CHECK(talked.asked.empty());
            CHECK(result_of(talked).outcome == Outcome::rejected);
            CHECK(result_of(talked).cause == Cause::unsendable_sku);
            CHECK(!result_of(talked).text.empty());
        }
        const auto dialogue =
            seti::update(an_access(), knows(Dialect::xml), {"A~B|C", -1, std::nullopt}, Sending::first);
        CHECK(talk(*dialogue, [](const Fields&) { return reply(""); }).asked.size() == 1);
    }

    TEST_CASE("nothing is sent to a script of which no form is known, unless the connector has keys") {
        const auto unknown = seti::update(an_access(), {}, two_sold, Sending::first);
        const auto talked = talk(*unknown, [](const Fields&) { return reply(good); });
        CHECK(talked.asked.empty());
        CHECK(result_of(talked).outcome == Outcome::refused);
        Learned connector;
        connector.extension.emplace().has_postid = true;
        const auto known = seti::update(an_access(), connector, two_sold, Sending::first);
        CHECK(talk(*known, [](const Fields&) { return reply(good); }).asked.at(0).at("update") == "ABC-1~-2");
    }

    TEST_CASE("a change without a key is never sent a second time") {
        const auto dialogue = seti::update(an_access(), knows(Dialect::text), two_sold, Sending::repeat);
        const auto talked = talk(*dialogue, [](const Fields&) { return reply(good); });
        CHECK(talked.asked.empty());
        CHECK(result_of(talked).outcome == Outcome::refused);
    }

    TEST_CASE("an old store gets its own charset") {
        auto access = an_access();
        access.charset = Charset::windows_1252;
        const auto dialogue =
            seti::update(access, knows(Dialect::text), {"3\u201D-BOLT", 1, std::nullopt}, Sending::first);
        CHECK(std::get<http::Request>(dialogue->begin()).body.find("update=3%94-BOLT%7E1&") !=
              std::string::npos);
        const auto lacking =
            seti::update(access, knows(Dialect::text), {"\u4E2D", 1, std::nullopt}, Sending::first);
        CHECK(std::get<UpdateResult>(std::get<Done>(lacking->begin())).cause == Cause::unsendable_sku);
    }
}

TEST_SUITE("update_batch") {
    TEST_CASE("pieces that cannot be sent are answered here and the others go out") {
        std::string sent;
        const auto items =
            batch_results({keyed("A", 1),
                           keyed("B~", 2),
                           {"C", 1, std::nullopt},
                           keyed("D", 4, "another-store-00"),
                           keyed("A", 5),
                           keyed("E", 6)},
                          [&](const Fields& f) {
                              sent = f.at("update");
                              return reply(
                                  "SETIResponse\r\nKEY-OF-TWENTY-SIGNS-1=OK;QOH=4;NOTE=\r\nKEY-OF-TWENTY-"
                                  "SIGNS-6=NF;QOH=NF;NOTE=\r\nSETIEndOfData");
                          });
        CHECK(sent == "A~-1~1~KEY-OF-TWENTY-SIGNS-1|E~-1~6~KEY-OF-TWENTY-SIGNS-6");
        CHECK(items[0].outcome == Outcome::applied);
        CHECK(items[1].cause == Cause::unsendable_sku);
        CHECK(items[2].outcome == Outcome::refused);
        CHECK(items[3].cause == Cause::store_changed);
        CHECK(items[4].outcome == Outcome::refused);
        CHECK(items[5].cause == Cause::not_found);
    }

    TEST_CASE("one request takes 250 and no more") {
        std::vector<StockUpdate> updates;
        for (int n = 0; n < 251; ++n) updates.push_back(keyed("SKU-" + std::to_string(n), n));
        std::string count;
        const auto items = batch_results(updates, [&](const Fields& f) {
            count = f.at("count");
            return reply("");
        });
        CHECK(count == "250");
        CHECK(items[249].outcome == Outcome::unclear);
        CHECK(items[250].outcome == Outcome::refused);
    }

    TEST_CASE("a status of the way is checked for the batch as a whole") {
        const std::vector updates{keyed("A", 1), keyed("B~", 2), keyed("C", 3)};
        const auto unreached = batch_results(updates, [](const Fields&) { return reply("", 404); });
        CHECK(unreached[0].outcome == Outcome::refused);
        CHECK(unreached[1].outcome == Outcome::rejected);
        CHECK(unreached[2].outcome == Outcome::refused);
        const auto reached = batch_results(updates, [](const Fields& f) {
            return f.at("setifunction") == "invbatch" ? reply("", 404) : reply("SETIResponse: version=1");
        });
        CHECK(reached[0].outcome == Outcome::unclear);
        CHECK(reached[1].outcome == Outcome::rejected);
        CHECK(reached[2].outcome == Outcome::unclear);
    }

    TEST_CASE("a batch of nothing that can be sent asks nothing") {
        const auto items = batch_results(
            {keyed("A~", 1)}, [](const Fields&) -> http::Reply { throw std::logic_error{"asked"}; });
        CHECK(items.at(0).outcome == Outcome::rejected);
        CHECK(batch_results({}, [](const Fields&) { return reply(""); }).empty());
    }
}

}  // namespace stocktray::cart
