#include "tray/windows/form.h"

#include <algorithm>

#include "tray/windows/accessible.h"
#include "tray/windows/text.h"

namespace stocktray::tray {
namespace {

constexpr int widest_label = 190;  // a longer one takes two lines

}  // namespace

FormRow::FormRow(wxSizer* holder, wxWindow* label, wxWindow* control, wxStaticText* note,
                 std::string sentence, int note_width)
    : holder_{holder},
      label_{label},
      control_{control},
      note_{note},
      sentence_{std::move(sentence)},
      note_width_{note_width} {
    write(sentence_);
}

void FormRow::write(const std::string& words) {
    shown_ = words;
    note_->SetLabelText(wx(words));
    note_->Wrap(note_->FromDIP(note_width_));
    note_->Show(is_shown_ && !words.empty());
}

void FormRow::complain(const std::string& words) {
    const auto text = words.empty() ? sentence_ : "⚠ " + words;
    if (text != shown_) write(text);
}

void FormRow::show(bool is_shown) {
    if (is_shown_ == is_shown) return;
    is_shown_ = is_shown;
    holder_->ShowItems(is_shown);
    label_->Show(is_shown);
    note_->Show(is_shown && !shown_.empty());
}

void FormRow::rename(const std::string& label) {
    auto* words = static_cast<wxStaticText*>(label_);
    if (words->GetLabel() == wx(label)) return;
    words->SetLabel(wx(label));
    label_control(*words, *control_);
}

FormGrid::FormGrid(wxWindow& parent, int label_width, int note_width)
    : parent_{parent}, label_width_{label_width}, note_width_{note_width}, sizer_{new wxFlexGridSizer{2}} {
    sizer_->SetHGap(parent.FromDIP(12));
    sizer_->SetVGap(parent.FromDIP(6));
    sizer_->AddGrowableCol(1);
}

wxTextCtrl* FormGrid::text(long style, int width) const {
    return new wxTextCtrl{&parent_, wxID_ANY, "", wxDefaultPosition, parent_.FromDIP(wxSize{width, -1}),
                          style};
}

FormRow FormGrid::add_row(wxWindow* label, wxWindow* control, const std::string& sentence,
                          const std::string& unit) {
    if (auto* words = dynamic_cast<wxStaticText*>(label);
        words && words->GetBestSize().x > parent_.FromDIP(widest_label))
        words->Wrap(parent_.FromDIP(widest_label));
    label->SetMinSize({std::max(label->GetBestSize().x, parent_.FromDIP(label_width_)), -1});
    auto* holder = new wxBoxSizer{wxVERTICAL};
    auto* line = new wxBoxSizer{wxHORIZONTAL};
    line->Add(control, wxSizerFlags{unit.empty() ? 1 : 0}.CentreVertical());
    if (!unit.empty())
        line->Add(new wxStaticText{&parent_, wxID_ANY, wx(unit)},
                  wxSizerFlags{}.CentreVertical().Border(wxLEFT, parent_.FromDIP(6)));
    auto* note = new wxStaticText{&parent_, wxID_ANY, ""};
    holder->Add(line, wxSizerFlags{}.Expand());
    holder->Add(note, wxSizerFlags{}.Border(wxTOP, parent_.FromDIP(2)));
    // The label stands beside its control, not beside the note.
    const int drop = parent_.FromDIP(6);
    sizer_->Add(label, wxSizerFlags{}.Top().Border(wxTOP, drop));
    sizer_->Add(holder, wxSizerFlags{}.Expand());
    return {holder, label, control, note, sentence, note_width_};
}

FormRow FormGrid::add(const std::string& label, wxWindow* control, const std::string& sentence,
                      const std::string& unit) {
    auto* words = new wxStaticText{&parent_, wxID_ANY, wx(label)};
    label_control(*words, *control);
    return add_row(words, control, sentence, unit);
}

FormRow FormGrid::add(wxCheckBox* box, const std::string& sentence) {
    name_control(*box, utf8(box->GetLabelText()));
    return add_row(new wxStaticText{&parent_, wxID_ANY, ""}, box, sentence, {});
}

}  // namespace stocktray::tray
