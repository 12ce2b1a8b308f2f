#include "tray/windows/ask_save.h"

#include <wx/msgdlg.h>

#include "tray/model/words.h"
#include "tray/windows/text.h"

namespace stocktray::tray {

Unsaved ask_save(wxWindow& parent, const std::string& question) {
    wxMessageDialog dialog{&parent, wx(question), "Stocktray", wxYES_NO | wxCANCEL | wxICON_QUESTION};
    dialog.SetExtendedMessage(wx(tr("Otherwise they are lost.")));
    dialog.SetYesNoCancelLabels(wx(tr("&Save")), wx(tr("&Do Not Save")), wx(tr("&Cancel")));
    const int answer = dialog.ShowModal();
    return answer == wxID_YES ? Unsaved::save : answer == wxID_NO ? Unsaved::lose : Unsaved::stay;
}

}  // namespace stocktray::tray
