// PROTOCOL.md against the field lists, both ways.
#include <doctest/doctest.h>

#include <algorithm>

#include "ipc/codec/framing.h"
#include "ipc/error.h"
#include "tests/ipc/protocol_page.h"

namespace doctest {
template <>
struct StringMaker<stocktray::ipc::testing::Rows> {
    static String convert(const stocktray::ipc::testing::Rows& rows) {
        std::string text;
        for (const auto& row : rows) text += "\n  " + row.name + " | " + row.type;
        return text.c_str();
    }
};
template <>
struct StringMaker<std::vector<std::string>> {
    static String convert(const std::vector<std::string>& words) {
        std::string text;
        for (const auto& word : words) text += word + " ";
        return text.c_str();
    }
};
}  // namespace doctest

namespace stocktray::ipc {
namespace {

using testing::ProtocolPage;
using testing::Rows;
using testing::rows_of;
using testing::Vocabulary;

// The welcome stands on the page as it is sent; the bus adds nothing to it.
Vocabulary vocabulary() {
    Vocabulary result;
    Requests::each([&]<class T>() {
        result.add_parts_of<T>();
        result.add_parts_of<typename T::Result>();
    });
    Events::each([&]<class T>() { result.add_parts_of<T>(); });
    return result;
}

std::vector<std::string> names_of(const auto& map) {
    std::vector<std::string> names;
    for (const auto& [name, value] : map)
        if (!name.empty()) names.push_back(name);
    return names;
}

}  // namespace

TEST_SUITE("Protocol") {
    TEST_CASE("each_method_has_its_entry_with_role_effect_params_and_result") {
        const auto page = ProtocolPage::read();
        const auto& entries = page.entries("Methods");
        const auto types = vocabulary().types;
        Requests::each([&]<class T>() {
            const std::string name{T::method.name};
            CAPTURE(name);
            REQUIRE(entries.contains(name));
            const auto& entry = entries.at(name);
            const char* effect = T::method.effect == Effect::changes_state ? "Changes state" : "Reads";
            const auto line = fmt::format("Role `{}`. {}. Since ", to_string(T::method.role), effect);
            CHECK(entry.has_line_that_begins_with(line));
            CHECK(entry.has_line_that_begins_with("Errors: "));
            CHECK(entry.table("Params:", types) == rows_of<T>());
            CHECK(entry.table("Result:", types) == rows_of<typename T::Result>());
        });
        CHECK(names_of(entries).size() == Requests::size);
    }

    TEST_CASE("each_event_has_its_entry_with_its_fields") {
        const auto page = ProtocolPage::read();
        const auto& entries = page.entries("Events");
        const auto types = vocabulary().types;
        Events::each([&]<class T>() {
            const std::string topic{T::topic};
            CAPTURE(topic);
            REQUIRE(entries.contains(topic));
            CHECK(entries.at(topic).table("", types) == rows_of<T>());
        });
        CHECK(entries.at("agent.welcome").table("", types) == rows_of<events::Welcome>());
        CHECK(names_of(entries).size() == Events::size + 1);
    }

    TEST_CASE("each_type_inside_a_message_has_its_entry") {
        const auto page = ProtocolPage::read();
        const auto& entries = page.entries("Types");
        const auto types = vocabulary().types;
        CHECK(names_of(entries) == names_of(types));
        for (const auto& [name, rows] : types) {
            CAPTURE(name);
            CHECK(entries.at(name).table("", types) == rows);
        }
    }

    TEST_CASE("each_list_of_words_is_there_in_order_and_says_whether_it_is_open") {
        const auto page = ProtocolPage::read();
        const auto& entries = page.entries("Words");
        const auto words = vocabulary().words;
        CHECK(names_of(entries) == names_of(words));
        for (const auto& [name, list] : words) {
            CAPTURE(name);
            const auto& entry = entries.at(name);
            CHECK(entry.words() == list.words);
            CHECK(std::ranges::any_of(entry.lines, [](const auto& line) {
                      return line.ends_with("*Open.*");
                  }) == list.is_open);
        }
    }

    TEST_CASE("the_codes_of_errors_are_those_that_an_agent_may_send") {
        std::vector<std::string> codes;
        for (const auto& word : Words<Code>::table)
            if (word.value < Code::no_agent) codes.emplace_back(word.text);
        CHECK(ProtocolPage::read().first_column("Errors") == codes);
    }

    TEST_CASE("its_examples_in_bytes_are_what_is_sent") {
        const auto page = ProtocolPage::read();
        CHECK(page.dump(0) == request(7, agent::Hello{"demo", 1}));
        CHECK(page.dump(1) == error(7, {Code::busy, "Later.", Data::Map{{"retry_after_ms", 5}}}));
        CHECK(page.dump(2) == events::CartHealth::topic);
        Encoder members;
        const events::CartHealth health{"main", Health::ok, {}};
        write_members(members, health);
        CHECK(page.dump(3) == event_of(health.topic, {"r1", 2, 1}, count_members(health), members.take()));
    }
}

}  // namespace stocktray::ipc
