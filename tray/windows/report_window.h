// Report: the proof that synchronization works, as figures here and as a page with pictures.
#pragma once
#include <wx/button.h>
#include <wx/choice.h>
#include <wx/dataview.h>
#include <wx/timer.h>

#include <future>
#include <memory>

#include "tray/model/report_model.h"
#include "tray/windows/bar_chart.h"
#include "tray/windows/details.h"
#include "tray/windows/window.h"
#include "tray/windows/wrapped_text.h"

namespace stocktray::tray {

class ReportWindow final : public Window {
public:
    ReportWindow(const Context& context, const Command& command);
    ~ReportWindow() override;

    void read_anew() override { model_->read(); }

private:
    void show();
    void show_selected();
    void open_page();
    void look_for_page();

    std::unique_ptr<ReportModel> model_;
    wxTimer repaint_;
    wxTimer page_timer_;  // runs while a page is written
    std::future<WrittenPage> page_;
    std::filesystem::path file_;
    std::vector<ReportModel::Row> rows_;
    wxChoice* period_{nullptr};
    wxStaticText* time_{nullptr};
    WrappedText* headline_{nullptr};
    wxBoxSizer* pictures_{nullptr};
    BarChart* days_{nullptr};
    BarChart* times_{nullptr};
    wxDataViewListCtrl* list_{nullptr};
    Details* details_{nullptr};
    WrappedText* trouble_{nullptr};
    wxButton* open_{nullptr};
};

}  // namespace stocktray::tray
