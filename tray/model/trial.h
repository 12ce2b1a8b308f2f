// The end of the first steps: one piece of a SKU is taken off, and put back when the store has followed. What is owed is kept
// outside, so that it is put back whatever ends meanwhile: the window, the program, the connection. No wx.
#pragma once
#include <functional>
#include <optional>
#include <string>

#include "tray/link/link.h"
#include "tray/model/agent_mirror.h"

namespace stocktray::tray {

class Trial {
public:
    enum class Step {
        none,
        looking,     // for a SKU
        taking_off,  // asked, not answered
        taken_off,   // waits for the store
        putting_back,
        put_back,
    };
    // A piece that has to be put back. The id is that of the change which takes it off.
    struct Owed {
        std::string cart;
        std::string sku;
        std::string id;
        std::string agent{};  // which has taken it off: its incarnation; empty: of an older program, any
    };
    struct Surroundings {
        std::optional<Owed> kept;  // of a program that ended too early
        std::function<void(const std::optional<Owed>&)> keep;
    };

    Trial(Link& link, const AgentMirror& mirror, Surroundings surroundings);

    // Whoever shows it; nobody: {}.
    void on_change(std::function<void()> changed) { changed_ = std::move(changed); }

    // The mirror has changed: what is owed is put back as soon as the agent is there.
    void look();

    [[nodiscard]] bool can_begin() const noexcept;
    void begin(const std::string& cart);
    // Nobody waits for the store any more.
    void end();

    [[nodiscard]] Step step() const noexcept { return step_; }
    [[nodiscard]] const std::string& sku() const noexcept { return sku_; }
    // Put back after the store has confirmed it; false: for another reason.
    [[nodiscard]] bool has_followed() const noexcept { return has_followed_; }
    // Why it did not work; empty: it did.
    [[nodiscard]] const std::string& error() const noexcept { return error_; }

private:
    void choose(const std::string& cart);
    // Asked again, whether it was taken the first time is not known.
    enum class Asked { first, again };
    void take_off(Asked asked);
    void put_back();
    [[nodiscard]] bool is_owed_here() const;
    void submit(std::int64_t delta, Asked asked, std::function<void()> taken);
    void hear(const News& news);
    void owe(std::optional<Owed> owed);
    void go(Step step, std::string error = {});

    const AgentMirror& mirror_;
    Surroundings surroundings_;
    std::optional<Owed> owed_;
    Step step_{Step::none};
    bool is_ended_{false};   // put back without the store's word
    bool has_followed_{false};
    int asked_at_{0};        // the mirror's snapshot at which the agent was last asked again
    std::string sku_;
    std::string error_;
    std::function<void()> changed_;
    Conversation conversation_;
};

}  // namespace stocktray::tray
