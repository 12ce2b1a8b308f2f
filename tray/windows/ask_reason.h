// A question that wants a reason for the history.
#pragma once
#include <wx/window.h>

#include <optional>
#include <string>

namespace stocktray::tray {

// `yes`: the button's label with its access key; it can be pressed once a reason stands there.
[[nodiscard]] std::optional<std::string> ask_reason(wxWindow& parent, const std::string& question,
                                                    const std::string& explanation, const std::string& yes);

}  // namespace stocktray::tray
