// Compare: what differs between a store and the Order Manager, why, and what to do about it.
#pragma once
#include <wx/button.h>
#include <wx/gauge.h>
#include <wx/timer.h>

#include <memory>

#include "tray/model/compare_model.h"
#include "tray/windows/details.h"
#include "tray/windows/results_panel.h"
#include "tray/windows/window.h"
#include "tray/windows/wrapped_text.h"

namespace stocktray::tray {

class CompareWindow final : public Window {
public:
    CompareWindow(const Context& context, const Command& command);
    ~CompareWindow() override;

    void show_view(const TrayView& view) override;
    void read_anew() override { model_->read(); }

private:
    void make_top(wxSizer* content);
    void make_list(wxSizer* content);
    void make_buttons(wxSizer* content);
    void show();
    void show_soon();
    void show_buttons();
    void repair(CompareModel::Right right);
    void choose_ignored();
    void explain();

    std::unique_ptr<CompareModel> model_;
    wxTimer repaint_;
    bool was_at_work_{true};
    std::size_t shown_lines_{0};
    std::optional<std::int64_t> shown_job_;  // whose lines they are
    std::string shown_done_;
    WrappedText* headline_{nullptr};
    wxGauge* gauge_{nullptr};
    wxButton* compare_{nullptr};
    ResultsPanel* list_{nullptr};
    Details* explanation_{nullptr};
    WrappedText* done_{nullptr};
    wxButton* take_{nullptr};
    wxButton* send_{nullptr};
    wxButton* ignore_{nullptr};
    wxButton* explain_{nullptr};
};

}  // namespace stocktray::tray
