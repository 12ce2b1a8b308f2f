#include "tray/windows/cart_panel.h"

#include <algorithm>

#include "tray/model/words.h"
#include "tray/windows/accessible.h"
#include "tray/windows/press.h"
#include "tray/windows/text.h"

namespace stocktray::tray {
namespace {

constexpr int short_width = 110;
constexpr int label_width = 130;

bool is_rare(CartField field) {
    return field >= CartField::store_url && field != CartField::items_per_send;
}

wxChoice* choice(wxWindow& parent, const std::vector<std::string>& words) {
    wxArrayString entries;
    for (const auto& word : words) entries.Add(wx(word));
    return new wxChoice{&parent, wxID_ANY, wxDefaultPosition, wxDefaultSize, entries};
}

}  // namespace

CartPanel::CartPanel(wxWindow& parent, CartsModel& model, std::function<void()> changed)
    : wxScrolledWindow{&parent, wxID_ANY, wxDefaultPosition, wxDefaultSize, wxVSCROLL | wxTAB_TRAVERSAL},
      model_{model},
      changed_{std::move(changed)} {
    auto* content = new wxBoxSizer{wxVERTICAL};
    add_main(*content);
    add_test(*content);
    add_rare(*content);
    auto* padded = new wxBoxSizer{wxVERTICAL};
    padded->Add(content, wxSizerFlags{}.Expand().Border(wxRIGHT, FromDIP(12)));
    SetSizer(padded);
    SetScrollRate(0, FromDIP(16));
    fill();
}

wxTextCtrl* CartPanel::text(CartField field, const std::string& label, std::string CartForm::*member,
                            const std::string& sentence, int width, const std::string& unit) {
    const bool is_long = field == CartField::exclude;
    auto* control = grid_->text(is_long ? wxTE_MULTILINE : 0, width);
    if (is_long) control->SetMinSize(FromDIP(wxSize{width, 64}));
    rows_[field] = grid_->add(label, control, sentence, unit);
    texts_[control] = member;
    watch(*control, field);
    return control;
}

void CartPanel::watch(wxWindow& control, CartField field) {
    control.Bind(wxEVT_TEXT, [this](wxCommandEvent&) { typed(); });
    control.Bind(wxEVT_KILL_FOCUS, [this, field](wxFocusEvent& event) {
        event.Skip();
        visited_.insert(field);
        // Later: a control that moves while the focus does would not get it.
        CallAfter([this] { show(can_work_); });
    });
}

void CartPanel::add_main(wxSizer& content) {
    FormGrid grid{*this, label_width};
    grid_ = &grid;
    text(CartField::name, tr("Store &Name:"), &CartForm::name);
    cart_ = text(CartField::cart, tr("S&hort Name:"), &CartForm::cart,
                 tr("Made from the name; it cannot be changed later."));
    kind_ = choice(*this, {tr("Import script (XCart, Generic)"), tr("X-Cart 5, its own interface")});
    grid.add(tr("Cart T&ype:"), kind_);
    kind_->Bind(wxEVT_CHOICE, [this](wxCommandEvent&) { typed(); });
    text(CartField::url, tr("Script &URL:"), &CartForm::url);
    allow_http_ = new wxCheckBox{this, wxID_ANY, wx(tr("Allo&w it without encryption"))};
    rows_[CartField::allow_http] =
        grid.add(allow_http_, "⚠ " + tr("Not encrypted: only for a store on this computer or network."));
    text(CartField::user, tr("Us&er:"), &CartForm::user);
    add_password();
    synchronize_ = new wxCheckBox{this, wxID_ANY, wx(tr("Synchroni&ze Inventory"))};
    synchronize_row_ = grid.add(synchronize_, tr("Each change of a count is posted to this store."));
    active_ = new wxCheckBox{this, wxID_ANY, wx(tr("&Active"))};
    grid.add(active_, tr("Otherwise it is left alone altogether."));
    for (auto* box : {allow_http_, synchronize_, active_})
        box->Bind(wxEVT_CHECKBOX, [this](wxCommandEvent&) { typed(); });
    content.Add(grid.sizer(), wxSizerFlags{}.Expand());
}

void CartPanel::add_password() {
    password_ = grid_->text(wxTE_PASSWORD);
    rows_[CartField::password] = grid_->add(tr("&Password:"), password_);
    password_again_ = grid_->text(wxTE_PASSWORD);
    rows_[CartField::password_again] = grid_->add(tr("&Re-enter Password:"), password_again_);
    watch(*password_, CartField::password);
    watch(*password_again_, CartField::password_again);
}

void CartPanel::add_test(wxSizer& content) {
    const int gap = FromDIP(8);
    auto* line = new wxBoxSizer{wxHORIZONTAL};
    test_ = new wxButton{this, wxID_ANY, wx(tr("&Test"))};
    test_->SetToolTip(wx(tr("Asks the store, and tells what is wrong. Nothing is saved or changed.")));
    on_press(*test_, [this] {
        if (check()) model_.test();
    });
    test_headline_ = new wxStaticText{this, wxID_ANY, ""};
    test_headline_->SetFont(test_headline_->GetFont().Bold());
    line->Add(test_, wxSizerFlags{}.Border(wxRIGHT, gap));
    line->Add(test_headline_, wxSizerFlags{1}.CentreVertical());
    test_details_ = new Details{this, tr("What the test found"), wxSize{-1, 130}};
    content.Add(line, wxSizerFlags{}.Expand().Border(wxTOP, gap));
    content.Add(test_details_, wxSizerFlags{}.Expand().Border(wxTOP, gap));
    FormGrid grid{*this, label_width};
    grid_ = &grid;
    text(CartField::items_per_send, tr("Maximum number of items per send:"), &CartForm::items_per_send,
         tr("Of Send QOH To Website, at a store that takes whole counts."), short_width, tr("items"));
    content.Add(grid.sizer(), wxSizerFlags{}.Expand().Border(wxTOP, gap));
    more_ = new wxToggleButton{this, wxID_ANY, wx(tr("&More"))};
    more_->Bind(wxEVT_TOGGLEBUTTON, [this](wxCommandEvent&) {
        arrange();
        if (!more_->GetValue()) return;
        rare_->SetFocus();
        bring_up(*more_);
    });
    content.Add(more_, wxSizerFlags{}.Border(wxTOP | wxBOTTOM, gap));
}

void CartPanel::add_rare(wxSizer& content) {
    rare_ = new wxPanel{this};
    FormGrid grid{*rare_, label_width};
    grid_ = &grid;
    text(CartField::store_url, tr("Address of the shop:"), &CartForm::store_url,
         tr("For “Open Store” in the menu."));
    text(CartField::store_code, tr("Store Code:"), &CartForm::store_code,
         tr("Only where the store needs it."));
    dialect_ = choice(*rare_, {tr("Find out"), tr("Text"), tr("XML")});
    rows_[CartField::dialect] = grid.add(tr("Changes are written as:"), dialect_);
    charset_ = choice(*rare_, {"UTF-8", "Windows-1252"});
    rows_[CartField::charset] = grid.add(tr("Characters:"), charset_);
    for (auto* one : {dialect_, charset_}) one->Bind(wxEVT_CHOICE, [this](wxCommandEvent&) { typed(); });
    text(CartField::connections, tr("Connections:"), &CartForm::connections, tr("At the same time."),
         short_width);
    text(CartField::batch_size, tr("Order Download Batch:"), &CartForm::batch_size,
         tr("Records per download; lower it where the store is slow."), short_width);
    text(CartField::answer_within, tr("Time to wait for an answer:"), &CartForm::answer_within, {},
         short_width, tr("seconds"));
    text(CartField::buffer, tr("Buffer:"), &CartForm::buffer,
         tr("So many pieces are kept back: the store shows that many fewer."), short_width, tr("pieces"));
    text(CartField::exclude, tr("Excluded SKUs:"), &CartForm::exclude,
         tr("One on each line. They are never sent to this store."));
    map_ = new SkuMapTable{*rare_, [this] { typed(); }};
    rows_[CartField::sku_map] =
        grid.add(tr("SKU map:"), map_,
                 tr("Where the store has another SKU. Several at the store: with commas between them."));
    name_control(*map_, tr("SKU map"));
    rare_->SetSizer(grid.sizer());
    content.Add(rare_, wxSizerFlags{}.Expand());
    rare_->Hide();
    grid_ = nullptr;
}

void CartPanel::fill() {
    const auto& form = model_.form();
    made_id_ = form.is_new ? form.cart : std::string{};
    visited_.clear();
    shows_all_ = false;
    show(can_work_);
}

// The model's form into the controls. One that shows it already is left alone, with its cursor.
void CartPanel::put() {
    is_filling_ = true;
    const auto& form = model_.form();
    const auto write = [](wxTextCtrl& control, const std::string& words) {
        if (utf8(control.GetValue()) != words) control.ChangeValue(wx(words));
    };
    for (const auto& [control, member] : texts_) write(*control, form.*member);
    cart_->Enable(form.is_new);
    kind_->SetSelection(form.kind == ipc::CartKind::seti ? 0 : 1);
    allow_http_->SetValue(form.allow_http);
    synchronize_->SetValue(form.synchronize_inventory);
    active_->SetValue(form.active);
    dialect_->SetSelection(static_cast<int>(form.dialect));
    charset_->SetSelection(static_cast<int>(form.charset));
    write(*password_, form.password.reveal());
    write(*password_again_, form.password_again.reveal());
    password_->SetHint(form.is_new ? wxString{} : wx(tr("unchanged")));
    if (map_->rows() != form.sku_map) map_->fill(form.sku_map);
    is_filling_ = false;
}

void CartPanel::typed() {
    if (is_filling_) return;
    auto& form = model_.form();
    for (const auto& [control, member] : texts_) form.*member = utf8(control->GetValue());
    if (form.is_new && form.cart == made_id_) {
        form.cart = made_id_ = id_from(form.name);
        cart_->ChangeValue(wx(form.cart));
    }
    form.kind = kind_->GetSelection() == 1 ? ipc::CartKind::xcart_rest : ipc::CartKind::seti;
    form.allow_http = allow_http_->GetValue();
    form.synchronize_inventory = synchronize_->GetValue();
    form.active = active_->GetValue();
    form.dialect = static_cast<ipc::Dialect>(dialect_->GetSelection());
    form.charset = static_cast<ipc::Charset>(charset_->GetSelection());
    form.password = ipc::Secret{utf8(password_->GetValue())};
    form.password_again = ipc::Secret{utf8(password_again_->GetValue())};
    form.sku_map = map_->rows();
    show(can_work_);
    changed_();
}

void CartPanel::show(bool can_work) {
    can_work_ = can_work;
    put();
    const auto& form = model_.form();
    const auto problems = model_.problems();
    const auto& overtaken = model_.overtaken();
    for (auto& [field, row] : rows_) {
        const auto at = problems.find(field);
        const bool is_told = at != problems.end() && (shows_all_ || visited_.contains(field));
        row.complain(is_told                     ? at->second
                     : overtaken.contains(field) ? tr("This was changed elsewhere meanwhile, too. Saving keeps yours.")
                                                 : std::string{});
    }
    // What was changed behind "More" must be seen before it is saved.
    if (overtaken != shown_overtaken_ && std::ranges::any_of(overtaken, is_rare)) more_->SetValue(true);
    shown_overtaken_ = overtaken;
    rows_[CartField::allow_http].show(form.is_plain_http());
    rows_[CartField::url].rename(form.uses_script() ? tr("Script &URL:") : tr("Address of the shop (&URL):"));
    rows_[CartField::password].rename(form.uses_script() ? tr("&Password:") : tr("API key (&password):"));
    rows_[CartField::password_again].show(form.is_new || !form.password.is_empty());
    synchronize_row_.show(model_.is_synch_on());
    rows_[CartField::user].show(form.uses_script());
    rows_[CartField::store_code].show(form.uses_script());
    rows_[CartField::dialect].show(form.uses_script());
    rows_[CartField::charset].show(form.uses_script());
    const bool may = model_.may_change();
    for (auto& [control, member] : texts_) control->SetEditable(may && (control != cart_ || form.is_new));
    for (auto* control : {password_, password_again_}) control->SetEditable(may);
    for (wxWindow* control :
         std::initializer_list<wxWindow*>{kind_, allow_http_, synchronize_, active_, dialect_, charset_, map_})
        control->Enable(may);
    test_->Enable(can_work && !model_.is_testing() && !model_.is_gone());
    const auto& tested = model_.tested();
    std::string headline;
    if (model_.is_testing()) headline = tr("The store is being asked…");
    if (tested) headline = (tested->is_good ? "✓ " : "⚠ ") + tested->headline;
    if (test_headline_->GetLabelText() != wx(headline)) test_headline_->SetLabelText(wx(headline));
    const auto details = tested ? tested->details : std::string{};
    if (test_details_->GetValue() != wx(details)) test_details_->ChangeValue(wx(details));
    const bool is_news = !details.empty() && !test_details_->IsShown();
    test_details_->Show(!details.empty());
    arrange();
    if (is_news) bring_up(*test_);
}

// To the upper edge, with what stands below it.
void CartPanel::bring_up(wxWindow& child) {
    int unit = 0;
    GetScrollPixelsPerUnit(nullptr, &unit);
    if (unit > 0) Scroll(0, CalcUnscrolledPosition(child.GetPosition()).y / unit);
}

void CartPanel::arrange() {
    rare_->Show(more_->GetValue());
    rare_->Layout();
    FitInside();
    Layout();
}

bool CartPanel::check() {
    shows_all_ = true;
    const auto problems = model_.problems();
    // What is wrong behind "More" must be seen.
    if (std::ranges::any_of(problems, [](const auto& one) { return is_rare(one.first); }))
        more_->SetValue(true);
    show(can_work_);
    if (!problems.empty()) rows_[problems.begin()->first].control()->SetFocus();
    return problems.empty();
}

void CartPanel::focus_first() {
    rows_[CartField::name].control()->SetFocus();
}

}  // namespace stocktray::tray
