#include "tray/windows/get_send_lines.h"

#include <wx/sizer.h>
#include <wx/stattext.h>

#include "tray/model/job_words.h"
#include "tray/model/words.h"
#include "tray/windows/accessible.h"
#include "tray/windows/text.h"

namespace stocktray::tray {

GetSendLines::GetSendLines(wxWindow* parent, GetSendModel& model, int width, std::function<void()> changed)
    : wxPanel{parent}, model_{model}, changed_{std::move(changed)} {
    auto* content = new wxBoxSizer{wxVERTICAL};
    const int gap = FromDIP(12);
    question_ = new WrappedText{this, width};
    question_->SetFont(question_->GetFont().Bold());
    content->Add(question_, wxSizerFlags{}.Expand().Border(wxBOTTOM, gap));
    make_guard(content, width);
    make_pending(content, width);
    list_ = new ResultsPanel{
        this, model_.results(), {.selected = [this] { changed_(); }, .ticked = [this] { changed_(); }}};
    content->Add(list_, wxSizerFlags{1}.Expand());
    detail_ = new WrappedText{this, width};
    content->Add(detail_, wxSizerFlags{}.Expand().Border(wxTOP, gap / 2));
    SetSizer(content);
}

void GetSendLines::make_guard(wxSizer* content, int width) {
    const int gap = FromDIP(6);
    guard_row_ = new wxPanel{this};
    auto* rows = new wxBoxSizer{wxVERTICAL};
    guard_ = new WrappedText{guard_row_, width};
    has_looked_ = new wxCheckBox{guard_row_, wxID_ANY, wx(tr("I have looked at it, and it is &right"))};
    auto* why = new wxStaticText{guard_row_, wxID_ANY, wx(tr("&Why it is right:"))};
    reason_ = new wxTextCtrl{guard_row_, wxID_ANY};
    reason_->SetMaxLength(200);
    name_control(*reason_, tr("Why it is right"));
    reason_->SetToolTip(wx(tr("Kept in the history.")));
    has_looked_->Bind(wxEVT_CHECKBOX, [this](wxCommandEvent&) {
        model_.wishes.overrides_guard = has_looked_->GetValue();
        changed_();
    });
    reason_->Bind(wxEVT_TEXT, [this](wxCommandEvent&) {
        model_.wishes.reason = utf8(reason_->GetValue());
        changed_();
    });
    auto* row = new wxBoxSizer{wxHORIZONTAL};
    row->Add(why, wxSizerFlags{}.CentreVertical().Border(wxRIGHT, gap));
    row->Add(reason_, wxSizerFlags{1}.CentreVertical());
    rows->Add(guard_, wxSizerFlags{}.Expand().Border(wxBOTTOM, gap));
    rows->Add(has_looked_, wxSizerFlags{}.Border(wxBOTTOM, gap));
    rows->Add(row, wxSizerFlags{}.Expand());
    guard_row_->SetSizer(rows);
    content->Add(guard_row_, wxSizerFlags{}.Expand().Border(wxBOTTOM, gap * 2));
}

void GetSendLines::make_pending(wxSizer* content, int width) {
    const int gap = FromDIP(6);
    pending_row_ = new wxPanel{this};
    auto* rows = new wxBoxSizer{wxVERTICAL};
    pending_ = new WrappedText{pending_row_, width};
    none_waits_ =
        new wxCheckBox{pending_row_, wxID_ANY, wx(tr("I &know that no web order waits to be imported"))};
    none_waits_->Bind(wxEVT_CHECKBOX, [this](wxCommandEvent&) {
        model_.wishes.allows_pending = none_waits_->GetValue();
        model_.preview();  // it says now what that changes
    });
    rows->Add(pending_, wxSizerFlags{}.Expand().Border(wxBOTTOM, gap));
    rows->Add(none_waits_);
    pending_row_->SetSizer(rows);
    content->Add(pending_row_, wxSizerFlags{}.Expand().Border(wxBOTTOM, gap * 2));
}

void GetSendLines::show() {
    const bool is_preview = model_.step() == GetSendModel::Step::preview;
    const auto& job = model_.job();
    if (!job) return;
    if (shown_job_ != job->job) {
        const bool is_get = job->kind == ipc::JobKind::get_qoh;
        list_->show_columns(is_preview && !model_.is_undo(),
                            is_get ? tr("Order Manager after") : tr("Store after"));
        shown_job_ = job->job;
        shown_lines_ = 0;
        list_->show_anew();
    }
    if (shown_lines_ != model_.results().size()) {
        shown_lines_ = model_.results().size();
        list_->show_added();
    }
    const auto guard = is_preview ? model_.guard() : std::string{};
    const auto pending = is_preview ? model_.pending() : std::string{};
    guard_row_->Show(!guard.empty());
    pending_row_->Show(!pending.empty());
    if (!is_preview)
        question_->say(model_.summary());
    else if (model_.is_reading())
        question_->say(tr("The preview is still being read."));
    else
        question_->say(model_.question().empty() ? tr("There is nothing to change.") : model_.question());
    guard_->say(guard);
    has_looked_->SetValue(model_.wishes.overrides_guard);
    pending_->say(pending);
    none_waits_->SetValue(model_.wishes.allows_pending);
    const auto line = list_->selected();
    std::string detail;
    if (line) {
        const auto& item = model_.results().item(*line);
        detail = item.text && !item.text->empty() ? translated_sentence(*item.text) : why_words(item);
        detail = say(tr("{sku}: {text}"), fmt::arg("sku", item.sku), fmt::arg("text", detail));
    } else {
        detail = is_preview ? model_.left_out_words() : std::string{};
    }
    if (!model_.exported().empty()) detail = model_.exported() + (detail.empty() ? "" : "\n" + detail);
    detail_->say(detail);
    Layout();
}

}  // namespace stocktray::tray
