// The real agent and a link to it, for view-models.
#pragma once
#include <chrono>
#include <memory>
#include <string>

#include "tests/agent/agent_process.h"
#include "tests/tray/a_loop.h"
#include "tests/tray/a_mirror.h"
#include "tray/link/link.h"

namespace stocktray::tests {

struct LinkedAgent {
    AgentProcess agent;
    Loop loop;
    std::unique_ptr<tray::Link> link;  // not started

    LinkedAgent() : link{tray::Link::open(agent.endpoint(), loop.poster()).value()} { agent.start(); }

    [[nodiscard]] static std::int64_t now() {
        return std::chrono::duration_cast<std::chrono::milliseconds>(
                   std::chrono::system_clock::now().time_since_epoch())
            .count();
    }
};

// With a mirror, as in the program.
struct MirroredAgent : LinkedAgent {
    tray::AgentMirror mirror{0};
    std::function<void()> changed;  // the mirror has
    std::optional<tray::Conversation> hearing;

    MirroredAgent() {
        hearing.emplace(link->converse());
        hearing->hear({}, [this](const tray::News& news) {
            mirror.take(news, now());
            if (changed) changed();
        });
        link->start();
    }
    bool is_here() {
        return loop.run_until([this] { return mirror.contact() == tray::Contact::here; });
    }
};

// With a cart whose store cannot be reached: posts wait.
struct WaitingAgent : LinkedAgent {
    int changes_told{0};  // how often a model said that it has changed
    int submitted{0};

    WaitingAgent() {
        set_parameter(agent, "SynchQOH", true);
        agent.must(cart_for("main", "http://127.0.0.1:9/stocktray.php", "om", "secret"));
        link->start();
    }

    void submit(const std::string& sku, std::int64_t delta) {
        ipc::qoh::Change change{.id = "c" + std::to_string(++submitted), .sku = sku, .delta = delta};
        change.reason = ipc::Reason::phone_order;
        change.by = "Ann";
        change.workstation = "till 3";
        agent.must(ipc::qoh::Submit{.source = "om", .changes = {change}});
    }

    // Lets `tick` and the answers work until it holds.
    bool comes_to(const std::function<bool()>& holds, const std::function<void()>& tick) {
        constexpr std::chrono::milliseconds step{50};
        for (int left = 1'800; left > 0; --left) {
            tick();
            if (loop.run_until(holds, step)) return true;
        }
        return false;
    }

    [[nodiscard]] static std::string name_of(const std::string& cart) {
        return cart == "main" ? "Main Store" : cart;
    }
};

}  // namespace stocktray::tests
