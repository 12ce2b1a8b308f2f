// How a client's sockets are set up and connected. Internal to ipc/client.
#pragma once
#include <zmq.hpp>

#include "ipc/client/route.h"

namespace stocktray::ipc {

enum class Line { requests, events };

// Sets what holds for every client socket and connects it: over the network with its keys, and to both doors, of
// which only the one with the right key lets it in. Throws zmq::error_t.
void dial(zmq::socket_t& socket, const Route& route, Line line);

}  // namespace stocktray::ipc
