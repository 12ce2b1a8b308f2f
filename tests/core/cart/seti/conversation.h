// Lets a dialogue talk to a store that a test plays.
#pragma once
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "core/cart/cart_client.h"

namespace stocktray::test {

using Fields = std::map<std::string, std::string>;

// An encoded form, decoded again.
inline Fields fields_of(const std::string& body) {
    Fields fields;
    std::string key;
    std::string text;
    const auto end = [&] {
        if (!key.empty()) fields[key] = text;
        key.clear();
        text.clear();
    };
    for (std::size_t i = 0; i < body.size(); ++i) {
        if (body[i] == '&') {
            end();
        } else if (body[i] == '=') {
            key = std::exchange(text, {});
        } else if (body[i] == '%') {
            text += static_cast<char>(std::stoi(body.substr(i + 1, 2), nullptr, 16));
            i += 2;
        } else {
            text += body[i];
        }
    }
    end();
    return fields;
}

inline http::Reply reply(std::string body, int status = 200) {
    http::Reply made;
    made.status = status;
    made.headers = {{"content-type", "text/html; charset=UTF-8"}};
    made.body = std::move(body);
    return made;
}

inline http::Reply broken(http::Transport transport, bool was_sent) {
    http::Reply made;
    made.transport = transport;
    made.was_sent = was_sent;
    made.detail = "what the network says";
    return made;
}

struct Conversation {
    std::vector<Fields> asked;
    cart::Done done;
};

// Carries a dialogue to its end; `store` answers each request. Bodies go into a request's sink if it has one.
inline Conversation talk(cart::Dialogue& dialogue, const std::function<http::Reply(const Fields&)>& store) {
    Conversation talk;
    cart::Step step = dialogue.begin();
    while (auto* request = std::get_if<http::Request>(&step)) {
        if (talk.asked.size() == 5'000) throw std::runtime_error{"the dialogue does not end"};
        talk.asked.push_back(fields_of(request->body));
        http::Reply made = store(talk.asked.back());
        if (request->sink && made.status == 200 && !made.body.empty()) {
            if (!request->sink->take(std::exchange(made.body, {})))
                made.transport = http::Transport::stopped_by_reader;
        }
        step = dialogue.answered(made);
    }
    talk.done = std::get<cart::Done>(std::move(step));
    return talk;
}

inline cart::Access an_access() {
    cart::Access access;
    access.url = "https://shop.example/seti.php";
    access.user = "shopadmin";
    access.password = "s3cret&Pw";
    access.agent = "7b1f0c4e92d84a6f";
    return access;
}

inline cart::Learned knows(cart::Dialect dialect) {
    cart::Learned learned;
    learned.dialect = dialect;
    return learned;
}

}  // namespace stocktray::test
