// The carts: a list, and the one that is selected as a form.
#pragma once
#include <wx/button.h>
#include <wx/dataview.h>
#include <wx/stattext.h>

#include "tray/model/carts_model.h"
#include "tray/windows/cart_panel.h"
#include "tray/windows/window.h"

namespace stocktray::tray {

class CartsWindow final : public Window {
public:
    CartsWindow(const Context& context, const Command& command);

    void show_view(const TrayView& view) override;
    void turn_to(const Command& command) override;
    void read_anew() override { model_.read(); }

private:
    void add_list(wxSizer& content);
    void add_buttons(wxSizer& content);
    void render();
    void fill_list();
    void select();
    void edit(const std::string& cart);
    void edit_new();
    void save(std::function<void()> then);
    void remove();
    // What becomes of unsaved changes; false: stay. `afterwards` runs once they are saved.
    [[nodiscard]] bool may_leave(std::function<void()> afterwards);
    void show_message();

    CartsModel model_;
    std::string wanted_;  // to be shown once the list has come
    bool has_begun_{false};
    bool is_filling_{false};
    std::vector<ipc::carts::Cart> listed_;
    bool is_synch_on_{false};  // when they were listed
    std::string shown_;  // the cart in the form; empty: a new one
    wxDataViewListCtrl* list_{nullptr};
    CartPanel* panel_{nullptr};
    wxStaticText* message_{nullptr};
    wxButton* new_{nullptr};
    wxButton* save_{nullptr};
    wxButton* delete_{nullptr};
};

}  // namespace stocktray::tray
