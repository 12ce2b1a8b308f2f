#include "agent/error_mapping.h"

namespace stocktray::agent {
namespace {

ipc::Code code_of(ErrorCode code) noexcept {
    switch (code) {
        case ErrorCode::invalid: return ipc::Code::invalid_params;
        case ErrorCode::not_found: return ipc::Code::not_found;
        case ErrorCode::conflict: return ipc::Code::conflict;
        case ErrorCode::unsupported: return ipc::Code::unsupported;
        case ErrorCode::storage:
        case ErrorCode::damaged: return ipc::Code::storage;
        case ErrorCode::busy: return ipc::Code::busy;
        case ErrorCode::internal: return ipc::Code::internal;
    }
    return ipc::Code::internal;
}

}  // namespace

ipc::Error to_wire(const Error& error) {
    constexpr std::int64_t come_again_ms = 1'000;
    if (error.code == ErrorCode::busy) return ipc::fail_busy(error.message, come_again_ms).value();
    return {code_of(error.code), error.message, std::nullopt};
}

}  // namespace stocktray::agent
