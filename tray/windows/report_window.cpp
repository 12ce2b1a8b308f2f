#include "tray/windows/report_window.h"

#include <wx/filename.h>
#include <wx/filesys.h>
#include <wx/stdpaths.h>
#include <wx/utils.h>

#include "ipc/path_text.h"
#include "tray/model/words.h"
#include "tray/windows/accessible.h"
#include "tray/windows/column_width.h"
#include "tray/windows/press.h"
#include "tray/windows/text.h"

namespace stocktray::tray {
namespace {

constexpr int text_width = 600;  // in device-independent pixels
constexpr int repaint_after_ms = 10;
constexpr int look_ms = 100;

// In the cache: it can be made again at any time.
std::filesystem::path page_file() {
    const auto cache = wxStandardPaths::Get().GetUserDir(wxStandardPaths::Dir_Cache);
    return ipc::path_of(utf8(cache)) / "stocktray/report.html";
}

}  // namespace

ReportWindow::ReportWindow(const Context& about, const Command&)
    : Window{about,
             {.kind = CommandId::open_report, .name = "report", .title = tr("Report"), .size = {960, 760}}} {
    repaint_.Bind(wxEVT_TIMER, [this](wxTimerEvent&) { show(); });
    page_timer_.Bind(wxEVT_TIMER, [this](wxTimerEvent&) { look_for_page(); });
    model_ = std::make_unique<ReportModel>(context().link.converse(), context().now,
                                           [this] { repaint_.StartOnce(repaint_after_ms); });
    auto* content = new wxBoxSizer{wxVERTICAL};
    const int gap = FromDIP(12);
    auto* top = new wxBoxSizer{wxHORIZONTAL};
    auto* label = new wxStaticText{&root(), wxID_ANY, wx(tr("&Time:"))};
    period_ = new wxChoice{&root(), wxID_ANY};
    for (const auto& period : ReportModel::periods()) period_->Append(wx(period));
    period_->SetSelection(model_->period());
    name_control(*period_, tr("Time that the report is about"));
    period_->Bind(wxEVT_CHOICE, [this](wxCommandEvent&) { model_->choose(period_->GetSelection()); });
    time_ = new wxStaticText{&root(), wxID_ANY, ""};
    top->Add(label, wxSizerFlags{}.CentreVertical().Border(wxRIGHT, gap / 2));
    top->Add(period_, wxSizerFlags{}.CentreVertical().Border(wxRIGHT, gap));
    top->Add(time_, wxSizerFlags{1}.CentreVertical());
    content->Add(top, wxSizerFlags{}.Expand().Border(wxALL, gap));

    headline_ = new WrappedText{&root(), FromDIP(text_width), 2};
    headline_->SetFont(headline_->GetFont().Bold());
    content->Add(headline_, wxSizerFlags{}.Expand().Border(wxLEFT | wxRIGHT | wxBOTTOM, gap));

    pictures_ = new wxBoxSizer{wxHORIZONTAL};
    days_ = new BarChart{&root(), tr("Changes and confirmed posts by day"), wxSize{text_width / 2, 150}};
    times_ = new BarChart{&root(), tr("Time to confirmation"), wxSize{text_width / 2, 150}};
    pictures_->Add(days_, wxSizerFlags{1}.Expand().Border(wxRIGHT, gap));
    pictures_->Add(times_, wxSizerFlags{1}.Expand());
    content->Add(pictures_, wxSizerFlags{}.Expand().Border(wxLEFT | wxRIGHT | wxBOTTOM, gap));

    list_ = new wxDataViewListCtrl{&root(), wxID_ANY, wxDefaultPosition, FromDIP(wxSize{text_width, 200}),
                                   wxDV_SINGLE | wxDV_ROW_LINES};
    const auto column = [&](const std::string& title, int width) {
        list_->AppendTextColumn(wx(title), wxDATAVIEW_CELL_INERT, column_width(*list_, title, width), wxALIGN_LEFT,
                                wxDATAVIEW_COL_RESIZABLE);
        list_->GetColumn(list_->GetColumnCount() - 1)->GetRenderer()->EnableEllipsize(wxELLIPSIZE_END);
    };
    column(tr("Where"), 300);
    column(tr("What"), 200);
    column(tr("Value"), 200);  // and whatever the window has more
    name_control(*list_, tr("Figures"));
    list_->Bind(wxEVT_DATAVIEW_SELECTION_CHANGED, [this](wxDataViewEvent&) { show_selected(); });
    content->Add(list_, wxSizerFlags{1}.Expand().Border(wxLEFT | wxRIGHT, gap));
    details_ = new Details{&root(), tr("Details"), wxSize{text_width, 44}};
    content->Add(details_, wxSizerFlags{}.Expand().Border(wxLEFT | wxRIGHT | wxTOP, gap));
    trouble_ = new WrappedText{&root(), FromDIP(text_width)};
    content->Add(trouble_, wxSizerFlags{}.Expand().Border(wxLEFT | wxRIGHT | wxTOP, gap));

    auto* buttons = new wxBoxSizer{wxHORIZONTAL};
    open_ = new wxButton{&root(), wxID_ANY, wx(tr("&Open as a Page"))};
    open_->SetToolTip(wx(tr("With pictures, to be printed, kept or mailed.")));
    on_press(*open_, [this] { open_page(); });
    auto* close = new wxButton{&root(), wxID_CLOSE, wx(tr("C&lose"))};
    on_press(*close, [this] { Close(); });
    buttons->Add(open_);
    buttons->AddStretchSpacer();
    buttons->Add(close);
    content->Add(buttons, wxSizerFlags{}.Expand().Border(wxALL, gap));
    finish(content);
    show();
    period_->SetFocus();
}

ReportWindow::~ReportWindow() {
    repaint_.Stop();
    page_timer_.Stop();
}

void ReportWindow::show() {
    time_->SetLabelText(wx(model_->time()));
    headline_->say(model_->headline());
    trouble_->say(model_->trouble());
    days_->show(model_->days());
    times_->show(model_->times());
    days_->Show(!model_->days().names.empty());
    times_->Show(!model_->times().names.empty());
    open_->Enable(model_->report().has_value() && !page_.valid());
    if (auto rows = model_->rows(); rows != rows_ || list_->GetItemCount() == 0) {
        rows_ = std::move(rows);
        list_->DeleteAllItems();
        for (const auto& row : rows_) {
            wxVector<wxVariant> cells;
            for (const auto* text : {&row.where, &row.what, &row.value}) cells.push_back(wx(*text));
            list_->AppendItem(cells);
        }
        if (!rows_.empty()) list_->SelectRow(0);
        show_selected();
    }
    root().Layout();
}

// The row's words whole, with the part that it belongs to.
void ReportWindow::show_selected() {
    const auto row = list_->GetSelectedRow();
    std::string words;
    if (row >= 0 && row < static_cast<int>(rows_.size())) {
        const auto& chosen = rows_[static_cast<std::size_t>(row)];
        auto part = rows_.begin() + row;
        while (part != rows_.begin() && part->where.empty()) --part;
        words = part->where + ", " + chosen.what + (chosen.value.empty() ? "" : ": " + chosen.value);
    }
    details_->ChangeValue(wx(words));
}

// Pictures take a moment to be drawn; the window goes on meanwhile.
void ReportWindow::open_page() {
    if (!model_->report() || page_.valid()) return;
    file_ = page_file();
    page_ = std::async(std::launch::async, write_report_page, file_, *model_->report());
    page_timer_.Start(look_ms);
    show();
}

void ReportWindow::look_for_page() {
    if (page_.wait_for(std::chrono::seconds{0}) != std::future_status::ready) return;
    page_timer_.Stop();
    const auto written = page_.get();
    show();
    trouble_->say(written.words);
    root().Layout();
    if (written.is_written)
        wxLaunchDefaultBrowser(wxFileSystem::FileNameToURL(wxFileName{wx(ipc::text_of(file_))}));
}

}  // namespace stocktray::tray
