// Sentences in a window: broken into lines as wide as there is room, and read as one by screen readers.
#pragma once
#include <wx/stattext.h>

#include <string>

namespace stocktray::tray {

class WrappedText final : public wxStaticText {
public:
    // `least`: lines that it has room for from the beginning, so that a window need not grow.
    WrappedText(wxWindow* parent, int width, int least = 1);

    // Nothing to say takes no room. The window is to be laid out afterwards.
    void say(const std::string& text);

private:
    void wrap();

    std::string text_;
    int width_;
    int wrapped_at_{0};
};

}  // namespace stocktray::tray
