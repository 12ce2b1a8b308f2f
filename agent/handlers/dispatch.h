// From a request's name to its handler and back to encoded bytes.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "agent/desk.h"
#include "agent/error_mapping.h"
#include "ipc/codec/framing.h"
#include "ipc/messages/method.h"

namespace stocktray::agent {

// The response, or none where it follows later (a test of a cart).
using Response = std::optional<std::string>;

struct Handler {
    ipc::Method method;
    std::function<Response(Desk&, const ipc::IncomingRequest&)> handle;
};

class Handlers {
public:
    Handlers();  // all families
    // Null: there is no such method.
    [[nodiscard]] const Handler* find(std::string_view method) const;
    [[nodiscard]] std::vector<std::string> names() const;

    // `use` takes the desk and the decoded request and returns Expected<Result>. A call that carries a client's
    // `id` is answered with its first answer when it is repeated.
    template <ipc::Request T, class Use>
    void add(Use use) {
        handlers_[std::string{T::method.name}] = {
            T::method, [use](Desk& desk, const ipc::IncomingRequest& request) -> Response {
                auto params = ipc::decode<T>(request.params);
                if (!params) return ipc::error(request.from.msgid, params.error());
                const std::string* call_id = nullptr;
                if constexpr (requires { params->id; })
                    if (params->id && !params->id->empty()) call_id = &*params->id;
                if (call_id != nullptr)
                    if (auto first = first_answer(desk, *call_id, T::method.name, request.from.msgid)) return first;
                auto result = use(desk, *params);
                if (!result) return ipc::error(request.from.msgid, result.error());
                const std::string encoded = ipc::encode(*result);
                if (call_id != nullptr)
                    desk.controller.store.ids.remember_answer(*call_id, T::method.name, encoded, desk.now.wall);
                return ipc::ok_encoded(request.from.msgid, encoded);
            }};
    }
    // A handler that answers by itself, later.
    template <ipc::Request T, class Use>
    void add_later(Use use) {
        handlers_[std::string{T::method.name}] = {
            T::method, [use](Desk& desk, const ipc::IncomingRequest& request) -> Response {
                auto params = ipc::decode<T>(request.params);
                if (!params) return ipc::error(request.from.msgid, params.error());
                if (auto error = use(desk, *params, request.from)) return ipc::error(request.from.msgid, *error);
                return std::nullopt;
            }};
    }

private:
    [[nodiscard]] static Response first_answer(Desk& desk, const std::string& id, std::string_view method,
                                               std::uint32_t msgid);
    std::map<std::string, Handler, std::less<>> handlers_;
};

// Each family adds its methods.
void add_agent_handlers(Handlers& handlers);
void add_qoh_handlers(Handlers& handlers);
void add_parameter_handlers(Handlers& handlers);
void add_cart_handlers(Handlers& handlers);
void add_stack_handlers(Handlers& handlers);
void add_journal_handlers(Handlers& handlers);

// `after` of a list: a number as text. An unreadable one begins at the start.
[[nodiscard]] std::int64_t cursor_of(const std::optional<std::string>& after) noexcept;

}  // namespace stocktray::agent
