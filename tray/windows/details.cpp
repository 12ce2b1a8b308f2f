#include "tray/windows/details.h"

#ifdef __WXGTK__
#include <gtk/gtk.h>
#endif

#include <algorithm>

#include "tray/windows/accessible.h"

namespace stocktray::tray {
namespace {

constexpr int margin_x = 6, margin_y = 4, border = 1;  // in device-independent pixels

}  // namespace

Details::Details(wxWindow* parent, const std::string& name, wxSize least)
    : wxTextCtrl{parent, wxID_ANY, "", wxDefaultPosition, parent->FromDIP(least),
                 wxTE_MULTILINE | wxTE_READONLY | wxTE_BESTWRAP} {
    name_control(*this, name);
#ifdef __WXGTK__
    // wx has margins for one line of text only.
    auto* text = GTK_TEXT_VIEW(gtk_bin_get_child(GTK_BIN(GetHandle())));
    gtk_text_view_set_left_margin(text, FromDIP(margin_x));
    gtk_text_view_set_right_margin(text, FromDIP(margin_x));
    gtk_text_view_set_top_margin(text, FromDIP(margin_y));
    gtk_text_view_set_bottom_margin(text, FromDIP(margin_y));
#else
    SetMargins(FromDIP(margin_x), FromDIP(margin_y));
#endif
    // Whole lines: half a one is no sign of more to come, it looks broken.
    if (least.y <= 0) return;
    const int around = 2 * FromDIP(margin_y + border);
    const int lines = std::max(1, (FromDIP(least.y) - around + GetCharHeight() - 1) / GetCharHeight());
    SetMinSize({FromDIP(least.x), lines * GetCharHeight() + around});
}

}  // namespace stocktray::tray
