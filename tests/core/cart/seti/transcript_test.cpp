// Every exchange of every transcript: the request to the byte, and what is made of the answer.
#include <doctest/doctest.h>

#include <functional>
#include <map>

#include "core/cart/seti/dialogues.h"
#include "core/cart/seti/read_counts.h"
#include "core/cart/seti/script_answer.h"
#include "transcript_checks.h"

namespace stocktray::cart::transcripts {

TEST_SUITE("Transcripts") {
    TEST_CASE("every exchange is asked for to the byte and understood as expected") {
        const std::map<std::string, std::function<void(const Exchange&)>> checks{
            {"sendversion", check_version},    {"getproductscount", check_products_count},
            {"ordercount", check_order_count}, {"invupdate", check_invupdate},
            {"invrepeat", check_invupdate},    {"invbatch", check_batch},
            {"qohreplace", check_qohreplace},  {"qohquery", check_qohquery},
            {"salesquery", check_salesquery},
        };
        std::set<std::string> names;
        for (const std::string& path : test::transcripts()) {
            std::set<std::string> seen_before;
            for (const Exchange& e : test::read_transcript(path)) {
                CAPTURE(e.name);
                CHECK(names.insert(e.name).second);
                if (const auto check = checks.find(e.field("setifunction")); check != checks.end()) {
                    check->second(e);
                } else {
                    REQUIRE(e.field("setifunction").starts_with("download"));
                    std::set<std::string> seen;
                    check_download(e, seen_before, seen);
                    seen_before = std::move(seen);
                }
            }
        }
        CHECK(names.size() >= 130);
    }

    TEST_CASE("no beginning of a no is a yes, wherever the connection is closed") {
        for (const std::string& path : test::transcripts())
            for (const Exchange& e : test::read_transcript(path)) {
                if (e.field("setifunction") != "invupdate" || !e.expect.contains("outcome")) continue;
                if (e.expect.at("outcome") != "rejected" && e.expect.at("outcome") != "refused") continue;
                Learned learned;
                learned.dialect = e.field("update").starts_with('<') ? Dialect::xml : Dialect::text;
                learned.lacks_readable_qoh = true;
                const auto whole = e.reply_to({});
                for (std::size_t size = 0; size < whole.body.size(); ++size) {
                    const auto dialogue = seti::update(access_of(e), learned, update_of(e), Sending::first);
                    static_cast<void>(dialogue->begin());
                    auto cut = whole;
                    cut.body.resize(size);
                    cut.is_close_framed = true;
                    auto step = dialogue->answered(cut);
                    CAPTURE(cut.body);
                    if (const auto* done = std::get_if<Done>(&step))
                        CHECK(std::get<UpdateResult>(*done).outcome != Outcome::applied);
                }
            }
    }

    TEST_CASE("no damaged byte does more harm than an answer that is not understood") {
        for (const std::string& path : test::transcripts())
            for (const Exchange& e : test::read_transcript(path)) {
                if (e.response.at("body") == "generate") continue;
                const auto whole = e.reply_to({});
                for (std::size_t at = 0; at < whole.body.size(); ++at)
                    for (const char byte : {'\0', '\xFF', ';', '<', '&', '\n'}) {
                        auto damaged = whole;
                        damaged.body[at] = byte;
                        static_cast<void>(seti::read_script_answer(damaged));
                        seti::CountsReader reader{seti::Download::qoh, ""};
                        static_cast<void>(reader.take(damaged.body));
                        const auto page = reader.finish("");
                        CHECK((page.cause == Cause::none || page.items.empty()));
                    }
            }
    }
}

}  // namespace stocktray::cart::transcripts
