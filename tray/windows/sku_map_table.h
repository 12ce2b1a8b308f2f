// A small table: a SKU of the Order Manager, and the store's SKUs that follow it.
#pragma once
#include <wx/dataview.h>
#include <wx/panel.h>

#include <functional>
#include <vector>

#include "tray/model/cart_form.h"

namespace stocktray::tray {

class SkuMapTable final : public wxPanel {
public:
    SkuMapTable(wxWindow& parent, std::function<void()> changed);

    void fill(const std::vector<CartForm::MapRow>& rows);
    [[nodiscard]] std::vector<CartForm::MapRow> rows() const;

private:
    void append(const CartForm::MapRow& row);

    std::function<void()> changed_;
    wxDataViewListCtrl* list_;
};

}  // namespace stocktray::tray
