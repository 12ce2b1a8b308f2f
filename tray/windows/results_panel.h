// The lines of a job: a list that filters, with ticks where SKUs may be left out.
#pragma once
#include <wx/checkbox.h>
#include <wx/choice.h>
#include <wx/dataview.h>
#include <wx/panel.h>
#include <wx/srchctrl.h>
#include <wx/stattext.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tray/model/job_results.h"

namespace stocktray::tray {

class ResultsPanel final : public wxPanel {
public:
    // What it shows besides; each may be empty.
    struct Uses {
        std::function<std::string(std::size_t)> result{};  // of a line, where it is not the job's word
        std::function<void()> selected{};
        std::function<void()> activated{};
        std::function<void()> ticked{};
    };

    // `results` must outlive it.
    ResultsPanel(wxWindow* parent, JobResults& results, Uses uses);

    // `after`: the title of the counts afterwards; empty: no such column.
    void show_columns(bool has_ticks, const std::string& after);
    // Other lines than before.
    void show_anew();
    // The same lines and some more.
    void show_added();
    // What is said of the lines has changed.
    void show_changed();

    void select_first();
    [[nodiscard]] std::optional<std::size_t> selected() const;
    [[nodiscard]] std::vector<std::size_t> all_selected() const;
    void focus() { list_->SetFocus(); }

private:
    class Lines;

    void make_filter(wxSizer* content);
    void make_list(wxSizer* content);
    void filter();
    void fill_kinds();
    void tick_selected();
    void count();

    JobResults& results_;
    Uses uses_;
    Lines* lines_{nullptr};  // the list owns it
    std::vector<ipc::JobResult> kinds_;
    wxSearchCtrl* text_{nullptr};
    wxChoice* only_{nullptr};
    wxStaticText* count_{nullptr};
    wxCheckBox* all_{nullptr};
    wxDataViewCtrl* list_{nullptr};
};

}  // namespace stocktray::tray
