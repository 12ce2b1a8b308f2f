// Get QOH From Website, Send QOH To Website: one window a cart, whose steps follow one another in it.
#pragma once
#include <wx/button.h>
#include <wx/gauge.h>
#include <wx/simplebook.h>
#include <wx/timer.h>

#include <memory>

#include "tray/windows/get_send_choose.h"
#include "tray/windows/get_send_lines.h"
#include "tray/windows/window.h"

namespace stocktray::tray {

class GetSendWindow final : public Window {
public:
    // `command`: open_get_qoh or open_send_qoh, with the cart.
    GetSendWindow(const Context& context, const Command& command);
    ~GetSendWindow() override;

    void show_view(const TrayView& view) override;
    void read_anew() override { model_->read(); }

private:
    void make_pages(wxSizer* content);
    void make_buttons(wxSizer* content);
    void show();
    void show_soon();
    void show_buttons();
    void press();
    void export_lines();

    std::unique_ptr<GetSendModel> model_;
    std::optional<GetSendModel::Step> shown_step_;
    wxTimer repaint_;
    wxSimplebook* pages_{nullptr};
    GetSendChoose* choose_{nullptr};
    wxPanel* work_{nullptr};
    WrappedText* progress_{nullptr};
    wxGauge* gauge_{nullptr};
    GetSendLines* lines_{nullptr};
    WrappedText* trouble_{nullptr};
    wxButton* back_{nullptr};
    wxButton* main_{nullptr};
    wxButton* undo_{nullptr};
    wxButton* export_{nullptr};
};

}  // namespace stocktray::tray
