// Rows of a form: a label, its control, and below it what is wrong with it or what it is for.
#pragma once
#include <wx/checkbox.h>
#include <wx/sizer.h>
#include <wx/stattext.h>
#include <wx/textctrl.h>

#include <string>

namespace stocktray::tray {

class FormRow {
public:
    FormRow() = default;
    FormRow(wxSizer* holder, wxWindow* label, wxWindow* control, wxStaticText* note, std::string sentence,
            int note_width);

    // Empty: its sentence again. What is wrong has a sign, so that it is not told by colour alone.
    void complain(const std::string& words);
    void show(bool is_shown);
    // Another label, with its access key.
    void rename(const std::string& label);
    [[nodiscard]] wxWindow* control() const { return control_; }

private:
    void write(const std::string& words);

    wxSizer* holder_{nullptr};
    wxWindow* label_{nullptr};
    wxWindow* control_{nullptr};
    wxStaticText* note_{nullptr};
    std::string sentence_;
    int note_width_{0};
    std::string shown_;
    bool is_shown_{true};
};

class FormGrid {
public:
    // `label_width`: where several grids stand below one another, so that their fields do, too.
    // `note_width`: where the sentences below the fields are wrapped.
    explicit FormGrid(wxWindow& parent, int label_width = 0, int note_width = 380);

    [[nodiscard]] wxFlexGridSizer* sizer() const { return sizer_; }

    // Texts are translated already; `label` has its access key. `unit`: behind the control.
    FormRow add(const std::string& label, wxWindow* control, const std::string& sentence = {},
                const std::string& unit = {});
    // A box has its label itself.
    FormRow add(wxCheckBox* box, const std::string& sentence = {});
    [[nodiscard]] wxTextCtrl* text(long style = 0, int width = 320) const;

private:
    FormRow add_row(wxWindow* label, wxWindow* control, const std::string& sentence, const std::string& unit);

    wxWindow& parent_;
    int label_width_;
    int note_width_;
    wxFlexGridSizer* sizer_;
};

}  // namespace stocktray::tray
