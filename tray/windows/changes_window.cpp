#include "tray/windows/changes_window.h"

#include <wx/menu.h>

#include "tray/model/words.h"
#include "tray/windows/filters.h"
#include "tray/windows/press.h"
#include "tray/windows/text.h"

namespace stocktray::tray {

ChangesWindow::ChangesWindow(const Context& about, const Command&)
    : Window{about,
             {.kind = CommandId::open_changes,
              .name = "changes",
              .title = tr("Recent Changes"),
              .size = {1080, 520}}},
      model_{std::make_unique<ChangesModel>(
          about.link.converse(),
          ChangesModel::Surroundings{
              .now = about.now,
              .cart_name = [&about](const std::string& cart) { return about.mirror.name_of(cart); },
              .changed = [this] { render(); }})} {
    const int gap = FromDIP(12);
    auto* content = new wxBoxSizer{wxVERTICAL};
    headline_ = new wxStaticText{&root(), wxID_ANY, ""};
    headline_->SetFont(headline_->GetFont().Bold());
    content->Add(headline_, wxSizerFlags{}.Expand().Border(wxALL, gap));
    list_ = std::make_unique<RowList>(root(), tr("Changes"), wxDV_SINGLE, wxSize{640, 160},
                                      std::vector<RowList::Column>{{tr("When"), 130},
                                                                   {tr("SKU"), 140},
                                                                   {tr("Difference"), 95, wxALIGN_RIGHT},
                                                                   {tr("Reason"), 190},
                                                                   {tr("Who"), 120},
                                                                   {tr("Stores"), 200}},
                                      [this](unsigned row, unsigned column) {
                                          return model_->text(row, static_cast<ChangesModel::Column>(column));
                                      });
    list_->on_selected([this] {
        const auto rows = list_->selected();
        const auto* entry = rows.empty() ? nullptr : model_->find(rows[0]);
        selected_ = entry ? entry->entry : 0;
        render_buttons();
    });
    list_->control().Bind(wxEVT_DATAVIEW_ITEM_ACTIVATED, [this](wxDataViewEvent&) { explain(); });
    list_->control().Bind(wxEVT_DATAVIEW_ITEM_CONTEXT_MENU, [this](wxDataViewEvent&) {
        wxMenu menu;
        const auto explain = menu.Append(wxID_ANY, explain_->GetLabel())->GetId();
        const auto history = menu.Append(wxID_ANY, history_->GetLabel())->GetId();
        menu.Enable(explain, explain_->IsEnabled());
        menu.Enable(history, history_->IsEnabled());
        const int chosen = GetPopupMenuSelectionFromUser(menu);
        if (chosen == explain) this->explain();
        if (chosen == history) this->history();
    });
    content->Add(&list_->control(), wxSizerFlags{1}.Expand().Border(wxLEFT | wxRIGHT, gap));
    auto* buttons = new wxBoxSizer{wxHORIZONTAL};
    explain_ = add_button(root(), *buttons, tr("&Explain…"), [this] { explain(); });
    history_ = add_button(root(), *buttons, tr("&History of the SKU…"), [this] { history(); });
    buttons->AddStretchSpacer();
    auto* close = new wxButton{&root(), wxID_CLOSE, wx(tr("C&lose"))};
    on_press(*close, [this] { Close(); });
    buttons->Add(close);
    content->Add(buttons, wxSizerFlags{}.Expand().Border(wxALL, gap));
    again_.Bind(wxEVT_TIMER, [this](wxTimerEvent&) { model_->tick(); });
    finish(content);
    list_->control().SetFocus();
}

const ipc::history::Entry* ChangesWindow::chosen() const {
    for (std::size_t row = 0; selected_ != 0 && row < model_->count(); ++row)
        if (model_->find(row)->entry == selected_) return model_->find(row);
    return nullptr;
}

void ChangesWindow::show_view(const TrayView&) {
    render_buttons();
}

void ChangesWindow::render() {
    if (!history_) return;
    list_->set_count(static_cast<unsigned>(model_->count()));
    list_->say_visible_anew();
    // New ones come in front: the selected one moves down.
    if (selected_ == 0 && model_->count() > 0) selected_ = model_->find(0)->entry;
    std::vector<unsigned> rows;
    for (unsigned row = 0; selected_ != 0 && row < model_->count(); ++row)
        if (model_->find(row)->entry == selected_) rows = {row};
    list_->select(rows);
    render_buttons();
    if (const auto wait = model_->look_again_in(); wait && !again_.IsRunning())
        again_.StartOnce(static_cast<int>(*wait));
}

void ChangesWindow::render_buttons() {
    if (!history_) return;
    const auto away = away_words(context().mirror, context().now());
    headline_->SetLabelText(wx(away.empty() ? model_->headline() : away));
    const auto* change = chosen();
    explain_->Enable(away.empty() && change && change->sku);
    history_->Enable(away.empty() && change && change->sku);
}

void ChangesWindow::explain() {
    if (const auto* change = chosen(); change && change->sku)
        context().run({CommandId::open_explain, change->cart.value_or(""), *change->sku});
}

void ChangesWindow::history() {
    if (const auto* change = chosen(); change && change->sku)
        context().run({CommandId::open_history, "", *change->sku});
}

}  // namespace stocktray::tray
