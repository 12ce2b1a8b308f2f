#include "tray/model/words.h"
#include "tray/platform/service_starter.h"

namespace stocktray::tray {
namespace {

std::string only_elsewhere() {
    return tr("On Windows Stocktray uses the agent of another computer. Pair this computer with it: “Shared Agent…” in the menu.");
}

}  // namespace

bool can_run_agent() noexcept { return false; }

std::string start_agent(const std::filesystem::path&, const std::string&) { return only_elsewhere(); }
std::string start_gateway(const std::filesystem::path&, const std::string&) { return only_elsewhere(); }

}  // namespace stocktray::tray
