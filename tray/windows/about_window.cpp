#include "tray/windows/about_window.h"

#include <wx/bmpbndl.h>
#include <wx/button.h>
#include <wx/statbmp.h>
#include <wx/stattext.h>

#include "ipc/path_text.h"
#include "tray/model/words.h"
#include "tray/windows/accessible.h"
#include "tray/windows/press.h"
#include "tray/windows/text.h"

namespace stocktray::tray {
namespace {

std::string role_words(ipc::Role role) {
    switch (role) {
        case ipc::Role::none:
            return tr("This computer has no role at the agent.");
        case ipc::Role::viewer:
            return tr("You may look at everything and change nothing.");
        case ipc::Role::operator_:
            return tr("You may pause and retry.");
        case ipc::Role::order_manager:
            return tr("You may report counts, start jobs, and decide.");
        case ipc::Role::admin:
            return tr("You may do everything.");
    }
    return {};
}

}  // namespace

AboutWindow::AboutWindow(const Context& about, const Command&)
    : Window{about,
             {.kind = CommandId::open_about,
              .name = "about",
              .title = tr("About Stocktray"),
              .size = {460, 300}}} {
    auto* content = new wxBoxSizer{wxVERTICAL};
    const int gap = FromDIP(12);
    auto* top = new wxBoxSizer{wxHORIZONTAL};
    const auto file = about.icons / "hicolor/scalable/apps/stocktray.svg";
    auto* picture = new wxStaticBitmap{
        &root(), wxID_ANY, wxBitmapBundle::FromSVGFile(wx(ipc::text_of(file)), FromDIP(wxSize{64, 64}))};
    name_control(*picture, "Stocktray");
    auto* name = new wxStaticText{&root(), wxID_ANY, "Stocktray " STOCKTRAY_VERSION};
    name->SetFont(name->GetFont().Scaled(1.4F).Bold());
    auto* what = new wxStaticText{
        &root(), wxID_ANY,
        wx(tr("Keeps the quantity on hand (QOH) equal in the Order Manager and in X-Cart web stores."))};
    what->Wrap(FromDIP(340));
    auto* words = new wxBoxSizer{wxVERTICAL};
    words->Add(name);
    words->Add(what, wxSizerFlags{}.Border(wxTOP, gap / 2));
    top->Add(picture, wxSizerFlags{}.Border(wxRIGHT, gap));
    top->Add(words, wxSizerFlags{1});
    content->Add(top, wxSizerFlags{}.Expand().Border(wxALL, gap));
    facts_ = new Details{&root(), tr("Versions"), wxSize{400, 110}};
    content->Add(facts_, wxSizerFlags{1}.Expand().Border(wxLEFT | wxRIGHT, gap));
    auto* close = new wxButton{&root(), wxID_CLOSE, wx(tr("&Close"))};
    on_press(*close, [this] { Close(); });
    content->Add(close, wxSizerFlags{}.Right().Border(wxALL, gap));
    finish(content);
    close->SetFocus();
}

void AboutWindow::show_view(const TrayView&) {
    const auto& mirror = context().mirror;
    std::string facts;
    if (mirror.contact() == Contact::here) {
        const auto& hello = mirror.hello();
        facts = say(tr("Agent {version}, protocol {protocol}\nAgent's id: {id}\n{role}"),
                    fmt::arg("version", hello.version), fmt::arg("protocol", hello.protocol),
                    fmt::arg("id", hello.agent), fmt::arg("role", role_words(hello.role)));
    } else {
        facts = context().view.headline;
    }
    facts += "\n\n" + tr("MIT licence. Built with wxWidgets, ZeroMQ and msgpack.");
    if (utf8(facts_->GetValue()) != facts) facts_->ChangeValue(wx(facts));
}

}  // namespace stocktray::tray
