// The tray's one connection to the agent: a thread of its own that asks, hears and connects again by itself.
// View-models talk through a Conversation; nothing else crosses between the threads.
//
// At rest it wakes once in five minutes, to hear whether the agent still lives. News are handed over in
// batches, at most 20 a second: a burst of events costs the UI thread one call.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "tray/link/conversation.h"
#include "tray/link/patience.h"

namespace stocktray::tray {

class Worker;

class Link {
public:
    // Runs a function later on the UI thread. It is called from the link's thread, and must not block.
    using Poster = std::function<void(std::function<void()>)>;

    // `endpoint` empty: the default one. Fails for an endpoint that cannot be right; whether an agent is
    // there, the news will tell.
    [[nodiscard]] static ipc::Expected<std::unique_ptr<Link>> open(const std::string& endpoint, Poster poster,
                                                                   Patience patience = {});

    // Waits for its thread. What was posted before does nothing any more.
    ~Link();
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;

    // Begins to hear. Before that nothing is told, so that the first snapshot is not missed.
    void start();

    [[nodiscard]] Conversation converse();

    // The way to the agent is another one now (this computer was paired): begins anew, with a snapshot.
    void reconnect();

private:
    Link(std::unique_ptr<Worker> worker);

    std::unique_ptr<Worker> worker_;
    std::shared_ptr<Desk> desk_;
};

}  // namespace stocktray::tray
