#include "ipc/c_api/boundary.h"

#include <exception>

namespace stocktray::c_api {
namespace {

std::string& sentence() {
    thread_local std::string kept;
    return kept;
}

}  // namespace

stocktray_code code_of(ipc::Code code) noexcept {
    switch (code) {
        case ipc::Code::invalid_request:
        case ipc::Code::invalid_params: return STOCKTRAY_INVALID_ARGUMENT;
        case ipc::Code::unknown_method:
        case ipc::Code::unsupported: return STOCKTRAY_UNSUPPORTED;
        case ipc::Code::not_found: return STOCKTRAY_NOT_FOUND;
        case ipc::Code::conflict: return STOCKTRAY_CONFLICT;
        case ipc::Code::unauthorized: return STOCKTRAY_UNAUTHORIZED;
        case ipc::Code::busy: return STOCKTRAY_BUSY;
        case ipc::Code::too_large: return STOCKTRAY_TOO_LARGE;
        case ipc::Code::storage: return STOCKTRAY_STORAGE;
        case ipc::Code::internal: return STOCKTRAY_INTERNAL;
        case ipc::Code::no_agent: return STOCKTRAY_NO_AGENT;
        case ipc::Code::no_answer: return STOCKTRAY_NO_ANSWER;
        case ipc::Code::bad_answer: return STOCKTRAY_BAD_ANSWER;
    }
    return STOCKTRAY_INTERNAL;
}

stocktray_code say(stocktray_code code, const char* text) noexcept {
    try {
        sentence() = text;
    } catch (...) {
        sentence().clear();
    }
    return code;
}

stocktray_code say(const ipc::Error& error) noexcept { return say(code_of(error.code), error.message.c_str()); }

const char* last_sentence() noexcept { return sentence().c_str(); }

void explain(const ipc::Outbox::Outcome& outcome) noexcept {
    if (outcome.place == ipc::Outbox::Place::spooled && !outcome.error.message.empty())
        (void)say(STOCKTRAY_OK, outcome.error.message.c_str());
}

stocktray_code tell(const ipc::Outbox::Outcome& outcome, stocktray_place* place) noexcept {
    switch (outcome.place) {
        case ipc::Outbox::Place::at_agent:
            if (place) *place = STOCKTRAY_AT_AGENT;
            return STOCKTRAY_OK;
        case ipc::Outbox::Place::spooled:
            if (place) *place = STOCKTRAY_SPOOLED;
            return STOCKTRAY_OK;
        case ipc::Outbox::Place::refused:
            if (place) *place = STOCKTRAY_REFUSED;
            return say(outcome.error);
    }
    return STOCKTRAY_INTERNAL;
}

}  // namespace stocktray::c_api
