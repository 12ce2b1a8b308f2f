// Lets a dialogue talk to a shop in memory, at a time that stands still.
#pragma once
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/cart/cart_client.h"
#include "core/cart/dialogues.h"
#include "tests/support/xcart_rest_store.h"

namespace stocktray::test {

using Store = tests::XcartRestStore;
using Generation = Store::Generation;

constexpr std::int64_t shop_time = 1'795'000'000;  // 2026-11-18

inline http::Reply broken(http::Transport transport, bool was_sent) {
    http::Reply made;
    made.transport = transport;
    made.was_sent = was_sent;
    made.detail = "what the network says";
    return made;
}

inline http::Reply carried(Store& store, const http::Request& request) {
    Store::Request asked;
    asked.method = request.method == http::Method::get   ? "GET"
                   : request.method == http::Method::put ? "PUT"
                                                         : "POST";
    asked.path = request.url.substr(request.url.find('/', 8));
    asked.body = request.body;
    for (const auto& [name, value] : request.headers) {
        std::string low = name;
        for (char& c : low) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        asked.headers[low] = value;
    }
    const auto response = store.handle(asked);
    if (response.status == 0) return broken(http::Transport::timed_out, true);
    http::Reply reply;
    reply.status = response.status;
    reply.body = response.body;
    for (const auto& header : response.headers) reply.headers.push_back(header);
    if (response.headers.contains("date")) reply.date = WallTime{std::chrono::seconds{store.clock()}};
    if (response.headers.contains("retry-after"))
        reply.retry_after = std::chrono::seconds{std::stoll(response.headers.at("retry-after"))};
    return reply;
}

struct Shop {
    explicit Shop(Generation generation) : store{generation} {
        store.clock = [this] { return time; };
        store.products = {{1, "A", 10},       {2, "AB", 20}, {3, "C", 0},
                          {4, "U", 5, false}, {5, "D", 7},   {6, "D", 8}};
        store.variants = {
            {11, 2, "AB-red", 4, false}, {12, 2, "AB-blue", 9, true}, {13, 2, std::nullopt, 3, false}};
        access.url = "https://shop.example/shop/";
        access.password = store.write_key;
        access.kind = cart::Kind::xcart_rest;
        access.memory = cart::empty_memory();
        learned.rest = generation == Generation::module ? cart::RestApi::module : cart::RestApi::platform;
        learned.dialect = cart::Dialect::text;
        learned.counts = cart::CountSource::downloadqoh;
        learned.clamps = true;
    }
    Shop(const Shop&) = delete;
    Shop& operator=(const Shop&) = delete;

    std::int64_t time{shop_time};
    Store store;
    cart::Access access;
    cart::Learned learned;
    std::vector<http::Request> asked;
    Milliseconds took{0};  // of every question

    cart::Done talk(cart::Dialogue& dialogue) {
        cart::Step step = dialogue.begin();
        while (auto* request = std::get_if<http::Request>(&step)) {
            if (asked.size() == 5'000) throw std::runtime_error{"the dialogue does not end"};
            asked.push_back(*request);
            auto reply = carried(store, *request);
            reply.took = took;
            step = dialogue.answered(reply);
        }
        return std::get<cart::Done>(std::move(step));
    }
    cart::UpdateResult update(const std::string& sku, std::int64_t delta) {
        return std::get<cart::UpdateResult>(
            talk(*cart::update(access, learned, {sku, delta, std::nullopt}, cart::Sending::first)));
    }
    cart::CountsResult all(std::int64_t batch_size = 100) {
        return std::get<cart::CountsResult>(talk(*cart::read_all(access, learned, batch_size, nullptr)));
    }
    cart::CountsResult counts(std::vector<std::string> skus) {
        return std::get<cart::CountsResult>(talk(*cart::read_counts(access, learned, 100, std::move(skus))));
    }
    cart::ProbeResult probe() { return std::get<cart::ProbeResult>(talk(*cart::probe(access, "R4ND0M"))); }
    cart::VersionResult version() {
        return std::get<cart::VersionResult>(talk(*cart::version(access, learned)));
    }
    cart::OrderCountResult orders(const std::string& last) {
        return std::get<cart::OrderCountResult>(talk(*cart::order_count(access, learned, last)));
    }
    [[nodiscard]] int writes() {
        int writes = 0;
        for (const auto& request : asked)
            writes +=
                request.method == http::Method::put || request.body.find("_method=put") != std::string::npos;
        return writes;
    }
};

}  // namespace stocktray::test
