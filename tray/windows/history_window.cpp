#include "tray/windows/history_window.h"

#include <wx/file.h>
#include <wx/filedlg.h>

#include <algorithm>

#include "tray/model/post_words.h"
#include "tray/model/words.h"
#include "tray/windows/press.h"
#include "tray/windows/text.h"

namespace stocktray::tray {

HistoryWindow::HistoryWindow(const Context& about, const Command&)
    : Window{about,
             {.kind = CommandId::open_history,
              .name = "history",
              .title = tr("History"),
              .size = {1100, 580}}},
      model_{std::make_unique<HistoryModel>(
          about.link.converse(),
          HistoryModel::Surroundings{
              .now = about.now,
              .cart_name = [&about](const std::string& cart) { return about.mirror.name_of(cart); },
              .changed = [this] { render(); }})} {
    const int gap = FromDIP(12);
    auto* content = new wxBoxSizer{wxVERTICAL};
    auto* line = new wxBoxSizer{wxHORIZONTAL};
    const auto chosen = [this] { filter(); };
    cart_ = std::make_unique<CartChoice>(root(), *line, CartChoice::Every::offered, chosen);
    std::vector<std::string> kinds{tr("Everything")};
    for (const auto kind : HistoryModel::kinds()) kinds.push_back(kind_words(kind));
    kind_ = add_choice(root(), *line, tr("S&how:"), kinds, chosen);
    std::vector<std::string> sinces;
    for (int at = 0; at < HistoryModel::sinces; ++at)
        sinces.push_back(HistoryModel::words_of(static_cast<HistoryModel::Since>(at)));
    since_ = add_choice(root(), *line, tr("&Time:"), sinces, chosen);
    since_->SetSelection(static_cast<int>(HistoryModel::Since::week));
    sku_ = std::make_unique<SkuField>(root(), *line, chosen);
    content->Add(line, wxSizerFlags{}.Border(wxALL, gap));

    headline_ = new wxStaticText{&root(), wxID_ANY, ""};
    headline_->SetFont(headline_->GetFont().Bold());
    content->Add(headline_, wxSizerFlags{}.Expand().Border(wxLEFT | wxRIGHT | wxBOTTOM, gap));
    const int widths[] = {120, 150, 110, 110, 95, 110, 340};
    const auto titles = history_titles();
    std::vector<RowList::Column> columns;
    for (std::size_t at = 0; at < titles.size(); ++at)
        columns.push_back({titles[at], widths[at], at == 4 ? wxALIGN_RIGHT : wxALIGN_LEFT});
    list_ = std::make_unique<RowList>(root(), tr("History"), wxDV_SINGLE, wxSize{720, 160}, columns,
                                      [this](unsigned row, unsigned column) {
                                          return model_->text(row, static_cast<HistoryModel::Column>(column));
                                      });
    list_->on_selected([this] {
        const auto rows = list_->selected();
        const auto* entry = rows.empty() ? nullptr : model_->find(rows[0]);
        selected_ = entry ? entry->entry : 0;
        render_selected();
    });
    content->Add(&list_->control(), wxSizerFlags{1}.Expand().Border(wxLEFT | wxRIGHT, gap));
    details_ = new Details{&root(), tr("Details"), wxSize{720, 56}};
    content->Add(details_, wxSizerFlags{}.Expand().Border(wxLEFT | wxRIGHT | wxTOP, gap));

    auto* buttons = new wxBoxSizer{wxHORIZONTAL};
    export_ = add_button(root(), *buttons, tr("&Export as CSV…"), [this] { export_csv(); });
    buttons->AddStretchSpacer();
    auto* close = new wxButton{&root(), wxID_CLOSE, wx(tr("C&lose"))};
    on_press(*close, [this] { Close(); });
    buttons->Add(close);
    content->Add(buttons, wxSizerFlags{}.Expand().Border(wxALL, gap));
    finish(content);
    list_->control().SetFocus();
}

void HistoryWindow::turn_to(const Command& command) {
    cart_->update(context().mirror);
    if (!command.cart.empty() || !command.text.empty()) {
        cart_->set_cart(command.cart);
        sku_->set_sku(command.text);
        kind_->SetSelection(0);
    }
    filter();
}

void HistoryWindow::filter() {
    HistoryModel::Filter filter{.cart = cart_->cart(), .sku = sku_->sku()};
    const int kind = kind_->GetSelection();
    if (kind > 0) filter.kind = HistoryModel::kinds()[static_cast<std::size_t>(kind - 1)];
    filter.since = static_cast<HistoryModel::Since>(std::max(0, since_->GetSelection()));
    saved_.clear();
    model_->show(filter);
}

void HistoryWindow::show_view(const TrayView&) {
    cart_->update(context().mirror);
    if (cart_->cart() != model_->filter().cart) filter();
    render_selected();
}

void HistoryWindow::render() {
    if (!export_) return;
    list_->set_count(static_cast<unsigned>(model_->count()));
    list_->say_visible_anew();
    if (selected_ == 0 && model_->count() > 0) selected_ = model_->find(0)->entry;
    std::vector<unsigned> rows;
    for (unsigned row = 0; selected_ != 0 && row < model_->count(); ++row)
        if (model_->find(row)->entry == selected_) rows = {row};
    list_->select(rows);
    render_selected();
}

void HistoryWindow::render_selected() {
    if (!export_) return;
    const auto away = away_words(context().mirror, context().now());
    headline_->SetLabelText(wx(away.empty() ? model_->headline() : away));
    export_->Enable(model_->count() > 0 && !model_->is_reading());
    const auto rows = list_->selected();
    auto words = rows.empty() ? saved_ : model_->text(rows[0], HistoryModel::Column::text);
    if (!rows.empty() && !saved_.empty()) words = saved_ + "\n" + words;
    if (details_->GetValue() != wx(words)) details_->ChangeValue(wx(words));
}

void HistoryWindow::export_csv() {
    wxFileDialog dialog{this,
                        wx(tr("Export the History")),
                        "",
                        wx(tr("history")) + ".csv",
                        wx(tr("Tables (*.csv)")) + "|*.csv",
                        wxFD_SAVE | wxFD_OVERWRITE_PROMPT};
    if (dialog.ShowModal() != wxID_OK) return;
    const auto csv = model_->csv();
    const auto path = dialog.GetPath();
    wxFile file;
    const bool is_written =
        file.Create(path, true) && file.Write(csv.data(), csv.size()) == csv.size() && file.Close();
    saved_ = say(is_written ? tr("Saved: {path}") : tr("It could not be saved: {path}"),
                 fmt::arg("path", utf8(path)));
    render_selected();
}

}  // namespace stocktray::tray
