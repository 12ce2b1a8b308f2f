// The first step of Get and Send: which SKUs, and how.
#pragma once
#include <wx/button.h>
#include <wx/checkbox.h>
#include <wx/panel.h>
#include <wx/radiobut.h>
#include <wx/spinctrl.h>
#include <wx/textctrl.h>

#include "tray/model/get_send_model.h"
#include "tray/windows/wrapped_text.h"

namespace stocktray::tray {

class GetSendChoose final : public wxPanel {
public:
    // `model` must outlive it. `changed` is called when a person has changed a wish.
    GetSendChoose(wxWindow* parent, GetSendModel& model, int width, std::function<void()> changed);

    void show();
    void focus();

private:
    void take_wishes();

    GetSendModel& model_;
    std::function<void()> changed_;
    WrappedText* safety_;
    wxRadioButton* all_;
    wxRadioButton* some_;
    wxTextCtrl* skus_;
    wxStaticText* skus_count_;
    wxCheckBox* creates_{nullptr};
    wxPanel* items_row_{nullptr};
    wxSpinCtrl* items_{nullptr};
    wxPanel* last_row_;
    wxStaticText* last_;
    wxButton* show_last_;
};

}  // namespace stocktray::tray
