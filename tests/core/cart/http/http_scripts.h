// Stores that always say the same, and what becomes of a question to one.
#pragma once
#include <string>
#include <utility>

#include "http_run.h"
#include "tests/support/server/scripted_server.h"

namespace stocktray::test {

// Answers every request of a connection alike.
inline ScriptedServer::Script always(std::string bytes) {
    return [bytes = std::move(bytes)](Connection& c) {
        while (c.read_request()) c.send(bytes);
    };
}

// Answers one request and closes.
inline ScriptedServer::Script once(std::string bytes) {
    return [bytes = std::move(bytes)](Connection& c) {
        if (c.read_request()) c.send(bytes);
    };
}

inline http::Reply ask(ScriptedServer::Script script) {
    const ScriptedServer server{std::move(script)};
    http::HttpClient client{{}};
    return carry(client, request_to(server.url()));
}

}  // namespace stocktray::test
