// Who did what, when and why.
#pragma once
#include <wx/button.h>
#include <wx/choice.h>
#include <wx/stattext.h>

#include <memory>

#include "tray/model/history_model.h"
#include "tray/windows/details.h"
#include "tray/windows/filters.h"
#include "tray/windows/row_list.h"
#include "tray/windows/window.h"

namespace stocktray::tray {

class HistoryWindow final : public Window {
public:
    HistoryWindow(const Context& context, const Command& command);

    void show_view(const TrayView& view) override;
    // Shows the entries of `command.cart` and of the SKU `command.text`.
    void turn_to(const Command& command) override;
    void read_anew() override { model_->read(); }

private:
    void filter();
    void render();
    void render_selected();
    void export_csv();

    std::unique_ptr<HistoryModel> model_;
    std::unique_ptr<CartChoice> cart_;
    std::unique_ptr<SkuField> sku_;
    wxChoice* kind_{nullptr};
    wxChoice* since_{nullptr};
    std::int64_t selected_{0};  // an entry
    wxStaticText* headline_{nullptr};
    std::unique_ptr<RowList> list_;
    Details* details_{nullptr};
    wxButton* export_{nullptr};
    std::string saved_;  // what became of the last export
};

}  // namespace stocktray::tray
