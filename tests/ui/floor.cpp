// The least that a wx program in a panel can be: what the tray's memory is measured against.
#include <wx/taskbar.h>
#include <wx/wx.h>

namespace {

class Floor final : public wxApp {
public:
    bool OnInit() override {
        SetExitOnFrameDelete(false);
        auto* frame = new wxFrame{nullptr, wxID_ANY, "floor"};
        static_cast<void>(frame);
        icon_ = new wxTaskBarIcon;
        wxBitmap picture{22, 22};
        {
            wxMemoryDC paint{picture};
            paint.SetBackground(*wxRED_BRUSH);
            paint.Clear();
        }
        icon_->SetIcon(wxBitmapBundle{picture}, "floor");
        return true;
    }

private:
    wxTaskBarIcon* icon_{nullptr};
};

}  // namespace

wxIMPLEMENT_APP(Floor);
