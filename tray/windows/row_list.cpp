#include "tray/windows/row_list.h"

#include <algorithm>
#include <utility>

#include "tray/windows/accessible.h"
#include "tray/windows/column_width.h"
#include "tray/windows/text.h"

namespace stocktray::tray {
namespace {

constexpr unsigned most_single_steps = 500;  // more rows than that are told at once

}  // namespace

class RowList::Model final : public wxDataViewVirtualListModel {
public:
    explicit Model(Text text) : text_{std::move(text)} {}

    void GetValueByRow(wxVariant& value, unsigned row, unsigned column) const override {
        value = text_ ? wx(text_(row, column)) : wxString{};
    }
    bool SetValueByRow(const wxVariant&, unsigned, unsigned) override { return false; }

    // The control may outlive the list by a moment.
    void silence() {
        text_ = {};
        selected = {};
    }

    std::function<void()> selected;
    bool is_selecting{false};

private:
    Text text_;
};

RowList::RowList(wxWindow& parent, const std::string& name, long style, const wxSize& least,
                 const std::vector<Column>& columns, Text text)
    : control_{new wxDataViewCtrl{&parent, wxID_ANY, wxDefaultPosition, parent.FromDIP(least),
                                  style | wxDV_ROW_LINES}},
      model_{new Model{std::move(text)}} {
    control_->AssociateModel(model_.get());
    for (unsigned at = 0; at < columns.size(); ++at) {
        const auto& column = columns[at];
        auto* made = control_->AppendTextColumn(wx(column.title), at, wxDATAVIEW_CELL_INERT,
                                                column_width(*control_, column.title, column.width), column.alignment,
                                                wxDATAVIEW_COL_RESIZABLE);
        made->GetRenderer()->EnableEllipsize(wxELLIPSIZE_END);
    }
    name_control(*control_, name);
    control_->Bind(wxEVT_DATAVIEW_SELECTION_CHANGED, [model = model_](wxDataViewEvent&) {
        if (!model->is_selecting && model->selected) model->selected();
    });
}

RowList::~RowList() {
    model_->silence();
}

void RowList::on_selected(std::function<void()> selected) {
    model_->selected = std::move(selected);
}

unsigned RowList::count() const {
    return model_->GetCount();
}

void RowList::set_count(unsigned count) {
    const unsigned before = this->count();
    if (count == before) return;
    model_->is_selecting = true;
    if (before == 0 || count == 0 || std::max(count, before) - std::min(count, before) > most_single_steps) {
        const auto top = control_->GetTopItem();
        const unsigned row = top.IsOk() && before > 0 ? model_->GetRow(top) : 0;
        model_->Reset(count);
        if (row > 0 && count > 0) show(std::min(row, count - 1));
    } else {
        for (unsigned n = before; n < count; ++n) model_->RowAppended();
        for (unsigned n = before; n > count; --n) model_->RowDeleted(n - 1);
    }
    model_->is_selecting = false;
}

void RowList::say_anew(unsigned first, unsigned count) {
    for (unsigned row = first; row < std::min(first + count, this->count()); ++row) model_->RowChanged(row);
}

void RowList::say_visible_anew() {
    const auto top = control_->GetTopItem();
    const int visible = control_->GetCountPerPage();
    say_anew(top.IsOk() ? model_->GetRow(top) : 0, visible > 0 ? static_cast<unsigned>(visible) + 2 : 50);
}

std::vector<unsigned> RowList::selected() const {
    wxDataViewItemArray items;
    control_->GetSelections(items);
    std::vector<unsigned> rows;
    for (const auto& item : items)
        if (item.IsOk()) rows.push_back(model_->GetRow(item));
    std::ranges::sort(rows);
    return rows;
}

void RowList::select(const std::vector<unsigned>& rows) {
    if (rows == selected()) return;
    model_->is_selecting = true;
    wxDataViewItemArray items;
    for (const auto row : rows)
        if (row < count()) items.push_back(model_->GetItem(row));
    control_->SetSelections(items);
    model_->is_selecting = false;
}

void RowList::show(unsigned row) {
    if (row < count()) control_->EnsureVisible(model_->GetItem(row));
}

}  // namespace stocktray::tray
