// Every exchange of every transcript: the request to the byte, and what is made of the answer.
#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <set>

#include "core/cart/seti/dialogues.h"
#include "core/cart/seti/html.h"
#include "core/cart/seti/read_counts.h"
#include "core/cart/seti/read_number.h"
#include "core/cart/seti/requests.h"
#include "core/cart/seti/script_answer.h"
#include "core/stack/diagnosis.h"
#include "transcript.h"

namespace stocktray::cart {
namespace {

using nlohmann::json;
using test::Exchange;

// Takes each expectation once; what is left over at the end was not checked.
class Expect {
public:
    explicit Expect(const Exchange& exchange) : json_(exchange.expect) {}  // braces would make it a list
    ~Expect() { CHECK_MESSAGE(json_.empty(), "not checked: " << json_.dump()); }
    Expect(const Expect&) = delete;
    Expect& operator=(const Expect&) = delete;

    [[nodiscard]] json take(const std::string& key) {
        json value = json_.contains(key) ? json_.at(key) : json{};
        json_.erase(key);
        return value;
    }
    [[nodiscard]] bool has(const std::string& key) const { return json_.contains(key); }

    void code(Cause cause) {
        if (has("code")) CHECK(take("code") == stack::to_string(cause));
    }
    void warnings(const std::vector<Warning>& warnings) {
        json words = json::array();
        for (const Warning w : warnings)
            words.push_back(w == Warning::preamble        ? "preamble"
                            : w == Warning::trailing_text ? "trailing_text"
                                                          : "charset_fallback");
        const json wanted = take("warnings");
        CHECK(words == (wanted.is_null() ? json::array() : wanted));
    }
    void text(const std::string& kept) {
        CHECK(kept.size() <= 1024);
        for (const json& secret : take("kept_text_must_not_contain"))
            CHECK(kept.find(secret.get<std::string>()) == std::string::npos);
        CHECK(kept.find("s3cret&Pw") == std::string::npos);
    }
    void question(Cause cause, bool is_refused) {
        CHECK(take("outcome") == (cause == Cause::none ? "ok" : is_refused ? "refused" : "failed"));
        code(cause);
    }
    void retry_after(const std::optional<Milliseconds>& wait) {
        if (has("retry_after_s")) CHECK(wait == std::chrono::seconds{take("retry_after_s").get<int>()});
    }

private:
    json json_;
};

// A cause by which a script says no, as the questions' results do not tell refusals from failures.
bool is_refusal(Cause cause) {
    return std::set{Cause::auth, Cause::unknown_function, Cause::bad_request, Cause::busy,
                    Cause::https_required}
        .contains(cause);
}

std::string word_of(const ReadCount& item) {
    switch (item.word) {
        case CountWord::count:
            return "ok";
        case CountWord::not_found:
            return "not_found";
        case CountWord::not_tracked:
            return "not_tracked";
        case CountWord::ambiguous:
            return "ambiguous";
        case CountWord::error:
            return "error";
    }
    return {};
}

bool is_bad(const ReadCount& item) {
    return item.word == CountWord::ambiguous || item.word == CountWord::error;
}

void check_count(const ReadCount& item, const json& wanted) {
    CHECK(item.sku == wanted.at("sku").get<std::string>());
    if (wanted.contains("qoh")) {
        CHECK(item.word == CountWord::count);
        CHECK(item.qoh == wanted.at("qoh").get<std::int64_t>());
    } else {
        CHECK(word_of(item) == wanted.at("result"));
    }
}

void check_counts(const std::vector<ReadCount>& items, Expect& expect) {
    std::vector<ReadCount> good;
    std::vector<ReadCount> bad;
    for (const ReadCount& item : items) (is_bad(item) ? bad : good).push_back(item);
    if (expect.has("items")) {
        const json wanted = expect.take("items");
        REQUIRE(good.size() == wanted.size());
        for (std::size_t i = 0; i < good.size(); ++i) check_count(good[i], wanted[i]);
    }
    const json wanted_bad = expect.take("bad_items");
    REQUIRE(bad.size() == (wanted_bad.is_null() ? 0 : wanted_bad.size()));
    for (std::size_t i = 0; i < bad.size(); ++i) {
        CHECK(bad[i].sku == wanted_bad[i].at("sku").get<std::string>());
        const bool is_two =
            wanted_bad[i].at("code") == "duplicate_sku" || wanted_bad[i].at("code") == "ambiguous";
        CHECK(bad[i].word == (is_two ? CountWord::ambiguous : CountWord::error));
        CHECK(!seti::item_problem(bad[i]).empty());
    }
}

Access access_of(const Exchange& e) {
    Access access;
    access.url = "https://shop.example/seti.php?a=b";
    access.user = e.field("setiuser").empty() ? "shopadmin" : e.field("setiuser");
    access.password = "s3cret&Pw";
    access.store_code = e.field("code");
    access.charset = e.charset == "utf-8" ? Charset::utf_8 : Charset::windows_1252;
    access.agent = "7b1f0c4e92d84a6f";
    return access;
}

http::Request first_request(Dialogue& dialogue, const Exchange& e) {
    auto step = dialogue.begin();
    REQUIRE(std::holds_alternative<http::Request>(step));
    auto request = std::get<http::Request>(std::move(step));
    CHECK(request.url == "https://shop.example/seti.php?a=b");
    CHECK(request.body == e.encoded_form());
    return request;
}

template <class Result>
Result result_of(Step step) {
    REQUIRE(std::holds_alternative<Done>(step));
    return std::get<Result>(std::get<Done>(std::move(step)));
}

template <class Result>
Result carry(Dialogue& dialogue, const Exchange& e) {
    const auto request = first_request(dialogue, e);
    return result_of<Result>(dialogue.answered(e.reply_to(request)));
}

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

void check_version(const Exchange& e) {
    const auto ask = e.field("stocktray").empty() ? seti::AskExtension::no : seti::AskExtension::yes;
    const auto dialogue = seti::version(access_of(e), ask);
    const auto result = carry<VersionResult>(*dialogue, e);
    Expect expect{e};
    expect.question(result.cause, is_refusal(result.cause));
    expect.warnings(result.warnings);
    expect.text(result.text);
    CHECK(result.is_script == (result.cause != Cause::not_a_script));
    if (expect.has("version")) CHECK(expect.take("version") == result.version);
    const json wanted = expect.take("extension");
    REQUIRE(result.extension.has_value() != wanted.is_null());
    if (wanted.is_null()) return;
    const Extension& x = *result.extension;
    CHECK(wanted.at("version") == 1);
    CHECK(x.store == wanted.at("store").get<std::string>());
    CHECK(x.keep == std::chrono::seconds{wanted.at("keep").get<std::int64_t>()});
    CHECK(x.seq == wanted.at("seq").get<std::int64_t>());
    CHECK(x.top == wanted.at("top").get<std::int64_t>());
    CHECK(x.engine == wanted.at("engine").get<std::string>());
    CHECK(x.problem == wanted.value("problem", ""));
    CHECK(x.bound_to == wanted.value("bound", ""));
    const std::set<std::string> caps = wanted.at("caps");
    CHECK(x.has_postid == caps.contains("postid"));
    CHECK(x.has_batch == caps.contains("batch"));
    CHECK(x.has_qohquery == caps.contains("qohquery"));
    CHECK(x.has_moves == caps.contains("moves"));
    CHECK(x.has_cursor == caps.contains("cursor"));
    CHECK(x.clamps == caps.contains("clamps"));
}

void check_products_count(const Exchange& e) {
    const seti::Requests requests{access_of(e)};
    const auto request = requests.products_count();
    CHECK(request.body == e.encoded_form());
    const auto count = seti::read_number(e.reply_to(request), "itemcount");
    Expect expect{e};
    expect.question(count ? Cause::none : count.error().cause, !count && count.error().is_refusal);
    if (!count) expect.text(requests.redactor().keep(count.error().text));
    if (const json wanted = expect.take("count"); !wanted.is_null())
        CHECK(count.value() == wanted.get<std::int64_t>());
}

void check_order_count(const Exchange& e) {
    const auto dialogue = seti::order_count(access_of(e), e.field("lastorder"));
    const auto result = carry<OrderCountResult>(*dialogue, e);
    Expect expect{e};
    expect.question(result.cause, is_refusal(result.cause));
    CHECK(result.is_answered);
    CHECK(expect.take("count") == result.orders);
}

std::vector<std::string> skus_of(const Exchange& e) {
    std::vector<std::string> skus;
    std::string rest = e.field("update");
    while (!rest.empty()) {
        std::string sku = rest.substr(0, rest.find('|'));
        rest.erase(0, std::min(rest.size(), sku.size() + 1));
        skus.push_back(sku.substr(0, sku.find('~')));
    }
    return skus;
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

void check_qohquery(const Exchange& e) {
    Learned learned;
    learned.extension.emplace().has_qohquery = true;
    const auto dialogue = seti::read_counts(access_of(e), learned, 250, skus_of(e));
    const auto result = carry<CountsResult>(*dialogue, e);
    Expect expect{e};
    expect.question(result.cause, is_refusal(result.cause));
    expect.text(result.text);
    CHECK(result.is_complete == (result.cause == Cause::none));
    check_counts(result.items, expect);
}

void check_salesquery(const Exchange& e) {
    std::vector<std::string> also;
    std::string rest = e.field("also");
    while (!rest.empty()) {
        also.push_back(rest.substr(0, rest.find(',')));
        rest.erase(0, std::min(rest.size(), also.back().size() + 1));
    }
    const auto dialogue = seti::read_moves(access_of(e), skus_of(e), e.field("lastorder"), also);
    const auto result = carry<MovesResult>(*dialogue, e);
    Expect expect{e};
    expect.question(result.cause, is_refusal(result.cause));
    CHECK(result.is_complete == (result.cause == Cause::none));
    if (!result.is_complete) return;
    CHECK(expect.take("top_order") == result.top_order);
    const json items = expect.take("items");
    REQUIRE(result.items.size() == items.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
        check_count(result.items[i].count, items[i]);
        if (!items[i].contains("orders")) continue;
        std::map<std::string, std::int64_t> orders;
        for (const HeldByOrder& held : result.items[i].orders) orders[held.order] = held.pieces;
        CHECK(orders == items[i].at("orders").get<std::map<std::string, std::int64_t>>());
        CHECK(result.items[i].open == items[i].at("open").get<std::int64_t>());
        CHECK(result.items[i].back == items[i].at("back").get<std::int64_t>());
    }
}

struct PageRead {
    seti::CountsPage page;
    http::Transport transport{http::Transport::complete};
};

PageRead read_page(const Exchange& e) {
    const seti::Requests requests{access_of(e)};
    const auto what =
        e.field("setifunction") == "downloadqoh" ? seti::Download::qoh : seti::Download::products;
    auto reader = std::make_shared<seti::CountsReader>(what, "");
    seti::PageStart start;
    if (e.field("startnum").empty()) {
        start.cursor = e.field("after");
    } else {
        start.number = std::stoll(e.field("startnum"));
    }
    const auto request = requests.download(what, start, std::stoll(e.field("batchsize")), reader);
    CHECK(request.body == e.encoded_form());
    const auto reply = e.reply_to(request);
    PageRead read{reader->finish(http::header(reply, "content-type")), reply.transport};
    if (reply.transport != http::Transport::stopped_by_reader)
        if (const auto problem = seti::transport_problem(reply)) {
            read.page = {};
            read.page.cause = problem->cause;
        }
    return read;
}

// Gives the same answer to the dialogue that reads a whole store; what it passed on of it.
std::vector<ReadCount> check_whole_store(const Exchange& e, bool is_smaller_batch_expected) {
    class Gathering : public CountSink {
    public:
        void take(const std::vector<ReadCount>& page) override {
            CHECK(page.size() <= most_at_once);
            for (const ReadCount& item : page) {
                const auto before = std::ranges::find(items, item.sku, &ReadCount::sku);
                (before == items.end() ? items.emplace_back() : *before) = item;
            }
        }
        std::vector<ReadCount> items;
    };
    const auto sink = std::make_shared<Gathering>();
    Learned learned;
    learned.counts =
        e.field("setifunction") == "downloadqoh" ? CountSource::downloadqoh : CountSource::downloadprods;
    if (e.field("startnum").empty()) learned.extension.emplace().has_cursor = true;
    const std::int64_t batch = std::stoll(e.field("batchsize"));
    const auto dialogue = seti::read_all(access_of(e), learned, batch, sink);
    const auto step = dialogue->answered(e.reply_to(std::get<http::Request>(dialogue->begin())));
    if (!is_smaller_batch_expected) return sink->items;
    REQUIRE(std::holds_alternative<http::Request>(step));
    CHECK(std::get<http::Request>(step).body.find("batchsize=" + std::to_string(batch)) == std::string::npos);
    return sink->items;
}

void check_download(const Exchange& e, const std::set<std::string>& seen_before,
                    std::set<std::string>& seen) {
    const auto [page, transport] = read_page(e);
    Expect expect{e};
    expect.question(page.cause, page.is_refused);
    expect.warnings(page.warnings);
    expect.text(seti::Redactor{"s3cret&Pw"}.keep(page.description));
    CHECK(expect.take("skipped").is_null() == (page.skipped == 0));
    for (const ReadCount& item : page.items) seen.insert(item.sku);
    if (const json next = expect.take("next"); !next.is_null()) CHECK(page.next == next.get<std::string>());
    if (const json end = expect.take("end"); !end.is_null()) {
        std::int64_t news = 0;
        const bool goes_on = e.field("startnum") != "1";
        for (const std::string& sku : seen) news += goes_on && seen_before.contains(sku) ? 0 : 1;
        const bool is_cursor = e.field("startnum").empty();
        CHECK(end == (is_cursor ? !page.next : page.code == 2 || page.products == 0 || news == 0));
        if (const json wanted = expect.take("new_items"); !wanted.is_null()) CHECK(wanted == news);
    }
    if (!expect.take("paging").is_null()) CHECK(page.products > std::stoll(e.field("batchsize")));
    if (const json form = expect.take("dialect"); !form.is_null())
        CHECK((form == "text") == (page.form == Dialect::text));
    const auto passed_on = check_whole_store(e, expect.take("retry") == "smaller_batch");
    if (const json count = expect.take("item_count"); !count.is_null()) {
        REQUIRE(page.items.size() == count.get<std::size_t>());
        check_count(page.items.front(), expect.take("first"));
        check_count(page.items.back(), expect.take("last"));
    } else if (expect.has("items") || page.cause != Cause::none) {
        check_counts(passed_on, expect);
    }
}

}  // namespace

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

}  // namespace stocktray::cart
