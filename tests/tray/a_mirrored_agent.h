// The real agent, its link and a mirror, for view-models that talk to them.
#pragma once
#include "tests/agent/agent_process.h"
#include "tests/tray/a_loop.h"
#include "tray/model/agent_mirror.h"

namespace stocktray::tests {

struct MirroredAgent {
    AgentProcess agent;
    Loop loop;
    std::unique_ptr<tray::Link> link;
    tray::AgentMirror mirror{0};
    std::function<void()> changed;  // the mirror has
    std::optional<tray::Conversation> hearing;

    MirroredAgent() : link{tray::Link::open(agent.endpoint(), loop.poster()).value()} {
        agent.start();
        hearing.emplace(link->converse());
        hearing->hear({}, [this](const tray::News& news) {
            mirror.take(news, now());
            if (changed) changed();
        });
        link->start();
    }
    [[nodiscard]] static std::int64_t now() {
        return std::chrono::duration_cast<std::chrono::milliseconds>(
                   std::chrono::system_clock::now().time_since_epoch())
            .count();
    }
    bool is_here() {
        return loop.run_until([this] { return mirror.contact() == tray::Contact::here; });
    }
};

}  // namespace stocktray::tests
