#include "tray/windows/wizard_window.h"

#include <wx/filedlg.h>

#include "tray/model/may.h"
#include "tray/model/words.h"
#include "tray/platform/service_starter.h"
#include "tray/platform/shared_agent.h"
#include "tray/windows/accessible.h"
#include "tray/windows/ask_save.h"
#include "tray/windows/press.h"
#include "tray/windows/text.h"

namespace stocktray::tray {
namespace {

constexpr int text_width = 700;

RightSide kept_side(OwnSettings& settings) {
    const auto word = settings.file().Read("/wizard/side", "");
    if (word == "store") return RightSide::store;
    return word == "order_manager" ? RightSide::order_manager : RightSide::unknown;
}

void keep_side(OwnSettings& settings, RightSide side) {
    settings.file().Write("/wizard/side", wxString{side == RightSide::store ? "store" : "order_manager"});
    settings.file().Flush();
}

}  // namespace

WizardWindow::WizardWindow(const Context& about, const Command&)
    : Window{about,
             {.kind = CommandId::open_wizard,
              .name = "wizard",
              .title = tr("First Steps"),
              .size = {780, 680}}},
      model_{about.link, about.mirror, about.trial,
             WizardModel::Surroundings{
                 .kept_side = kept_side(about.settings),
                 .keep_side = [&settings = about.settings](RightSide side) { keep_side(settings, side); },
                 .now = about.now,
                 .changed = [this] { render(); }}} {
    const int gap = FromDIP(12);
    auto* content = new wxBoxSizer{wxVERTICAL};
    where_ = new wxStaticText{&root(), wxID_ANY, ""};
    title_ = new wxStaticText{&root(), wxID_ANY, ""};
    title_->SetFont(title_->GetFont().Scaled(1.3F).Bold());
    words_ = new wxStaticText{&root(), wxID_ANY, ""};
    for (auto* text : {where_, title_, words_})
        content->Add(text, wxSizerFlags{}.Expand().Border(wxLEFT | wxRIGHT | wxTOP, gap));
    content_ = content;
    add_pages();
    // A field, not a label: a screen reader can go there, and long sentences can be copied.
    status_ = new Details{&root(), tr("How it stands"), wxSize{-1, 60}};
    content->Add(status_, wxSizerFlags{1}.Expand().Border(wxALL, gap));
    room_ = content->AddStretchSpacer();
    add_buttons(*content);
    Bind(wxEVT_CLOSE_WINDOW, [this](wxCloseEvent& event) {
        if (event.CanVeto() && !may_leave()) return event.Veto();
        event.Skip();
    });
    finish(content);
    model_.look();
}

wxPanel& WizardWindow::add_page(WizardStep step) {
    auto* page = new wxPanel{&root()};
    pages_[step] = page;
    // The form takes the room that other pages leave to the words below them.
    const int share = step == WizardStep::cart ? 3 : 0;
    content_->Add(page, wxSizerFlags{share}.Expand().Border(wxLEFT | wxRIGHT | wxTOP, FromDIP(12)));
    page->Hide();
    return *page;
}

void WizardWindow::add_pages() {
    add_agent_page();
    auto& page = add_page(WizardStep::cart);
    cart_ = new CartPanel{page, model_.carts(), [this] { render(); }};
    auto* all = new wxBoxSizer{wxVERTICAL};
    all->Add(cart_, wxSizerFlags{1}.Expand());
    page.SetSizer(all);
    add_side_page();
    add_run_page();
    add_page(WizardStep::turn_on);
    add_done_page();
}

void WizardWindow::add_agent_page() {
    auto& page = add_page(WizardStep::agent);
    auto* all = new wxBoxSizer{wxVERTICAL};
    to_agent_ = new wxButton{&page, wxID_ANY, wx(tr("S&tart the Agent"))};
    on_press(*to_agent_, [this] {
        context().run({can_start_agent() ? CommandId::start_agent : CommandId::open_sharing});
    });
    all->Add(to_agent_);
    page.SetSizer(all);
}

bool WizardWindow::can_start_agent() const {
    return can_run_agent() && computer_of_shared_agent(context().endpoint).empty() && !is_refused(context().mirror);
}

void WizardWindow::add_side_page() {
    auto& page = add_page(WizardStep::side);
    const int gap = FromDIP(8);
    auto* all = new wxBoxSizer{wxVERTICAL};
    const auto side = [&](const std::string& label, long style, const std::string& explanation,
                          RightSide chosen) {
        auto* button = new wxRadioButton{&page, wxID_ANY, wx(label), wxDefaultPosition, wxDefaultSize, style};
        name_control(*button, utf8(button->GetLabelText()));
        button->Bind(wxEVT_RADIOBUTTON, [this, chosen](wxCommandEvent&) { model_.choose(chosen); });
        auto* words = new wxStaticText{&page, wxID_ANY, ""};
        words->SetLabelText(wx(explanation));
        words->Wrap(FromDIP(text_width - 60));
        all->Add(button, wxSizerFlags{}.Border(wxTOP, gap));
        all->Add(words, wxSizerFlags{}.Border(wxLEFT, FromDIP(24)));
        return button;
    };
    order_manager_ = side(tr("The counts of the Order &Manager: Send QOH To Website"), wxRB_GROUP,
                          tr("The store's counts are brought to the Order Manager's. What the store sells "
                             "meanwhile stays sold."),
                          RightSide::order_manager);
    file_panel_ = new wxPanel{&page};
    auto* line = new wxBoxSizer{wxHORIZONTAL};
    auto* label = new wxStaticText{file_panel_, wxID_ANY, wx(tr("&File with counts:"))};
    file_ = new wxTextCtrl{file_panel_, wxID_ANY};
    label_control(*label, *file_);
    file_->SetHint(wx(tr("CSV with the columns sku and qoh")));
    file_->Bind(wxEVT_TEXT, [this](wxCommandEvent&) { render(); });
    auto* browse_button = new wxButton{file_panel_, wxID_ANY, wx(tr("Bro&wse…"))};
    on_press(*browse_button, [this] { browse(); });
    read_ = new wxButton{file_panel_, wxID_ANY, wx(tr("&Read the File"))};
    on_press(*read_, [this] { model_.read_counts_from(utf8(file_->GetValue())); });
    line->Add(label, wxSizerFlags{}.CentreVertical().Border(wxRIGHT, gap));
    line->Add(file_, wxSizerFlags{1}.CentreVertical().Border(wxRIGHT, gap));
    line->Add(browse_button, wxSizerFlags{}.Border(wxRIGHT, gap));
    line->Add(read_);
    file_panel_->SetSizer(line);
    all->Add(file_panel_, wxSizerFlags{}.Expand().Border(wxLEFT | wxTOP, FromDIP(24)));
    auto* connect = new wxButton{&page, wxID_ANY, wx(tr("&Connect the Order Manager…"))};
    connect->SetToolTip(wx(tr("For one that cannot be changed: by its Script URL, by files, or by its database.")));
    on_press(*connect, [this] { context().run({CommandId::open_way_in}); });
    connect->Show(can_run_agent());
    all->AddSpacer(gap);
    all->Add(connect, wxSizerFlags{}.Border(wxLEFT, FromDIP(24)));
    all->AddSpacer(gap);
    store_ =
        side(tr("The counts of the &store: Get QOH From Website"), 0,
             tr("The Order Manager is given the store's counts. What is sold here meanwhile stays sold."),
             RightSide::store);
    page.SetSizer(all);
}

void WizardWindow::add_run_page() {
    auto& page = add_page(WizardStep::run);
    auto* all = new wxBoxSizer{wxVERTICAL};
    gauge_ = new wxGauge{&page, wxID_ANY, 100};
    name_control(*gauge_, tr("Progress"));
    agree_ = new wxCheckBox{&page, wxID_ANY, wx(tr("I know that so many counts change: do it &anyway"))};
    name_control(*agree_, utf8(agree_->GetLabelText()));
    agree_->Bind(wxEVT_CHECKBOX, [this](wxCommandEvent&) { model_.agree(agree_->GetValue()); });
    imported_ =
        new wxCheckBox{&page, wxID_ANY, wx(tr("All &web orders are imported into the Order Manager"))};
    name_control(*imported_, utf8(imported_->GetLabelText()));
    imported_->Bind(wxEVT_CHECKBOX,
                    [this](wxCommandEvent&) { model_.say_orders_are_imported(imported_->GetValue()); });
    all->Add(gauge_, wxSizerFlags{}.Expand());
    all->Add(imported_, wxSizerFlags{}.Border(wxTOP, FromDIP(8)));
    all->Add(agree_, wxSizerFlags{}.Border(wxTOP, FromDIP(8)));
    page.SetSizer(all);
}

void WizardWindow::add_done_page() {
    auto& page = add_page(WizardStep::done);
    auto* all = new wxBoxSizer{wxVERTICAL};
    try_ = new wxButton{&page, wxID_ANY, wx(tr("Do It for &Me"))};
    on_press(*try_, [this] { model_.test_change(); });
    all->Add(try_);
    page.SetSizer(all);
}

void WizardWindow::add_buttons(wxSizer& content) {
    const int gap = FromDIP(12);
    auto* buttons = new wxBoxSizer{wxHORIZONTAL};
    back_ = new wxButton{&root(), wxID_ANY, wx(tr("&Back"))};
    on_press(*back_, [this] { model_.back(); });
    next_ = new wxButton{&root(), wxID_ANY, wx(tr("Go &On"))};
    on_press(*next_, [this] {
        if (model_.step() != WizardStep::cart || cart_->check()) model_.next();
    });
    close_ = new wxButton{&root(), wxID_CLOSE, wx(tr("C&lose"))};
    close_->SetToolTip(wx(tr("Opened again, it goes on where it is now.")));
    on_press(*close_, [this] { Close(); });
    buttons->Add(back_, wxSizerFlags{}.Border(wxRIGHT, gap / 2));
    buttons->Add(next_);
    buttons->AddStretchSpacer();
    buttons->Add(close_);
    content.Add(buttons, wxSizerFlags{}.Expand().Border(wxLEFT | wxRIGHT | wxBOTTOM, gap));
}

void WizardWindow::show_view(const TrayView&) {
    if (next_) model_.look();
}

void WizardWindow::write(wxStaticText& text, const std::string& words) {
    text.SetLabelText(wx(words));
    text.Wrap(FromDIP(text_width));
}

// The first thing that can be done on a page has the focus, so that Enter and Tab lead on.
void WizardWindow::turn_page() {
    const auto step = model_.step();
    if (has_page_ && step == shown_) return;
    shown_ = step;
    has_page_ = true;
    for (const auto& [of, page] : pages_) page->Show(of == step);
    write(*where_, say(tr("Step {n} of {all}"), fmt::arg("n", static_cast<int>(step) + 1),
                       fmt::arg("all", wizard_steps)));
    write(*title_, model_.title());
    write(*words_, model_.words());
    agree_->SetValue(false);
    imported_->SetValue(false);
    if (step == WizardStep::cart) {
        cart_->fill();
        cart_->focus_first();
    } else if (step == WizardStep::side) {
        (model_.side() == RightSide::store ? store_ : order_manager_)->SetFocus();
    } else if (step == WizardStep::done) {
        try_->SetFocus();
    } else {
        next_->SetFocus();
    }
    next_->SetDefault();
}

void WizardWindow::render_page() {
    const auto step = model_.step();
    to_agent_->Show(context().mirror.contact() == Contact::lost);
    const auto label = can_start_agent() ? tr("S&tart the Agent") : tr("Share&d Agent…");
    if (to_agent_->GetLabel() != wx(label)) to_agent_->SetLabel(wx(label));
    if (step == WizardStep::cart) {
        if (shown_cart_ != model_.carts().form().cart && !model_.carts().form().is_new) {
            shown_cart_ = model_.carts().form().cart;
            cart_->fill();
        }
        cart_->show(model_.carts().barred(context().now()).empty());
    }
    store_->SetValue(model_.side() == RightSide::store);
    order_manager_->SetValue(model_.side() == RightSide::order_manager);
    file_panel_->Enable(model_.side() == RightSide::order_manager);
    read_->Enable(model_.side() == RightSide::order_manager && !file_->IsEmpty());
    gauge_->SetValue(model_.percent());
    gauge_->Show(model_.percent() < 100);
    imported_->Show(model_.can_say_orders_are_imported());
    agree_->Show(model_.needs_agreement());
    try_->Enable(model_.can_test_change());
}

void WizardWindow::render() {
    if (!next_ || is_rendering_) return;
    is_rendering_ = true;
    turn_page();
    render_page();
    const auto status = model_.status();
    if (status_->GetValue() != wx(status)) status_->ChangeValue(wx(status));
    // An empty box says nothing; the form needs the room.
    status_->Show(!status.empty());
    room_->Show(status.empty() && model_.step() != WizardStep::cart);
    if (next_->GetLabel() != wx(model_.next_label())) next_->SetLabel(wx(model_.next_label()));
    next_->Show(model_.step() != WizardStep::done);
    next_->Enable(model_.can_next());
    back_->Enable(model_.can_back());
    if (auto* page = pages_[model_.step()]) page->Layout();
    root().Layout();
    is_rendering_ = false;
}

// All else is with the agent already, but not what stands in the form of the cart.
bool WizardWindow::may_leave() {
    auto& carts = model_.carts();
    if (!carts.is_changed() || carts.is_gone()) return true;
    const auto answer = ask_save(*this, tr("Save the changes to this cart?"));
    if (answer == Unsaved::save && cart_->check())
        carts.save(SameStore::no, [this] { CallAfter([this] { Close(); }); });
    return answer == Unsaved::lose;
}

void WizardWindow::browse() {
    wxFileDialog dialog{this,
                        wx(tr("File with counts")),
                        "",
                        "",
                        wx(tr("CSV files|*.csv|All files|*")),
                        wxFD_OPEN | wxFD_FILE_MUST_EXIST};
    if (dialog.ShowModal() != wxID_OK) return;
    file_->SetValue(dialog.GetPath());
    model_.read_counts_from(utf8(dialog.GetPath()));
}

std::string WizardWindow::guide_section() const {
    switch (model_.step()) {
        case WizardStep::agent:
        case WizardStep::cart:
            break;
        case WizardStep::side:
        case WizardStep::run:
            return "counts";
        case WizardStep::turn_on:
            return "enabling";
        case WizardStep::done:
            return "testing";
    }
    return "cart";
}

}  // namespace stocktray::tray
