// The last known state of the agent, as its news told it. It holds no truth of its own: a click changes
// nothing here, the event that follows does.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipc/messages/events.h"
#include "tray/link/news.h"

namespace stocktray::tray {

enum class Contact {
    waiting,  // nothing is known yet
    here,
    lost,
    other_version,  // it answers, but not in our language
};

struct MirroredCart {
    ipc::agent::CartStatus status{};
    std::int64_t heard_at{0};
    std::optional<ipc::carts::Cart> definition{};
};

class AgentMirror {
public:
    // `now`: milliseconds since 1970.
    explicit AgentMirror(std::int64_t now) : contact_since_{now} {}

    void take(const News& news, std::int64_t now);
    void take(const NewsItem& item, std::int64_t now);

    void take(const Snapshot& snapshot, std::int64_t now);
    void take(const ipc::ReceivedEvent& event, std::int64_t now);
    void take(const ipc::AgentLost& lost, std::int64_t now);
    void take(const OtherVersion& other, std::int64_t now);
    void take(const ipc::agent::CartStatus& status, std::int64_t now);
    void take(const ipc::events::CartHealth& health);
    void take(const ipc::events::ParameterChanged& parameter);
    void take_alert(const ipc::alerts::Alert& alert);
    void clear_alert(std::string_view alert);
    void take_job(const ipc::jobs::Job& job);

    [[nodiscard]] Contact contact() const noexcept { return contact_; }
    // Since when the contact is as it is.
    [[nodiscard]] std::int64_t contact_since() const noexcept { return contact_since_; }
    [[nodiscard]] const std::string& why() const noexcept { return why_; }  // of `other_version`, and of a refusal
    // When the agent was last heard; 0: never.
    [[nodiscard]] std::int64_t as_of() const noexcept { return as_of_; }
    // How often its whole state was read: with each new connection.
    [[nodiscard]] int snapshots() const noexcept { return snapshots_; }
    // True for the state read after the tray's own start, until something happened.
    [[nodiscard]] bool is_first_snapshot() const noexcept { return snapshots_ <= 1; }

    [[nodiscard]] const ipc::agent::HelloResult& hello() const noexcept { return hello_; }
    [[nodiscard]] bool synch_qoh() const noexcept { return synch_qoh_; }
    [[nodiscard]] const std::vector<MirroredCart>& carts() const noexcept { return carts_; }
    [[nodiscard]] const std::vector<ipc::alerts::Alert>& alerts() const noexcept { return alerts_; }
    [[nodiscard]] const ipc::parameters::Values& parameters() const noexcept { return parameters_; }
    [[nodiscard]] const std::map<std::int64_t, ipc::jobs::Job>& jobs() const noexcept { return jobs_; }

    [[nodiscard]] const MirroredCart* find_cart(std::string_view cart) const;
    // The cart's name, or its id where it is not known.
    [[nodiscard]] std::string name_of(std::string_view cart) const;
    [[nodiscard]] std::int64_t number(const std::string& parameter, std::int64_t otherwise) const;
    [[nodiscard]] std::string text(const std::string& parameter) const;
    // The job at work at the cart, if there is one.
    [[nodiscard]] const ipc::jobs::Job* running_job(std::string_view cart) const;
    // Age of the oldest post that is not confirmed, now; 0: there is none.
    [[nodiscard]] static std::int64_t oldest_age(const MirroredCart& cart, std::int64_t now);

private:
    void set_contact(Contact contact, std::int64_t now);

    Contact contact_{Contact::waiting};
    std::int64_t contact_since_;
    std::string why_;
    std::int64_t as_of_{0};
    int snapshots_{0};
    ipc::agent::HelloResult hello_;
    bool synch_qoh_{false};
    std::vector<MirroredCart> carts_;  // by name
    std::vector<ipc::alerts::Alert> alerts_;
    ipc::parameters::Values parameters_;
    std::map<std::int64_t, ipc::jobs::Job> jobs_;
};

}  // namespace stocktray::tray
