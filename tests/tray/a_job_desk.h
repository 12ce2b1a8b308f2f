// A view-model with a job, the real agent, and a practice store.
#pragma once
#include <memory>

#include "tests/agent/desk.h"
#include "tests/tray/a_loop.h"
#include "tray/model/agent_mirror.h"

namespace stocktray::tests {

class JobDesk {
public:
    explicit JobDesk(int skus) : bench{{.skus = skus}}, people{bench} {
        people.import_orders();
        link = tray::Link::open(bench.agent.endpoint(), loop.poster()).value();
        conversation.emplace(link->converse());
        conversation->hear({}, [this](const tray::News& news) { mirror.take(news, 0); });
        link->start();
        CHECK(reaches(tray::Contact::here));
    }
    ~JobDesk() { conversation.reset(); }
    JobDesk(const JobDesk&) = delete;
    JobDesk& operator=(const JobDesk&) = delete;

    bool reaches(tray::Contact contact) {
        return loop.run_until([&] { return mirror.contact() == contact && !mirror.carts().empty(); });
    }
    template <class Model>
    typename Model::Surroundings surroundings() const {
        return {.converse = [this] { return link->converse(); },
                .now = [] { return std::int64_t{1'700'000'000'000}; },
                .by = "ann",
                .changed = [] {},
                .lines_added = [] {}};
    }

    Bench bench;
    Desk people;
    Loop loop;
    std::unique_ptr<tray::Link> link;
    tray::AgentMirror mirror{0};
    std::optional<tray::Conversation> conversation;
};

}  // namespace stocktray::tests
