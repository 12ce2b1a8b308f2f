// Does what a person asked for: the menu, a notification's button and every window come here. A command sends
// a request; the picture changes when the agent's event comes back, not before.
#pragma once
#include <cstdint>
#include <functional>
#include <string>

#include "tray/commands/questions.h"
#include "tray/link/link.h"
#include "tray/model/agent_mirror.h"
#include "tray/model/command.h"

namespace stocktray::tray {

// What commands need of the program around them.
struct Surroundings {
    std::function<bool(const Command&)> open_window;  // false: there is no such window
    std::function<void(const std::string&)> browse;   // opens an address or a folder
    // The address of a section of the guide, or of all of it (empty); empty: there is no guide.
    std::function<std::string(const std::string&)> guide_page;
    std::function<std::string()> start_agent;  // empty: it starts; else why not
    std::function<void()> quit;
    std::function<std::int64_t()> now;  // milliseconds since 1970
};

class Commands {
public:
    Commands(Conversation conversation, const AgentMirror& mirror, Questions& questions,
             Surroundings surroundings);

    void run(const Command& command);

private:
    template <ipc::Request T>
    void send(const T& request);
    void synch_qoh(bool is_on);
    void synchronize(const Command& command);
    void pause(const Command& command);
    void save_bundle();

    const AgentMirror& mirror_;
    Questions& questions_;
    Surroundings surroundings_;
    Conversation conversation_;
};

}  // namespace stocktray::tray
