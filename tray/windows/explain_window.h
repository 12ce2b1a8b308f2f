// Why a SKU's count is what it is at a cart, step by step.
#pragma once
#include <wx/button.h>

#include <memory>

#include "tray/model/explain_model.h"
#include "tray/windows/details.h"
#include "tray/windows/filters.h"
#include "tray/windows/row_list.h"
#include "tray/windows/window.h"

namespace stocktray::tray {

class ExplainWindow final : public Window {
public:
    ExplainWindow(const Context& context, const Command& command);

    void show_view(const TrayView& view) override;
    // Explains the SKU `command.text` at `command.cart`.
    void turn_to(const Command& command) override;
    void read_anew() override { model_->read(); }

private:
    void render();

    std::unique_ptr<ExplainModel> model_;
    std::unique_ptr<CartChoice> cart_;
    std::unique_ptr<SkuField> sku_;
    Details* summary_{nullptr};
    std::unique_ptr<RowList> list_;
};

}  // namespace stocktray::tray
