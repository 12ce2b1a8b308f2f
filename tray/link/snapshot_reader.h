// Reads what a status does not hold (who answers, parameters, carts, alerts, jobs) and makes a snapshot of
// it. Internal to tray/link.
#pragma once
#include <optional>
#include <variant>

#include "ipc/client/client.h"
#include "tray/link/news.h"

namespace stocktray::tray {

class SnapshotReader {
public:
    // From a status on; without one it is asked for, too. Questions under way are given up.
    void begin(ipc::Client& client, std::optional<ipc::agent::StatusResult> status);
    void give_up(ipc::Client& client);

    [[nodiscard]] bool is_reading() const noexcept { return is_reading_; }

    // A question could not be sent yet: `take` tries again, although nothing comes.
    [[nodiscard]] bool waits_for_connection() const noexcept { return is_reading_ && waits_for_connection_; }

    // Asks what is not asked yet. When all is there: the snapshot, or why there is none. `poll` the client
    // before and afterwards.
    [[nodiscard]] std::optional<std::variant<Snapshot, OtherVersion, ipc::AgentLost>> take(
        ipc::Client& client);

private:
    template <class T>
    struct Part {
        std::optional<ipc::Pending<T>> pending{};
        std::optional<ipc::Expected<typename T::Result>> answer{};
        typename T::Result before{};  // of a list in pages: what has come
    };
    template <class T>
    bool look(ipc::Client& client, Part<T>& part, const T& params);
    // A list that comes in pages: its answer is there when the last of them is.
    template <class T, class Entries>
    bool look_through(ipc::Client& client, Part<T>& part, T params, Entries T::Result::*entries);
    template <class T>
    void forget(ipc::Client& client, Part<T>& part);

    bool is_reading_{false};
    bool waits_for_connection_{false};
    Part<ipc::agent::Status> status_;
    Part<ipc::agent::Hello> hello_;
    Part<ipc::parameters::Get> parameters_;
    Part<ipc::carts::List> carts_;
    Part<ipc::alerts::List> alerts_;
    Part<ipc::jobs::List> jobs_;
};

}  // namespace stocktray::tray
