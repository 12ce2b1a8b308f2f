// A question to the agent over the outbox's connection.
#pragma once
#include <chrono>

#include "ipc/client/whole_list.h"
#include "ipc/codec/decode.h"
#include "ipc/codec/encode.h"
#include "ipc/messages/carts.h"
#include "ipc/messages/method.h"
#include "ipc/spool/outbox.h"

namespace stocktray::gateway {

// May be called from any thread; questions wait for one another. `no_agent`, `no_answer`: nobody answered in time.
template <ipc::Request T>
[[nodiscard]] ipc::Expected<typename T::Result> ask(ipc::Outbox& outbox, const T& request,
                                                    std::chrono::milliseconds timeout = std::chrono::seconds{10}) {
    auto answer = outbox.call(T::method.name, ipc::encode(request), timeout);
    if (!answer) return ipc::Failure{std::move(answer.error())};
    auto result = ipc::decode<typename T::Result>(answer->result, ipc::Reading::lenient);
    if (!result) result.error().code = ipc::Code::bad_answer;
    return result;
}

// Every cart, however many answers they take. `timeout` is that of one answer.
[[nodiscard]] inline ipc::Expected<ipc::carts::ListResult> ask_for_carts(ipc::Outbox& outbox, std::chrono::milliseconds timeout) {
    return ipc::whole_list(ipc::carts::List{}, &ipc::carts::ListResult::carts,
                           [&](const ipc::carts::List& page) { return ask(outbox, page, timeout); });
}

}  // namespace stocktray::gateway
