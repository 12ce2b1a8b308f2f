// How a report speaks: the language, and how numbers and times are written. The command line's is plain
// English; the tray's is that of the person in front of it.
#pragma once
#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace stocktray::report {

class Speech {
public:
    virtual ~Speech() = default;

    // A text of this room in the language. xgettext collects what stands in calls of `tr` and `tr_n`.
    [[nodiscard]] virtual std::string tr(const char* text) const { return text; }
    [[nodiscard]] virtual std::string tr_n(const char* one, const char* many, std::int64_t count) const {
        return count == 1 ? one : many;
    }
    [[nodiscard]] virtual std::string language() const { return "en"; }  // as HTML names it
    [[nodiscard]] virtual std::string number(std::int64_t number) const { return std::to_string(number); }
    // "120 ms", "8 s", "2 min", "3 h 20 min".
    [[nodiscard]] virtual std::string duration(std::int64_t ms) const = 0;
    // "1.2": what is below ten seconds.
    [[nodiscard]] virtual std::string seconds(double number) const { return fmt::format("{:.1f}", number); }
    // A moment in local time, milliseconds since 1970.
    [[nodiscard]] virtual std::string moment(std::int64_t ms) const = 0;
    // A text from somewhere else without control characters.
    [[nodiscard]] virtual std::string printable(std::string_view text) const = 0;

    // Fills named places. A pattern that does not fit comes back as it is.
    template <class... Args>
    [[nodiscard]] static std::string say(std::string_view pattern, const Args&... args) {
        try {
            return fmt::vformat(pattern, fmt::make_format_args(args...));
        } catch (const fmt::format_error&) {
            return std::string{pattern};
        }
    }
    // "{n} posts", filled in.
    [[nodiscard]] std::string counted(std::string_view pattern, std::int64_t count) const {
        return say(pattern, fmt::arg("n", number(count)));
    }
};

}  // namespace stocktray::report
