// What the exchanges of the transcripts are checked with: a function for each kind of question.
#pragma once
#include <doctest/doctest.h>

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/cart/cart_client.h"
#include "core/stack/diagnosis.h"
#include "transcript.h"

namespace stocktray::cart::transcripts {

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
[[nodiscard]] bool is_refusal(Cause cause);
void check_count(const ReadCount& item, const json& wanted);
void check_counts(const std::vector<ReadCount>& items, Expect& expect);

[[nodiscard]] Access access_of(const Exchange& e);
[[nodiscard]] StockUpdate update_of(const Exchange& e);
// The first request of the dialogue, found to be that of the exchange.
http::Request first_request(Dialogue& dialogue, const Exchange& e);

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

void check_invupdate(const Exchange& e);
void check_batch(const Exchange& e);
void check_qohreplace(const Exchange& e);
void check_version(const Exchange& e);
void check_products_count(const Exchange& e);
void check_order_count(const Exchange& e);
void check_qohquery(const Exchange& e);
void check_salesquery(const Exchange& e);
// `seen_before`: the SKUs of the page before; `seen` gets those of this one.
void check_download(const Exchange& e, const std::set<std::string>& seen_before, std::set<std::string>& seen);

}  // namespace stocktray::cart::transcripts
