#include "tray/windows/open_dialogs.h"

#ifdef __WXGTK__
#include <gtk/gtk.h>
#endif
#include <wx/app.h>
#include <wx/dialog.h>

#include <utility>

namespace stocktray::tray {

bool OpenDialogs::raise_last() {
    if (open_.empty()) return false;
    open_.back()->Raise();
    return true;
}

void OpenDialogs::cancel_all(std::function<void()> then) {
    if (open_.empty()) return then();
    then_ = std::move(then);
    cancel_last();
}

void OpenDialogs::cancel_last() {
    auto& dialog = *open_.back();
    if (dialog.IsModal()) return dialog.EndModal(wxID_CANCEL);
#ifdef __WXGTK__
    // A message box is GTK's own: wx does not know that it is shown.
    if (GTK_IS_DIALOG(dialog.GetHandle())) return gtk_dialog_response(GTK_DIALOG(dialog.GetHandle()), GTK_RESPONSE_CANCEL);
#endif
    dialog.Raise();
}

int OpenDialogs::Enter(wxDialog* dialog) {
    open_.push_back(dialog);
    return wxID_NONE;
}

void OpenDialogs::Exit(wxDialog* dialog) {
    std::erase(open_, dialog);
    if (!then_) return;
    if (!open_.empty()) return cancel_last();
    // Whoever showed it still works with its answer, and may ask again.
    wxTheApp->CallAfter([this, then = std::exchange(then_, {})] { cancel_all(then); });
}

}  // namespace stocktray::tray
