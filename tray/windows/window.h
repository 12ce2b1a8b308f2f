// What every window of the tray does alike: its place is kept per monitor, Escape and Ctrl+W close it, F5
// reads anew, F1 opens the guide where it helps here. A window's own file adds its controls and a view-model
// (tray/model, no wx) that holds a Conversation; the window only renders.
//
//     class StackWindow final : public Window {
//     public:
//         StackWindow(const Context& context, const Command& command)
//             : Window{context, {.kind = CommandId::open_stack, .title = tr("Post Stack"), .size = {760,
//             480}}},
//               model_{context.link.converse(), [this] { render(); }} { … finish(*root); }
//         void show_view(const TrayView&) override;      // the agent's picture has changed
//         void turn_to(const Command&) override;         // opened or raised for a cart, a SKU
//         void read_anew() override { model_.read(); }   // F5
//     };
//
// and one line in window_table.cpp.
#pragma once
#include <wx/frame.h>
#include <wx/panel.h>
#include <wx/sizer.h>
#include <wx/weakref.h>

#include <functional>
#include <string>

#include "tray/windows/context.h"

namespace stocktray::tray {

class Window : public wxFrame {
public:
    struct Look {
        CommandId kind{CommandId::none};
        std::string name{};   // for the kept place: "stack"
        std::string title{};  // already translated
        wxSize size{};        // in device-independent pixels
    };

    Window(const Context& context, const Look& look);
    ~Window() override;

    virtual void show_view(const TrayView& view);
    virtual void turn_to(const Command& command);
    virtual void read_anew();
    // Of the guide, for F1.
    [[nodiscard]] virtual std::string guide_section() const;

    // Called when the window is gone.
    void on_gone(std::function<void()> gone) { gone_ = std::move(gone); }

protected:
    [[nodiscard]] const Context& context() const noexcept { return context_; }
    // The panel that holds all controls: their parent, and where Tab goes round.
    [[nodiscard]] wxPanel& root() { return *root_; }
    // Last in a constructor: lays out, sets the least size and the kept place.
    void finish(wxSizer* content);

private:
    void key(wxKeyEvent& event);
    void keep_focus();

    const Context& context_;
    Look look_;
    wxPanel* root_;
    wxWindowRef left_;      // had the focus last, of what a person went to
    wxWindowRef stand_in_;  // has it while that one cannot
    std::function<void()> gone_;
};

}  // namespace stocktray::tray
