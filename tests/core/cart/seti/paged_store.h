// A store that a test plays, with all the ways in which real ones give their products away.
#pragma once
#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "conversation.h"
#include "core/cart/seti/dialogues.h"

namespace stocktray::test {

struct Row {
    std::string sku;
    std::string qoh;
};

inline std::string xml(const std::vector<Row>& rows, int code = 1, const std::string& more = {}) {
    std::string out = "<?xml version=\"1.0\"?><SETIProducts><Response><ResponseCode>" + std::to_string(code) +
                      "</ResponseCode><ResponseDescription>success</ResponseDescription></Response>";
    for (const Row& row : rows)
        out += "<Product><Code>" + row.sku + "</Code><QOH>" + row.qoh + "</QOH></Product>";
    return out + more + "</SETIProducts>";
}

// A store of products P1 … Pn, P<k> having k pieces.
struct Store {
    int products{0};
    int server_limit{1'000'000};  // gives no more than this at once
    int overlap{0};               // begins each page this much too early
    std::set<int> unreadable;     // products with a raw & in their name
    bool is_page_number{false};   // makes a page number of the position
    bool has_end_code{true};

    [[nodiscard]] http::Reply page(const Fields& f) const {
        const int first = std::stoi(f.at("startnum"));
        const int size = std::stoi(f.at("batchsize"));
        int from = is_page_number ? (first - 1) / size * size + 1 : first;
        if (from > 1) from = std::max(1, from - overlap);
        std::vector<Row> rows;
        for (int k = from; k < from + std::min(size, server_limit) && k <= products; ++k)
            rows.push_back(
                {"P" + std::to_string(k) + (unreadable.contains(k) ? "&" : ""), std::to_string(k)});
        if (first > products) rows.clear();
        return reply(xml(rows, rows.empty() && has_end_code ? 2 : 1));
    }
};

inline cart::CountsResult read(const std::function<http::Reply(const Fields&)>& store, std::int64_t batch,
                               cart::Learned learned = {}, std::vector<Fields>* asked = nullptr,
                               std::shared_ptr<cart::CountSink> sink = nullptr) {
    const auto dialogue = cart::seti::read_all(an_access(), std::move(learned), batch, std::move(sink));
    auto talked = talk(*dialogue, store);
    if (asked != nullptr) *asked = talked.asked;
    return std::get<cart::CountsResult>(talked.done);
}

inline cart::CountsResult read(const Store& store, std::int64_t batch, std::vector<Fields>* asked = nullptr) {
    return read([&](const Fields& f) { return store.page(f); }, batch, {}, asked);
}

}  // namespace stocktray::test
