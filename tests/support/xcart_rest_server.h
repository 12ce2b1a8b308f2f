// The same shop behind a socket.
#pragma once
#include "tests/support/server/scripted_server.h"
#include "tests/support/xcart_rest_store.h"

namespace stocktray::tests {

class XcartRestServer {
public:
    explicit XcartRestServer(XcartRestStore& store);  // which must outlive it

    [[nodiscard]] std::string url() const { return server_.url("/shop/"); }

private:
    void serve(test::Connection& connection);

    XcartRestStore& store_;
    test::ScriptedServer server_;  // the last: its threads use the rest
};

}  // namespace stocktray::tests
