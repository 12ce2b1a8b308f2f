// What every function of the C interface has around it: no exception leaves, and what went wrong is kept as a
// code and a sentence for this thread. Internal to ipc/c_api.
#pragma once
#include <new>
#include <string>

#include "ipc/c_api/stocktray.h"
#include "ipc/error.h"
#include "ipc/spool/outbox.h"

namespace stocktray::c_api {

[[nodiscard]] stocktray_code code_of(ipc::Code code) noexcept;

// Keeps the sentence, returns the code.
stocktray_code say(const ipc::Error& error) noexcept;
stocktray_code say(stocktray_code code, const char* sentence) noexcept;
[[nodiscard]] const char* last_sentence() noexcept;

[[nodiscard]] inline stocktray_code wrong_argument(const char* sentence) noexcept {
    return say(STOCKTRAY_INVALID_ARGUMENT, sentence);
}

// `use` returns a stocktray_code.
template <class Use>
stocktray_code guarded(Use use) noexcept {
    try {
        return use();
    } catch (const std::bad_alloc&) {
        return say(STOCKTRAY_INTERNAL, "There is not enough memory.");
    } catch (const std::exception& error) {
        return say(STOCKTRAY_INTERNAL, error.what());
    } catch (...) {
        return say(STOCKTRAY_INTERNAL, "Something unexpected happened.");
    }
}

// For functions that make something: null instead of an exception.
template <class Make>
auto made(Make make) noexcept -> decltype(make()) {
    try {
        return make();
    } catch (...) {
        (void)say(STOCKTRAY_INTERNAL, "There is not enough memory.");
        return nullptr;
    }
}

[[nodiscard]] inline const char* text_or_empty(const char* text) noexcept { return text ? text : ""; }
[[nodiscard]] inline ipc::Outbox::Duration wait_of(std::int32_t ms) noexcept {
    return ipc::Outbox::Duration{ms > 0 ? ms : 0};
}

// A request over the outbox's own connection.
template <ipc::Request T>
[[nodiscard]] ipc::Expected<typename T::Result> ask(ipc::Outbox& outbox, const T& request, std::int32_t timeout_ms) {
    auto answer = outbox.call(T::method.name, ipc::encode(request), wait_of(timeout_ms));
    if (!answer) return ipc::Failure{std::move(answer.error())};
    return ipc::decode<typename T::Result>(answer->result, ipc::Reading::lenient);
}

// Keeps the sentence of one that is saved and that the agent will not have for now; nothing of any other.
void explain(const ipc::Outbox::Outcome& outcome) noexcept;

// An outcome as the caller is told it.
stocktray_code tell(const ipc::Outbox::Outcome& outcome, stocktray_place* place) noexcept;

}  // namespace stocktray::c_api
