// Carries exchanges to their end, within the patience of a test.
#pragma once
#include <chrono>
#include <map>
#include <stdexcept>
#include <utility>

#include "core/cart/http/http_client.h"

namespace stocktray::test {

inline http::Request request_to(std::string url, std::string body = "a=b") {
    http::Request request;
    request.url = std::move(url);
    request.body = std::move(body);
    request.plain_http = http::PlainHttp::allowed;
    return request;
}

// Until `wanted` exchanges are finished. Throws when that takes longer than any of them may.
inline std::map<http::HttpClient::Id, http::Reply> carry(http::HttpClient& client, std::size_t wanted) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{60};
    std::map<http::HttpClient::Id, http::Reply> replies;
    while (replies.size() < wanted) {
        if (std::chrono::steady_clock::now() > end) throw std::runtime_error{"an exchange does not end"};
        client.poll({}, Milliseconds{1'000});
        for (auto& finished : client.take_finished()) replies[finished.id] = std::move(finished.reply);
    }
    return replies;
}

inline http::Reply carry(http::HttpClient& client, http::Request request) {
    client.start(1, std::move(request));
    return carry(client, 1).at(1);
}

}  // namespace stocktray::test
