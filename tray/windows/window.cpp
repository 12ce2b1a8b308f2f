#include "tray/windows/window.h"

#include <utility>

#include <wx/bmpbndl.h>
#include <wx/iconbndl.h>

#include "ipc/path_text.h"
#include "tray/model/window_kinds.h"
#include "tray/windows/text.h"

namespace stocktray::tray {

Window::Window(const Context& context, const Look& look)
    : wxFrame{nullptr, wxID_ANY, wx(look.title)}, context_{context}, look_{look}, root_{new wxPanel{this}} {
    Bind(wxEVT_CHAR_HOOK, &Window::key, this);
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
