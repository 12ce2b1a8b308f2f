// The stack viewer's buttons and the menu of a row.
#include <wx/menu.h>

#include "tray/model/words.h"
#include "tray/windows/ask_reason.h"
#include "tray/windows/stack_window.h"
#include "tray/windows/text.h"

namespace stocktray::tray {

void StackWindow::row_menu() {
    wxMenu menu;
    const auto add = [&](const wxButton& button, void (StackWindow::*act)()) {
        auto* entry = menu.Append(wxID_ANY, button.GetLabel());
        entry->Enable(button.IsEnabled());
        menu.Bind(
            wxEVT_MENU, [this, act](wxCommandEvent&) { CallAfter([this, act] { (this->*act)(); }); },
            entry->GetId());
    };
    add(*retry_, &StackWindow::retry);
    add(*decide_, &StackWindow::decide);
    add(*cancel_, &StackWindow::cancel);
    add(*pause_, &StackWindow::pause);
    menu.AppendSeparator();
    add(*copy_, &StackWindow::copy);
    PopupMenu(&menu);
}

void StackWindow::retry() {
    model_->retry(chosen_numbers());
}

void StackWindow::cancel() {
    const auto posts = chosen_numbers();
    const auto n = std::ssize(posts);
    const auto reason = ask_reason(
        *this, say(tr_n("Cancel {n} post?", "Cancel {n} posts?", n), fmt::arg("n", number_words(n))),
        tr("It is never sent, and the counts differ by as much until the next Send or Get. Often it is "
           "better to "
           "fix the cart and to retry."),
        tr("&Cancel Post"));
    if (reason) model_->cancel(posts, *reason);
}

void StackWindow::decide() {
    const auto posts = chosen();
    if (posts.size() != 1) return;
    const auto post = *posts[0];
    DecideDialog dialog{*this, post, context().mirror.name_of(post.cart)};
    deciding_ = &dialog;
    decided_ = post.post;
    if (!post.reply_qoh)
        // The answer may come when another post is being decided.
        model_->ask_store_count(post, [this, number = post.post](const std::string& words) {
            if (deciding_ && decided_ == number) deciding_->tell_store_count(words);
        });
    const auto decision = dialog.ask();
    deciding_ = nullptr;
    if (decision) model_->decide(post.post, decision->what, decision->reason);
}

void StackWindow::pause() {
    const auto id = cart_of_button();
    if (!context().mirror.find_cart(id)) return;
    // What was pressed: somebody else may have paused the cart in that moment.
    says_resume_ ? model_->resume(id) : model_->pause(id);
}

void StackWindow::copy() {
    std::string words;
    for (const auto* post : chosen()) words += model_->details(*post) + "\n\n";
    copy_to_clipboard(words);
}

}  // namespace stocktray::tray
