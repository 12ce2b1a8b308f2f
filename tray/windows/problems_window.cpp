#include "tray/windows/problems_window.h"

#include <wx/clipbrd.h>

#include <algorithm>

#include "tray/model/may.h"
#include "tray/model/words.h"
#include "tray/windows/accessible.h"
#include "tray/windows/column_width.h"
#include "tray/windows/press.h"
#include "tray/windows/text.h"

namespace stocktray::tray {

ProblemsWindow::ProblemsWindow(const Context& about, const Command&)
    : Window{about,
             {.kind = CommandId::open_problems,
              .name = "problems",
              .title = tr("Problems"),
              .size = {840, 440}}} {
    auto* content = new wxBoxSizer{wxVERTICAL};
    const int gap = FromDIP(12);
    headline_ = new wxStaticText{&root(), wxID_ANY, ""};
    headline_->SetFont(headline_->GetFont().Bold());
    content->Add(headline_, wxSizerFlags{}.Expand().Border(wxALL, gap));

    list_ = new wxDataViewListCtrl{&root(), wxID_ANY, wxDefaultPosition, FromDIP(wxSize{560, 140}),
                                   wxDV_SINGLE | wxDV_ROW_LINES};
    const auto column = [&](const std::string& title, int width) {
        list_->AppendTextColumn(wx(title), wxDATAVIEW_CELL_INERT, column_width(*list_, title, width), wxALIGN_LEFT,
                                wxDATAVIEW_COL_RESIZABLE);
    };
    column(tr("Where"), 140);
    column(tr("Since"), 130);
    column(tr("What"), 520);
    list_->GetColumn(2)->GetRenderer()->EnableEllipsize(wxELLIPSIZE_END);  // the whole sentence stands below
    name_control(*list_, tr("Problems"));
    list_->Bind(wxEVT_DATAVIEW_SELECTION_CHANGED, [this](wxDataViewEvent&) { show_selected(); });
    list_->Bind(wxEVT_DATAVIEW_ITEM_ACTIVATED, [this](wxDataViewEvent&) {
        if (const auto* problem = selected(); problem && problem->action.id != CommandId::none)
            context().run(problem->action);
    });
    content->Add(list_, wxSizerFlags{1}.Expand().Border(wxLEFT | wxRIGHT, gap));

    words_ = new Details{&root(), tr("What to do"), wxSize{560, 96}};
    content->Add(words_, wxSizerFlags{}.Expand().Border(wxALL, gap));

    auto* buttons = new wxBoxSizer{wxHORIZONTAL};
    action_ = new wxButton{&root(), wxID_ANY, wx(tr("&Try Again Now"))};
    on_press(*action_, [this] {
        if (const auto* problem = selected()) context().run(Command{problem->action});
    });
    dismiss_ = new wxButton{&root(), wxID_ANY, wx(tr("D&ismiss"))};
    dismiss_->SetToolTip(wx(tr("Not shown again until its cause comes back. It does not end the cause.")));
    on_press(*dismiss_, [this] {
        if (const auto* problem = selected()) context().run({CommandId::dismiss_alert, "", problem->alert});
    });
    copy_ = new wxButton{&root(), wxID_ANY, wx(tr("Copy &Details"))};
    on_press(*copy_, [this] { copy(); });
    auto* close = new wxButton{&root(), wxID_CLOSE, wx(tr("C&lose"))};
    on_press(*close, [this] { Close(); });
    buttons->Add(action_, wxSizerFlags{}.Border(wxRIGHT, gap / 2));
    buttons->Add(dismiss_, wxSizerFlags{}.Border(wxRIGHT, gap / 2));
    buttons->Add(copy_);
    buttons->AddStretchSpacer();
    buttons->Add(close);
    content->Add(buttons, wxSizerFlags{}.Expand().Border(wxLEFT | wxRIGHT | wxBOTTOM, gap));
    finish(content);
    list_->SetFocus();
}

const Problem* ProblemsWindow::selected() const {
    const int row = list_->GetSelectedRow();
    return row >= 0 && row < static_cast<int>(problems_.size()) ? &problems_[static_cast<std::size_t>(row)]
                                                                : nullptr;
}

void ProblemsWindow::show_view(const TrayView& view) {
    headline_->SetLabelText(wx(view.headline));
    if (view.problems == problems_ && list_->GetItemCount() > 0) {
        dismiss_->Enable(can_dismiss());  // what this computer may do changes, too
        return;
    }
    const auto* before = selected();
    const std::string kept = before ? before->id : std::string{};
    problems_ = view.problems;
    list_->DeleteAllItems();
    const auto now = context().now();
    for (const auto& problem : problems_) {
        wxVector<wxVariant> cells;
        cells.push_back(wx(problem.title));
        cells.push_back(wx(time_words(problem.since, now)));
        cells.push_back(wx(problem.message));
        list_->AppendItem(cells);
    }
    turn_to({CommandId::open_problems, "", kept});
}

void ProblemsWindow::turn_to(const Command& command) {
    const auto at = std::ranges::find(problems_, command.text, &Problem::id);
    const auto row = at == problems_.end() ? 0 : static_cast<unsigned>(at - problems_.begin());
    if (!problems_.empty()) list_->SelectRow(row);
    show_selected();
}

bool ProblemsWindow::can_dismiss() const {
    const auto* problem = selected();
    return problem && !problem->alert.empty() && why_not(context().mirror, ipc::Role::operator_).empty();
}

std::string ProblemsWindow::words_of(const Problem& problem) const {
    return problem.hint.empty() ? problem.message : problem.message + "\n\n" + problem.hint;
}

void ProblemsWindow::show_selected() {
    const auto* problem = selected();
    words_->ChangeValue(wx(problem ? words_of(*problem) : tr("There are no problems.")));
    const bool can_act = problem && problem->action.id != CommandId::none;
    action_->Show(can_act);
    if (can_act) action_->SetLabel(wx(problem->action_label));
    dismiss_->Enable(can_dismiss());
    copy_->Enable(problem != nullptr);
    root().Layout();
}

void ProblemsWindow::copy() {
    const auto* problem = selected();
    if (!problem || !wxTheClipboard->Open()) return;
    const auto words =
        say("{}\n{}\n{}\n", problem->title, time_words(problem->since, context().now()), words_of(*problem));
    wxTheClipboard->SetData(new wxTextDataObject{wx(words)});
    wxTheClipboard->Flush();
    wxTheClipboard->Close();
}

}  // namespace stocktray::tray
