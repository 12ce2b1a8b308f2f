#include "tray/windows/wrapped_text.h"

#include <wx/sizer.h>

#include <algorithm>

#include "tray/windows/accessible.h"
#include "tray/windows/text.h"

namespace stocktray::tray {

WrappedText::WrappedText(wxWindow* parent, int width, int least)
    : wxStaticText{parent, wxID_ANY, "", wxDefaultPosition, wxDefaultSize, wxST_NO_AUTORESIZE},
      width_{width} {
    SetMinSize({width, GetCharHeight() * least});
    Bind(wxEVT_SIZE, [this](wxSizeEvent& event) {
        event.Skip();
        if (std::max(event.GetSize().x, width_) == wrapped_at_) return;
        // Later: what is being laid out must not change its own size.
        CallAfter([this] {
            const int before = GetMinSize().y;
            wrap();
            if (GetMinSize().y != before) GetParent()->Layout();
        });
    });
}

void WrappedText::wrap() {
    wrapped_at_ = std::max(GetSize().x, width_);
    SetLabelText(wx(text_));
    Wrap(wrapped_at_);
    SetMinSize({width_, std::max(GetBestSize().y, GetCharHeight())});
    Show(!text_.empty());
    name_control(*this, text_);
}

void WrappedText::say(const std::string& text) {
    if (text == text_ && wrapped_at_ != 0) return;
    text_ = text;
    wrap();
}

}  // namespace stocktray::tray
