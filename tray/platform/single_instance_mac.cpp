// macOS itself keeps one instance of an application that is started from the Finder or the Dock, and asks it to open
// again (`App::MacReopenApp`); this is for starts by the program's name.
#include <wx/snglinst.h>
#include <wx/utils.h>

#include "tray/model/words.h"
#include "tray/platform/single_instance.h"

namespace stocktray::tray {

struct SingleInstance::State {
    wxSingleInstanceChecker checker;
};

SingleInstance::SingleInstance(std::unique_ptr<State> state) : state_{std::move(state)} {}
SingleInstance::SingleInstance(SingleInstance&&) noexcept = default;
SingleInstance& SingleInstance::operator=(SingleInstance&&) noexcept = default;
SingleInstance::~SingleInstance() = default;

std::optional<SingleInstance> SingleInstance::claim(const std::string&, std::string& why_not) {
    auto state = std::make_unique<State>();
    state->checker.Create("stocktray-" + wxGetUserId());
    if (!state->checker.IsAnotherRunning()) return SingleInstance{std::move(state)};
    why_not = tr("Stocktray runs already: its icon is in the menu bar.");
    return std::nullopt;
}

void SingleInstance::on_second_start(std::function<void(const std::string&)>) {}

}  // namespace stocktray::tray
