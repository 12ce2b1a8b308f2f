#include "tray/windows/explain_window.h"

#include "tray/model/words.h"
#include "tray/windows/press.h"
#include "tray/windows/text.h"

namespace stocktray::tray {

ExplainWindow::ExplainWindow(const Context& about, const Command&)
    : Window{about,
             {.kind = CommandId::open_explain,
              .name = "explain",
              .title = tr("Explain a Count"),
              .size = {720, 440}}},
      model_{std::make_unique<ExplainModel>(
          about.link.converse(),
          ExplainModel::Surroundings{
              .now = about.now,
              .cart_name = [&about](const std::string& cart) { return about.mirror.name_of(cart); },
              .changed = [this] { render(); }})} {
    const int gap = FromDIP(12);
    auto* content = new wxBoxSizer{wxVERTICAL};
    auto* line = new wxBoxSizer{wxHORIZONTAL};
    const auto chosen = [this] { model_->show(cart_->cart(), sku_->sku()); };
    cart_ = std::make_unique<CartChoice>(root(), *line, CartChoice::Every::not_offered, chosen);
    sku_ = std::make_unique<SkuField>(root(), *line, chosen);
    content->Add(line, wxSizerFlags{}.Border(wxALL, gap));

    summary_ = new Details{&root(), tr("Why"), wxSize{560, 80}};
    content->Add(summary_, wxSizerFlags{}.Expand().Border(wxLEFT | wxRIGHT | wxBOTTOM, gap));

    list_ = std::make_unique<RowList>(root(), tr("What happened"), wxDV_SINGLE, wxSize{560, 140},
                                      std::vector<RowList::Column>{{tr("When"), 130},
                                                                   {tr("Difference"), 95, wxALIGN_RIGHT},
                                                                   {tr("In the store"), 110, wxALIGN_RIGHT},
                                                                   {tr("What happened"), 200}},
                                      [this](unsigned row, unsigned column) {
                                          return model_->text(row, static_cast<ExplainModel::Column>(column));
                                      });
    content->Add(&list_->control(), wxSizerFlags{1}.Expand().Border(wxLEFT | wxRIGHT, gap));

    auto* buttons = new wxBoxSizer{wxHORIZONTAL};
    add_button(root(), *buttons, tr("C&opy Details"), [this] { copy_to_clipboard(model_->whole()); });
    buttons->AddStretchSpacer();
    auto* close = new wxButton{&root(), wxID_CLOSE, wx(tr("C&lose"))};
    on_press(*close, [this] { Close(); });
    buttons->Add(close);
    content->Add(buttons, wxSizerFlags{}.Expand().Border(wxALL, gap));
    finish(content);
    list_->control().SetFocus();
}

void ExplainWindow::turn_to(const Command& command) {
    cart_->update(context().mirror);
    if (!command.cart.empty()) cart_->set_cart(command.cart);
    if (!command.text.empty()) sku_->set_sku(command.text);
    model_->show(cart_->cart(), sku_->sku());
}

void ExplainWindow::show_view(const TrayView&) {
    cart_->update(context().mirror);
    if (cart_->cart() != model_->cart()) model_->show(cart_->cart(), sku_->sku());
    render();
}

void ExplainWindow::render() {
    if (!list_) return;
    const auto away = away_words(context().mirror, context().now());
    const auto words = away.empty() ? model_->summary() : away;
    if (summary_->GetValue() != wx(words)) summary_->ChangeValue(wx(words));
    list_->set_count(static_cast<unsigned>(model_->count()));
    list_->say_visible_anew();
}

}  // namespace stocktray::tray
