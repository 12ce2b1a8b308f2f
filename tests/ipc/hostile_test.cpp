// Messages that nobody of ours would send.
#include <doctest/doctest.h>

#include <chrono>

#include "ipc/codec/framing.h"
#include "ipc/codec/json.h"
#include "ipc/codec/utf8.h"
#include "ipc/messages/registry.h"
#include "tests/ipc/mutation.h"

namespace stocktray::ipc {
namespace {

using Problem = Document::Problem;

Problem problem_of(std::string_view bytes, const Limits& limits = {}) {
    return Document::parse(bytes, limits).problem();
}

// Reads damaged bytes as a T; what can be read must be writable and mean the same again.
template <Message T>
void check_damaged(std::uint64_t seeds, Reading reading) {
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        testing::Random random{seed};
        const std::string bytes = testing::damaged(encode(testing::Filler{random}.make<T>()), random);
        const Document document = Document::parse(bytes);
        const auto message = decode<T>(document.root(), reading);
        if (!message) continue;
        CAPTURE(seed);
        const std::string again = encode(*message);
        const Document second = Document::parse(again);
        const auto same = decode<T>(second.root(), reading);
        REQUIRE(same);
        CHECK(encode(*same) == again);
    }
}

}  // namespace

TEST_SUITE("Hostile") {
    TEST_CASE("damaged_params_are_refused_or_read_as_what_they_say") {
        Requests::each([]<class T>() {
            CAPTURE(T::method.name);
            check_damaged<T>(400, Reading::strict);
        });
    }

    TEST_CASE("damaged_results_and_events_are_refused_or_read_as_what_they_say") {
        Requests::each([]<class T>() { check_damaged<typename T::Result>(100, Reading::lenient); });
        Events::each([]<class T>() { check_damaged<T>(100, Reading::lenient); });
    }

    TEST_CASE("damaged_frames_never_stop_the_reader") {
        for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
            testing::Random random{seed};
            const auto submit = testing::Filler{random}.make<qoh::Submit>();
            const std::string bytes = testing::damaged(request(7, submit), random);
            const Document document = Document::parse(bytes);
            (void)read_request(document);
            (void)read_response(document);
            (void)read_event(document);
            (void)to_json(document.root(), Layout::one_line);
        }
    }

    TEST_CASE("each_prefix_of_a_message_is_malformed") {
        testing::Random random{1};
        const std::string bytes = request(7, testing::Filler{random}.make<qoh::Submit>());
        for (std::size_t size = 0; size < bytes.size(); ++size)
            REQUIRE(problem_of({bytes.data(), size}) == Problem::malformed);
        CHECK(problem_of(bytes) == Problem::none);
        CHECK(problem_of(bytes + '\0') == Problem::malformed);
    }

    TEST_CASE("a_message_deeper_than_the_limit_is_too_large") {
        const std::string nested(16, '\x91');
        CHECK(problem_of(nested + '\xC0') == Problem::none);
        CHECK(problem_of('\x91' + nested + '\xC0') == Problem::too_large);
        CHECK(problem_of(std::string(1'000'000, '\x91')) == Problem::too_large);
        CHECK(problem_of(std::string(1'000'000, '\x91'), {.depth = 1'000}) == Problem::too_large);
    }

    TEST_CASE("a_message_with_more_values_than_the_limit_is_too_large") {
        CHECK(problem_of("\x93\x01\x02\x03", {.values = 4}) == Problem::none);
        CHECK(problem_of("\x93\x01\x02\x03", {.values = 3}) == Problem::too_large);
        CHECK(problem_of(std::string{"\xDD\xFF\xFF\xFF\xFF", 5}) == Problem::too_large);
        CHECK(problem_of(std::string{"\xDF\xFF\xFF\xFF\xFF", 5}) == Problem::too_large);
    }

    TEST_CASE("a_text_that_announces_more_than_there_is_is_malformed") {
        CHECK(problem_of(std::string{"\xDB\xFF\xFF\xFF\xFF", 5}) == Problem::malformed);
        CHECK(problem_of(std::string{"\xC6\x7F\xFF\xFF\xFFxx", 7}) == Problem::malformed);
    }

    TEST_CASE("a_message_above_8_mib_is_too_large") {
        CHECK(problem_of(std::string(Limits{}.bytes + 1, '\xC0')) == Problem::too_large);
    }

    TEST_CASE("a_list_above_its_rule_is_refused_before_its_entries_are_read") {
        Encoder to;
        to.map(2);
        to.text("source");
        to.text("om");
        to.text("changes");
        to.list(10'001);
        for (int i = 0; i < 10'001; ++i) to.nil();
        const Document document = Document::parse(to.take());
        const auto submit = decode<qoh::Submit>(document.root());
        REQUIRE(!submit);
        CHECK(submit.error().message == "changes must hold at most 10000 entries.");
    }

    TEST_CASE("numbers_above_the_greatest_signed_one_are_out_of_range") {
        const std::string huge = "\xCF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF";
        const Document document = Document::parse(
            "\x82\xA6"
            "client\xA1x\xA8protocol" +
            huge);
        REQUIRE(document.problem() == Problem::none);
        const auto hello = decode<agent::Hello>(document.root());
        REQUIRE(!hello);
        CHECK(hello.error().message == "protocol must lie between 1 and 1000.");
    }

    TEST_CASE("utf_8_is_checked_to_the_last_byte") {
        for (const char* good : {"", "a", "\xC2\x80", "\xE2\x82\xAC", "\xF4\x8F\xBF\xBF", "\xED\x9F\xBF"})
            CHECK(is_utf8(good));
        for (const char* bad :
             {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
              "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE2\x82", "a\xC2", "\xFF"})
            CHECK(!is_utf8(bad));
    }
}

TEST_SUITE("Json") {
    TEST_CASE("comes_back_as_it_was") {
        const std::string text = R"({"b":[1,-2,2.5,true,null],"a":{"x":"\u00e4"}})";
        const auto bytes = from_json(text);
        REQUIRE(bytes);
        const Document document = Document::parse(*bytes);
        CHECK(to_json(document.root(), Layout::one_line) ==
              "{\"b\":[1,-2,2.5,true,null],\"a\":{\"x\":\"\u00e4\"}}");
    }

    TEST_CASE("of_members_of_one_name_the_last_counts") {
        const auto bytes = from_json(R"({"a":1,"b":{"c":[],"c":{}},"a":3})");
        REQUIRE(bytes);
        CHECK(to_json(Document::parse(*bytes).root(), Layout::one_line) == R"({"a":3,"b":{"c":{}}})");
    }

    // Where each member is looked for among all others, this takes minutes.
    TEST_CASE("a_long_object_takes_as_long_as_it_is") {
        std::string text = "{";
        for (int i = 0; i < 300'000; ++i) text += (i == 0 ? "\"member-" : ",\"member-") + std::to_string(i) + "\":0";
        text += '}';
        const auto begun = std::chrono::steady_clock::now();
        const auto bytes = from_json(text);
        REQUIRE(bytes);
        CHECK(to_json(Document::parse(*bytes).root(), Layout::one_line) == text);
        CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds{30});
    }

    TEST_CASE("what_is_no_json_is_refused") {
        CHECK(from_json("{").error().code == Code::invalid_params);
        CHECK(!from_json(""));
    }
}

TEST_SUITE("Secret") {
    TEST_CASE("is_empty_after_it_was_moved") {
        Secret secret{"a password that is longer than a small string"};
        const Secret other = std::move(secret);
        CHECK(secret.is_empty());  // NOLINT: what is left behind is the point
        CHECK(other.reveal() == "a password that is longer than a small string");
        secret = other;
        CHECK(secret == other);
    }
}

}  // namespace stocktray::ipc
