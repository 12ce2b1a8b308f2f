#include "tray/windows/way_in_window.h"

#include <wx/dirdlg.h>

#include "tray/model/words.h"
#include "tray/windows/accessible.h"
#include "tray/windows/filters.h"
#include "tray/windows/press.h"
#include "tray/windows/text.h"
#include "tray/windows/wrapped_text.h"

namespace stocktray::tray {
namespace {

constexpr int text_width = 640;
constexpr int label_width = 130;
constexpr int note_width = 540;

}  // namespace

WayInWindow::WayInWindow(const Context& about, const Command&)
    : Window{about,
             {.kind = CommandId::open_way_in,
              .name = "order-manager",
              .title = tr("Connect the Order Manager"),
              .size = {720, 680}}},
      runner_{about.programs},
      model_{surroundings()} {
    const int gap = FromDIP(12);
    auto* content = new wxBoxSizer{wxVERTICAL};
    auto* words = new WrappedText{&root(), FromDIP(text_width)};
    words->say(tr("An Order Manager that has Stocktray built in needs nothing here. Every other one can tell its counts in one "
                  "of these ways:"));
    content->Add(words, wxSizerFlags{}.Expand().Border(wxLEFT | wxRIGHT | wxTOP, gap));
    add_ways(*content);
    status_ = new Details{&root(), tr("How it stands"), wxSize{-1, 90}};
    content->Add(status_, wxSizerFlags{1}.Expand().Border(wxLEFT | wxRIGHT | wxTOP, gap));
    add_buttons(*content);
    finish(content);
    fill_carts();
    choose(WayIn::script);
    ways_[WayIn::script]->SetFocus();
}

WayInModel::Surroundings WayInWindow::surroundings() {
    return {.run_ctl =
                [this](std::vector<std::string> arguments, std::string_view input, ProgramEnded ended) {
                    if (!context().endpoint.empty())
                        arguments.insert(arguments.begin(), {"--endpoint", context().endpoint});
                    runner_.run("stocktrayctl", arguments, input, std::move(ended));
                },
            .start_gateway = context().start_gateway,
            .changed = [this] { render(); }};
}

void WayInWindow::add_ways(wxSizer& content) {
    add_way(content, WayIn::script, tr("It posts to the store's &import script"),
            tr("Only its Script URL is changed. Stone Edge and its kin work so."));
    add_way(content, WayIn::folder, tr("It writ&es files"), tr("Changes or whole counts, into a folder that Stocktray watches."));
    add_way(content, WayIn::database, tr("Its &database can be read"), tr("By ODBC. Stocktray only reads there."));
    form_place_ = new wxBoxSizer{wxVERTICAL};
    add_script_form();
    add_folder_form();
    add_database_form();
    content.Add(form_place_, wxSizerFlags{}.Expand().Border(wxLEFT | wxRIGHT | wxTOP, FromDIP(12)));
}

void WayInWindow::add_way(wxSizer& content, WayIn way, const std::string& label, const std::string& sentence) {
    auto* button = new wxRadioButton{&root(), wxID_ANY, wx(label), wxDefaultPosition, wxDefaultSize,
                                     ways_.empty() ? wxRB_GROUP : 0L};
    name_control(*button, utf8(button->GetLabelText()));
    button->Bind(wxEVT_RADIOBUTTON, [this, way](wxCommandEvent&) { choose(way); });
    auto* words = new wxStaticText{&root(), wxID_ANY, ""};
    words->SetLabelText(wx(sentence));
    content.Add(button, wxSizerFlags{}.Border(wxLEFT | wxTOP, FromDIP(12)));
    content.Add(words, wxSizerFlags{}.Border(wxLEFT, FromDIP(36)));
    ways_[way] = button;
}

wxSizer* WayInWindow::add_form(WayIn way) {
    auto* panel = new wxPanel{&root()};
    auto* content = new wxBoxSizer{wxVERTICAL};
    panel->SetSizer(content);
    form_place_->Add(panel, wxSizerFlags{}.Expand());
    panel->Hide();
    forms_[way] = panel;
    return content;
}

void WayInWindow::keep(wxTextCtrl* field, std::string WayInForm::*member) {
    field->ChangeValue(wx(model_.form().*member));
    field->Bind(wxEVT_TEXT, [this, field, member](wxCommandEvent&) {
        model_.form().*member = utf8(field->GetValue());
        render();
    });
}

void WayInWindow::add_script_form() {
    auto* content = add_form(WayIn::script);
    auto* panel = forms_[WayIn::script];
    FormGrid grid{*panel, label_width, note_width};
    source_ = new wxChoice{panel, wxID_ANY};
    source_->Bind(wxEVT_CHOICE, [this](wxCommandEvent&) {
        const auto at = source_->GetSelection();
        model_.form().source = at == wxNOT_FOUND ? std::string{} : carts_[static_cast<std::size_t>(at)];
    });
    grid.add(tr("&Posts count:"), source_,
             tr("Where the Order Manager posts each change to one cart, Stocktray brings it to all."));
    auto* address = grid.text();
    address->SetHint("127.0.0.1:5780");
    keep(address, &WayInForm::address);
    grid.add(tr("&Address:"), address, tr("Only for an Order Manager on another computer: this one's address and a port."));
    auto* allow = new wxCheckBox{panel, wxID_ANY, wx(tr("Allow it without encr&yption"))};
    allow->Bind(wxEVT_CHECKBOX, [this, allow](wxCommandEvent&) { model_.form().allow_http = allow->GetValue(); });
    grid.add(allow, tr("Only in a network of your own: passwords can be read on the way."));
    content->Add(grid.sizer(), wxSizerFlags{}.Expand());
}

void WayInWindow::add_folder_form() {
    auto* content = add_form(WayIn::folder);
    auto* panel = forms_[WayIn::folder];
    FormGrid grid{*panel, label_width, note_width};
    folder_ = grid.text();
    keep(folder_, &WayInForm::folder);
    rows_[WayInField::folder] = grid.add(tr("&Folder:"), folder_, tr("Taken files go into its folder “done”, others into “problems”."));
    auto* kind = new wxChoice{panel, wxID_ANY};
    for (const auto& words : {tr("As the first line of each file says"), tr("Changes (+ and − pieces)"), tr("Whole counts")})
        kind->Append(wx(words));
    kind->SetSelection(0);
    kind->Bind(wxEVT_CHOICE, [this, kind](wxCommandEvent&) { model_.form().kind = static_cast<FileKind>(kind->GetSelection()); });
    grid.add(tr("Files &hold:"), kind);
    content->Add(grid.sizer(), wxSizerFlags{}.Expand());
    auto* line = new wxBoxSizer{wxHORIZONTAL};
    add_button(*panel, *line, tr("Bro&wse…"), [this] { browse(); });
    content->Add(line, wxSizerFlags{}.Right().Border(wxTOP, FromDIP(8)));
}

void WayInWindow::add_database_form() {
    auto* content = add_form(WayIn::database);
    auto* panel = forms_[WayIn::database];
    FormGrid grid{*panel, label_width, note_width};
    auto* name = grid.text();
    keep(name, &WayInForm::name);
    rows_[WayInField::name] = grid.add(tr("&Name:"), name, tr("Yours, for messages. Never change it later."));
    auto* connection = grid.text();
    connection->SetHint("Driver={MariaDB Unicode};Server=…;Database=…;UID=…");
    keep(connection, &WayInForm::connection);
    rows_[WayInField::connection] = grid.add(tr("&Connection:"), connection, tr("An ODBC connection without its password, or DSN=… of this computer."));
    auto* password = grid.text(wxTE_PASSWORD);
    password->Bind(wxEVT_TEXT, [this, password](wxCommandEvent&) { model_.form().password = ipc::Secret{utf8(password->GetValue())}; });
    grid.add(tr("Pass&word:"), password, tr("Kept in a file that only you can read."));
    auto* query = grid.text();
    query->SetHint("SELECT sku, qoh FROM items ORDER BY sku");
    keep(query, &WayInForm::query);
    rows_[WayInField::query] = grid.add(tr("&Query:"), query, tr("One SELECT: the SKU, then its count."));
    content->Add(grid.sizer(), wxSizerFlags{}.Expand());
}

void WayInWindow::add_buttons(wxSizer& content) {
    const int gap = FromDIP(12);
    auto* line = new wxBoxSizer{wxHORIZONTAL};
    set_up_ = add_button(root(), *line, tr("Set &Up"), [this] {
        has_tried_ = true;
        render();
        model_.set_up();
    });
    test_ = add_button(root(), *line, tr("&Test"), [this] { model_.test(); });
    test_->SetToolTip(wx(tr("Tries what is set up already.")));
    start_ = add_button(root(), *line, tr("Start the &Gateway"), [this] { model_.start(); });
    line->AddStretchSpacer();
    auto* close = new wxButton{&root(), wxID_CLOSE, wx(tr("C&lose"))};
    on_press(*close, [this] { Close(); });
    line->Add(close);
    content.Add(line, wxSizerFlags{}.Expand().Border(wxALL, gap));
}

// The carts that there are, and the Order Manager that posts to each of them by itself.
void WayInWindow::fill_carts() {
    if (!source_) return;
    std::vector<std::string> carts;
    for (const auto& cart : context().mirror.carts()) carts.push_back(cart.status.cart);
    carts.emplace_back();
    if (carts == carts_) return;
    carts_ = std::move(carts);
    source_->Clear();
    for (const auto& cart : carts_)
        source_->Append(wx(cart.empty() ? tr("for the cart that they go to")
                                        : say(tr("for all carts, if they go to {cart}"),
                                              fmt::arg("cart", context().mirror.name_of(cart)))));
    source_->SetSelection(0);
    model_.form().source = carts_.front();
}

void WayInWindow::choose(WayIn way) {
    model_.choose(way);
    has_tried_ = false;
    ways_[model_.form().way]->SetValue(true);
    for (const auto& [of, form] : forms_) form->Show(of == model_.form().way);
    render();
}

void WayInWindow::browse() {
    wxDirDialog dialog{this, wx(tr("Folder that the Order Manager writes into")), wx(model_.form().folder)};
    if (dialog.ShowModal() == wxID_OK) folder_->SetValue(dialog.GetPath());
}

void WayInWindow::render() {
    if (!start_) return;
    for (auto& [field, row] : rows_) row.complain(has_tried_ ? model_.complaint(field) : std::string{});
    set_up_->Enable(!model_.is_busy());
    test_->Enable(!model_.is_busy());
    if (status_->GetValue() != wx(model_.status())) status_->ChangeValue(wx(model_.status()));
    root().Layout();
}

}  // namespace stocktray::tray
