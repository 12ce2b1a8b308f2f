#include "tray/windows/compare_window.h"

#include <wx/menu.h>

#include "ipc/whoami.h"
#include "tray/model/may.h"
#include "tray/model/words.h"
#include "tray/windows/accessible.h"
#include "tray/windows/press.h"
#include "tray/windows/text.h"

namespace stocktray::tray {
namespace {

constexpr int text_width = 600;  // in device-independent pixels
constexpr int repaint_after_ms = 30;
constexpr int pulse_ms = 100;

}  // namespace

CompareWindow::CompareWindow(const Context& about, const Command& command)
    : Window{
          about,
          {.kind = CommandId::open_compare, .name = "compare", .title = tr("Compare"), .size = {1240, 600}}} {
    model_ = std::make_unique<CompareModel>(
        command.cart, context().mirror,
        CompareModel::Surroundings{.converse = [this] { return context().link.converse(); },
                                   .now = context().now,
                                   .by = ipc::login_name(),
                                   .changed = [this] { show_soon(); },
                                   .lines_added = [this] { show_soon(); }});
    repaint_.Bind(wxEVT_TIMER, [this](wxTimerEvent&) { show(); });
    auto* content = new wxBoxSizer{wxVERTICAL};
    make_top(content);
    make_list(content);
    make_buttons(content);
    finish(content);
    list_->focus();
}

CompareWindow::~CompareWindow() {
    repaint_.Stop();
}

void CompareWindow::make_top(wxSizer* content) {
    const int gap = FromDIP(12);
    auto* row = new wxBoxSizer{wxHORIZONTAL};
    headline_ = new WrappedText{&root(), FromDIP(text_width), 2};
    headline_->SetFont(headline_->GetFont().Bold());
    compare_ = new wxButton{&root(), wxID_ANY, wx(tr("&Compare Now"))};
    on_press(*compare_, [this] { model_->is_at_work() ? model_->cancel() : model_->compare(); });
    row->Add(headline_, wxSizerFlags{1}.CentreVertical().Border(wxRIGHT, gap));
    row->Add(compare_, wxSizerFlags{}.CentreVertical());
    content->Add(row, wxSizerFlags{}.Expand().Border(wxALL, gap));
    gauge_ = new wxGauge{&root(), wxID_ANY, 100};
    name_control(*gauge_, tr("How far it is"));
    content->Add(gauge_, wxSizerFlags{}.Expand().Border(wxLEFT | wxRIGHT | wxBOTTOM, gap));
}

void CompareWindow::make_list(wxSizer* content) {
    const int gap = FromDIP(12);
    list_ = new ResultsPanel{&root(),
                             model_->results(),
                             {.result = [this](std::size_t at) { return model_->result_of(at); },
                              .selected = [this] { show(); },
                              .activated = [this] { explain(); }}};
    list_->show_columns(false, "");
    content->Add(list_, wxSizerFlags{1}.Expand().Border(wxLEFT | wxRIGHT, gap));
    explanation_ = new Details{&root(), tr("Explanation"), wxSize{text_width, 110}};
    content->Add(explanation_, wxSizerFlags{}.Expand().Border(wxLEFT | wxRIGHT | wxTOP, gap));
    done_ = new WrappedText{&root(), FromDIP(text_width)};
    content->Add(done_, wxSizerFlags{}.Expand().Border(wxLEFT | wxRIGHT | wxTOP, gap));
}

void CompareWindow::make_buttons(wxSizer* content) {
    const int gap = FromDIP(12);
    auto* row = new wxBoxSizer{wxHORIZONTAL};
    const auto button = [&](const std::string& label, const std::string& tip, auto pressed) {
        auto* made = new wxButton{&root(), wxID_ANY, wx(label)};
        made->SetToolTip(wx(tip));
        on_press(*made, pressed);
        row->Add(made, wxSizerFlags{}.Border(wxRIGHT, gap / 2));
        return made;
    };
    take_ = button(tr("&Take the Store's"),
                   tr("Get QOH From Website for the selected SKUs: the store's count is right."),
                   [this] { repair(CompareModel::Right::store); });
    send_ = button(tr("&Send Ours"),
                   tr("Send QOH To Website for the selected SKUs: the Order Manager's count is right."),
                   [this] { repair(CompareModel::Right::order_manager); });
    ignore_ = button(tr("&Ignore Until…"), tr("The difference is neither told nor repaired for a while."),
                     [this] { choose_ignored(); });
    explain_ =
        button(tr("&Explain"), tr("What happened to this SKU, one sentence a step."), [this] { explain(); });
    row->AddStretchSpacer();
    auto* close = new wxButton{&root(), wxID_CLOSE, wx(tr("C&lose"))};
    on_press(*close, [this] { Close(); });
    row->Add(close);
    content->Add(row, wxSizerFlags{}.Expand().Border(wxALL, gap));
}

void CompareWindow::show_view(const TrayView&) {
    show();
}

// News come in bursts.
void CompareWindow::show_soon() {
    if (!repaint_.IsRunning()) repaint_.StartOnce(repaint_after_ms);
}

void CompareWindow::show() {
    SetTitle(wx(model_->title()));
    const bool is_at_work = model_->is_at_work();
    const auto lines = model_->results().size();
    // Another audit's lines are others, however many there are: what was selected in the list before is not in this one.
    const bool is_another = std::exchange(shown_job_, model_->read_job()) != model_->read_job();
    if (is_another || lines < shown_lines_ || is_at_work != was_at_work_)
        list_->show_anew();
    else if (lines > shown_lines_)
        list_->show_added();
    if (const auto& done = model_->done_words(); done != shown_done_) {
        shown_done_ = done;
        list_->show_changed();
    }
    // So that keys and buttons have something to work on.
    if (shown_lines_ == 0 && lines > 0) list_->select_first();
    shown_lines_ = lines;
    was_at_work_ = is_at_work;
    headline_->say(model_->headline());
    gauge_->Show(is_at_work);
    if (const int percent = model_->percent(); percent >= 0) {
        gauge_->SetValue(percent);
    } else if (is_at_work) {
        gauge_->Pulse();
        repaint_.StartOnce(pulse_ms);
    }
    const auto words = model_->explanation(list_->selected());
    if (utf8(explanation_->GetValue()) != words) explanation_->ChangeValue(wx(words));
    show_buttons();
    root().Layout();
}

void CompareWindow::show_buttons() {
    const auto reason = model_->why_not_start();
    const auto label = wx(model_->is_at_work() ? tr("&Cancel") : tr("&Compare Now"));
    if (compare_->GetLabel() != label) compare_->SetLabel(label);
    compare_->Enable(model_->is_at_work() || reason.empty());
    const auto selected = list_->all_selected();
    bool can_repair = false;
    for (const auto at : selected) can_repair = can_repair || model_->can_repair(at);
    take_->Enable(can_repair && reason.empty());
    const auto no_send = model_->why_not_send();
    send_->Enable(can_repair && no_send.empty());
    ignore_->Enable(selected.size() == 1 && why_not(context().mirror, ipc::Role::operator_).empty());
    explain_->Enable(selected.size() == 1);
    const auto trouble = model_->trouble();
    done_->say(!trouble.empty()                           ? trouble
               : !reason.empty() && !model_->is_at_work() ? reason
               : !model_->done_words().empty()            ? model_->done_words()
               : model_->is_at_work()                     ? std::string{}
                                                          : no_send);
}

void CompareWindow::repair(CompareModel::Right right) {
    model_->repair(list_->all_selected(), right);
}

void CompareWindow::explain() {
    if (const auto line = list_->selected()) model_->explain(*line);
}

void CompareWindow::choose_ignored() {
    const auto line = list_->selected();
    if (!line) return;
    const auto item = model_->results().item(*line);  // the list may be another one when the choice is made
    const std::pair<std::string, int> choices[] = {{tr("For 1 &Day"), 1},
                                                   {tr("For 1 &Week"), 7},
                                                   {tr("For 30 D&ays"), 30},
                                                   {tr("&No Longer Ignore"), 0}};
    wxMenu menu;
    for (const auto& [label, days] : choices) {
        auto* entry = menu.Append(wxID_ANY, wx(label));
        menu.Bind(
            wxEVT_MENU, [this, item, days = days](wxCommandEvent&) { model_->ignore(item, days); }, entry->GetId());
    }
    ignore_->PopupMenu(&menu, 0, ignore_->GetSize().y);
}

}  // namespace stocktray::tray
