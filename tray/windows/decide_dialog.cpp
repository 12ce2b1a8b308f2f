#include "tray/windows/decide_dialog.h"

#include <wx/button.h>
#include <wx/sizer.h>
#include <wx/stattext.h>
#include <wx/textctrl.h>

#include "tray/model/post_words.h"
#include "tray/model/words.h"
#include "tray/windows/accessible.h"
#include "tray/windows/text.h"

namespace stocktray::tray {
namespace {

constexpr int text_width = 440;
constexpr int longest_reason = 200;

wxStaticText* add_text(wxDialog& dialog, wxSizer& content, const std::string& words) {
    auto* text = new wxStaticText{&dialog, wxID_ANY, wx(words)};
    text->Wrap(dialog.FromDIP(text_width));
    content.Add(text, wxSizerFlags{}.Border(wxLEFT | wxRIGHT | wxTOP, dialog.FromDIP(12)));
    return text;
}

wxTextCtrl* add_reason(wxDialog& dialog, wxSizer& content) {
    add_text(dialog, content, tr("&Reason (kept in the history):"));
    auto* reason =
        new wxTextCtrl{&dialog, wxID_ANY, "", wxDefaultPosition, dialog.FromDIP(wxSize{text_width, -1})};
    reason->SetMaxLength(longest_reason);
    name_control(*reason, tr("Reason"));
    content.Add(reason, wxSizerFlags{}.Expand().Border(wxALL, dialog.FromDIP(12)));
    return reason;
}

bool has_words(const wxTextCtrl& text) {
    return !text.GetValue().Trim().empty();
}

void finish(wxDialog& dialog, wxSizer& content, wxSizer& buttons) {
    content.Add(&buttons, wxSizerFlags{}.Right().Border(wxLEFT | wxRIGHT | wxBOTTOM, dialog.FromDIP(12)));
    dialog.SetSizerAndFit(&content);
    dialog.CentreOnParent();
    dialog.SetEscapeId(wxID_CANCEL);
}

}  // namespace

DecideDialog::DecideDialog(wxWindow& parent, const ipc::stack::Post& post, const std::string& cart_name)
    : dialog_{new wxDialog{&parent, wxID_ANY, wx(tr("Decide"))}} {
    auto* content = new wxBoxSizer{wxVERTICAL};
    auto* headline =
        add_text(*dialog_, *content,
                 say(tr("Was {sku} changed by {difference} in {cart}?"), fmt::arg("sku", post.sku),
                     fmt::arg("difference", pieces_words(post.delta)), fmt::arg("cart", cart_name)));
    headline->SetFont(headline->GetFont().Bold());
    add_text(
        *dialog_, *content,
        tr("The post was sent, but the store's answer did not arrive. Look at the count in the store, then "
           "decide."));

    auto* numbers = new wxFlexGridSizer{2, dialog_->FromDIP(wxSize{24, 6})};
    const auto number = [&](const std::string& what, const std::string& count) {
        numbers->Add(new wxStaticText{dialog_, wxID_ANY, wx(what)}, wxSizerFlags{}.CentreVertical());
        auto* value = new wxStaticText{dialog_,
                                       wxID_ANY,
                                       wx(count),
                                       wxDefaultPosition,
                                       dialog_->FromDIP(wxSize{100, -1}),
                                       wxALIGN_RIGHT | wxST_NO_AUTORESIZE};
        value->SetFont(value->GetFont().Bold());
        numbers->Add(value, wxSizerFlags{}.Right());
        return value;
    };
    const auto known = [](std::optional<std::int64_t> count) {
        return count ? number_words(*count) : tr("not known");
    };
    const auto otherwise = post.expected_qoh ? std::optional{*post.expected_qoh - post.delta} : std::nullopt;
    number(tr("If it was applied, the store should have:"), known(post.expected_qoh));
    number(tr("If it was not applied:"), known(otherwise));
    store_count_ = number(tr("The store has, as last read:"), known(post.reply_qoh));
    store_count_->SetMinSize(dialog_->FromDIP(wxSize{290, -1}));
    content->Add(numbers, wxSizerFlags{}.Border(wxLEFT | wxRIGHT | wxTOP, dialog_->FromDIP(12)));

    add_text(*dialog_, *content,
             post.proposal ? cause_words(post) : tr("The counts do not tell whether it was applied."));
    reason_ = add_reason(*dialog_, *content);
    auto* buttons = new wxBoxSizer{wxHORIZONTAL};
    auto* yes = new wxButton{dialog_, wxID_YES, wx(tr("It &Was Applied"))};
    auto* no = new wxButton{dialog_, wxID_NO, wx(tr("It Was &Not Applied"))};
    no->SetToolTip(wx(tr("It is sent again.")));
    buttons->Add(yes, wxSizerFlags{}.Border(wxRIGHT, dialog_->FromDIP(6)));
    buttons->Add(no, wxSizerFlags{}.Border(wxRIGHT, dialog_->FromDIP(6)));
    buttons->Add(new wxButton{dialog_, wxID_CANCEL, wx(tr("&Back"))});
    for (auto* button : {yes, no}) {
        button->Disable();
        button->Bind(wxEVT_BUTTON, [this](wxCommandEvent& event) { dialog_->EndModal(event.GetId()); });
    }
    reason_->Bind(wxEVT_TEXT, [this, yes, no](wxCommandEvent&) {
        yes->Enable(has_words(*reason_));
        no->Enable(has_words(*reason_));
    });
    finish(*dialog_, *content, *buttons);
    reason_->SetFocus();
}

DecideDialog::~DecideDialog() {
    dialog_->Destroy();
}

void DecideDialog::tell_store_count(const std::string& words) {
    store_count_->SetLabelText(wx(words));
}

std::optional<Decision> DecideDialog::ask() {
    const int answer = dialog_->ShowModal();
    if ((answer != wxID_YES && answer != wxID_NO) || !has_words(*reason_)) return std::nullopt;
    return Decision{answer == wxID_YES ? ipc::Proposal::applied : ipc::Proposal::not_applied,
                    utf8(reason_->GetValue().Trim())};
}

}  // namespace stocktray::tray
