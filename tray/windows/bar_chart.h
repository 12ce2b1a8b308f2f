// A small picture of bars with what they count below them, in the desktop's colours. A screen reader is told its
// name; the figures stand in the list beside it.
#pragma once
#include <wx/window.h>

#include <string>

#include "tray/model/report_model.h"

namespace stocktray::tray {

class BarChart final : public wxWindow {
public:
    // `least` in device-independent pixels.
    BarChart(wxWindow* parent, const std::string& name, wxSize least);

    void show(ReportModel::Bars bars);

private:
    void paint();

    ReportModel::Bars bars_;
};

}  // namespace stocktray::tray
