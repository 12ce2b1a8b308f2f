// The small readers and writers below the dialogues.
#include <doctest/doctest.h>

#include "core/cart/seti/answer_text.h"
#include "core/cart/seti/ascii.h"
#include "core/cart/seti/form.h"
#include "core/cart/seti/html.h"
#include "core/cart/seti/payload.h"
#include "core/cart/seti/read_item_lines.h"
#include "core/cart/seti/redact.h"
#include "core/cart/seti/refusals.h"
#include "core/cart/seti/stream_decoder.h"
#include "core/cart/seti/update_line.h"
#include "core/cart/seti/xml_stream.h"

namespace stocktray::cart::seti {

TEST_SUITE("Form") {
    TEST_CASE("everything but letters, digits and - _ . * is a percent code") {
        std::string plain;
        for (int byte = 0; byte < 256; ++byte) {
            const std::string one(1, static_cast<char>(byte));
            if (percent_encode(one) == one) plain += one;
        }
        CHECK(plain == "*-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz");
        CHECK(percent_encode(" ~\xC3\xA9") == "%20%7E%C3%A9");
    }

    TEST_CASE("fields stand in the order added, empty ones too") {
        Form form;
        form.add("b", "1").add("a", "").add("c&", "=");
        CHECK(std::move(form).take() == "b=1&a=&c%26=%3D");
    }
}

TEST_SUITE("payload") {
    TEST_CASE("differences and counts follow the dialects to the letter") {
        const StockUpdate update{"A&B<", 5, std::nullopt};
        CHECK(write_difference(update, Dialect::text, Charset::utf_8) == "A&B<~5");
        CHECK(write_difference(update, Dialect::xml, Charset::utf_8) ==
              "<SETIProducts><Product><SKU>A&amp;B&lt;</SKU><QOH>5</QOH></Product></SETIProducts>");
        const std::vector<CountToSet> counts{{"A", 5}, {"B", 0}};
        CHECK(write_counts(counts, Dialect::text, Charset::utf_8) == "A~5|B~0");
        CHECK(write_counts(counts, Dialect::xml, Charset::utf_8) ==
              "<SETIProducts><Product><SKU>A</SKU><QOH>5</QOH></Product><Product><SKU>B</SKU><QOH>0</QOH></"
              "Product></SETIProducts>");
    }

    TEST_CASE("a SKU twice in one request is an error") {
        const std::vector<CountToSet> counts{{"A", 5}, {"A", 5}};
        CHECK_FALSE(write_counts(counts, Dialect::text, Charset::utf_8));
    }

    TEST_CASE("control characters have no place in XML") {
        CHECK_FALSE(writable_sku("A\x01", Dialect::xml, Charset::utf_8));
        CHECK_FALSE(writable_sku(std::string_view{"A\0B", 3}, Dialect::text, Charset::utf_8));
        CHECK(writable_sku("A;B=C", Dialect::text, Charset::utf_8) == "A;B=C");
    }
}

TEST_SUITE("Redactor") {
    TEST_CASE("a password is hidden in every shape that scripts give it") {
        const Redactor redactor{"p w<&\"'*~"};
        for (const char* shape :
             {"p w<&\"'*~", "p%20w%3C%26%22%27*%7E", "p%20w%3c%26%22%27%2a~", "p+w%3C%26%22%27*%7E",
              "p w&lt;&amp;&quot;&#039;*~", "p w&lt;&amp;&#34;&#39;*~", "P W<&\"'*~"}) {
            CAPTURE(shape);
            CHECK(redactor.hide("say " + std::string{shape} + "!") == "say (secret)!");
        }
    }

    TEST_CASE("a password is hidden as a shop in windows-1252 writes it") {
        const Redactor redactor{"Grün€12"};
        for (const char* shape : {"Grün€12", "Gr\xFCn\x80" "12", "Gr%FCn%8012", "Gr%fcn%8012", "Gr%C3%BCn%E2%82%AC12"}) {
            CAPTURE(shape);
            CHECK(redactor.keep("say " + std::string{shape} + "!") == "say (secret)!");
        }
    }

    TEST_CASE("the beginning of a password at a cut is hidden, too") {
        const Redactor redactor{"hunter2000"};
        CHECK(redactor.hide("it was hunter2") == "it was (secret)");
        CHECK(redactor.hide("it was hun") == "it was hun");
        CHECK(redactor.hide("hunter2000 and hunter2000") == "(secret) and (secret)");
    }

    TEST_CASE("no password, nothing hidden") {
        CHECK(Redactor{""}.hide("text") == "text");
    }

    TEST_CASE("texts are cut between characters") {
        const Redactor redactor{"x"};
        std::string text(kept_text_limit - 1, 'a');
        CHECK(redactor.keep(text + "\u00E9").size() == kept_text_limit - 1);
        text.pop_back();
        CHECK(redactor.keep(text + "\u00E9tail").size() == kept_text_limit);
        CHECK(redactor.keep(" \r\n text \n") == "te(secret)t");
    }

    TEST_CASE("what is kept can be shown anywhere: UTF-8, and no control characters") {
        const Redactor redactor{"secret"};
        CHECK(redactor.keep("Men\u00FC \u20AC \U0001F600\nzwei\tdrei") == "Men\u00FC \u20AC \U0001F600\nzwei\tdrei");
        CHECK(redactor.keep("Men\xFC: \xC4rger") == "Men\u00FC: \u00C4rger");  // a shop that writes Latin-1
        CHECK(redactor.keep("a\xC3") == "a\u00C3");
        CHECK(redactor.keep("a\x80\xED\xA0\x80z") == "a?\u00ED\u00A0?z");
        CHECK(redactor.keep("a\x1b[2J\x07\x7f\u009b" "1mz") == "a [2J   1mz");
        CHECK(redactor.keep(std::string(kept_text_limit, '\xFC')).size() <= kept_text_limit);
    }
}

TEST_SUITE("answer text") {
    TEST_CASE("the first charset in which the bytes are valid is the one") {
        struct Row {
            std::string bytes;
            std::string content_type;
            std::string text;
            bool is_fallback;
        };
        const Row rows[]{
            {"caf\xC3\xA9", "", "café", false},
            {"caf\xE9", "", "café", true},
            {"caf\xE9", "text/html; charset=ISO-8859-1", "café", false},
            {"caf\xE9", "text/html; Charset = \"iso-8859-15\"; x=y", "café", false},
            {"caf\xE9", "text/html; charset=utf-8", "café", true},
            {"caf\xC3\xA9", "text/html; charset=shift_jis", "caf\uFF83\uFF69", false},
            {"\xEF\xBB\xBF"
             "caf\xC3\xA9",
             "text/html; charset=ISO-8859-1", "\uFEFFcafé", false},
            {std::string{"\xFF\xFE"
                         "A\0",
                         4},
             "",
             "\uFEFF"
             "A",
             false},
            {"<?xml version='1.0' encoding='windows-1251'?>\xC0", "text/xml; charset=utf-8",
             "<?xml version='1.0' encoding='windows-1251'?>\u0410", false},
            {"<?xml version='1.0' encoding='made-up'?>\xE9", "", "<?xml version='1.0' encoding='made-up'?>é",
             true},
            {"plain", "text/html; charset=utf-16", "plain", false},
        };
        for (const Row& row : rows) {
            CAPTURE(row.bytes);
            const auto decoded = decode(row.bytes, row.content_type);
            REQUIRE(decoded);
            CHECK(decoded->text == row.text);
            CHECK(decoded->is_fallback == row.is_fallback);
        }
        CHECK_FALSE(decode("\x81", ""));
        CHECK_FALSE(decode(std::string{"a\0b", 3}, ""));
    }

    TEST_CASE("a marker stands at the start of a line or behind a tag") {
        for (const char* text : {"SETIResponse=OK", "\n\n seti", "x\nSetiError: y", "<br />SETIPRODUCTS",
                                 "x\r<?XML?>", "<setiproducts>"}) {
            CAPTURE(text);
            const bool is_answer = find_answer(text, "").has_value();
            CHECK(is_answer == (std::string_view{text} != "\n\n seti"));
        }
        for (const char* text : {"", " \n", "no answer", "x SETIResponse=OK", "\"SETIError: x",
                                 "<html>\nSETIResponse=OK", "<!DOCTYPE html>\n<p>SETIResponse=OK"}) {
            CAPTURE(text);
            CHECK_FALSE(find_answer(text, ""));
        }
    }

    TEST_CASE("two answers are none") {
        CHECK_FALSE(find_answer("SETIResponse=OK\nSETIError: x", ""));
        CHECK_FALSE(find_answer("SETIError: x\n<b>SETIResponse=OK", ""));
        CHECK(find_answer("SETIResponse=OK;NOTE=SETIError", ""));
    }

    TEST_CASE("a preamble beyond its limit hides the answer") {
        CHECK(find_answer(std::string(preamble_limit - 1, 'x') + "\nSETIResponse=OK", ""));
        CHECK_FALSE(find_answer(std::string(preamble_limit, 'x') + "\nSETIResponse=OK", ""));
    }
}

TEST_SUITE("StreamDecoder") {
    std::string decode_by(std::size_t size, const std::string& bytes, std::string charset = {}) {
        StreamDecoder decoder{std::move(charset)};
        std::string out;
        for (std::size_t at = 0; at < bytes.size(); at += size)
            if (!decoder.feed(std::string_view{bytes}.substr(at, size), out))
                return "failed, better " + decoder.better_charset();
        return decoder.finish(out) ? out : "failed, better " + decoder.better_charset();
    }

    TEST_CASE("pieces of any size give the text that the whole gives") {
        const std::string filler(1500, '.');
        for (const std::size_t size : {1, 2, 3, 5, 1024, 10'000}) {
            CAPTURE(size);
            CHECK(decode_by(size, filler + "café 中 😀") == filler + "café 中 😀");
            CHECK(decode_by(size, filler + "caf\xE9") == filler + "café");
            CHECK(decode_by(size, "<?xml encoding='iso-8859-5'?>" + filler + "\xD0") ==
                  "<?xml encoding='iso-8859-5'?>" + filler + "а");
            CHECK(decode_by(size, "<?xml encoding='gbk'?>" + filler + "\xD6\xD0") ==
                  "<?xml encoding='gbk'?>" + filler + "中");
            CHECK(decode_by(size, filler + "\xC3\xA9", "windows-1252") == filler + "Ã©");
        }
    }

    TEST_CASE("half a character at the end is no UTF-8") {
        CHECK(decode_by(4, "abc\xC3") == "abcÃ");
    }

    TEST_CASE("text that was taken for UTF-8 and is not says what it may be") {
        const std::string filler(1500, '.');
        CHECK(decode_by(100, "\xC3\xA9" + filler + "\xE9") == "failed, better windows-1252");
        CHECK(decode_by(100, filler + "\x81") == "failed, better ");
    }
}

namespace {

class Writer : public XmlHandler {
public:
    void begin(int level, std::string_view name) override {
        told += std::to_string(level) + "(" + std::string{name};
    }
    void end(int, std::string_view, std::string_view text) override { told += ":" + std::string{text} + ")"; }
    std::string told;
};

std::pair<std::string, Cause> read_xml(const std::string& text, std::size_t size = 7) {
    Writer writer;
    XmlStream xml{writer};
    for (std::size_t at = 0; at < text.size(); at += size)
        if (!xml.feed(std::string_view{text}.substr(at, size))) return {writer.told, xml.cause()};
    if (!xml.finish()) return {writer.told, xml.cause()};
    return {writer.told + "|" + std::string{xml.behind()}, Cause::none};
}

std::string nested(int levels) {
    std::string open;
    std::string close;
    for (int i = 0; i < levels; ++i) {
        open += "<a>";
        close += "</a>";
    }
    return open + close;
}

}  // namespace

TEST_SUITE("XmlStream") {
    TEST_CASE("elements, their text and what stands behind come out in any pieces") {
        for (const std::size_t size : {1, 3, 1000})
            CHECK(
                read_xml("<?xml version='1.0'?><r>a<c>x &lt; &eacute;&#8364;<![CDATA[<]]></c>b</r>\n<!-- bar",
                         size) == std::pair{std::string{"1(r2(c:x < é€<):)|\n<!-- bar"}, Cause::none});
    }

    TEST_CASE("document types and instructions are forbidden, pages are pages") {
        CHECK(read_xml("<!DOCTYPE r><r/>").second == Cause::forbidden_xml);
        CHECK(read_xml("<!DOCTYPE r SYSTEM \"file:///etc/passwd\"><r/>").second == Cause::forbidden_xml);
        CHECK(read_xml("<!DOCTYPE HTML><html/>").second == Cause::not_a_script);
        CHECK(read_xml("<r><?php echo 1 ?></r>").second == Cause::forbidden_xml);
    }

    TEST_CASE("16 levels are enough") {
        CHECK(read_xml(nested(16)).second == Cause::none);
        CHECK(read_xml(nested(17)).second == Cause::forbidden_xml);
    }

    TEST_CASE("what is not well-formed is malformed") {
        for (const char* text : {"", "<r>&nosuch;</r>", "<r>a & b</r>", "<r></s>", "<r>\x01</r>", "text",
                                 "<r a=&x;/>", "<r><c>"}) {
            CAPTURE(text);
            CHECK(read_xml(text).second == Cause::malformed);
        }
    }

    TEST_CASE("neither a text nor a tag may grow without end") {
        CHECK(read_xml("<r><c>" + std::string(100'000, 'x') + "</c></r>", 1000).second == Cause::malformed);
        CHECK(read_xml("<r a='" + std::string(1'000'000, 'x') + "'/>", 16'000).second == Cause::malformed);
        std::string many = "<r>";
        for (int i = 0; i < 100'000; ++i) many += "<c>text</c>\n";
        CHECK(read_xml(many + "</r>", 100'000).second == Cause::none);
    }
}

TEST_SUITE("small words") {
    TEST_CASE("a count is an integer, with a fraction of zeros at most") {
        for (const auto& [text, value] :
             {std::pair{"48", 48}, {"-3", -3}, {"+4", 4}, {" 50.0000 ", 50}, {"-0", 0}})
            CHECK(read_count(text) == value);
        for (const char* text : {"", "-", "+", "+-4", "--4", "2.5", "48.", ".0", "1,200", "many", "0x10",
                                 "1e3", "4 8", "99999999999999999999"}) {
            CAPTURE(text);
            CHECK_FALSE(read_count(text));
        }
    }

    TEST_CASE("HTML's references become characters, other ampersands stay") {
        CHECK(html_unescape("&amp;&lt;&quot;&#039;&apos;&#x20AC;&eacute;") == "&<\"''€é");
        CHECK(html_unescape("a & b; &; &nosuch; &#xD800; &#0; &amp") ==
              "a & b; &; &nosuch; &#xD800; &#0; &amp");
    }

    TEST_CASE("refusals are known by how they begin") {
        CHECK(listed_refusal(" access denied. Check login.") == Cause::auth);
        CHECK(listed_refusal("Function \"invrepeat\" was not found.") == Cause::unknown_function);
        CHECK(listed_refusal("Expected 3 updates, got 2") == Cause::bad_request);
        CHECK(listed_refusal("busy, nothing changed") == Cause::busy);
        for (const char* text : {"", "Unexpected error, can't continue!", "Function of time",
                                 "outcome unknown", "it says Access denied", "Function x\nwas not found"}) {
            CAPTURE(text);
            CHECK_FALSE(listed_refusal(text));
        }
    }

    TEST_CASE("an item's line is matched by the names asked for") {
        const auto lines = read_item_lines(
            "SETIResponse \r\nA=B=OK\r\nA=NF\r\nNUT&amp;BOLT=OK\r\nother=OK\r\nC=OK\r\nC=NF\r\nSETIENDOFDATA "
            "\r\nmore",
            {"A", "A=B", "NUT&BOLT", "C", "D"});
        REQUIRE(lines);
        CHECK(lines->values[0] == "NF");
        CHECK(lines->values[1] == "OK");
        CHECK(lines->values[2] == "OK");
        CHECK(lines->is_repeated[3]);
        CHECK_FALSE(lines->values[4]);
        CHECK(lines->has_end);
        CHECK(lines->behind == "more");
        CHECK_FALSE(read_item_lines("SETIResponse=OK\nA=OK\nSETIEndOfData", {"A"}));
    }

    TEST_CASE("a SKU is matched as it was sent, or as HTML writes it") {
        const auto qoh_of = [](std::string_view said, std::string_view sku) {
            const std::string text = "SETIResponse=OK;SKU=" + std::string{said} + ";QOH=1";
            return read_update_line(text, sku).has_value();
        };
        CHECK(qoh_of("A;B", "A;B"));
        CHECK(qoh_of("A&lt;B", "A<B"));
        CHECK(qoh_of("A&amp;lt;B", "A&lt;B"));
        CHECK_FALSE(qoh_of("A&lt;B", "A"));
        CHECK_FALSE(qoh_of("", "A"));
        CHECK_FALSE(qoh_of(";;;;", "A"));
    }
}

}  // namespace stocktray::cart::seti
