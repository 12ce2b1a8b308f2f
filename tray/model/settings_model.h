// The agent's parameters in a form: read, checked, and what has changed sent back. No wx.
#pragma once
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "tray/link/conversation.h"
#include "tray/model/agent_mirror.h"

namespace stocktray::tray {

enum class ParameterKind { check, number, hours };
enum class ParameterGroup { synchronization, telling, comparing, safety };

// A parameter as a person meets it. Texts are marked, not yet translated.
struct ParameterRow {
    std::string_view name;  // as in the protocol
    ParameterKind kind;
    ParameterGroup group;
    bool is_rare;          // behind "More"
    const char* label;     // with its access key where it is not rare
    const char* unit;      // "seconds"; empty: none
    const char* sentence;  // what it does
    std::int64_t least{0};
    std::int64_t most{0};
};

[[nodiscard]] std::span<const ParameterRow> parameter_rows();

// "Late after: 120 seconds", as the settings show it; none: it is not shown there. `value` as it is kept.
[[nodiscard]] std::optional<std::string> parameter_words(std::string_view name, const std::string& value);
[[nodiscard]] std::string group_words(ParameterGroup group);

class SettingsModel {
public:
    SettingsModel(Conversation conversation, const AgentMirror& mirror, std::function<void()> changed);

    void read();
    [[nodiscard]] bool is_read() const noexcept { return is_read_; }

    // As it stands in the form: "true"/"false", digits, "22:00-07:00".
    [[nodiscard]] std::string text(std::string_view name) const;
    void set(std::string_view name, std::string text);

    // What cannot be sent, and what the agent refused; by parameter.
    using Problems = std::map<std::string, std::string, std::less<>>;
    [[nodiscard]] Problems problems() const;
    [[nodiscard]] bool is_changed() const { return !changes().empty(); }
    // Only what differs from the agent's values.
    [[nodiscard]] ipc::parameters::Values changes() const;
    [[nodiscard]] bool turns_synch_qoh_off() const;

    void save(std::function<void()> then);
    [[nodiscard]] bool is_saving() const noexcept { return is_saving_; }
    // A refusal that belongs to no field; empty: none.
    [[nodiscard]] const std::string& error() const noexcept { return error_; }
    [[nodiscard]] std::string barred(std::int64_t now) const;

private:
    void take(const ipc::parameters::Values& values);

    const AgentMirror& mirror_;
    std::function<void()> changed_;
    ipc::parameters::Values known_;
    std::map<std::string, std::string, std::less<>> texts_;
    Problems refused_;
    bool is_read_{false};
    bool is_saving_{false};
    std::string error_;
    Conversation conversation_;
};

// "22:00-07:00", or empty.
[[nodiscard]] bool are_quiet_hours(std::string_view text);

}  // namespace stocktray::tray
