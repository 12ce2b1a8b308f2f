#include "tray/windows/carts_window.h"

#include <wx/msgdlg.h>

#include <algorithm>

#include "tray/model/words.h"
#include "tray/windows/accessible.h"
#include "tray/windows/ask_reason.h"
#include "tray/windows/ask_save.h"
#include "tray/windows/column_width.h"
#include "tray/windows/press.h"
#include "tray/windows/text.h"

namespace stocktray::tray {

CartsWindow::CartsWindow(const Context& about, const Command&)
    : Window{about,
             {.kind = CommandId::open_carts, .name = "carts", .title = tr("Carts"), .size = {1000, 640}}},
      model_{about.link.converse(), about.mirror, [this] { render(); }} {
    auto* content = new wxBoxSizer{wxVERTICAL};
    auto* both = new wxBoxSizer{wxHORIZONTAL};
    const int gap = FromDIP(12);
    add_list(*both);
    panel_ = new CartPanel{root(), model_, [this] { render(); }};
    panel_->SetMinSize(FromDIP(wxSize{600, 360}));
    both->Add(panel_, wxSizerFlags{1}.Expand());
    content->Add(both, wxSizerFlags{1}.Expand().Border(wxALL, gap));
    message_ = new wxStaticText{&root(), wxID_ANY, ""};
    content->Add(message_, wxSizerFlags{}.Expand().Border(wxLEFT | wxRIGHT | wxBOTTOM, gap));
    add_buttons(*content);
    Bind(wxEVT_CLOSE_WINDOW, [this](wxCloseEvent& event) {
        if (event.CanVeto() && !may_leave([this] { Close(); })) return event.Veto();
        event.Skip();
    });
    finish(content);
    model_.read();
    panel_->focus_first();
}

void CartsWindow::add_list(wxSizer& content) {
    auto* side = new wxBoxSizer{wxVERTICAL};
    list_ = new wxDataViewListCtrl{&root(), wxID_ANY, wxDefaultPosition, FromDIP(wxSize{290, 200}),
                                   wxDV_SINGLE | wxDV_ROW_LINES};
    for (const auto& [title, width] : {std::pair{tr("Store Name"), 145}, {tr("Synchronized"), 110}})
        list_->AppendTextColumn(wx(title), wxDATAVIEW_CELL_INERT, column_width(*list_, title, width), wxALIGN_LEFT,
                                wxDATAVIEW_COL_RESIZABLE);
    name_control(*list_, tr("Carts"));
    list_->Bind(wxEVT_DATAVIEW_SELECTION_CHANGED, [this](wxDataViewEvent&) {
        if (!is_filling_) CallAfter([this] { select(); });
    });
    new_ = new wxButton{&root(), wxID_ANY, wx(tr("New &Cart"))};
    on_press(*new_, [this] {
        if (may_leave([this] { edit_new(); })) edit_new();
    });
    side->Add(list_, wxSizerFlags{1}.Expand());
    side->Add(new_, wxSizerFlags{}.Border(wxTOP, FromDIP(6)));
    content.Add(side, wxSizerFlags{}.Expand().Border(wxRIGHT, FromDIP(12)));
}

void CartsWindow::add_buttons(wxSizer& content) {
    const int gap = FromDIP(12);
    auto* buttons = new wxBoxSizer{wxHORIZONTAL};
    save_ = new wxButton{&root(), wxID_ANY, wx(tr("&Save"))};
    on_press(*save_, [this] { save({}); });
    save_->SetDefault();
    delete_ = new wxButton{&root(), wxID_ANY, wx(tr("&Delete…"))};
    on_press(*delete_, [this] { remove(); });
    auto* steps = new wxButton{&root(), wxID_ANY, wx(tr("&First Steps…"))};
    on_press(*steps, [this] { context().run({CommandId::open_wizard}); });
    auto* close = new wxButton{&root(), wxID_CLOSE, wx(tr("C&lose"))};
    on_press(*close, [this] { Close(); });
    buttons->Add(save_, wxSizerFlags{}.Border(wxRIGHT, gap / 2));
    buttons->Add(delete_);
    buttons->AddStretchSpacer();
    buttons->Add(steps, wxSizerFlags{}.Border(wxRIGHT, gap / 2));
    buttons->Add(close);
    content.Add(buttons, wxSizerFlags{}.Expand().Border(wxLEFT | wxRIGHT | wxBOTTOM, gap));
}

void CartsWindow::show_view(const TrayView&) {
    render();
}

void CartsWindow::turn_to(const Command& command) {
    if (command.cart.empty() || command.cart == shown_) return;
    wanted_ = command.cart;
    if (model_.find(wanted_) && may_leave([this] { edit(wanted_); })) edit(wanted_);
}

void CartsWindow::render() {
    if (!panel_ || !save_) return;
    if (model_.is_read() && !has_begun_) {
        has_begun_ = true;
        if (const auto* cart = model_.find(wanted_))
            edit(cart->cart);
        else if (!model_.carts().empty())
            edit(model_.carts().front().cart);
    }
    // Saved, deleted, or changed by somebody else.
    const auto now = model_.form().is_new ? std::string{} : model_.form().cart;
    if (now != shown_) {
        shown_ = now;
        panel_->fill();
    }
    fill_list();
    const bool can_work = model_.barred(context().now()).empty();
    panel_->show(can_work);
    new_->Enable(model_.may_change());
    const bool can_save = can_work && !model_.is_saving() && !model_.is_gone();
    save_->Enable(can_save && model_.is_changed());
    delete_->Enable(can_save && !model_.form().is_new);
    show_message();
}

void CartsWindow::show_message() {
    auto words = model_.barred(context().now());
    if (!model_.error().empty()) words = "⚠ " + model_.error();
    if (model_.is_gone()) words = "⚠ " + tr("This cart was deleted elsewhere meanwhile. What stands here cannot be saved.");
    if (model_.is_saving()) words = tr("It is being saved…");
    if (words.empty() && model_.is_changed())
        words = model_.overtaken().empty()
                    ? tr("Not saved yet.")
                    : tr("Not saved yet. What has a ⚠ above was changed elsewhere meanwhile, too.");
    if (message_->GetLabelText() == wx(words)) return;
    message_->SetLabelText(wx(words));
    root().Layout();
}

void CartsWindow::fill_list() {
    if (listed_ != model_.carts() || is_synch_on_ != model_.is_synch_on() || list_->GetItemCount() == 0) {
        is_filling_ = true;
        is_synch_on_ = model_.is_synch_on();
        listed_ = model_.carts();
        list_->DeleteAllItems();
        for (const auto& cart : listed_) {
            wxVector<wxVariant> cells;
            cells.push_back(wx(cart.name));
            const auto state = !cart.active                                       ? tr("not active")
                               : model_.is_synch_on() && cart.synchronize_inventory ? tr("yes")
                                                                                    : tr("no");
            cells.push_back(wx(state));
            list_->AppendItem(cells);
        }
        is_filling_ = false;
    }
    is_filling_ = true;
    const auto at = std::ranges::find(listed_, shown_, &ipc::carts::Cart::cart);
    if (at == listed_.end())
        list_->UnselectAll();
    else if (list_->GetSelectedRow() != static_cast<int>(at - listed_.begin()))
        list_->SelectRow(static_cast<unsigned>(at - listed_.begin()));
    is_filling_ = false;
}

void CartsWindow::select() {
    const int row = list_->GetSelectedRow();
    if (row < 0 || row >= static_cast<int>(listed_.size())) return;
    const auto cart = listed_[static_cast<std::size_t>(row)].cart;
    if (cart == shown_) return;
    if (may_leave([this, cart] { edit(cart); }))
        edit(cart);
    else
        fill_list();
}

void CartsWindow::edit(const std::string& cart) {
    model_.edit(cart);
    shown_ = cart;
    panel_->fill();
    render();
}

void CartsWindow::edit_new() {
    model_.edit_new();
    shown_.clear();
    panel_->fill();
    render();
    panel_->focus_first();
}

bool CartsWindow::may_leave(std::function<void()> afterwards) {
    if (!model_.is_changed() || model_.is_gone()) return true;
    const auto answer = ask_save(*this, tr("Save the changes to this cart?"));
    if (answer == Unsaved::lose) {
        if (model_.form().is_new)
            model_.edit_new();
        else
            model_.edit(model_.form().cart);
        panel_->fill();
        return true;
    }
    // Left once the agent has it: what it refuses must be read. Asked again where something was typed meanwhile.
    if (answer == Unsaved::save)
        save([this, afterwards = std::move(afterwards)] {
            CallAfter([this, afterwards] { if (may_leave(afterwards)) afterwards(); });
        });
    return false;
}

void CartsWindow::save(std::function<void()> then) {
    if (!panel_->check()) return;
    auto same_store = SameStore::no;
    if (model_.must_ask_whether_same_store()) {
        wxMessageDialog dialog{this, wx(tr("Is it still the same store?")), "Stocktray",
                               wxYES_NO | wxCANCEL | wxICON_QUESTION};
        dialog.SetExtendedMessage(
            wx(tr("Of some posts it is not known yet whether the store has applied them. If it is the same "
                  "store at another address, Stocktray finds it out there. If it is another store, they are "
                  "set aside for you to decide.")));
        dialog.SetYesNoCancelLabels(wx(tr("&Same Store")), wx(tr("&Another Store")), wx(tr("&Cancel")));
        const int answer = dialog.ShowModal();
        if (answer == wxID_CANCEL) return;
        if (answer == wxID_YES) same_store = SameStore::yes;
    }
    model_.save(same_store, [this, then = std::move(then)] {
        panel_->fill();
        render();
        if (then) then();
    });
}

void CartsWindow::remove() {
    const auto cart = model_.form().cart;
    const auto question = say(tr("Delete the cart {cart}?"), fmt::arg("cart", model_.form().name));
    const auto posts = model_.posts_waiting();
    if (posts == 0) {
        wxMessageDialog dialog{this, wx(question), "Stocktray", wxYES_NO | wxNO_DEFAULT | wxICON_WARNING};
        dialog.SetExtendedMessage(wx(tr("No post waits for it. The store itself is not touched.")));
        dialog.SetYesNoLabels(wx(tr("&Delete")), wx(tr("&Cancel")));
        if (dialog.ShowModal() == wxID_YES) model_.remove(cart, {}, {});
        return;
    }
    const auto reason = ask_reason(
        *this, question,
        say(tr_n("{n} post waits for it and would be given up: the store's counts then differ by as much.",
                 "{n} posts wait for it and would be given up: the store's counts then differ by as much.",
                 posts),
            fmt::arg("n", number_words(posts))),
        tr("&Delete"));
    if (reason) model_.remove(cart, *reason, {});
}

}  // namespace stocktray::tray
