// The stack viewer: the posts that still have to reach a store, why they wait, and what a person may do.
#pragma once
#include <wx/button.h>
#include <wx/choice.h>
#include <wx/stattext.h>
#include <wx/timer.h>

#include <memory>
#include <string>
#include <vector>

#include "tray/model/stack_model.h"
#include "tray/windows/decide_dialog.h"
#include "tray/windows/details.h"
#include "tray/windows/filters.h"
#include "tray/windows/row_list.h"
#include "tray/windows/window.h"
#include "tray/windows/wrapped_text.h"

namespace stocktray::tray {

class StackWindow final : public Window {
public:
    StackWindow(const Context& context, const Command& command);

    void show_view(const TrayView& view) override;
    // Shows the posts of `command.cart` and of the SKU `command.text`.
    void turn_to(const Command& command) override;
    void read_anew() override { model_->read(); }

private:
    void add_filters(wxSizer& content);
    void add_lists(wxSizer& content);
    void add_buttons(wxSizer& content);
    void filter();
    void render();
    void render_strip();
    void render_details();
    void keep_selection();
    void look_again();
    void row_menu();

    [[nodiscard]] std::vector<const ipc::stack::Post*> chosen() const;
    [[nodiscard]] std::vector<std::int64_t> chosen_numbers() const { return selected_; }
    [[nodiscard]] std::string cart_of_button() const;
    void retry();
    void cancel();
    void decide();
    void pause();
    void copy();

    std::unique_ptr<StackModel> model_;
    std::unique_ptr<CartChoice> cart_;
    std::unique_ptr<SkuField> sku_;
    wxChoice* show_{nullptr};
    std::unique_ptr<RowList> strip_;
    std::vector<std::string> strip_carts_;
    std::unique_ptr<RowList> list_;
    std::vector<std::int64_t> selected_;  // posts
    std::vector<unsigned> unread_;        // selected rows whose posts are not here yet
    bool wants_first_{true};              // to begin with, the first post is selected
    wxStaticText* headline_{nullptr};
    Details* details_{nullptr};
    WrappedText* may_not_{nullptr};  // why buttons are grey for everybody here
    wxButton* retry_{nullptr};
    wxButton* cancel_{nullptr};
    wxButton* decide_{nullptr};
    wxButton* pause_{nullptr};
    bool says_resume_{false};  // that button
    wxButton* copy_{nullptr};
    wxTimer again_;  // what is due in the model
    wxTimer ages_;   // posts grow older
    DecideDialog* deciding_{nullptr};
    std::int64_t decided_{0};  // the post
};

}  // namespace stocktray::tray
