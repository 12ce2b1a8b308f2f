// Which file of a watched folder is read next: in the order of names, and none before whoever writes it is done. Pure.
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace stocktray::gateway {

using Steady = std::chrono::milliseconds;  // of a clock that never goes back

// A file as a look at the folder shows it.
struct Seen {
    std::string name{};
    std::uint64_t bytes{0};
    std::int64_t changed_ns{0};  // its time stamp; only compared with itself: a share's clock may differ
    bool is_open_for_writing{false};  // by somebody on this computer; false also where that cannot be seen
};

class Arrivals {
public:
    // `age`: a file that has not changed for so long has been written. `patience`: a file that is not whole then, or
    // that is still being written, no longer holds up those behind it.
    Arrivals(Steady age, Steady patience) noexcept : age_{age}, patience_{patience} {}

    struct Turn {
        std::optional<std::string> ready{};
        std::vector<std::string> passed_over{};  // they have been written to for longer than the patience
        std::optional<Steady> look_again{};      // after that time, although nothing happens in the folder
    };
    [[nodiscard]] Turn look(std::vector<Seen> files, Steady now);

    // For how long it has been as it is now: it was written before that, whatever its time stamp says. None: it was not looked at.
    [[nodiscard]] std::optional<Steady> unchanged_for(const std::string& name, Steady now) const;

    // It was read and is not whole: it is ready again when it has changed. True: it has not for longer than the
    // patience, so it will not become whole.
    [[nodiscard]] bool put_off(const std::string& name, Steady now);

private:
    struct Known {
        std::uint64_t bytes{0};
        std::int64_t changed_ns{0};
        Steady unchanged_since{0};
        Steady first_seen{0};
        bool is_put_off{false};
    };

    Steady age_;
    Steady patience_;
    std::map<std::string, Known> known_{};
};

// Is it a file to be taken? `patterns` hold * and ?, in any case of ASCII letters. Files that editors, browsers and
// copying programs have under way never are, and neither are our own reports.
[[nodiscard]] bool is_wanted(const std::string& name, const std::vector<std::string>& patterns);

// What spreadsheet programs write by themselves.
inline const std::vector<std::string> spreadsheets{"*.xlsx", "*.xls", "*.xlsm", "*.ods", "*.numbers"};

}  // namespace stocktray::gateway
