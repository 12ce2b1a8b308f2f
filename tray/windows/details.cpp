#include "tray/windows/details.h"

#ifdef __WXGTK__
#include <gtk/gtk.h>
#endif

#include "tray/windows/accessible.h"

namespace stocktray::tray {

Details::Details(wxWindow* parent, const std::string& name, wxSize least)
    : wxTextCtrl{parent, wxID_ANY, "", wxDefaultPosition, parent->FromDIP(least),
                 wxTE_MULTILINE | wxTE_READONLY | wxTE_BESTWRAP} {
    name_control(*this, name);
#ifdef __WXGTK__
    // wx has margins for one line of text only.
    auto* text = GTK_TEXT_VIEW(gtk_bin_get_child(GTK_BIN(GetHandle())));
    gtk_text_view_set_left_margin(text, FromDIP(6));
    gtk_text_view_set_right_margin(text, FromDIP(6));
    gtk_text_view_set_top_margin(text, FromDIP(4));
    gtk_text_view_set_bottom_margin(text, FromDIP(4));
#else
    SetMargins(FromDIP(6), FromDIP(4));
#endif
}

}  // namespace stocktray::tray
