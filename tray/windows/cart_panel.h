// The form of a cart with its test: in the window of all carts and in the wizard.
#pragma once
#include <wx/button.h>
#include <wx/choice.h>
#include <wx/scrolwin.h>
#include <wx/tglbtn.h>

#include <functional>
#include <map>
#include <set>

#include "tray/model/carts_model.h"
#include "tray/windows/details.h"
#include "tray/windows/form.h"
#include "tray/windows/sku_map_table.h"

namespace stocktray::tray {

class CartPanel final : public wxScrolledWindow {
public:
    // What is typed goes to the model's form at once; `changed` runs after that.
    CartPanel(wxWindow& parent, CartsModel& model, std::function<void()> changed);

    // The model's form into the controls: another cart, or the agent has taken it.
    void fill();
    // What was changed elsewhere, problems, the test, what can be pressed. `can_work`: the agent is there and lets us.
    void show(bool can_work);
    // All problems, also of fields that nobody has been in yet; false: there are some. The first gets the
    // focus.
    bool check();
    void focus_first();

private:
    void add_main(wxSizer& content);
    void add_test(wxSizer& content);
    void add_rare(wxSizer& content);
    void add_password();
    wxTextCtrl* text(CartField field, const std::string& label, std::string CartForm::*member,
                     const std::string& sentence = {}, int width = 320, const std::string& unit = {});
    void watch(wxWindow& control, CartField field);
    void put();
    void typed();
    void arrange();
    void bring_up(wxWindow& child);

    CartsModel& model_;
    std::function<void()> changed_;
    FormGrid* grid_{nullptr};
    std::map<CartField, FormRow> rows_;
    FormRow synchronize_row_;  // there while QOH synchronization is on
    std::map<wxTextCtrl*, std::string CartForm::*> texts_;
    std::set<CartField> visited_;
    std::set<CartField> shown_overtaken_;
    bool shows_all_{false};
    bool is_filling_{false};
    bool can_work_{true};
    std::string made_id_;

    wxTextCtrl* cart_{nullptr};
    wxChoice* kind_{nullptr};
    wxCheckBox* allow_http_{nullptr};
    wxTextCtrl* password_{nullptr};
    wxTextCtrl* password_again_{nullptr};
    wxCheckBox* synchronize_{nullptr};
    wxCheckBox* active_{nullptr};
    wxChoice* dialect_{nullptr};
    wxChoice* charset_{nullptr};
    SkuMapTable* map_{nullptr};
    wxButton* test_{nullptr};
    wxStaticText* test_headline_{nullptr};
    Details* test_details_{nullptr};
    wxToggleButton* more_{nullptr};
    wxPanel* rare_{nullptr};
};

}  // namespace stocktray::tray
