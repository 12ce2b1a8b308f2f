// Carries dialogues with a store by our own HTTP client.
#pragma once
#include <memory>
#include <string>
#include <utility>

#include "core/cart/cart_client.h"
#include "core/cart/http/http_client.h"
#include "core/cart/seti/dialogues.h"
#include "tests/core/cart/http/http_run.h"

namespace stocktray::tests {

class Talk {
public:
    Talk(std::string url, std::string user, std::string password, std::string agent = "7b1f0c4e92d84a6f") {
        access.url = std::move(url);
        access.user = std::move(user);
        access.password = std::move(password);
        access.plain_http = http::PlainHttp::allowed;
        access.agent = std::move(agent);
    }

    template <class Result>
    Result carry(const std::unique_ptr<cart::Dialogue>& dialogue) {
        cart::Step step = dialogue->begin();
        while (auto* request = std::get_if<http::Request>(&step))
            step = dialogue->answered(test::carry(client_, std::move(*request)));
        return std::get<Result>(std::get<cart::Done>(std::move(step)));
    }

    // What the connector says it can do, as a test of the cart finds it out.
    cart::Learned learn() { return carry<cart::ProbeResult>(cart::seti::probe(access, "7F3A91C2")).learned; }

    cart::Access access;

private:
    http::HttpClient client_{{}};
};

}  // namespace stocktray::tests
