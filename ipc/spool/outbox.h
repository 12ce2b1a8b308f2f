// How a program gives its changes to the agent without ever waiting for it: what is submitted is on the disk
// (the spool) when `submit` returns, and a thread of the outbox brings it to the agent as soon as that answers.
//
// All functions may be called from any thread.
#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ipc/error.h"
#include "ipc/messages/orders.h"
#include "ipc/messages/qoh.h"
#include "ipc/spool/delivery.h"
#include "ipc/spool/spool.h"

namespace stocktray::ipc {

class Outbox {
public:
    using Duration = std::chrono::milliseconds;

    struct Options {
        std::string client{"libstocktray"};  // name and version: for the agent's log, and the source's beginning
        std::string endpoint{};              // empty: as `route_to` finds it
        std::filesystem::path spool{};       // empty: `default_spool`
        Spool::OnDamage on_damage{Spool::OnDamage::mend};  // `tell`: `open` fails
    };

    // Where a change is.
    enum class Place {
        at_agent,  // acknowledged
        spooled,   // on this machine's disk, on its way
        refused,   // the agent will not have it: `error` says why
    };
    struct Outcome {
        Place place{Place::spooled};
        Error error{};  // also of one that is spooled, where the agent answers and will not have it for now
        // False: it went straight to the agent and stands in no spool, refused or not.
        bool is_in_spool{true};
    };

    // What the program should show, without asking anybody.
    struct Standing {
        SpoolCounts spooled{};
        // Since when the agent has been silent, told within LatenessSeconds; milliseconds since the epoch.
        std::optional<std::int64_t> silent_since{};
        std::string trouble{};  // the sentence of `trouble`, empty if all is well
    };

    // Fails where the spool cannot be opened, or the endpoint or the client's name cannot be right. Does not wait for an agent.
    [[nodiscard]] static Expected<std::unique_ptr<Outbox>> open(const Options& options);
    ~Outbox();  // what was not delivered stays in the spool
    Outbox(const Outbox&) = delete;
    Outbox& operator=(const Outbox&) = delete;

    // On the disk when it returns; then waits up to `wait` for the agent to have it, unless there is none at the
    // endpoint, or it will not have anything of us. Missing ids, times and workstations are filled in.
    // `invalid_params`: nothing was taken, the sentence names the change and the field; `conflict`: an id was used for
    // another change; `storage`: neither the spool nor, within `wait`, the agent could take it; `no_answer`: the spool
    // could not, and whether the agent has is not known: to be submitted again with its id.
    // A change with `expected` is a question about the count of this moment: it is never spooled, waits up to
    // `wait` (at least a second) for the agent, and must come alone.
    [[nodiscard]] Expected<std::vector<Outcome>> submit(std::vector<qoh::Change> changes, Duration wait);

    // The web orders of a cart were imported; goes the same way, behind the changes that were submitted before.
    [[nodiscard]] Expected<Outcome> imported(orders::Imported orders, Duration wait);

    // Waits until nothing is spooled any more; false if that took longer. Fails at once where the agent says that it
    // will not have it.
    [[nodiscard]] Expected<bool> flush(Duration wait);

    // A request of any kind, answered within `timeout`. Params are one encoded map.
    [[nodiscard]] Expected<RawAnswer> call(std::string_view method, std::string_view params, Duration timeout);

    [[nodiscard]] Expected<Standing> standing();
    // Why nothing is delivered just now: none, the agent is not reached, or its own word. Does not look at the spool.
    [[nodiscard]] std::optional<Error> trouble();

    // What happened to what was spooled, and whether the agent is there and takes it; oldest first, none: nothing new.
    struct Notice {
        std::string topic;    // spool.refused, spool.doubtful, spool.offered_again, spool.import_incomplete,
                              // spool.damaged, agent.silent, agent.heard, agent.refuses
        std::string message;  // a sentence
        std::string id{};     // of a refused change
        std::string sku{};
        std::string code{};
        std::int64_t count{0};
        std::int64_t since{0};
    };
    [[nodiscard]] std::optional<Notice> next_notice();

    [[nodiscard]] const std::string& source() const noexcept;
    [[nodiscard]] const std::string& endpoint() const noexcept;

private:
    struct State;
    explicit Outbox(std::unique_ptr<State> state);

    std::unique_ptr<State> state_;
};

}  // namespace stocktray::ipc
