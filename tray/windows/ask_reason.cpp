#include "tray/windows/ask_reason.h"

#include <wx/button.h>
#include <wx/dialog.h>
#include <wx/sizer.h>
#include <wx/stattext.h>
#include <wx/textctrl.h>

#include "tray/model/words.h"
#include "tray/windows/accessible.h"
#include "tray/windows/text.h"

namespace stocktray::tray {

std::optional<std::string> ask_reason(wxWindow& parent, const std::string& question,
                                      const std::string& explanation, const std::string& yes) {
    wxDialog dialog{&parent, wxID_ANY, "Stocktray"};
    const int gap = dialog.FromDIP(12);
    auto* words = new wxStaticText{&dialog, wxID_ANY, ""};
    words->SetLabelText(wx(question));
    words->SetFont(words->GetFont().Bold());
    auto* more = new wxStaticText{&dialog, wxID_ANY, ""};
    more->SetLabelText(wx(explanation));
    more->Wrap(dialog.FromDIP(440));
    auto* label = new wxStaticText{&dialog, wxID_ANY, wx(tr("&Reason, kept in the history:"))};
    auto* reason = new wxTextCtrl{&dialog, wxID_ANY, "", wxDefaultPosition, dialog.FromDIP(wxSize{440, -1})};
    reason->SetMaxLength(255);
    label_control(*label, *reason);
    auto* buttons = new wxStdDialogButtonSizer;
    auto* go = new wxButton{&dialog, wxID_OK, wx(yes)};
    go->Disable();
    buttons->AddButton(go);
    buttons->AddButton(new wxButton{&dialog, wxID_CANCEL, wx(tr("&Back"))});
    buttons->Realize();
    const auto typed = [reason] { return utf8(reason->GetValue().Trim().Trim(false)); };
    reason->Bind(wxEVT_TEXT, [&](wxCommandEvent&) { go->Enable(!typed().empty()); });
    auto* content = new wxBoxSizer{wxVERTICAL};
    for (wxWindow* one : {static_cast<wxWindow*>(words), static_cast<wxWindow*>(more)})
        content->Add(one, wxSizerFlags{}.Border(wxLEFT | wxRIGHT | wxTOP, gap));
    content->Add(label, wxSizerFlags{}.Border(wxLEFT | wxRIGHT | wxTOP, gap));
    content->Add(reason, wxSizerFlags{}.Expand().Border(wxLEFT | wxRIGHT, gap));
    content->Add(buttons, wxSizerFlags{}.Expand().Border(wxALL, gap));
    dialog.SetSizerAndFit(content);
    dialog.CentreOnParent();
    reason->SetFocus();
    if (dialog.ShowModal() != wxID_OK) return std::nullopt;
    return typed();
}

}  // namespace stocktray::tray
