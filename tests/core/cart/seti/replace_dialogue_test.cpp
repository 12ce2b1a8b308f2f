#include <doctest/doctest.h>

#include "conversation.h"
#include "core/cart/seti/dialogues.h"

namespace stocktray::cart {
namespace {

using namespace test;
using Words = std::vector<ReplaceWord>;

ReplaceResult replace(const std::vector<CountToSet>& counts,
                      const std::function<http::Reply(const Fields&)>& store, Dialect dialect = Dialect::text,
                      std::vector<Fields>* asked = nullptr) {
    const auto dialogue = seti::replace_counts(an_access(), knows(dialect), counts);
    auto talked = talk(*dialogue, store);
    if (asked != nullptr) *asked = talked.asked;
    return std::get<ReplaceResult>(talked.done);
}

Words words_of(const ReplaceResult& result) {
    Words words;
    for (const ReplaceItem& item : result.items) words.push_back(item.word);
    return words;
}

const std::vector<CountToSet> three{{"A", 5}, {"B", 0}, {"C", 12}};

ReplaceResult answer(const std::string& body) {
    return replace(three, [&](const Fields&) { return reply(body); });
}

}  // namespace

TEST_SUITE("replace_counts") {
    TEST_CASE("the request is written as every script can read it, and cannot travel twice") {
        std::vector<Fields> asked;
        replace(
            three, [](const Fields&) { return reply(""); }, Dialect::text, &asked);
        REQUIRE(asked.size() == 1);
        CHECK(asked[0].at("setifunction") == "qohreplace");
        CHECK(asked[0].at("update") == "A~5|B~0|C~12");
        CHECK(asked[0].at("count") == "3");
        replace(
            {{"A&B", -2}, {"C|D~E", 3}}, [](const Fields&) { return reply(""); }, Dialect::xml, &asked);
        CHECK(asked.at(0).at("update") ==
              "<SETIProducts><Product><SKU>A&amp;B</SKU><QOH>-2</QOH></Product>"
              "<Product><SKU>C|D~E</SKU><QOH>3</QOH></Product></SETIProducts>");
        CHECK(asked[0].at("count") == "2");
        const auto dialogue = seti::replace_counts(an_access(), knows(Dialect::text), three);
        CHECK(std::get<http::Request>(dialogue->begin()).rewind == http::Rewind::forbidden);
    }

    TEST_CASE("each script's answer is understood") {
        using enum ReplaceWord;
        const std::pair<const char*, Words> table[]{
            {"SETIResponse\r\nA=OK\r\nB=NF\r\nC=NA\r\nSETIEndOfData", {ok, not_found, not_tracked}},  // MAG
            {"SETIResponse\r\nA=OK\r\nB=Err\r\nInvalid SKU pair 'C'\r\nSETIEndOfData",
             {ok, error, no_answer}},
            {"SETIResponse\r\nA=OK\r\n=Err: Invalid SKU pair B\r\nC=OK\r\nSETIEndOfData",
             {ok, no_answer, ok}},
            {"SETIResponse \nA=Update Error \nB=OK \nC=OK \nSETIEndOfData", {error, ok, ok}},  // INT
            {"SETIResponse\nA=OK\nB=Deadlock found\nC=OK\nSETIEndOfData\n", {ok, error, ok}},  // INR
            {"SETIResponse\nA=OK\nB=NF\nC=OK\nSETIEndOfData\n", {ok, not_found, ok}},          // MTR, EZP
            {"SETIResponse\nA=OK\nB=NF\nC=NA\nSETIEndOfData", {ok, not_found, not_tracked}},   // SES
            {"SETIResponse\r\nA=OK\r\nB=NA\r\nC=NF\r\nSETIEndOfData\r\n",
             {ok, not_tracked, not_found}},  // MAV
            {"SETIResponse\r\nA=AMBIGUOUS\r\nB=OK\r\nC=ok\r\nSETIEndOfData", {ambiguous, ok, ok}},
        };
        for (const auto& [body, words] : table) {
            CAPTURE(body);
            const auto result = answer(body);
            CHECK(result.is_complete);
            CHECK(result.cause == Cause::none);
            CHECK(words_of(result) == words);
        }
        CHECK(answer(table[3].first).items[0].text == "Update Error");
    }

    TEST_CASE("an answer without its end leaves the rest unclear") {
        using enum ReplaceWord;
        for (const char* body :
             {"SETIResponse\nA=OK\nB=NF", "SETIResponse\nA=OK\nB=N", "SETIResponse\nA=OK\nB="}) {
            const auto result = answer(body);
            CHECK_FALSE(result.is_complete);
            CHECK_FALSE(result.is_refused);
            CHECK(result.cause == Cause::truncated);
            CHECK(words_of(result) == Words{ok, no_answer, no_answer});
        }
    }

    TEST_CASE("two lines for one SKU are no word about it") {
        const auto result = answer("SETIResponse\nA=OK\nA=NF\nB=OK\nC=OK\nSETIEndOfData");
        CHECK(result.items[0].word == ReplaceWord::error);
        CHECK(!result.items[0].text.empty());
    }

    TEST_CASE("what is no answer leaves every item without one, and only a refusal is certain") {
        struct Case {
            http::Reply reply;
            Cause cause;
            bool is_refused;
        };
        const Case table[]{
            {reply(""), Cause::no_answer, false},
            {reply("<html>?</html>"), Cause::not_a_script, false},
            {reply("SETIResponse=OK;SKU=A;QOH=5"), Cause::malformed, false},
            {reply("SETIError: Unexpected error, can't continue!"), Cause::store_error, false},
            {reply("SETIError: Expected 3 updates, but found 2", 400), Cause::bad_request, true},
            {reply("SETIError: Access denied"), Cause::auth, true},
            {reply("", 500), Cause::http_error, false},
            {reply("", 404), Cause::page_not_found, false},
            {broken(http::Transport::connect_failed, false), Cause::connect, true},
            {broken(http::Transport::timed_out, true), Cause::timeout, false},
            {broken(http::Transport::closed, true), Cause::closed, false},
        };
        for (const Case& c : table) {
            std::vector<Fields> asked;
            const auto result = replace(
                three, [&](const Fields&) { return c.reply; }, Dialect::text, &asked);
            CHECK(asked.size() == 1);  // never repeated
            CHECK_FALSE(result.is_complete);
            CHECK(result.cause == c.cause);
            CHECK(result.is_refused == c.is_refused);
            CHECK(words_of(result) == Words(3, ReplaceWord::no_answer));
        }
    }

    TEST_CASE("what cannot be written, or stands there twice, is answered here and the others go out") {
        std::vector<Fields> asked;
        const auto result = replace(
            {{"A", 1}, {"B|C", 2}, {"D", 3}, {" E", 4}, {"D", 5}, {"F", 6}},
            [](const Fields&) { return reply("SETIResponse\nA=OK\nF=NF\nSETIEndOfData"); }, Dialect::text,
            &asked);
        CHECK(asked.at(0).at("update") == "A~1|F~6");
        CHECK(asked[0].at("count") == "2");
        using enum ReplaceWord;
        CHECK(words_of(result) == Words{ok, unsendable, unsendable, unsendable, unsendable, not_found});
        for (const std::size_t i : {1U, 2U, 3U, 4U}) CHECK(!result.items[i].text.empty());
        CHECK(result.items[5].sku == "F");
    }

    TEST_CASE("nothing that can be sent asks nothing") {
        const auto nobody = [](const Fields&) -> http::Reply { throw std::logic_error{"asked"}; };
        CHECK(words_of(replace({{"A~", 1}}, nobody)) == Words{ReplaceWord::unsendable});
        CHECK(replace({}, nobody).is_complete);
        CHECK(replace(std::vector<CountToSet>(251, {"A", 1}), nobody).is_refused);
        const auto unknown = seti::replace_counts(an_access(), {}, three);
        const auto result = std::get<ReplaceResult>(std::get<Done>(unknown->begin()));
        CHECK(result.is_refused);
        CHECK(result.cause == Cause::unknown_function);
    }

    TEST_CASE("words of a script are kept without the password") {
        CHECK(answer("SETIResponse\nA=no s3cret&Pw\nB=OK\nC=OK\nSETIEndOfData").items[0].text ==
              "no (secret)");
    }
}

}  // namespace stocktray::cart
