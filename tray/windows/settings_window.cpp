#include "tray/windows/settings_window.h"

#include <wx/msgdlg.h>

#include <algorithm>
#include <array>

#include "tray/model/words.h"
#include "tray/windows/accessible.h"
#include "tray/windows/ask_save.h"
#include "tray/windows/press.h"
#include "tray/windows/text.h"

namespace stocktray::tray {
namespace {

constexpr std::array languages{"", "en", "de"};
constexpr int number_width = 90;
constexpr int label_width = 170;
constexpr int note_width = 470;
constexpr int hours_width = 140;

void add_heading(wxWindow& parent, wxSizer& content, const std::string& words) {
    auto* heading = new wxStaticText{&parent, wxID_ANY, ""};
    heading->SetLabelText(wx(words));
    heading->SetFont(heading->GetFont().Bold());
    content.AddSpacer(parent.FromDIP(8));
    content.Add(heading, wxSizerFlags{}.Border(wxTOP | wxBOTTOM, parent.FromDIP(8)));
}

}  // namespace

SettingsWindow::SettingsWindow(const Context& about, const Command&)
    : Window{about,
             {.kind = CommandId::open_settings,
              .name = "settings",
              .title = tr("Settings"),
              .size = {720, 715}}},
      model_{about.link.converse(), about.mirror, [this] { render(); }} {
    const int gap = FromDIP(12);
    auto* content = new wxBoxSizer{wxVERTICAL};
    page_ = new wxScrolledWindow{&root(), wxID_ANY, wxDefaultPosition, wxDefaultSize,
                                 wxVSCROLL | wxTAB_TRAVERSAL};
    page_->SetScrollRate(0, FromDIP(16));
    page_->SetMinSize(FromDIP(wxSize{600, 320}));
    auto* all = new wxBoxSizer{wxVERTICAL};
    add_own(*all);
    add_parameters(*page_, *all, false);
    more_ = new wxToggleButton{page_, wxID_ANY, wx(tr("&More"))};
    more_->Bind(wxEVT_TOGGLEBUTTON, [this](wxCommandEvent&) { arrange(); });
    all->Add(more_, wxSizerFlags{}.Border(wxTOP, gap));
    rare_ = new wxPanel{page_};
    auto* rare = new wxBoxSizer{wxVERTICAL};
    add_parameters(*rare_, *rare, true);
    rare_->SetSizer(rare);
    rare_->Hide();
    all->Add(rare_, wxSizerFlags{}.Expand());
    auto* padded = new wxBoxSizer{wxVERTICAL};
    padded->Add(all, wxSizerFlags{}.Expand().Border(wxRIGHT, gap));
    page_->SetSizer(padded);
    content->Add(page_, wxSizerFlags{1}.Expand().Border(wxALL, gap));
    message_ = new wxStaticText{&root(), wxID_ANY, ""};
    content->Add(message_, wxSizerFlags{}.Expand().Border(wxLEFT | wxRIGHT | wxBOTTOM, gap));
    add_buttons(*content);
    Bind(wxEVT_CLOSE_WINDOW, [this](wxCloseEvent& event) {
        if (event.CanVeto() && !may_leave()) return event.Veto();
        event.Skip();
    });
    fill_own();
    finish(content);
    model_.read();
    autostart_->SetFocus();
}

void SettingsWindow::add_own(wxSizer& content) {
    add_heading(*page_, content, tr("On this computer"));
    FormGrid grid{*page_, label_width, note_width};
    autostart_ = new wxCheckBox{page_, wxID_ANY, wx(tr("Start with the &desktop"))};
    autostart_row_ = grid.add(autostart_, tr("Synchronization does not need it: the agent works anyway."));
    repair_ = new wxButton{page_, wxID_ANY, wx(tr("&Repair"))};
    on_press(*repair_, [this] {
        own_error_ = context().autostart.turn_on();
        fill_own();
        render();
    });
    notifications_ = new wxCheckBox{page_, wxID_ANY, wx(tr("&Notifications"))};
    language_ = new wxChoice{page_, wxID_ANY};
    // Each language is named in itself.
    for (const auto& word : {tr("As the desktop is"), std::string{"English"}, std::string{"Deutsch"}})
        language_->Append(wx(word));
    grid.sizer()->AddSpacer(0);
    grid.sizer()->Add(repair_);
    grid.add(notifications_, tr("Tells you here when a store is late or needs you. Off means off."));
    grid.add(tr("Langua&ge:"), language_, tr("Heeded at the next start."));
    for (auto* box : {autostart_, notifications_})
        box->Bind(wxEVT_CHECKBOX, [this](wxCommandEvent&) { render(); });
    language_->Bind(wxEVT_CHOICE, [this](wxCommandEvent&) { render(); });
    content.Add(grid.sizer(), wxSizerFlags{}.Expand());
}

void SettingsWindow::add_parameters(wxWindow& parent, wxSizer& content, bool is_rare) {
    for (const auto group : {ParameterGroup::synchronization, ParameterGroup::telling,
                             ParameterGroup::comparing, ParameterGroup::safety}) {
        const auto belongs = [&](const ParameterRow& row) {
            return row.group == group && row.is_rare == is_rare;
        };
        if (std::ranges::none_of(parameter_rows(), belongs)) continue;
        add_heading(parent, content, group_words(group));
        FormGrid grid{parent, label_width, note_width};
        for (const auto& row : parameter_rows())
            if (belongs(row)) add_row(grid, parent, row);
        content.Add(grid.sizer(), wxSizerFlags{}.Expand());
    }
}

void SettingsWindow::add_row(FormGrid& grid, wxWindow& parent, const ParameterRow& row) {
    const std::string name{row.name};
    const auto translated = [](const char* text) { return *text ? tr(text) : std::string{}; };
    if (row.kind == ParameterKind::check) {
        auto* box = new wxCheckBox{&parent, wxID_ANY, wx(tr(row.label))};
        box->Bind(wxEVT_CHECKBOX, [this, name, box](wxCommandEvent&) {
            model_.set(name, box->GetValue() ? "true" : "false");
            render();
        });
        boxes_[name] = box;
        rows_[name] = grid.add(box, translated(row.sentence));
        return;
    }
    auto* control = grid.text(0, row.kind == ParameterKind::hours ? hours_width : number_width);
    control->Bind(wxEVT_TEXT, [this, name, control](wxCommandEvent&) {
        if (is_filling_) return;
        model_.set(name, utf8(control->GetValue()));
        render();
    });
    control->SetToolTip(wx(name));
    texts_[name] = control;
    // An empty unit would stretch the field over the window.
    const auto unit = translated(row.unit);
    rows_[name] = grid.add(tr(row.label), control, translated(row.sentence), unit.empty() ? " " : unit);
}

void SettingsWindow::add_buttons(wxSizer& content) {
    const int gap = FromDIP(12);
    auto* buttons = new wxBoxSizer{wxHORIZONTAL};
    save_ = new wxButton{&root(), wxID_ANY, wx(tr("&Save"))};
    on_press(*save_, [this] { save({}); });
    save_->SetDefault();
    auto* close = new wxButton{&root(), wxID_CLOSE, wx(tr("C&lose"))};
    on_press(*close, [this] { Close(); });
    buttons->Add(save_);
    buttons->AddStretchSpacer();
    buttons->Add(close);
    content.Add(buttons, wxSizerFlags{}.Expand().Border(wxLEFT | wxRIGHT | wxBOTTOM, gap));
}

void SettingsWindow::fill_own() {
    const auto state = context().autostart.state();
    autostart_->SetValue(state != Autostart::State::off);
    const bool is_broken = state == Autostart::State::broken;
    autostart_row_.complain(is_broken ? tr("Stocktray was moved: the desktop does not find it any more.")
                                      : std::string{});
    repair_->Show(is_broken);
    notifications_->SetValue(context().settings.notifications() == Notifications::on);
    const auto kept = context().settings.language();
    const auto at = std::ranges::find(languages, kept);
    language_->SetSelection(at == languages.end() ? 0 : static_cast<int>(at - languages.begin()));
}

bool SettingsWindow::is_own_changed() const {
    const auto& settings = context().settings;
    return autostart_->GetValue() != (context().autostart.state() != Autostart::State::off) ||
           notifications_->GetValue() != (settings.notifications() == Notifications::on) ||
           languages[static_cast<std::size_t>(std::max(0, language_->GetSelection()))] != settings.language();
}

void SettingsWindow::save_own() {
    auto& settings = context().settings;
    const bool is_on = context().autostart.state() != Autostart::State::off;
    own_error_.clear();
    if (autostart_->GetValue() != is_on)
        own_error_ = autostart_->GetValue() ? context().autostart.turn_on() : context().autostart.turn_off();
    const auto wanted = notifications_->GetValue() ? Notifications::on : Notifications::off;
    if (settings.notifications() != wanted) settings.set_notifications(wanted);
    const std::string language = languages[static_cast<std::size_t>(std::max(0, language_->GetSelection()))];
    if (settings.language() != language) settings.set_language(language);
}

void SettingsWindow::show_view(const TrayView&) {
    render();
}

void SettingsWindow::render() {
    if (!save_) return;
    const auto barred = model_.barred(context().now());
    const bool can_change = barred.empty() && model_.is_read();
    is_filling_ = true;
    for (const auto& [name, control] : texts_) {
        if (control->GetValue() != wx(model_.text(name))) control->ChangeValue(wx(model_.text(name)));
        control->Enable(can_change);
    }
    for (const auto& [name, box] : boxes_) {
        box->SetValue(model_.text(name) == "true");
        box->Enable(can_change);
    }
    is_filling_ = false;
    const auto problems = model_.problems();
    for (auto& [name, row] : rows_) {
        const auto at = problems.find(name);
        row.complain(at == problems.end() || !model_.is_read() ? std::string{} : at->second);
    }
    const bool has_changes = (can_change && model_.is_changed()) || is_own_changed();
    save_->Enable(has_changes && problems.empty() && !model_.is_saving());
    auto words = barred;
    if (!model_.error().empty()) words = "⚠ " + model_.error();
    if (!own_error_.empty()) words = "⚠ " + own_error_;
    if (words.empty() && has_changes) words = tr("Not saved yet.");
    if (message_->GetLabelText() != wx(words)) message_->SetLabelText(wx(words));
    arrange();
}

void SettingsWindow::arrange() {
    rare_->Show(more_->GetValue());
    rare_->Layout();
    page_->FitInside();
    root().Layout();
}

bool SettingsWindow::may_leave() {
    if (!model_.is_changed() && !is_own_changed()) return true;
    const auto answer = ask_save(*this, tr("Save the changed settings?"));
    if (answer == Unsaved::lose) return true;
    // Left once the agent has it: what it refuses must be read.
    if (answer == Unsaved::save) save([this] { CallAfter([this] { Close(); }); });
    return false;
}

void SettingsWindow::save(std::function<void()> then) {
    if (!model_.problems().empty()) return;
    if (model_.turns_synch_qoh_off()) {
        wxMessageDialog dialog{this, wx(tr("Turn QOH synchronization off for all carts?")), "Stocktray",
                               wxYES_NO | wxNO_DEFAULT | wxICON_QUESTION};
        dialog.SetExtendedMessage(
            wx(tr("Changes of counts are then no longer posted to any store. Posts that were never sent are "
                  "closed; when it is turned on again, the differences are found by a comparison.")));
        dialog.SetYesNoLabels(wx(tr("&Turn Off")), wx(tr("&Cancel")));
        if (dialog.ShowModal() != wxID_YES) return;
    }
    save_own();
    model_.save([this, then = std::move(then)] {
        render();
        if (then && own_error_.empty()) then();
    });
    render();
}

}  // namespace stocktray::tray
