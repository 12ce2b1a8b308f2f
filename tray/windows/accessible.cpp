#include "tray/windows/accessible.h"

#ifdef __WXGTK__
#include <gtk/gtk.h>
#endif

#include "tray/windows/text.h"

namespace stocktray::tray {
#ifdef __WXGTK__
namespace {

void name_widget(GtkWidget* widget, gpointer name) {
    if (!widget) return;
    if (auto* accessible = gtk_widget_get_accessible(widget))
        atk_object_set_name(accessible, static_cast<const char*>(name));
    // A list lies inside a frame that scrolls; readers look at the list itself.
    if (GTK_IS_SCROLLED_WINDOW(widget)) gtk_container_foreach(GTK_CONTAINER(widget), name_widget, name);
}

}  // namespace
#endif

void name_control(wxWindow& control, const std::string& name) {
    control.SetName(wx(name));
#ifdef __WXGTK__
    std::string copy = name;
    name_widget(control.GetHandle(), copy.data());
#endif
}

void label_control(wxStaticText& label, wxWindow& control) {
    std::string name = utf8(label.GetLabelText());
    while (!name.empty() && (name.back() == ':' || name.back() == ' ')) name.pop_back();
    name_control(control, name);
#ifdef __WXGTK__
    // wx shows the access key of a label, but leads nowhere from it.
    if (GTK_IS_LABEL(label.GetHandle()))
        gtk_label_set_mnemonic_widget(GTK_LABEL(label.GetHandle()), control.GetHandle());
#endif
}

}  // namespace stocktray::tray
