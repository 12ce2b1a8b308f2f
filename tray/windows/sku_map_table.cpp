#include "tray/windows/sku_map_table.h"

#include <wx/button.h>
#include <wx/sizer.h>

#include "tray/model/words.h"
#include "tray/windows/accessible.h"
#include "tray/windows/column_width.h"
#include "tray/windows/press.h"
#include "tray/windows/text.h"

namespace stocktray::tray {

SkuMapTable::SkuMapTable(wxWindow& parent, std::function<void()> changed)
    : wxPanel{&parent},
      changed_{std::move(changed)},
      list_{new wxDataViewListCtrl{this, wxID_ANY, wxDefaultPosition, FromDIP(wxSize{320, 110}),
                                   wxDV_SINGLE | wxDV_ROW_LINES}} {
    for (const auto& title : {tr("SKU here"), tr("SKUs at the store")})
        list_->AppendTextColumn(wx(title), wxDATAVIEW_CELL_EDITABLE, column_width(*list_, title, 150), wxALIGN_LEFT,
                                wxDATAVIEW_COL_RESIZABLE);
    name_control(*list_, tr("SKU map"));
    list_->Bind(wxEVT_DATAVIEW_ITEM_VALUE_CHANGED, [this](wxDataViewEvent&) { changed_(); });
    auto* add = new wxButton{this, wxID_ANY, wx(tr("Add a Row"))};
    on_press(*add, [this] {
        append({});
        const auto item = list_->RowToItem(list_->GetItemCount() - 1);
        list_->Select(item);
        list_->EditItem(item, list_->GetColumn(0));
    });
    auto* remove = new wxButton{this, wxID_ANY, wx(tr("Remove the Row"))};
    on_press(*remove, [this] {
        if (const int row = list_->GetSelectedRow(); row >= 0) {
            list_->DeleteItem(static_cast<unsigned>(row));
            changed_();
        }
    });
    auto* buttons = new wxBoxSizer{wxHORIZONTAL};
    buttons->Add(add, wxSizerFlags{}.Border(wxRIGHT, FromDIP(6)));
    buttons->Add(remove);
    auto* content = new wxBoxSizer{wxVERTICAL};
    content->Add(list_, wxSizerFlags{1}.Expand());
    content->Add(buttons, wxSizerFlags{}.Border(wxTOP, FromDIP(4)));
    SetSizer(content);
}

void SkuMapTable::append(const CartForm::MapRow& row) {
    wxVector<wxVariant> cells;
    cells.push_back(wx(row.om_sku));
    cells.push_back(wx(row.store_skus));
    list_->AppendItem(cells);
}

void SkuMapTable::fill(const std::vector<CartForm::MapRow>& rows) {
    list_->DeleteAllItems();
    for (const auto& row : rows) append(row);
}

std::vector<CartForm::MapRow> SkuMapTable::rows() const {
    std::vector<CartForm::MapRow> all;
    for (unsigned row = 0; row < static_cast<unsigned>(list_->GetItemCount()); ++row) {
        CartForm::MapRow one{utf8(list_->GetTextValue(row, 0)), utf8(list_->GetTextValue(row, 1))};
        if (one != CartForm::MapRow{}) all.push_back(std::move(one));
    }
    return all;
}

}  // namespace stocktray::tray
