#include "tray/windows/filters.h"

#include <wx/clipbrd.h>

#include <algorithm>

#include "tray/model/present.h"
#include "tray/model/words.h"
#include "tray/windows/accessible.h"
#include "tray/windows/press.h"
#include "tray/windows/text.h"

namespace stocktray::tray {
namespace {

constexpr int typing_pause_ms = 600;

// What a reader calls it: the label without its access key and colon.
std::string plain(const std::string& label) {
    std::string name = utf8(wxStaticText::RemoveMnemonics(wx(label)));
    if (name.ends_with(':')) name.pop_back();
    return name;
}

void add_label(wxWindow& parent, wxSizer& line, const std::string& label) {
    line.Add(new wxStaticText{&parent, wxID_ANY, wx(label)},
             wxSizerFlags{}.CentreVertical().Border(wxRIGHT, parent.FromDIP(6)));
}

}  // namespace

wxChoice* add_choice(wxWindow& parent, wxSizer& line, const std::string& label,
                     const std::vector<std::string>& words, std::function<void()> changed) {
    add_label(parent, line, label);
    auto* choice = new wxChoice{&parent, wxID_ANY};
    for (const auto& one : words) choice->Append(wx(one));
    if (!words.empty()) choice->SetSelection(0);
    name_control(*choice, plain(label));
    choice->Bind(wxEVT_CHOICE, [changed = std::move(changed)](wxCommandEvent&) { changed(); });
    line.Add(choice, wxSizerFlags{}.CentreVertical().Border(wxRIGHT, parent.FromDIP(12)));
    return choice;
}

CartChoice::CartChoice(wxWindow& parent, wxSizer& line, Every every, std::function<void()> changed)
    : every_{every}, choice_{add_choice(parent, line, tr("C&art:"), {}, std::move(changed))} {
    if (offers_every()) {
        carts_.emplace_back();
        names_.push_back(tr("All carts"));
        choice_->Append(wx(names_.back()));
        choice_->SetSelection(0);
    }
}

void CartChoice::update(const AgentMirror& mirror) {
    std::vector<std::string> carts, names;
    if (offers_every()) {
        carts.emplace_back();
        names.push_back(tr("All carts"));
    }
    for (const auto& cart : mirror.carts()) {
        carts.push_back(cart.status.cart);
        names.push_back(mirror.name_of(cart.status.cart));
    }
    if (carts == carts_ && names == names_) return;
    const auto before = cart();
    carts_ = carts;
    names_ = names;
    choice_->Clear();
    for (const auto& name : names_) choice_->Append(wx(name));
    choice_->InvalidateBestSize();
    choice_->SetMinSize(choice_->GetBestSize());
    set_cart(before);
}

std::string CartChoice::cart() const {
    const int at = choice_->GetSelection();
    return at >= 0 && at < static_cast<int>(carts_.size()) ? carts_[static_cast<std::size_t>(at)]
                                                           : std::string{};
}

void CartChoice::set_cart(const std::string& cart) {
    const auto at = std::ranges::find(carts_, cart);
    if (!carts_.empty())
        choice_->SetSelection(at == carts_.end() ? 0 : static_cast<int>(at - carts_.begin()));
}

SkuField::SkuField(wxWindow& parent, wxSizer& line, std::function<void()> changed) {
    add_label(parent, line, tr("S&KU:"));
    field_ = new wxSearchCtrl{
        &parent, wxID_ANY, "", wxDefaultPosition, parent.FromDIP(wxSize{190, -1}), wxTE_PROCESS_ENTER};
    field_->ShowCancelButton(true);
    field_->SetDescriptiveText(wx(tr("All SKUs")));
    field_->SetToolTip(wx(tr("The whole SKU, the Order Manager's or the store's")));
    name_control(*field_, tr("SKU"));
    line.Add(field_, wxSizerFlags{}.CentreVertical());
    field_->Bind(wxEVT_TEXT, [this](wxCommandEvent&) { pause_.StartOnce(typing_pause_ms); });
    field_->Bind(wxEVT_TEXT_ENTER, [this](wxCommandEvent&) { pause_.StartOnce(1); });
    field_->Bind(wxEVT_SEARCHCTRL_CANCEL_BTN, [this](wxCommandEvent&) { field_->Clear(); });
    pause_.Bind(wxEVT_TIMER, [changed = std::move(changed)](wxTimerEvent&) { changed(); });
}

std::string SkuField::sku() const {
    return utf8(field_->GetValue().Trim(true).Trim(false));
}

void SkuField::set_sku(const std::string& sku) {
    field_->ChangeValue(wx(sku));
    pause_.Stop();
}

wxButton* add_button(wxWindow& parent, wxSizer& line, const std::string& label,
                     std::function<void()> pressed) {
    auto* button = new wxButton{&parent, wxID_ANY, wx(label)};
    on_press(*button, std::move(pressed));
    line.Add(button, wxSizerFlags{}.Border(wxRIGHT, parent.FromDIP(6)));
    return button;
}

std::string away_words(const AgentMirror& mirror, std::int64_t now) {
    switch (mirror.contact()) {
        case Contact::here:
            return {};
        case Contact::waiting:
            return tr("Looking for the agent…");
        case Contact::lost:
            return lost_words(mirror, now);
        case Contact::other_version:
            return tr("The agent is of another version.");
    }
    return {};
}

void copy_to_clipboard(const std::string& text) {
    if (!wxTheClipboard->Open()) return;
    wxTheClipboard->SetData(new wxTextDataObject{wx(text)});
    wxTheClipboard->Flush();
    wxTheClipboard->Close();
}

}  // namespace stocktray::tray
