#include "ipc/messages/report.h"

#include "agent/handlers/dispatch.h"
#include "agent/report_view.h"

namespace stocktray::agent {

void add_report_handlers(Handlers& handlers) {
    handlers.add<ipc::report::Get>(
        [](Desk& desk, const ipc::report::Get& request) { return report(desk, request); });
}

}  // namespace stocktray::agent
