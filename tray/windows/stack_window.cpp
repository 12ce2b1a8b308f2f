#include "tray/windows/stack_window.h"

#include <algorithm>
#include <numeric>

#include "tray/model/may.h"
#include "tray/model/words.h"
#include "tray/windows/press.h"
#include "tray/windows/text.h"

namespace stocktray::tray {
namespace {

constexpr int text_width = 900;  // in device-independent pixels
constexpr int age_step_ms = 5'000;
constexpr std::size_t most_at_once = 1'000;  // posts in one request

}  // namespace

StackWindow::StackWindow(const Context& about, const Command&)
    : Window{about,
             {.kind = CommandId::open_stack,
              .name = "stack",
              .title = tr("Post Stack"),
              .size = {1340, 660}}},
      model_{std::make_unique<StackModel>(
          about.link.converse(),
          StackModel::Surroundings{
              .now = about.now,
              .cart_name = [&about](const std::string& cart) { return about.mirror.name_of(cart); },
              .carts_with_posts =
                  [&about] {
                      std::vector<std::string> carts;
                      for (const auto& cart : about.mirror.carts())
                          if (const auto& n = cart.status;
                              n.queued + n.sending + n.uncertain + n.rejected > 0)
                              carts.push_back(n.cart);
                      return carts;
                  },
              .cart_trouble = [&about](const std::string& id) -> std::optional<ipc::Trouble> {
                  const auto* cart = about.mirror.find_cart(id);
                  return cart ? cart->status.last_error : std::nullopt;
              },
              .changed = [this] { render(); }})} {
    auto* content = new wxBoxSizer{wxVERTICAL};
    add_filters(*content);
    add_lists(*content);
    add_buttons(*content);
    again_.Bind(wxEVT_TIMER, [this](wxTimerEvent&) {
        model_->tick();
        look_again();
    });
    ages_.Bind(wxEVT_TIMER, [this](wxTimerEvent&) {
        model_->grow_old();
        list_->say_visible_anew();
    });
    finish(content);
    list_->control().SetFocus();
}

void StackWindow::add_filters(wxSizer& content) {
    auto* line = new wxBoxSizer{wxHORIZONTAL};
    cart_ = std::make_unique<CartChoice>(root(), *line, CartChoice::Every::offered, [this] { filter(); });
    std::vector<std::string> words;
    for (int at = 0; at < StackModel::shows; ++at)
        words.push_back(StackModel::words_of(static_cast<StackModel::Show>(at)));
    show_ = add_choice(root(), *line, tr("S&how:"), words, [this] { filter(); });
    sku_ = std::make_unique<SkuField>(root(), *line, [this] { filter(); });
    content.Add(line, wxSizerFlags{}.Border(wxALL, FromDIP(12)));
}

void StackWindow::add_lists(wxSizer& content) {
    const int gap = FromDIP(12);
    std::vector<RowList::Column> columns{{tr("Cart"), 200}, {tr("Posts"), 110, wxALIGN_RIGHT}};
    for (const auto& title : StackModel::age_titles()) columns.push_back({title, 122, wxALIGN_RIGHT});
    strip_ = std::make_unique<RowList>(
        root(), tr("Ages of the posts, by cart"), wxDV_SINGLE, wxSize{800, 84}, columns,
        [this](unsigned row, unsigned column) -> std::string {
            if (row >= strip_carts_.size()) return {};
            if (column == 0) return context().mirror.name_of(strip_carts_[row]);
            const auto found = model_->strip().find(strip_carts_[row]);
            if (found == model_->strip().end()) return {};
            const auto& counts = found->second;
            if (column == 1)
                return number_words(std::accumulate(counts.begin(), counts.end(), std::int64_t{0}));
            return counts[column - 2] == 0 ? "–" : number_words(counts[column - 2]);
        });
    strip_->control().SetToolTip(wx(
        tr("All young: the store keeps up. Old ones for one cart: look at that store. Old ones for all: look "
           "at this computer's connection.")));
    strip_->control().Bind(wxEVT_DATAVIEW_ITEM_ACTIVATED, [this](wxDataViewEvent&) {
        const auto rows = strip_->selected();
        if (rows.empty() || rows[0] >= strip_carts_.size()) return;
        cart_->set_cart(strip_carts_[rows[0]]);
        filter();
    });
    content.Add(&strip_->control(), wxSizerFlags{}.Expand().Border(wxLEFT | wxRIGHT, gap));

    headline_ = new wxStaticText{&root(), wxID_ANY, ""};
    headline_->SetFont(headline_->GetFont().Bold());
    content.Add(headline_, wxSizerFlags{}.Expand().Border(wxALL, gap));

    list_ =
        std::make_unique<RowList>(root(), tr("Posts"), wxDV_MULTIPLE, wxSize{800, 120},
                                  std::vector<RowList::Column>{{tr("Cart"), 110},
                                                               {tr("SKU"), 95},
                                                               {tr("Difference"), 90, wxALIGN_RIGHT},
                                                               {tr("State"), 150},
                                                               {tr("Age"), 95},
                                                               {tr("Failed attempts"), 115, wxALIGN_RIGHT},
                                                               {tr("Waits for"), 172},
                                                               {tr("Next try"), 115},
                                                               {tr("Cause"), 200}},
                                  [this](unsigned row, unsigned column) {
                                      return model_->text(row, static_cast<StackModel::Column>(column));
                                  });
    list_->on_selected([this] {
        selected_.clear();
        unread_.clear();
        for (const auto row : list_->selected()) {
            if (selected_.size() + unread_.size() >= most_at_once) break;
            if (const auto* post = model_->find(row))
                selected_.push_back(post->post);
            else
                unread_.push_back(row);
        }
        render_details();
    });
    list_->control().Bind(wxEVT_DATAVIEW_ITEM_CONTEXT_MENU, [this](wxDataViewEvent&) { row_menu(); });
    list_->control().Bind(wxEVT_DATAVIEW_ITEM_ACTIVATED, [this](wxDataViewEvent&) {
        if (decide_->IsEnabled()) CallAfter([this] { decide(); });
    });
    content.Add(&list_->control(), wxSizerFlags{1}.Expand().Border(wxLEFT | wxRIGHT, gap));

    details_ = new Details{&root(), tr("Details"), wxSize{800, 92}};
    content.Add(details_, wxSizerFlags{}.Expand().Border(wxALL, gap));
}

void StackWindow::add_buttons(wxSizer& content) {
    may_not_ = new WrappedText{&root(), FromDIP(text_width)};
    content.Add(may_not_, wxSizerFlags{}.Expand().Border(wxLEFT | wxRIGHT | wxBOTTOM, FromDIP(12)));
    auto* line = new wxBoxSizer{wxHORIZONTAL};
    retry_ = add_button(root(), *line, tr("&Retry"), [this] { retry(); });
    decide_ = add_button(root(), *line, tr("&Decide…"), [this] { decide(); });
    cancel_ = add_button(root(), *line, tr("Cancel &Post…"), [this] { cancel(); });
    pause_ = add_button(root(), *line, tr("Pa&use Cart"), [this] { pause(); });
    copy_ = add_button(root(), *line, tr("C&opy Details"), [this] { copy(); });
    line->AddStretchSpacer();
    auto* close = new wxButton{&root(), wxID_CLOSE, wx(tr("C&lose"))};
    on_press(*close, [this] { Close(); });
    line->Add(close);
    content.Add(line, wxSizerFlags{}.Expand().Border(wxLEFT | wxRIGHT | wxBOTTOM, FromDIP(12)));
}

void StackWindow::turn_to(const Command& command) {
    cart_->update(context().mirror);
    if (!command.cart.empty() || !command.text.empty()) {
        cart_->set_cart(command.cart);
        sku_->set_sku(command.text);
        show_->SetSelection(0);
    }
    filter();
}

void StackWindow::filter() {
    StackModel::Filter filter{.cart = cart_->cart(), .sku = sku_->sku()};
    filter.show = static_cast<StackModel::Show>(std::max(0, show_->GetSelection()));
    if (filter != model_->filter()) {
        selected_.clear();
        unread_.clear();
        list_->select({});
        wants_first_ = true;
    }
    model_->show(filter);
}

void StackWindow::show_view(const TrayView&) {
    cart_->update(context().mirror);
    if (cart_->cart() != model_->filter().cart) filter();  // its cart is gone
    render_details();
}

void StackWindow::render() {
    if (!copy_) return;  // still being made
    const auto rows = static_cast<unsigned>(model_->listed());
    if (model_->is_known() || rows == 0) list_->set_count(rows);
    list_->say_visible_anew();
    keep_selection();
    render_strip();
    render_details();
    if (rows > 0 && !ages_.IsRunning()) ages_.Start(age_step_ms);
    if (rows == 0) ages_.Stop();
    look_again();
}

// A selected post may have moved up, or be gone.
void StackWindow::keep_selection() {
    if (wants_first_ && model_->find(0)) {
        if (selected_.empty()) selected_ = {model_->find(0)->post};
        wants_first_ = false;
    }
    std::erase_if(unread_, [&](unsigned row) {
        const auto* post = model_->find(row);
        if (post) selected_.push_back(post->post);
        return post || row >= model_->listed();
    });
    std::vector<unsigned> rows = unread_;
    std::erase_if(selected_, [&](std::int64_t post) {
        const auto row = model_->row_of(post);
        if (row) rows.push_back(static_cast<unsigned>(*row));
        return !row && model_->is_settled();
    });
    std::ranges::sort(rows);
    list_->select(rows);
}

void StackWindow::render_strip() {
    std::vector<std::string> carts;
    for (const auto& [cart, counts] : model_->strip()) carts.push_back(cart);
    strip_carts_ = std::move(carts);
    strip_->set_count(static_cast<unsigned>(strip_carts_.size()));
    strip_->say_visible_anew();
}

void StackWindow::look_again() {
    const auto wait = model_->look_again_in();
    if (wait && !again_.IsRunning()) again_.StartOnce(static_cast<int>(*wait));
}

std::vector<const ipc::stack::Post*> StackWindow::chosen() const {
    std::vector<const ipc::stack::Post*> posts;
    for (const auto number : selected_)
        if (const auto row = model_->row_of(number))
            if (const auto* post = model_->find(*row)) posts.push_back(post);
    return posts;
}

// The cart that the button pauses: that of the selected posts, else the one chosen above, else the only one.
std::string StackWindow::cart_of_button() const {
    const auto posts = chosen();
    const bool is_one = !posts.empty() && std::ranges::all_of(posts, [&](const auto* post) {
        return post->cart == posts.front()->cart;
    });
    if (is_one) return posts.front()->cart;
    if (!model_->filter().cart.empty()) return model_->filter().cart;
    return context().mirror.carts().size() == 1 ? context().mirror.carts()[0].status.cart : std::string{};
}

void StackWindow::render_details() {
    if (!copy_) return;
    const auto posts = chosen();
    const auto& mirror = context().mirror;
    const auto away = away_words(mirror, context().now());
    headline_->SetLabelText(wx(away.empty() ? model_->headline() : away));

    std::string words;
    if (posts.size() == 1)
        words = model_->details(*posts[0]);
    else if (posts.size() > 1)
        words = say(tr_n("{n} post is selected.", "{n} posts are selected.", std::ssize(posts)),
                    fmt::arg("n", number_words(std::ssize(posts))));
    if (!model_->message().empty()) words = model_->message() + (words.empty() ? "" : "\n") + words;
    if (details_->GetValue() != wx(words)) details_->ChangeValue(wx(words));

    const bool is_here = away.empty();
    const bool may_act = why_not(mirror, ipc::Role::operator_).empty();
    const bool may_decide = why_not(mirror, ipc::Role::order_manager).empty();
    may_not_->say(is_here ? StackModel::may_not_words(mirror) : std::string{});
    const auto any = [&](auto... states) {
        return std::ranges::any_of(posts, [&](const auto* post) { return ((post->state == states) || ...); });
    };
    using enum ipc::PostState;
    const bool has_open = any(queued, uncertain, rejected);
    retry_->Enable(may_act && has_open && !any(confirmed, settled, folded, cancelled));
    cancel_->Enable(why_not_cancel(mirror).empty() && any(queued, rejected) &&
                    !any(sending, uncertain, confirmed, settled, folded, cancelled));
    decide_->Enable(may_decide && posts.size() == 1 && posts[0]->state == uncertain);
    copy_->Enable(!posts.empty());
    const auto* cart = mirror.find_cart(cart_of_button());
    pause_->Enable(may_act && cart);
    says_resume_ = cart && cart->status.paused;
    const auto label = says_resume_ ? tr("Res&ume Cart") : tr("Pa&use Cart");
    if (pause_->GetLabel() != wx(label)) {
        pause_->SetLabel(wx(label));
        root().Layout();
    }
}

}  // namespace stocktray::tray
