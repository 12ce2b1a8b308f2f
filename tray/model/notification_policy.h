// When to tell a person what: one notification per incident, replaced when it changes, withdrawn when it is
// over; nothing at the start but what needs a person; repeated after NotifyRepeatMinutes and then ever more
// rarely; silent in QuietHours but for pieces that were sold twice; off means off. Pure: time is passed in.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tray/model/incidents.h"

namespace stocktray::tray {

enum class Notifications { on, off };

class NotificationPolicy {
public:
    struct Settings {
        Notifications notifications{Notifications::on};
        std::int64_t repeat_ms{15 * 60'000};
        std::string quiet_hours{};  // "22:00-07:00" in local time, or empty
    };
    struct Verdict {
        std::vector<Notice> show{};  // each takes the place of one with the same key
        std::vector<std::string> withdraw{};
        std::optional<std::int64_t> look_again_at{};  // none: not before something happens
    };

    // `is_known`: false until the agent's state was read or its absence found out.
    [[nodiscard]] Verdict consider(const std::vector<Incident>& incidents, bool is_known,
                                   const Settings& settings, std::int64_t now, int minute_of_day);

    // The person has closed it: it is not replaced on the screen, only repeated in its time.
    void closed(const std::string& key);

private:
    struct Known {
        Incident incident{};
        std::int64_t since{0};
        std::int64_t told_at{0};  // 0: never
        int times{0};
        bool was_shown{false};  // told with words, not only noted at the start
        bool is_on_screen{false};
        std::int64_t over_since{0};    // 0: it is not over
        bool is_recovery_told{false};  // since it was last told of
    };

    void judge(Known& known, const Incident& incident, bool is_start, const Settings& settings, bool is_quiet,
               std::int64_t now, Verdict& verdict);
    static void tell(Known& known, std::int64_t now, Verdict& verdict);
    static void ended(Known& known, bool is_silent, std::int64_t now, Verdict& verdict);
    [[nodiscard]] static bool is_forgotten(const Known& known, const Settings& settings, std::int64_t now);

    std::map<std::string, Known> known_;
    bool has_begun_{false};
};

// Minutes until the quiet hours end; none: they are not now. What cannot be read means none.
[[nodiscard]] std::optional<int> quiet_minutes_left(const std::string& quiet_hours, int minute_of_day);

}  // namespace stocktray::tray
