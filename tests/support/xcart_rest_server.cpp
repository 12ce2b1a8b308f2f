#include "tests/support/xcart_rest_server.h"

#include <algorithm>
#include <sstream>

namespace stocktray::tests {
namespace {

XcartRestStore::Request parsed(const std::string& head, std::string body) {
    XcartRestStore::Request request;
    request.body = std::move(body);
    std::istringstream lines{head};
    std::string version;
    lines >> request.method >> request.path >> version;
    std::string line;
    std::getline(lines, line);
    while (std::getline(lines, line)) {
        const auto colon = line.find(':');
        if (colon == std::string::npos) continue;
        std::string name = line.substr(0, colon);
        std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
        auto text = line.substr(std::min(line.size(), colon + 2));
        if (text.ends_with('\r')) text.pop_back();
        request.headers[name] = text;
    }
    return request;
}

std::string written(const XcartRestStore::Response& response) {
    std::string text = "HTTP/1.1 " + std::to_string(response.status) + " As it is\r\n";
    for (const auto& [name, value] : response.headers) text += name + ": " + value + "\r\n";
    return text + "content-length: " + std::to_string(response.body.size()) + "\r\n\r\n" + response.body;
}

}  // namespace

XcartRestServer::XcartRestServer(XcartRestStore& store)
    : store_{store}, server_{[this](test::Connection& connection) { serve(connection); }} {}

void XcartRestServer::serve(test::Connection& connection) {
    while (const auto head = connection.read_head()) {
        auto body = connection.read_body(*head);
        if (!body) return;
        const auto response = store_.handle(parsed(*head, std::move(*body)));
        if (response.status == 0) return connection.hang();
        if (!connection.send(written(response))) return;
    }
}

}  // namespace stocktray::tests
