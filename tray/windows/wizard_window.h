// The first steps, one page each. Next, Back and all fields work by keyboard alone.
#pragma once
#include <wx/button.h>
#include <wx/gauge.h>
#include <wx/radiobut.h>

#include <map>

#include "tray/model/wizard_model.h"
#include "tray/windows/cart_panel.h"
#include "tray/windows/details.h"
#include "tray/windows/window.h"

namespace stocktray::tray {

class WizardWindow final : public Window {
public:
    WizardWindow(const Context& context, const Command& command);

    void show_view(const TrayView& view) override;
    void read_anew() override { model_.look(); }
    [[nodiscard]] std::string guide_section() const override;

private:
    void add_pages();
    wxPanel& add_page(WizardStep step);
    void add_agent_page();
    [[nodiscard]] bool can_start_agent() const;  // else the way to an agent is the shared one
    void add_side_page();
    void add_run_page();
    void add_done_page();
    void add_buttons(wxSizer& content);
    void render();
    void turn_page();
    void render_page();
    void write(wxStaticText& text, const std::string& words);
    void browse();
    [[nodiscard]] bool may_leave();

    WizardModel model_;
    std::map<WizardStep, wxWindow*> pages_;
    wxBoxSizer* content_{nullptr};
    WizardStep shown_{WizardStep::agent};
    bool has_page_{false};
    bool is_rendering_{false};
    std::string shown_cart_;
    wxStaticText* where_{nullptr};
    wxStaticText* title_{nullptr};
    wxStaticText* words_{nullptr};
    wxSizerItem* room_{nullptr};  // in the place of `status_` where that has nothing to say
    Details* status_{nullptr};
    wxButton* to_agent_{nullptr};
    CartPanel* cart_{nullptr};
    wxRadioButton* store_{nullptr};
    wxRadioButton* order_manager_{nullptr};
    wxPanel* file_panel_{nullptr};
    wxTextCtrl* file_{nullptr};
    wxButton* read_{nullptr};
    wxGauge* gauge_{nullptr};
    wxCheckBox* imported_{nullptr};
    wxCheckBox* agree_{nullptr};
    wxButton* try_{nullptr};
    wxButton* back_{nullptr};
    wxButton* next_{nullptr};
    wxButton* close_{nullptr};
};

}  // namespace stocktray::tray
