#include "transcript_checks.h"

#include "core/cart/seti/read_counts.h"

namespace stocktray::cart::transcripts {
namespace {

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

}  // namespace

bool is_refusal(Cause cause) {
    return std::set{Cause::auth, Cause::unknown_function, Cause::bad_request, Cause::busy,
                    Cause::https_required}
        .contains(cause);
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

}  // namespace stocktray::cart::transcripts
