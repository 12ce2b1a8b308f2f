#include "tray/windows/overview_window.h"

#include <wx/bmpbndl.h>
#include <wx/button.h>

#include <algorithm>

#include "ipc/path_text.h"
#include "tray/model/words.h"
#include "tray/windows/accessible.h"
#include "tray/windows/column_width.h"
#include "tray/windows/press.h"
#include "tray/windows/text.h"

namespace stocktray::tray {
namespace {

constexpr int age_step_ms = 5'000;

}  // namespace

OverviewWindow::OverviewWindow(const Context& about, const Command&)
    : Window{
          about,
          {.kind = CommandId::open_overview, .name = "overview", .title = "Stocktray", .size = {1120, 360}}} {
    auto* content = new wxBoxSizer{wxVERTICAL};
    const int gap = FromDIP(12);

    auto* top = new wxBoxSizer{wxHORIZONTAL};
    picture_ = new wxStaticBitmap{&root(), wxID_ANY, wxBitmapBundle{}};
    picture_->SetMinSize(FromDIP(wxSize{48, 48}));
    headline_ = new wxStaticText{&root(), wxID_ANY, ""};
    headline_->SetFont(headline_->GetFont().Scaled(1.3F).Bold());
    detail_ = new wxStaticText{&root(), wxID_ANY, ""};
    auto* words = new wxBoxSizer{wxVERTICAL};
    words->Add(headline_, wxSizerFlags{}.Expand());
    words->Add(detail_, wxSizerFlags{}.Expand().Border(wxTOP, FromDIP(2)));
    top->Add(picture_, wxSizerFlags{}.CentreVertical().Border(wxRIGHT, gap));
    top->Add(words, wxSizerFlags{1}.CentreVertical());
    content->Add(top, wxSizerFlags{}.Expand().Border(wxALL, gap));

    list_ = new wxDataViewListCtrl{&root(), wxID_ANY, wxDefaultPosition, FromDIP(wxSize{640, 140}),
                                   wxDV_SINGLE | wxDV_ROW_LINES};
    const auto column = [&](const std::string& title, int width, wxAlignment align) {
        list_->AppendTextColumn(wx(title), wxDATAVIEW_CELL_INERT, column_width(*list_, title, width), align,
                                wxDATAVIEW_COL_RESIZABLE);
    };
    column(tr("Cart"), 140, wxALIGN_LEFT);
    column(tr("State"), 410, wxALIGN_LEFT);
    column(tr("Posts"), 95, wxALIGN_RIGHT);
    column(tr("Oldest"), 100, wxALIGN_LEFT);
    column(tr("Last confirmed"), 140, wxALIGN_LEFT);
    column(tr("Not imported"), 120, wxALIGN_RIGHT);
    name_control(*list_, tr("Carts"));
    list_->Bind(wxEVT_DATAVIEW_ITEM_CONTEXT_MENU, [this](wxDataViewEvent&) { row_menu(selected_cart()); });
    // Later, as with a button: a screen reader can activate a row, too.
    list_->Bind(wxEVT_DATAVIEW_ITEM_ACTIVATED,
                [this](wxDataViewEvent&) { CallAfter([this] { row_menu(selected_cart()); }); });
    content->Add(list_, wxSizerFlags{1}.Expand().Border(wxLEFT | wxRIGHT, gap));

    auto* buttons = new wxBoxSizer{wxHORIZONTAL};
    problems_ = new wxButton{&root(), wxID_ANY, wx(tr("&Problems…"))};
    on_press(*problems_, [this] { context().run({CommandId::open_problems}); });
    auto* cart = new wxButton{&root(), wxID_ANY, wx(tr("C&art…"))};
    on_press(*cart, [this] { row_menu(selected_cart()); });
    auto* all = new wxButton{&root(), wxID_ANY, wx(tr("&Menu"))};
    on_press(*all, [this] { popup(context().view.menu); });
    auto* close = new wxButton{&root(), wxID_CLOSE, wx(tr("&Close"))};
    on_press(*close, [this] { Close(); });
    buttons->Add(problems_, wxSizerFlags{}.Border(wxRIGHT, gap / 2));
    buttons->Add(cart, wxSizerFlags{}.Border(wxRIGHT, gap / 2));
    buttons->Add(all);
    buttons->AddStretchSpacer();
    buttons->Add(close);
    content->Add(buttons, wxSizerFlags{}.Expand().Border(wxALL, gap));

    ages_.Bind(wxEVT_TIMER, [this](wxTimerEvent&) { fill_rows(); });
    menu_ = std::make_unique<TrayMenu>([this](const Command& command) { context().run(command); });
    // In the tray's place it does not hide: closing it ends the program, which asks first.
    Bind(wxEVT_CLOSE_WINDOW, [this](wxCloseEvent& event) {
        if (context().has_tray() || !event.CanVeto()) return event.Skip();
        event.Veto();
        context().run({CommandId::quit});
    });
    finish(content);
    list_->SetFocus();
}

OverviewWindow::~OverviewWindow() {
    ages_.Stop();
}

void OverviewWindow::show_view(const TrayView& view) {
    if (!has_icon_ || icon_ != view.icon) {
        const auto file = context().icons / "hicolor/scalable/status" / (icon_name(view.icon) + ".svg");
        picture_->SetBitmap(wxBitmapBundle::FromSVGFile(wx(ipc::text_of(file)), FromDIP(wxSize{48, 48})));
        name_control(*picture_, state_words(view.icon.state));
        icon_ = view.icon;
        has_icon_ = true;
    }
    SetTitle(wx(view.title));
    headline_->SetLabelText(wx(view.headline));
    std::string detail;
    if (!view.problems.empty()) {
        const auto& first = view.problems.front();
        detail = first.message == view.headline ? first.hint : first.message;
    }
    detail_->SetLabelText(wx(detail));
    detail_->Wrap(detail_->GetParent()->GetClientSize().x - FromDIP(96));
    problems_->Enable(!view.problems.empty());
    rows_ = view.carts;
    fill_rows();
    root().Layout();
    const bool has_waiting =
        std::ranges::any_of(rows_, [](const CartRow& row) { return row.oldest_age_ms > 0; });
    if (has_waiting && !ages_.IsRunning()) ages_.Start(age_step_ms);
    if (!has_waiting) ages_.Stop();
}

void OverviewWindow::fill_rows() {
    const auto now = context().now();
    const int selected = list_->GetSelectedRow();
    const bool is_anew = list_->GetItemCount() != static_cast<int>(rows_.size());
    if (is_anew) list_->DeleteAllItems();
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        const auto& row = rows_[i];
        const auto* cart = context().mirror.find_cart(row.cart);
        const auto age = cart ? AgentMirror::oldest_age(*cart, now) : row.oldest_age_ms;
        const std::string cells[] = {
            row.name,
            row.state_words,
            number_words(row.posts),
            age > 0 ? age_words(age) : std::string{"–"},
            row.last_confirmed_at > 0 ? time_words(row.last_confirmed_at, now) : tr("never"),
            row.not_imported ? number_words(*row.not_imported) : tr("not known")};
        if (is_anew) {
            wxVector<wxVariant> values;
            for (const auto& cell : cells) values.push_back(wx(cell));
            list_->AppendItem(values);
            continue;
        }
        for (unsigned column = 0; column < std::size(cells); ++column)
            if (list_->GetTextValue(static_cast<unsigned>(i), column) != wx(cells[column]))
                list_->SetTextValue(wx(cells[column]), static_cast<unsigned>(i), column);
    }
    if (is_anew && !rows_.empty())
        list_->SelectRow(static_cast<unsigned>(std::clamp(selected, 0, static_cast<int>(rows_.size()) - 1)));
}

std::string OverviewWindow::selected_cart() const {
    const int row = list_->GetSelectedRow();
    return row >= 0 && row < static_cast<int>(rows_.size()) ? rows_[static_cast<std::size_t>(row)].cart
                                                            : std::string{};
}

void OverviewWindow::popup(const Menu& entries) {
    menu_->update(entries);
    PopupMenu(&menu_->menu());
}

// What the tray's menu has under the cart's name.
void OverviewWindow::row_menu(const std::string& cart) {
    if (cart.empty()) return;
    for (const auto& entry : context().view.menu)
        if (!entry.children.empty() && entry.command.cart == cart) return popup(entry.children);
}

}  // namespace stocktray::tray
