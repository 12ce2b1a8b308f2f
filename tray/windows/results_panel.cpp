#include "tray/windows/results_panel.h"

#include <wx/sizer.h>

#include <algorithm>

#include "tray/model/job_words.h"
#include "tray/model/words.h"
#include "tray/windows/accessible.h"
#include "tray/windows/column_width.h"
#include "tray/windows/text.h"

namespace stocktray::tray {
namespace {

enum Column : unsigned { tick, sku, order_manager, store, after, what, why };

constexpr int after_width = 165;  // at least; its title depends on the job

wxString count_of(const std::optional<std::int64_t>& number) {
    return number ? wx(number_words(*number)) : wxString{};
}

}  // namespace

// Asked for a line only when it is seen.
class ResultsPanel::Lines final : public wxDataViewVirtualListModel {
public:
    Lines(JobResults& results, const Uses& uses, std::function<void()> ticked)
        : results_{results}, uses_{uses}, ticked_{std::move(ticked)} {}

    void GetValueByRow(wxVariant& value, unsigned row, unsigned column) const override {
        if (row >= results_.shown().size()) {
            value = column == tick ? wxVariant{false} : wxVariant{wxString{}};
            return;
        }
        const auto at = results_.shown()[row];
        const auto& item = results_.item(at);
        switch (column) {
            case tick:
                value = results_.has_tick(at) && results_.is_ticked(at);
                return;
            case sku:
                value = wx(item.sku == item.store_sku || item.store_sku.empty()
                               ? item.sku
                               : say(tr("{sku} (there: {store_sku})"), fmt::arg("sku", item.sku),
                                     fmt::arg("store_sku", item.store_sku)));
                return;
            case order_manager:
                value = count_of(item.om_qoh);
                return;
            case store:
                value = count_of(item.before);
                return;
            case after:
                value = count_of(item.after);
                return;
            case what:
                value = wx(uses_.result ? uses_.result(at) : result_words(item.result));
                return;
            default:
                value = wx(why_words(item));
        }
    }
    bool SetValueByRow(const wxVariant& value, unsigned row, unsigned column) override {
        if (column != tick || row >= results_.shown().size()) return false;
        results_.tick(results_.shown()[row], value.GetBool());
        ticked_();
        return true;
    }
    bool IsEnabledByRow(unsigned row, unsigned column) const override {
        return column != tick || (row < results_.shown().size() && results_.has_tick(results_.shown()[row]));
    }

private:
    JobResults& results_;
    const Uses& uses_;
    std::function<void()> ticked_;
};

ResultsPanel::ResultsPanel(wxWindow* parent, JobResults& results, Uses uses)
    : wxPanel{parent}, results_{results}, uses_{std::move(uses)} {
    auto* content = new wxBoxSizer{wxVERTICAL};
    make_filter(content);
    make_list(content);
    SetSizer(content);
    show_anew();
}

void ResultsPanel::make_filter(wxSizer* content) {
    const int gap = FromDIP(6);
    auto* row = new wxBoxSizer{wxHORIZONTAL};
    text_ = new wxSearchCtrl{this, wxID_ANY, "", wxDefaultPosition, FromDIP(wxSize{180, -1})};
    text_->SetDescriptiveText(wx(tr("SKU or reason")));
    name_control(*text_, tr("Only lines with this text"));
    text_->Bind(wxEVT_TEXT, [this](wxCommandEvent&) { filter(); });
    only_ = new wxChoice{this, wxID_ANY};
    name_control(*only_, tr("Only lines with this result"));
    only_->Bind(wxEVT_CHOICE, [this](wxCommandEvent&) { filter(); });
    count_ = new wxStaticText{this, wxID_ANY, ""};
    all_ = new wxCheckBox{this, wxID_ANY, wx(tr("All show&n"))};
    all_->SetToolTip(wx(tr("Ticks all lines that are shown, or leaves them all out.")));
    all_->Bind(wxEVT_CHECKBOX, [this](wxCommandEvent&) {
        results_.tick_shown(all_->GetValue());
        show_changed();
        if (uses_.ticked) uses_.ticked();
    });
    row->Add(text_, wxSizerFlags{}.CentreVertical().Border(wxRIGHT, gap));
    row->Add(only_, wxSizerFlags{}.CentreVertical().Border(wxRIGHT, gap * 2));
    row->Add(all_, wxSizerFlags{}.CentreVertical());
    row->AddStretchSpacer();
    row->Add(count_, wxSizerFlags{}.CentreVertical());
    content->Add(row, wxSizerFlags{}.Expand().Border(wxBOTTOM, gap));
}

void ResultsPanel::make_list(wxSizer* content) {
    list_ = new wxDataViewCtrl{this, wxID_ANY, wxDefaultPosition, FromDIP(wxSize{560, 120}),
                               wxDV_MULTIPLE | wxDV_ROW_LINES};
    lines_ = new Lines{results_, uses_, [this] {
                           count();
                           if (uses_.ticked) uses_.ticked();
                       }};
    list_->AssociateModel(lines_);
    lines_->DecRef();
    list_->AppendToggleColumn(wx(tr("Take")), tick, wxDATAVIEW_CELL_ACTIVATABLE, FromDIP(60));
    const auto column = [&](const std::string& title, unsigned at, int width, wxAlignment align) {
        list_->AppendTextColumn(wx(title), at, wxDATAVIEW_CELL_INERT, column_width(*list_, title, width), align,
                                wxDATAVIEW_COL_RESIZABLE);
        list_->GetColumn(list_->GetColumnCount() - 1)->GetRenderer()->EnableEllipsize(wxELLIPSIZE_END);
    };
    column(tr("SKU"), sku, 135, wxALIGN_LEFT);
    column(tr("Order Manager"), order_manager, 125, wxALIGN_RIGHT);
    column(tr("Store"), store, 80, wxALIGN_RIGHT);
    column(tr("Store after"), after, after_width, wxALIGN_RIGHT);
    column(tr("Result"), what, 130, wxALIGN_LEFT);
    column(tr("Why"), why, 210, wxALIGN_LEFT);
    name_control(*list_, tr("SKUs"));
    list_->Bind(wxEVT_DATAVIEW_SELECTION_CHANGED, [this](wxDataViewEvent&) {
        if (uses_.selected) uses_.selected();
    });
    list_->Bind(wxEVT_DATAVIEW_ITEM_ACTIVATED, [this](wxDataViewEvent& event) {
        if (uses_.activated)
            uses_.activated();
        else
            event.Skip();
    });
    list_->Bind(wxEVT_KEY_DOWN, [this](wxKeyEvent& event) {
        if (event.GetKeyCode() == WXK_SPACE && all_->IsShown()) return tick_selected();
        event.Skip();
    });
    content->Add(list_, wxSizerFlags{1}.Expand());
}

void ResultsPanel::show_columns(bool has_ticks, const std::string& after_title) {
    list_->GetColumn(tick)->SetHidden(!has_ticks);
    auto* counts_after = list_->GetColumn(after);
    counts_after->SetHidden(after_title.empty());
    counts_after->SetTitle(wx(after_title));
    counts_after->SetWidth(column_width(*list_, after_title, after_width));
    all_->Show(has_ticks);
    Layout();
}

void ResultsPanel::show_anew() {
    fill_kinds();
    lines_->Reset(static_cast<unsigned>(results_.shown().size()));
    count();
}

void ResultsPanel::show_added() {
    fill_kinds();
    for (auto rows = lines_->GetCount(); rows < results_.shown().size(); ++rows) lines_->RowAppended();
    count();
}

void ResultsPanel::show_changed() {
    // Painting alone would leave a screen reader with the words of before; it reads no more than this.
    constexpr unsigned most_told = 1'000;
    for (unsigned row = 0; row < std::min(lines_->GetCount(), most_told); ++row) lines_->RowChanged(row);
    list_->Refresh();
    count();
}

void ResultsPanel::fill_kinds() {
    auto kinds = results_.kinds();
    if (kinds == kinds_ && only_->GetCount() > 0) return;
    const int chosen = only_->GetSelection();
    const auto kept = chosen > 0 ? std::optional{kinds_[static_cast<std::size_t>(chosen) - 1]} : std::nullopt;
    kinds_ = std::move(kinds);
    only_->Clear();
    only_->Append(wx(tr("All results")));
    for (const auto kind : kinds_) only_->Append(wx(result_words(kind)));
    const auto at = kept ? std::ranges::find(kinds_, *kept) : kinds_.end();
    only_->SetSelection(at == kinds_.end() ? 0 : static_cast<int>(at - kinds_.begin()) + 1);
    only_->InvalidateBestSize();
    if (kept && at == kinds_.end()) filter();
    Layout();
}

void ResultsPanel::filter() {
    const int chosen = only_->GetSelection();
    results_.set_filter(
        utf8(text_->GetValue()),
        chosen > 0 ? std::optional{kinds_[static_cast<std::size_t>(chosen) - 1]} : std::nullopt);
    lines_->Reset(static_cast<unsigned>(results_.shown().size()));
    count();
    if (uses_.selected) uses_.selected();
}

// One that is ticked: all of them are left out; none: all are taken.
void ResultsPanel::tick_selected() {
    const auto lines = all_selected();
    const bool is_ticked =
        std::ranges::any_of(lines, [&](auto at) { return results_.has_tick(at) && results_.is_ticked(at); });
    for (const auto at : lines) results_.tick(at, !is_ticked);
    show_changed();
    if (uses_.ticked) uses_.ticked();
}

void ResultsPanel::count() {
    const auto shown = static_cast<std::int64_t>(results_.shown().size());
    const auto all = static_cast<std::int64_t>(results_.size());
    count_->SetLabelText(wx(shown == all
                                ? say(tr_n("{n} line", "{n} lines", all), fmt::arg("n", number_words(all)))
                                : say(tr("{shown} of {all} lines"), fmt::arg("shown", number_words(shown)),
                                      fmt::arg("all", number_words(all)))));
    const auto& lines = results_.shown();
    const bool has_ticks = std::ranges::any_of(lines, [&](auto at) { return results_.has_tick(at); });
    all_->Enable(has_ticks);
    all_->SetValue(has_ticks && std::ranges::all_of(lines, [&](auto at) {
                       return !results_.has_tick(at) || results_.is_ticked(at);
                   }));
    Layout();
}

void ResultsPanel::select_first() {
    if (lines_->GetCount() == 0) return;
    list_->SetCurrentItem(lines_->GetItem(0));
    list_->Select(lines_->GetItem(0));
}

std::optional<std::size_t> ResultsPanel::selected() const {
    const auto lines = all_selected();
    return lines.empty() ? std::nullopt : std::optional{lines.front()};
}

std::vector<std::size_t> ResultsPanel::all_selected() const {
    wxDataViewItemArray items;
    list_->GetSelections(items);
    std::vector<std::size_t> lines;
    for (const auto& item : items)
        if (const auto row = lines_->GetRow(item); row < results_.shown().size())
            lines.push_back(results_.shown()[row]);
    return lines;
}

}  // namespace stocktray::tray
