// The agent's parameters, and how the tray itself behaves here.
#pragma once
#include <wx/button.h>
#include <wx/choice.h>
#include <wx/scrolwin.h>
#include <wx/tglbtn.h>

#include <map>

#include "tray/model/settings_model.h"
#include "tray/windows/form.h"
#include "tray/windows/window.h"

namespace stocktray::tray {

class SettingsWindow final : public Window {
public:
    SettingsWindow(const Context& context, const Command& command);

    void show_view(const TrayView& view) override;
    void read_anew() override { model_.read(); }

private:
    void add_own(wxSizer& content);
    void add_parameters(wxWindow& parent, wxSizer& content, bool is_rare);
    void add_row(FormGrid& grid, wxWindow& parent, const ParameterRow& row);
    void add_buttons(wxSizer& content);
    void render();
    void fill_own();
    [[nodiscard]] bool is_own_changed() const;
    void save_own();
    void save(std::function<void()> then);
    [[nodiscard]] bool may_leave();
    void arrange();

    SettingsModel model_;
    std::map<std::string, FormRow> rows_;
    std::map<std::string, wxTextCtrl*> texts_;
    std::map<std::string, wxCheckBox*> boxes_;
    bool is_filling_{false};
    std::string own_error_;
    wxScrolledWindow* page_{nullptr};
    wxCheckBox* autostart_{nullptr};
    FormRow autostart_row_;
    wxButton* repair_{nullptr};
    wxCheckBox* notifications_{nullptr};
    wxChoice* language_{nullptr};
    wxToggleButton* more_{nullptr};
    wxPanel* rare_{nullptr};
    wxStaticText* message_{nullptr};
    wxButton* save_{nullptr};
};

}  // namespace stocktray::tray
