#include "tray/commands/dialogs.h"

#include <wx/datectrl.h>
#include <wx/dateevt.h>
#include <wx/dialog.h>
#include <wx/msgdlg.h>
#include <wx/sizer.h>
#include <wx/stattext.h>
#include <wx/timectrl.h>
#include <wx/utils.h>

#include "tray/model/words.h"
#include "tray/windows/accessible.h"
#include "tray/windows/text.h"

namespace stocktray::tray {
namespace {

// The window in front, so that a question does not come up behind it.
wxWindow* in_front() {
    auto* focused = wxGetActiveWindow();
    return focused ? wxGetTopLevelParent(focused) : nullptr;
}

}  // namespace

bool Dialogs::confirm(const std::string& question, const std::string& explanation, const std::string& yes) {
    wxMessageDialog dialog{in_front(), wx(question), "Stocktray", wxYES_NO | wxNO_DEFAULT | wxICON_QUESTION};
    dialog.SetExtendedMessage(wx(explanation));
    dialog.SetYesNoLabels(wx(yes), wx(tr("&Cancel")));
    return dialog.ShowModal() == wxID_YES;
}

void Dialogs::tell(const std::string& what, const std::string& explanation) {
    wxMessageDialog dialog{in_front(), wx(what), "Stocktray", wxOK | wxICON_INFORMATION};
    dialog.SetExtendedMessage(wx(explanation));
    dialog.SetOKLabel(wx(tr("&Close")));
    dialog.ShowModal();
}

void Dialogs::complain(const std::string& what, const std::string& explanation) {
    wxMessageDialog dialog{in_front(), wx(what), "Stocktray", wxOK | wxICON_WARNING};
    dialog.SetExtendedMessage(wx(explanation));
    dialog.SetOKLabel(wx(tr("&Close")));
    dialog.ShowModal();
}

std::optional<std::int64_t> Dialogs::ask_time(const std::string& question, std::int64_t proposal) {
    wxDialog dialog{in_front(), wxID_ANY, "Stocktray"};
    const int gap = dialog.FromDIP(12);
    const wxDateTime proposed{wxLongLong{proposal}};
    auto* words = new wxStaticText{&dialog, wxID_ANY, wx(question)};
    auto* day = new wxDatePickerCtrl{&dialog,           wxID_ANY,      proposed,
                                     wxDefaultPosition, wxDefaultSize, wxDP_DROPDOWN | wxDP_SHOWCENTURY};
    auto* time = new wxTimePickerCtrl{&dialog, wxID_ANY, proposed};
    name_control(*day, tr("Day"));
    name_control(*time, tr("Time"));
    auto* row = new wxBoxSizer{wxHORIZONTAL};
    row->Add(day, wxSizerFlags{1}.Border(wxRIGHT, gap));
    row->Add(time, wxSizerFlags{1});
    auto* buttons = new wxStdDialogButtonSizer;
    auto* go = new wxButton{&dialog, wxID_OK, wx(tr("&Pause"))};
    buttons->AddButton(go);
    buttons->AddButton(new wxButton{&dialog, wxID_CANCEL, wx(tr("&Cancel"))});
    buttons->Realize();
    go->SetDefault();
    auto* content = new wxBoxSizer{wxVERTICAL};
    content->Add(words, wxSizerFlags{}.Border(wxALL, gap));
    content->Add(row, wxSizerFlags{}.Expand().Border(wxLEFT | wxRIGHT, gap));
    content->Add(buttons, wxSizerFlags{}.Expand().Border(wxALL, gap));
    dialog.SetSizerAndFit(content);
    dialog.CentreOnScreen();
    const auto chosen = [&] {
        wxDateTime at = day->GetValue();
        int hour = 0, minute = 0, second = 0;
        time->GetTime(&hour, &minute, &second);
        at.SetHour(static_cast<wxDateTime::wxDateTime_t>(hour));
        at.SetMinute(static_cast<wxDateTime::wxDateTime_t>(minute));
        at.SetSecond(0);
        return at;
    };
    // A moment that has passed pauses nothing.
    go->Bind(wxEVT_UPDATE_UI, [&](wxUpdateUIEvent& event) { event.Enable(chosen() > wxDateTime::Now()); });
    if (dialog.ShowModal() != wxID_OK) return std::nullopt;
    return chosen().GetValue().GetValue();
}

}  // namespace stocktray::tray
