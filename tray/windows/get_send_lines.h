// The preview of Get, Send and Undo, and what came of them: sentences above the list of SKUs.
#pragma once
#include <wx/checkbox.h>
#include <wx/panel.h>
#include <wx/textctrl.h>

#include "tray/model/get_send_model.h"
#include "tray/windows/results_panel.h"
#include "tray/windows/wrapped_text.h"

namespace stocktray::tray {

class GetSendLines final : public wxPanel {
public:
    // `model` must outlive it. `changed` is called when a person has changed a tick.
    GetSendLines(wxWindow* parent, GetSendModel& model, int width, std::function<void()> changed);

    void show();
    void show_added() { list_->show_added(); }
    void focus() { list_->focus(); }

private:
    void make_guard(wxSizer* content, int width);
    void make_pending(wxSizer* content, int width);

    GetSendModel& model_;
    std::function<void()> changed_;
    WrappedText* question_;
    wxPanel* guard_row_;
    WrappedText* guard_;
    wxCheckBox* has_looked_;
    wxTextCtrl* reason_;
    wxPanel* pending_row_;
    WrappedText* pending_;
    wxCheckBox* none_waits_;
    ResultsPanel* list_;
    WrappedText* detail_;
    std::optional<std::int64_t> shown_job_;
    std::size_t shown_lines_{0};
};

}  // namespace stocktray::tray
