// Connecting an Order Manager that cannot be changed: by its Script URL, by files, or by its database.
#pragma once
#include <wx/button.h>
#include <wx/checkbox.h>
#include <wx/choice.h>
#include <wx/radiobut.h>

#include <map>

#include "tray/model/way_in_model.h"
#include "tray/platform/program_runner.h"
#include "tray/windows/details.h"
#include "tray/windows/form.h"
#include "tray/windows/window.h"

namespace stocktray::tray {

class WayInWindow final : public Window {
public:
    WayInWindow(const Context& context, const Command& command);

    void show_view(const TrayView&) override { fill_carts(); }

private:
    [[nodiscard]] WayInModel::Surroundings surroundings();
    void add_ways(wxSizer& content);
    void add_way(wxSizer& content, WayIn way, const std::string& label, const std::string& sentence);
    wxSizer* add_form(WayIn way);
    void add_script_form();
    void add_folder_form();
    void add_database_form();
    void add_buttons(wxSizer& content);
    void keep(wxTextCtrl* field, std::string WayInForm::*member);
    void fill_carts();
    void choose(WayIn way);
    void browse();
    void render();

    std::map<WayIn, wxRadioButton*> ways_;
    std::map<WayIn, wxPanel*> forms_;
    std::map<WayInField, FormRow> rows_;
    wxBoxSizer* form_place_{nullptr};
    wxChoice* source_{nullptr};
    std::vector<std::string> carts_;  // as in the choice; the last is none
    wxTextCtrl* folder_{nullptr};
    Details* status_{nullptr};
    wxButton* set_up_{nullptr};
    wxButton* test_{nullptr};
    wxButton* start_{nullptr};
    bool has_tried_{false};  // what is missing is told only then
    ProgramRunner runner_;
    WayInModel model_;
};

}  // namespace stocktray::tray
