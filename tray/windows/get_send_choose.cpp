#include "tray/windows/get_send_choose.h"

#include <wx/sizer.h>
#include <wx/stattext.h>

#include "tray/model/words.h"
#include "tray/windows/accessible.h"
#include "tray/windows/press.h"
#include "tray/windows/text.h"

namespace stocktray::tray {

GetSendChoose::GetSendChoose(wxWindow* parent, GetSendModel& model, int width, std::function<void()> changed)
    : wxPanel{parent}, model_{model}, changed_{std::move(changed)} {
    auto* content = new wxBoxSizer{wxVERTICAL};
    const int gap = FromDIP(12);
    safety_ = new WrappedText{this, width, 3};
    content->Add(safety_, wxSizerFlags{}.Expand().Border(wxBOTTOM, gap));

    all_ =
        new wxRadioButton{this, wxID_ANY, wx(tr("&All SKUs")), wxDefaultPosition, wxDefaultSize, wxRB_GROUP};
    some_ = new wxRadioButton{this, wxID_ANY, wx(tr("&Only these SKUs, one on each line:"))};
    skus_ = new wxTextCtrl{
        this, wxID_ANY, "", wxDefaultPosition, FromDIP(wxSize{300, 150}), wxTE_MULTILINE | wxTE_DONTWRAP};
    skus_->SetToolTip(wx(tr("One SKU a line, or separated by commas.")));
    name_control(*skus_, tr("SKUs, one a line"));
    skus_count_ = new wxStaticText{this, wxID_ANY, ""};
    content->Add(all_, wxSizerFlags{}.Border(wxBOTTOM, gap / 2));
    content->Add(some_, wxSizerFlags{}.Border(wxBOTTOM, gap / 2));
    content->Add(skus_, wxSizerFlags{}.Expand().Border(wxLEFT, gap * 2));
    content->Add(skus_count_, wxSizerFlags{}.Border(wxLEFT, gap * 2));
    content->AddSpacer(gap);

    if (model_.kind() == ipc::JobKind::get_qoh) {
        creates_ = new wxCheckBox{this, wxID_ANY, wx(tr("Create &Records for New Products"))};
        creates_->SetToolTip(
            wx(tr("Off: SKUs that the Order Manager does not know are only listed. On: they are handed "
                  "to it as new products.")));
        content->Add(creates_, wxSizerFlags{}.Border(wxBOTTOM, gap / 2));
        creates_->Bind(wxEVT_CHECKBOX, [this](wxCommandEvent&) { take_wishes(); });
    } else {
        items_row_ = new wxPanel{this};
        auto* row = new wxBoxSizer{wxHORIZONTAL};
        auto* label = new wxStaticText{items_row_, wxID_ANY, wx(tr("&Maximum number of items per send:"))};
        items_ = new wxSpinCtrl{items_row_};
        items_->SetRange(1, 10'000);
        items_->SetToolTip(
            wx(tr("This store's script takes no differences: whole counts are replaced, so many at once.")));
        name_control(*items_, tr("Maximum number of items per send"));
        items_->Bind(wxEVT_SPINCTRL, [this](wxSpinEvent&) { model_.set_items_per_send(items_->GetValue()); });
        row->Add(label, wxSizerFlags{}.CentreVertical().Border(wxRIGHT, gap / 2));
        row->Add(items_, wxSizerFlags{}.CentreVertical());
        items_row_->SetSizer(row);
        content->Add(items_row_, wxSizerFlags{}.Border(wxBOTTOM, gap / 2));
    }

    last_row_ = new wxPanel{this};
    auto* row = new wxBoxSizer{wxHORIZONTAL};
    last_ = new wxStaticText{last_row_, wxID_ANY, ""};
    show_last_ = new wxButton{last_row_, wxID_ANY, wx(tr("Last Resul&t"))};
    on_press(*show_last_, [this] { model_.show_last(); });
    row->Add(last_, wxSizerFlags{}.CentreVertical().Border(wxRIGHT, gap));
    row->Add(show_last_, wxSizerFlags{}.CentreVertical());
    last_row_->SetSizer(row);
    content->Add(last_row_, wxSizerFlags{}.Border(wxTOP, gap / 2));

    for (auto* radio : {all_, some_})
        radio->Bind(wxEVT_RADIOBUTTON, [this](wxCommandEvent&) { take_wishes(); });
    skus_->Bind(wxEVT_TEXT, [this](wxCommandEvent&) {
        // Who pastes SKUs means them.
        if (!skus_->IsEmpty()) some_->SetValue(true);
        take_wishes();
    });
    SetSizer(content);
}

void GetSendChoose::take_wishes() {
    model_.wishes.is_selection = some_->GetValue();
    model_.wishes.skus = utf8(skus_->GetValue());
    if (creates_) model_.wishes.creates_records = creates_->GetValue();
    changed_();
}

void GetSendChoose::show() {
    safety_->say(model_.safety_words());
    skus_count_->SetLabelText(wx(model_.selection_words()));
    skus_count_->Show(model_.wishes.is_selection);
    if (items_row_) {
        const auto items = model_.items_per_send();
        items_row_->Show(items.has_value());
        if (items && !items_->HasFocus()) items_->SetValue(static_cast<int>(*items));
    }
    const auto last = model_.last_words();
    last_->SetLabelText(wx(last));
    last_row_->Show(!last.empty());
    last_row_->Fit();
    Layout();
}

void GetSendChoose::focus() {
    (some_->GetValue() ? some_ : all_)->SetFocus();
}

}  // namespace stocktray::tray
