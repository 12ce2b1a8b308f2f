#include "tray/windows/window.h"

#ifdef __WXGTK__
#include <gtk/gtk.h>
#endif
#include <wx/bmpbndl.h>
#include <wx/bookctrl.h>
#include <wx/button.h>
#include <wx/iconbndl.h>
#include <wx/scrolwin.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "ipc/path_text.h"
#include "tray/model/window_kinds.h"
#include "tray/windows/text.h"

namespace stocktray::tray {
namespace {

bool can_have_focus(const wxWindow& control) {
    return control.IsEnabled() && control.IsShownOnScreen() && control.AcceptsFocusFromKeyboard();
}

// In the order of Tab. What has parts is represented by them.
void add_controls(wxWindow& parent, std::vector<wxWindow*>& all) {
    for (auto* child : parent.GetChildren())
        if (dynamic_cast<wxPanel*>(child) || dynamic_cast<wxScrolledWindow*>(child) || dynamic_cast<wxBookCtrlBase*>(child))
            add_controls(*child, all);
        else
            all.push_back(child);
}

// Whether keys go anywhere. GTK is asked itself: wx does not know of it while a wxChoice has the focus.
bool has_focus(const wxTopLevelWindow& window) {
#ifdef __WXGTK__
    return gtk_window_get_focus(GTK_WINDOW(window.GetHandle())) != nullptr;
#else
    return wxWindow::FindFocus() != nullptr;
#endif
}

}  // namespace

Window::Window(const Context& context, const Look& look)
    : wxFrame{nullptr, wxID_ANY, wx(look.title)}, context_{context}, look_{look}, root_{new wxPanel{this}} {
    Bind(wxEVT_CHAR_HOOK, &Window::key, this);
    Bind(wxEVT_CHILD_FOCUS, [this](wxChildFocusEvent& event) {
        event.Skip();
        if (event.GetWindow() == stand_in_) return;
        left_ = event.GetWindow();
        stand_in_ = nullptr;
    });
    Bind(wxEVT_IDLE, [this](wxIdleEvent& event) {
        event.Skip();
        keep_focus();
    });
    Bind(wxEVT_CLOSE_WINDOW, [this](wxCloseEvent& event) {
        context_.geometry.keep(*this, look_.name);
        event.Skip();
        // It goes once nothing else is to be done. A button that a screen reader has pressed is no event of the
        // display, after which wx would look by itself.
        wxWakeUpIdle();
    });
    const auto picture = context.icons / "hicolor/scalable/apps/stocktray.svg";
    const auto bundle = wxBitmapBundle::FromSVGFile(wx(ipc::text_of(picture)), wxSize{48, 48});
    wxIconBundle icons;
    if (bundle.IsOk())
        for (const int size : {16, 32, 48, 128}) {
            wxIcon icon;
            icon.CopyFromBitmap(bundle.GetBitmap({size, size}));
            icons.AddIcon(icon);
        }
    SetIcons(icons);
}

Window::~Window() {
    if (gone_) gone_();
}

void Window::show_view(const TrayView&) {}
void Window::turn_to(const Command&) {}
void Window::read_anew() {}

std::string Window::guide_section() const {
    const auto* kind = window_kind(look_.kind);
    return kind ? std::string{kind->section} : std::string{};
}

void Window::finish(wxSizer* content) {
    root_->SetSizer(content);
    auto* whole = new wxBoxSizer{wxVERTICAL};
    whole->Add(root_, wxSizerFlags{1}.Expand());
    SetSizer(whole);
    SetMinClientSize(whole->ComputeFittingClientSize(this));
    SetClientSize(FromDIP(look_.size));
    if (!context_.geometry.restore(*this, look_.name)) CentreOnScreen();
    show_view(context_.view);
}

// A control that turns grey loses the focus to nobody, and without it no key arrives, Escape neither. The next one has
// it until that one can have it again. After a button it is Close: the next one may do anything at a second Return.
void Window::keep_focus() {
    if (!left_ || !IsActive()) return;
    const bool is_nobodys = !has_focus(*this);
    if (can_have_focus(*left_)) {
        if (is_nobodys || (stand_in_ && FindFocus() == stand_in_)) left_->SetFocus();
        return;
    }
    if (!is_nobodys) return;
    std::vector<wxWindow*> controls;
    add_controls(*root_, controls);
    const auto at = std::ranges::find(controls, left_.get());
    std::rotate(controls.begin(), at, controls.end());
    const bool is_button = dynamic_cast<wxButton*>(left_.get());
    const auto next = std::ranges::find_if(controls, [&](const wxWindow* control) {
        return can_have_focus(*control) && (!is_button || control->GetId() == wxID_CLOSE);
    });
    if (next == controls.end()) return;
    stand_in_ = *next;
    stand_in_->SetFocus();
}

void Window::key(wxKeyEvent& event) {
    const int code = event.GetKeyCode();
    if (code == WXK_ESCAPE || (code == 'W' && event.ControlDown()))
        Close();
    else if (code == WXK_F5)
        read_anew();
    else if (code == WXK_F1)
        context_.run({CommandId::open_guide, "", guide_section()});
    else
        event.Skip();
}

}  // namespace stocktray::tray
