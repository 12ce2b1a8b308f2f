#include "transcript_checks.h"

#include <array>

#include "core/cart/seti/dialogues.h"
#include "core/cart/seti/html.h"

namespace stocktray::cart::transcripts {
namespace {

std::string word_of(Outcome outcome) {
    switch (outcome) {
        case Outcome::applied:
            return "applied";
        case Outcome::refused:
            return "refused";
        case Outcome::rejected:
            return "rejected";
        case Outcome::unclear:
            return "unclear";
    }
    return {};
}

void check_update_item(const UpdateResult& result, json wanted) {
    CHECK(word_of(result.outcome) == wanted.at("outcome"));
    if (wanted.contains("code")) CHECK(stack::to_string(result.cause) == wanted.at("code"));
    if (wanted.contains("qoh")) CHECK(result.qoh == wanted.at("qoh").get<std::int64_t>());
    if (wanted.contains("clamped_to"))
        CHECK(result.clamped_to == wanted.at("clamped_to").get<std::int64_t>());
    if (wanted.contains("seq")) CHECK(result.seq == wanted.at("seq").get<std::int64_t>());
}

}  // namespace

StockUpdate update_of(const Exchange& e) {
    StockUpdate update;
    std::string payload = e.field("update");
    if (payload.starts_with('<')) {
        const auto between = [&](const std::string& from, const std::string& to) {
            const auto at = payload.find(from) + from.size();
            return payload.substr(at, payload.find(to, at) - at);
        };
        update.sku = seti::html_unescape(between("<SKU>", "</SKU>"));
        update.delta = std::stoll(between("<QOH>", "</QOH>"));
    } else {
        update.sku = payload.substr(0, payload.rfind('~'));
        update.delta = std::stoll(payload.substr(payload.rfind('~') + 1));
    }
    if (!e.field("postid").empty())
        update.key = PostKey{e.field("postid"), std::stoll(e.field("number")), e.field("store")};
    return update;
}

void check_invupdate(const Exchange& e) {
    const StockUpdate update = update_of(e);
    Learned learned;
    learned.dialect = e.field("update").starts_with('<') ? Dialect::xml : Dialect::text;
    if (update.key) learned.extension.emplace().has_postid = true;
    const auto sending = e.field("setifunction") == "invrepeat" ? Sending::repeat : Sending::first;
    const auto dialogue = seti::update(access_of(e), learned, update, sending);
    const auto request = first_request(*dialogue, e);
    CHECK(request.rewind == http::Rewind::forbidden);
    const auto result = result_of<UpdateResult>(dialogue->answered(e.reply_to(request)));

    Expect expect{e};
    CHECK(expect.take("outcome") == word_of(result.outcome));
    expect.code(result.cause);
    expect.warnings(result.warnings);
    expect.text(result.text);
    expect.retry_after(result.retry_after);
    CHECK(result.status == e.response.at("status").get<int>());
    if (expect.has("qoh")) {
        const json qoh = expect.take("qoh");
        CHECK(result.qoh.has_value() != qoh.is_null());
        if (result.qoh) CHECK(*result.qoh == qoh.get<std::int64_t>());
    } else {
        CHECK(!result.qoh);
    }
    if (expect.has("expected_qoh"))
        CHECK((result.qoh == expect.take("expected_qoh").get<std::int64_t>()) ==
              expect.take("qoh_fits").get<bool>());
    const json clamped_to = expect.take("clamped_to");
    CHECK((result.clamped_to ? json(*result.clamped_to) : json{}) == clamped_to);
    const json seq = expect.take("seq");
    CHECK((result.seq ? json(*result.seq) : json{}) == seq);
    if (expect.has("postid_confirmed")) CHECK(expect.take("postid_confirmed") == result.is_key_confirmed);
    const json cart = expect.take("cart");
    if (cart == "stop_absolute_script") CHECK(result.qoh == update.delta);
    if (cart == "drop_capability") CHECK(!result.is_key_confirmed);
    // A refusal of a repeat leaves the first sending as unclear as it was.
    if (const json stays = expect.take("post_stays"); !stays.is_null()) CHECK(sending == Sending::repeat);
    if (const json dialect = expect.take("dialect"); !dialect.is_null()) {
        CHECK(result.cause == Cause::not_found);
        CHECK((dialect == "xml") == (learned.dialect == Dialect::xml));
    }
}

void check_batch(const Exchange& e) {
    std::vector<StockUpdate> updates;
    std::string rest = e.field("update");
    while (!rest.empty()) {
        std::string piece = rest.substr(0, rest.find('|'));
        rest.erase(0, std::min(rest.size(), piece.size() + 1));
        std::vector<std::string> parts;
        for (int i = 0; i < 3; ++i) {
            parts.push_back(piece.substr(piece.rfind('~') + 1));
            piece.erase(piece.rfind('~'));
        }
        updates.push_back(
            {piece, std::stoll(parts[2]), PostKey{parts[0], std::stoll(parts[1]), e.field("store")}});
    }
    const auto sending = e.field("repeat") == "1" ? Sending::repeat : Sending::first;
    const auto dialogue = seti::update_batch(access_of(e), {}, updates, sending);
    const auto result = carry<BatchResult>(*dialogue, e);
    Expect expect{e};
    const json items = expect.take("items");
    REQUIRE(result.items.size() == items.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
        check_update_item(result.items[i], items[i]);
        const bool is_said =
            result.items[i].outcome != Outcome::unclear && result.items[i].cause != Cause::other_agent;
        CHECK(result.items[i].is_key_confirmed == is_said);
    }
}

void check_qohreplace(const Exchange& e) {
    std::vector<CountToSet> counts;
    std::string rest = e.field("update");
    while (!rest.empty()) {
        const std::string piece = rest.substr(0, rest.find('|'));
        rest.erase(0, std::min(rest.size(), piece.size() + 1));
        counts.push_back({piece.substr(0, piece.rfind('~')), std::stoll(piece.substr(piece.rfind('~') + 1))});
    }
    Learned learned;
    learned.dialect = Dialect::text;
    const auto dialogue = seti::replace_counts(access_of(e), learned, counts);
    const auto request = std::get<http::Request>(dialogue->begin());
    // A count that does not fit is a thing that only a transcript can send.
    if (e.name != "qohreplace-broken/count-mismatch") CHECK(request.body == e.encoded_form());
    CHECK(request.rewind == http::Rewind::forbidden);
    const auto result = result_of<ReplaceResult>(dialogue->answered(e.reply_to(request)));
    Expect expect{e};
    CHECK(expect.take("outcome") == (result.is_complete ? "ok" : result.is_refused ? "refused" : "unclear"));
    expect.code(result.cause);
    expect.text(result.text);
    static_cast<void>(expect.take("read_back"));  // always
    const json items = expect.take("items");
    REQUIRE(result.items.size() == counts.size());
    constexpr std::array words{"ok", "not_found", "not_tracked", "ambiguous", "error", "no_answer"};
    for (std::size_t i = 0; i < counts.size(); ++i) {
        CHECK(result.items[i].sku == counts[i].sku);
        const json wanted = items.is_null() ? json("no_answer") : items.at(i).at("result");
        CHECK(words.at(static_cast<std::size_t>(result.items[i].word)) == wanted);
    }
}

}  // namespace stocktray::cart::transcripts
