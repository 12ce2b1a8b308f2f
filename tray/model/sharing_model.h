// One agent for several computers: which one this computer uses, and, for whoever may, who else uses this agent.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ipc/keys/pairing.h"
#include "ipc/keys/profile.h"
#include "ipc/messages/keys.h"
#include "tray/link/conversation.h"
#include "tray/model/agent_mirror.h"

namespace stocktray::tray {

class SharingModel {
public:
    enum class Column { name, rights, last_seen, address, key };
    static constexpr std::string_view usual_address{"*:5770"};

    using Paired = std::function<void(ipc::Expected<ipc::keys::PairResult>)>;

    struct Surroundings {
        std::function<std::int64_t()> now;
        std::function<std::optional<ipc::Profile>()> profile;  // none: not paired
        // Takes its time elsewhere and answers on the UI thread.
        std::function<void(const ipc::Pairing&, Paired)> pair;
        std::function<ipc::Expected<void>()> forget;
        std::function<void()> moved;  // this computer uses another agent from now on
        std::function<void()> changed;
    };

    SharingModel(Conversation conversation, const AgentMirror& mirror, Surroundings surroundings);

    void read();

    // Which agent this computer uses, in a sentence.
    [[nodiscard]] std::string whose() const;
    [[nodiscard]] bool is_paired() const { return surroundings_.profile().has_value(); }
    // Tells by `pair_note` what became of it.
    void pair(const std::string& text);
    [[nodiscard]] bool is_pairing() const noexcept { return is_pairing_; }
    [[nodiscard]] const std::string& pair_note() const noexcept { return pair_note_; }
    void unpair();

    // Why this user cannot look after the agent's computers; empty: they can.
    [[nodiscard]] std::string barred() const;
    // Whether and where other computers reach the agent, in a sentence.
    [[nodiscard]] std::string reach() const;
    [[nodiscard]] bool is_open() const noexcept { return list_ && list_->lan_address.has_value(); }
    void open(bool is_open);

    void invite(ipc::Role role, bool without_send_qoh, bool without_cancel);
    // The last pairing string; empty: none, or its time is over.
    [[nodiscard]] std::string pairing() const;
    [[nodiscard]] std::string pairing_note() const;

    [[nodiscard]] std::size_t count() const noexcept { return list_ ? list_->keys.size() : 0; }
    [[nodiscard]] const ipc::keys::ClientKey* find(std::size_t row) const;
    [[nodiscard]] std::string text(std::size_t row, Column column) const;
    // Gives the computer that role with just these bars: lets it in where it only asks.
    void give(const std::string& key, ipc::Role role, bool without_send_qoh, bool without_cancel);
    void revoke(const std::string& key);
    // `at_once`: the key was stolen; all computers have to be paired again.
    enum class Rotation { within_a_day, at_once };
    void rotate(Rotation how);

    // What went wrong last; empty: nothing.
    [[nodiscard]] const std::string& trouble() const noexcept { return trouble_; }

private:
    template <ipc::Request T>
    void change(const T& request);

    const AgentMirror& mirror_;
    Surroundings surroundings_;
    std::optional<ipc::keys::ListResult> list_;
    std::string pair_note_;
    std::string trouble_;
    std::string pairing_;
    std::int64_t pairing_until_{0};
    bool is_pairing_{false};
    // What is under way elsewhere must not come back to a model that is gone.
    std::shared_ptr<char> alive_{std::make_shared<char>()};
    Conversation conversation_;
};

// As people call it: "Operator", and "Operator: looks, retries, pauses".
[[nodiscard]] std::string role_name(ipc::Role role);
[[nodiscard]] std::string role_words(ipc::Role role);
// "Operator, no cancelling".
[[nodiscard]] std::string rights_words(ipc::Role role, const std::vector<ipc::Bar>& barred);

}  // namespace stocktray::tray
