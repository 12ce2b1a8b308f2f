#include "tray/windows/get_send_window.h"

#include <wx/filedlg.h>

#include "ipc/path_text.h"
#include "ipc/whoami.h"
#include "tray/model/job_words.h"
#include "tray/model/words.h"
#include "tray/windows/accessible.h"
#include "tray/windows/press.h"
#include "tray/windows/text.h"

namespace stocktray::tray {
namespace {

using Step = GetSendModel::Step;

constexpr int text_width = 640;  // in device-independent pixels
constexpr int repaint_after_ms = 30;
constexpr int pulse_ms = 100;

ipc::JobKind kind_of(CommandId id) {
    return id == CommandId::open_get_qoh ? ipc::JobKind::get_qoh : ipc::JobKind::send_qoh;
}

}  // namespace

GetSendWindow::GetSendWindow(const Context& about, const Command& command)
    : Window{about,
             {.kind = command.id,
              .name = command.id == CommandId::open_get_qoh ? "get" : "send",
              .title = kind_words(kind_of(command.id)),
              .size = {1160, 560}}} {
    model_ = std::make_unique<GetSendModel>(
        kind_of(command.id), command.cart, context().mirror,
        GetSendModel::Surroundings{.converse = [this] { return context().link.converse(); },
                                   .now = context().now,
                                   .by = ipc::login_name(),
                                   .changed = [this] { show_soon(); },
                                   .lines_added = [this] { show_soon(); }});
    repaint_.Bind(wxEVT_TIMER, [this](wxTimerEvent&) { show(); });
    auto* content = new wxBoxSizer{wxVERTICAL};
    make_pages(content);
    make_buttons(content);
    Bind(wxEVT_CLOSE_WINDOW, [this](wxCloseEvent& event) {
        model_->close();
        event.Skip();
    });
    finish(content);
}

GetSendWindow::~GetSendWindow() {
    repaint_.Stop();
}

void GetSendWindow::make_pages(wxSizer* content) {
    const int gap = FromDIP(12);
    const int width = FromDIP(text_width);
    pages_ = new wxSimplebook{&root()};
    choose_ = new GetSendChoose{pages_, *model_, width, [this] { show(); }};
    pages_->AddPage(choose_, "");

    work_ = new wxPanel{pages_};
    auto* rows = new wxBoxSizer{wxVERTICAL};
    progress_ = new WrappedText{work_, width, 2};
    gauge_ = new wxGauge{work_, wxID_ANY, 100};
    name_control(*gauge_, tr("How far it is"));
    rows->AddStretchSpacer();
    rows->Add(progress_, wxSizerFlags{}.Expand().Border(wxBOTTOM, gap));
    rows->Add(gauge_, wxSizerFlags{}.Expand());
    rows->AddStretchSpacer(2);
    work_->SetSizer(rows);
    pages_->AddPage(work_, "");

    lines_ = new GetSendLines{pages_, *model_, width, [this] { show(); }};
    pages_->AddPage(lines_, "");
    content->Add(pages_, wxSizerFlags{1}.Expand().Border(wxALL, gap));
    trouble_ = new WrappedText{&root(), width};
    content->Add(trouble_, wxSizerFlags{}.Expand().Border(wxLEFT | wxRIGHT | wxBOTTOM, gap));
}

void GetSendWindow::make_buttons(wxSizer* content) {
    const int gap = FromDIP(12);
    auto* row = new wxBoxSizer{wxHORIZONTAL};
    const auto button = [&](const std::string& label, auto pressed) {
        auto* made = new wxButton{&root(), wxID_ANY, wx(label)};
        on_press(*made, pressed);
        row->Add(made, wxSizerFlags{}.Border(wxRIGHT, gap / 2));
        return made;
    };
    main_ = button(tr("&Preview"), [this] { press(); });
    back_ = button(tr("&Back"), [this] { model_->go_back(); });
    undo_ = button(tr("&Undo…"), [this] { model_->preview_undo(); });
    undo_->SetToolTip(
        wx(tr("Takes back what this changed, as differences: what was sold since then stays. "
              "First shows a preview.")));
    export_ = button(tr("&Export…"), [this] { export_lines(); });
    row->AddStretchSpacer();
    auto* close = new wxButton{&root(), wxID_CLOSE, wx(tr("C&lose"))};
    on_press(*close, [this] { Close(); });
    row->Add(close);
    content->Add(row, wxSizerFlags{}.Expand().Border(wxLEFT | wxRIGHT | wxBOTTOM, gap));
}

void GetSendWindow::press() {
    switch (model_->step()) {
        case Step::choose:
            return model_->preview();
        case Step::preview:
            return model_->start();
        case Step::previewing:
            return model_->go_back();
        case Step::running:
            return model_->cancel();
        case Step::result:
            return;
    }
}

void GetSendWindow::show_view(const TrayView&) {
    show();
}

// News come in bursts.
void GetSendWindow::show_soon() {
    if (!repaint_.IsRunning()) repaint_.StartOnce(repaint_after_ms);
}

void GetSendWindow::show() {
    const auto step = model_->step();
    SetTitle(wx(model_->title()));
    const bool is_new_step = shown_step_ != step;
    shown_step_ = step;
    switch (step) {
        case Step::choose:
            choose_->show();
            if (is_new_step) pages_->ChangeSelection(0);
            break;
        case Step::previewing:
        case Step::running: {
            const auto& job = model_->job();
            progress_->say((step == Step::previewing
                                ? tr("The preview is being made; nothing is changed yet.")
                                : (job ? job_title(*job, model_->cart_name()) : model_->title()) + ".") +
                           "\n" + model_->progress());
            const int percent = model_->percent();
            if (percent < 0)
                gauge_->Pulse();
            else
                gauge_->SetValue(percent);
            if (is_new_step) pages_->ChangeSelection(1);
            if (percent < 0) repaint_.StartOnce(pulse_ms);
            break;
        }
        case Step::preview:
        case Step::result:
            lines_->show();
            if (is_new_step) pages_->ChangeSelection(2);
            break;
    }
    show_buttons();
    root().Layout();
    if (!is_new_step) return;
    if (step == Step::choose)
        choose_->focus();
    else if (step == Step::preview || step == Step::result)
        lines_->focus();
    else
        main_->SetFocus();
}

void GetSendWindow::show_buttons() {
    const auto step = model_->step();
    std::string label;
    std::string reason;
    switch (step) {
        case Step::choose:
            label = tr("&Preview");
            reason = model_->why_not_preview();
            break;
        case Step::preview:
            label = model_->is_undo()                         ? tr("&Take Back")
                    : model_->kind() == ipc::JobKind::get_qoh ? tr("&Get QOH")
                                                              : tr("&Send QOH");
            reason = model_->why_not_start();
            break;
        case Step::previewing:
        case Step::running:
            label = tr("&Cancel");
            break;
        case Step::result:
            break;
    }
    main_->Show(step != Step::result);
    if (!label.empty() && main_->GetLabel() != wx(label)) main_->SetLabel(wx(label));
    main_->Enable(reason.empty());
    if (step == Step::choose || step == Step::preview) main_->SetDefault();
    back_->Show(step == Step::preview || step == Step::result);
    undo_->Show(step == Step::result && !model_->is_undo());
    undo_->Enable(model_->can_undo());
    export_->Show(step == Step::preview || step == Step::result);
    const auto trouble = model_->trouble();
    trouble_->say(trouble.empty() ? reason : trouble);
}

void GetSendWindow::export_lines() {
    wxFileDialog dialog{
        this,
        wx(tr("Export")),
        "",
        wxString::Format("job-%lld.csv", static_cast<long long>(model_->job()->job)),
        wx(tr("CSV, for spreadsheets (*.csv)")) + "|*.csv|" + wx(tr("JSON (*.json)")) + "|*.json",
        wxFD_SAVE | wxFD_OVERWRITE_PROMPT};
    if (dialog.ShowModal() != wxID_OK) return;
    model_->export_to(ipc::path_of(utf8(dialog.GetPath())));
}

}  // namespace stocktray::tray
