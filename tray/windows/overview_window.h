// "Open Stocktray": how everything is, a row for each cart. Where there is no tray it stands in its place.
#pragma once
#include <wx/dataview.h>
#include <wx/statbmp.h>
#include <wx/stattext.h>
#include <wx/timer.h>

#include "tray/icon/tray_menu.h"
#include "tray/windows/window.h"

namespace stocktray::tray {

class OverviewWindow final : public Window {
public:
    OverviewWindow(const Context& context, const Command& command);
    ~OverviewWindow() override;

    void show_view(const TrayView& view) override;

private:
    void fill_rows();
    void popup(const Menu& entries);
    void row_menu(const std::string& cart);
    [[nodiscard]] std::string selected_cart() const;

    Icon icon_{};
    bool has_icon_{false};
    std::vector<CartRow> rows_;
    wxStaticBitmap* picture_{nullptr};
    wxStaticText* headline_{nullptr};
    wxStaticText* detail_{nullptr};
    wxDataViewListCtrl* list_{nullptr};
    wxButton* problems_{nullptr};
    wxTimer ages_;  // runs only while something waits
    std::unique_ptr<TrayMenu> menu_;
};

}  // namespace stocktray::tray
