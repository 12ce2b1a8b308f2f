#include "tray/windows/sharing_window.h"

#include <wx/msgdlg.h>
#include <wx/statline.h>

#include <algorithm>
#include <array>

#include "ipc/client/pair.h"
#include "tray/model/words.h"
#include "tray/windows/accessible.h"
#include "tray/windows/filters.h"
#include "tray/windows/press.h"
#include "tray/windows/text.h"

namespace stocktray::tray {
namespace {

constexpr std::chrono::seconds patience{5};
constexpr int look_again_ms = 5'000;  // last seen, and who has come
constexpr int text_width = 640;
constexpr std::array roles{ipc::Role::viewer, ipc::Role::operator_, ipc::Role::order_manager, ipc::Role::admin};

wxStaticText* heading(wxWindow& parent, const std::string& words) {
    auto* made = new wxStaticText{&parent, wxID_ANY, ""};
    made->SetLabelText(wx(words));
    made->SetFont(made->GetFont().Bold());
    return made;
}

}  // namespace

SharingWindow::SharingWindow(const Context& about, const Command&)
    : Window{about, {.kind = CommandId::open_sharing, .name = "sharing", .title = tr("Shared Agent"), .size = {740, 640}}},
      model_{std::make_unique<SharingModel>(about.link.converse(), about.mirror, surroundings())} {
    const int gap = FromDIP(12);
    auto* content = new wxBoxSizer{wxVERTICAL};
    add_own(*content);
    content->Add(new wxStaticLine{&root()}, wxSizerFlags{}.Expand().Border(wxLEFT | wxRIGHT, gap));
    add_others(*content);
    auto* close = new wxButton{&root(), wxID_CLOSE, wx(tr("C&lose"))};
    on_press(*close, [this] { Close(); });
    content->Add(close, wxSizerFlags{}.Right().Border(wxALL, gap));
    again_.Bind(wxEVT_TIMER, [this](wxTimerEvent&) { model_->read(); });
    again_.Start(look_again_ms);
    finish(content);
    model_->read();
    string_->SetFocus();
}

// The thread ends before what it would tell: it waits no longer than its patience.
SharingWindow::~SharingWindow() {
    model_.reset();
}

SharingModel::Surroundings SharingWindow::surroundings() {
    return {.now = context().now,
            .profile = [] {
                auto profile = ipc::read_profile(ipc::default_profile());
                return profile ? std::move(*profile) : std::optional<ipc::Profile>{};
            },
            .pair =
                [this](const ipc::Pairing& pairing, SharingModel::Paired paired) {
                    pairing_thread_ = std::jthread{[this, pairing, paired = std::move(paired)] {
                        auto result = ipc::pair_with(pairing, ipc::Admittance::by_token, ipc::own_name(), patience);
                        CallAfter([paired, result = std::move(result)] { paired(result); });
                    }};
                },
            .forget = [] { return ipc::forget_profile(ipc::default_profile()); },
            .moved = [this] { context().link.reconnect(); },
            .changed = [this] { render(); }};
}

void SharingWindow::add_own(wxSizer& content) {
    const int gap = FromDIP(12);
    content.Add(heading(root(), tr("This computer")), wxSizerFlags{}.Border(wxALL, gap));
    whose_ = new WrappedText{&root(), FromDIP(text_width)};
    content.Add(whose_, wxSizerFlags{}.Expand().Border(wxLEFT | wxRIGHT | wxBOTTOM, gap));
    auto* line = new wxBoxSizer{wxHORIZONTAL};
    auto* label = new wxStaticText{&root(), wxID_ANY, wx(tr("P&airing string of another computer's agent:"))};
    content.Add(label, wxSizerFlags{}.Border(wxLEFT | wxRIGHT, gap));
    string_ = new wxTextCtrl{&root(), wxID_ANY, "", wxDefaultPosition, wxDefaultSize, wxTE_PROCESS_ENTER};
    name_control(*string_, tr("Pairing string"));
    const auto pair = [this] { model_->pair(utf8(string_->GetValue())); };
    string_->Bind(wxEVT_TEXT, [this](wxCommandEvent&) { render(); });
    string_->Bind(wxEVT_TEXT_ENTER, [pair](wxCommandEvent&) { pair(); });
    line->Add(string_, wxSizerFlags{1}.CenterVertical());
    line->AddSpacer(gap / 2);
    pair_ = add_button(root(), *line, tr("&Pair"), pair);
    unpair_ = add_button(root(), *line, tr("Use Its &Own Agent"), [this] { unpair(); });
    content.Add(line, wxSizerFlags{}.Expand().Border(wxLEFT | wxRIGHT | wxBOTTOM, gap));
    pair_note_ = new WrappedText{&root(), FromDIP(text_width)};
    content.Add(pair_note_, wxSizerFlags{}.Expand().Border(wxLEFT | wxRIGHT | wxBOTTOM, gap));
}

void SharingWindow::add_others(wxSizer& content) {
    const int gap = FromDIP(12);
    content.Add(heading(root(), tr("Other computers that use this agent")), wxSizerFlags{}.Border(wxALL, gap));
    auto* reach = new wxBoxSizer{wxHORIZONTAL};
    reach_ = new WrappedText{&root(), FromDIP(text_width - 160)};
    reach->Add(reach_, wxSizerFlags{1}.CenterVertical());
    open_ = add_button(root(), *reach, tr("Let &Them…"), [this] { open_or_close(); });
    content.Add(reach, wxSizerFlags{}.Expand().Border(wxLEFT | wxRIGHT, gap));

    auto* line = new wxBoxSizer{wxHORIZONTAL};
    std::vector<std::string> words;
    for (const auto role : roles) words.push_back(role_words(role));
    role_ = add_choice(root(), *line, tr("&May:"), words, [] {});
    role_->SetSelection(1);
    no_send_ = new wxCheckBox{&root(), wxID_ANY, wx(tr("No &Send QOH"))};
    no_cancel_ = new wxCheckBox{&root(), wxID_ANY, wx(tr("No &cancelling"))};
    for (auto* box : {no_send_, no_cancel_}) line->Add(box, wxSizerFlags{}.CenterVertical().Border(wxLEFT, gap / 2));
    content.Add(line, wxSizerFlags{}.Expand().Border(wxLEFT | wxRIGHT | wxTOP, gap));
    auto* strings = new wxBoxSizer{wxHORIZONTAL};
    invite_ = add_button(root(), *strings, tr("&New Pairing String"), [this] {
        model_->invite(chosen_role(), no_send_->GetValue(), no_cancel_->GetValue());
    });
    pairing_ = new wxTextCtrl{&root(), wxID_ANY, "", wxDefaultPosition, wxDefaultSize, wxTE_READONLY};
    name_control(*pairing_, tr("New pairing string"));
    strings->Add(pairing_, wxSizerFlags{1}.CenterVertical().Border(wxLEFT | wxRIGHT, gap / 2));
    copy_ = add_button(root(), *strings, tr("Cop&y"), [this] { copy_to_clipboard(model_->pairing()); });
    content.Add(strings, wxSizerFlags{}.Expand().Border(wxALL, gap));
    pairing_note_ = new WrappedText{&root(), FromDIP(text_width)};
    content.Add(pairing_note_, wxSizerFlags{}.Expand().Border(wxLEFT | wxRIGHT | wxBOTTOM, gap));

    list_ = std::make_unique<RowList>(root(), tr("Computers"), wxDV_SINGLE, wxSize{640, 120},
                                      std::vector<RowList::Column>{{tr("Name"), 125},
                                                                   {tr("May"), 310},
                                                                   {tr("Last seen"), 85},
                                                                   {tr("From"), 90},
                                                                   {tr("Key"), 70}},
                                      [this](unsigned row, unsigned column) {
                                          return model_->text(row, static_cast<SharingModel::Column>(column));
                                      });
    list_->on_selected([this] {
        const auto rows = list_->selected();
        const auto* key = rows.empty() ? nullptr : model_->find(rows[0]);
        chosen_ = key ? key->key : std::string{};
        show_rights_of_chosen();
        render();
    });
    content.Add(&list_->control(), wxSizerFlags{1}.Expand().Border(wxLEFT | wxRIGHT, gap));
    auto* buttons = new wxBoxSizer{wxHORIZONTAL};
    give_ = add_button(root(), *buttons, tr("&Give It the Role Above"), [this] {
        if (const auto* key = chosen())
            model_->give(key->key, chosen_role(), no_send_->GetValue(), no_cancel_->GetValue());
    });
    revoke_ = add_button(root(), *buttons, tr("S&hut Out…"), [this] { revoke(); });
    rotate_ = add_button(root(), *buttons, tr("New &Key for the Agent…"), [this] { rotate(); });
    content.Add(buttons, wxSizerFlags{}.Expand().Border(wxLEFT | wxRIGHT | wxTOP, gap));
    trouble_ = new WrappedText{&root(), FromDIP(text_width)};
    content.Add(trouble_, wxSizerFlags{}.Expand().Border(wxLEFT | wxRIGHT | wxTOP, gap));
}

ipc::Role SharingWindow::chosen_role() const { return roles[static_cast<std::size_t>(std::max(0, role_->GetSelection()))]; }

// By its key, not by its row: rows move when another computer asks.
const ipc::keys::ClientKey* SharingWindow::chosen() const {
    for (unsigned row = 0; !chosen_.empty() && row < model_->count(); ++row)
        if (const auto* key = model_->find(row); key->key == chosen_) return key;
    return nullptr;
}

void SharingWindow::select_chosen() {
    std::vector<unsigned> rows;
    for (unsigned row = 0; !chosen_.empty() && row < model_->count(); ++row)
        if (model_->find(row)->key == chosen_) rows = {row};
    if (rows != list_->selected()) list_->select(rows);
}

// What is above the list is what its button gives: it begins with what the computer may now.
void SharingWindow::show_rights_of_chosen() {
    const auto* key = chosen();
    if (!key || key->state == ipc::KeyState::asks) return;
    const auto at = std::ranges::find(roles, key->role);
    if (at != roles.end()) role_->SetSelection(static_cast<int>(at - roles.begin()));
    const auto has = [&](ipc::Bar bar) { return std::ranges::find(key->barred, bar) != key->barred.end(); };
    no_send_->SetValue(has(ipc::Bar::send_qoh));
    no_cancel_->SetValue(has(ipc::Bar::cancel));
}

void SharingWindow::unpair() {
    wxMessageDialog dialog{this, wx(tr("Use this computer's own agent again?")), "Stocktray",
                           wxYES_NO | wxNO_DEFAULT | wxICON_QUESTION};
    dialog.SetExtendedMessage(wx(tr("To come back to the shared agent a new pairing string is needed.")));
    dialog.SetYesNoLabels(wx(tr("&Use Its Own")), wx(tr("&Cancel")));
    if (dialog.ShowModal() == wxID_YES) model_->unpair();
}

void SharingWindow::open_or_close() {
    const bool opens = !model_->is_open();
    wxMessageDialog dialog{this,
                           wx(opens ? tr("Let other computers use this agent?")
                                    : tr("Let no other computer use this agent any more?")),
                           "Stocktray", wxYES_NO | wxNO_DEFAULT | wxICON_QUESTION};
    dialog.SetExtendedMessage(
        wx(opens ? tr("Each one needs a pairing string from here. Everything on the network is encrypted.")
                 : tr("Their changes wait on their own disks until they can reach the agent again.")));
    dialog.SetYesNoLabels(wx(opens ? tr("&Let Them") : tr("&Close It")), wx(tr("&Cancel")));
    if (dialog.ShowModal() == wxID_YES) model_->open(opens);
}

void SharingWindow::revoke() {
    const auto* key = chosen();
    if (!key) return;
    wxMessageDialog dialog{this, wx(say(tr("Shut {computer} out?"), fmt::arg("computer", key->name))), "Stocktray",
                           wxYES_NO | wxNO_DEFAULT | wxICON_QUESTION};
    dialog.SetExtendedMessage(wx(tr("It can do nothing here any more from now on. A new pairing string lets it in again.")));
    dialog.SetYesNoLabels(wx(tr("&Shut It Out")), wx(tr("&Cancel")));
    const auto name = key->key;
    if (dialog.ShowModal() == wxID_YES) model_->revoke(name);
}

void SharingWindow::rotate() {
    wxMessageDialog dialog{this, wx(tr("Give the agent a new key?")), "Stocktray",
                           static_cast<long>(wxYES_NO | wxCANCEL | wxCANCEL_DEFAULT | wxICON_QUESTION)};
    dialog.SetExtendedMessage(
        wx(tr("Computers that are switched on within a day learn it by themselves. The others have to be paired again. "
              "If the key may have been stolen, the old one must end at once: then every computer has to be paired again.")));
    dialog.SetYesNoCancelLabels(wx(tr("&New Key")), wx(tr("It Was &Stolen")), wx(tr("&Cancel")));
    const auto answer = dialog.ShowModal();
    using enum SharingModel::Rotation;
    if (answer != wxID_CANCEL) model_->rotate(answer == wxID_YES ? within_a_day : at_once);
}

void SharingWindow::show_view(const TrayView&) {
    const bool is_here = context().mirror.contact() == Contact::here;
    if (is_here != was_here_) model_->read();
    was_here_ = is_here;
    render();
}

void SharingWindow::render() {
    if (!trouble_) return;
    whose_->say(model_->whose());
    pair_note_->say(model_->pair_note());
    pair_->Enable(!model_->is_pairing() && !string_->IsEmpty());
    unpair_->Show(model_->is_paired());
    const auto barred = model_->barred();
    const bool may = barred.empty();
    reach_->say(may ? model_->reach() : barred);
    open_->Enable(may);
    open_->SetLabel(wx(model_->is_open() ? tr("Close I&t…") : tr("Let &Them…")));
    const bool can_invite = may && model_->is_open();
    for (wxWindow* control : std::initializer_list<wxWindow*>{role_, no_send_, no_cancel_, invite_, rotate_})
        control->Enable(can_invite);
    const auto pairing = wx(may ? model_->pairing() : std::string{});
    if (pairing_->GetValue() != pairing) pairing_->ChangeValue(pairing);
    copy_->Enable(!pairing.empty());
    pairing_note_->say(can_invite ? model_->pairing_note() : std::string{});
    list_->set_count(static_cast<unsigned>(model_->count()));
    list_->say_visible_anew();
    select_chosen();
    const auto* key = may ? chosen() : nullptr;
    give_->Enable(key != nullptr);
    const auto label = key && key->state == ipc::KeyState::asks ? tr("Let It &In") : tr("&Give It the Role Above");
    if (give_->GetLabel() != wx(label)) give_->SetLabel(wx(label));
    revoke_->Enable(key != nullptr);
    trouble_->say(model_->trouble().empty() ? std::string{} : "⚠ " + model_->trouble());
    root().Layout();
}

}  // namespace stocktray::tray
