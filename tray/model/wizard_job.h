// What the wizard's files share about its jobs. Internal to them.
#pragma once
#include "ipc/messages/jobs.h"
#include "tray/model/wizard_model.h"

namespace stocktray::tray {

[[nodiscard]] inline ipc::JobKind kind_of(RightSide side) {
    return side == RightSide::store ? ipc::JobKind::get_qoh : ipc::JobKind::send_qoh;
}

// Nothing more happens by itself, or only what waits for posts under way.
[[nodiscard]] inline bool has_ended(const ipc::jobs::Job& job) {
    using enum ipc::JobState;
    return job.state == done || job.state == failed || job.state == cancelled || job.state == blocked;
}

}  // namespace stocktray::tray
