// What a command asks a person, and tells them. An interface, so that commands need no window to be tested.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

namespace stocktray::tray {

class Questions {
public:
    virtual ~Questions() = default;

    // `yes`: the button's label with its access key. The safe answer is the default.
    [[nodiscard]] virtual bool confirm(const std::string& question, const std::string& explanation,
                                       const std::string& yes) = 0;
    // A moment in the future, milliseconds since 1970; none: cancelled.
    [[nodiscard]] virtual std::optional<std::int64_t> ask_time(const std::string& question,
                                                               std::int64_t proposal) = 0;
    virtual void tell(const std::string& what, const std::string& explanation) = 0;
    // Something did not work.
    virtual void complain(const std::string& what, const std::string& explanation) = 0;
};

}  // namespace stocktray::tray
