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

// The response, or none where it follows later (a test of a cart, the end of a long snapshot).
using Response = std::optional<std::string>;

struct Handler {
    ipc::Method method;
    std::function<Response(Desk&, const ipc::IncomingRequest&)> handle;
};

class Handlers {
public:
    Handlers();  // all families
    // What every request passes: who asks may do it or is refused, and the history knows whose deed it is. Within a turn.
    [[nodiscard]] Response dispatch(Desk& desk, Members& members, const ipc::IncomingRequest& request) const;

    // Null: there is no such method.
    [[nodiscard]] const Handler* find(std::string_view method) const;

    // `use` takes the desk and the decoded request and returns Expected<Result>. A call that carries a client's
    // `id` is answered with its first answer when it is repeated.
    template <ipc::Request T, class Use>
    void add(Use use) {
        handlers_[std::string{T::method.name}] = {
            T::method, [use](Desk& desk, const ipc::IncomingRequest& request) -> Response {
                auto params = ipc::decode<T>(request.params);
                if (!params) return ipc::error(request.from.msgid, params.error());
                std::optional<Call> call;
                if constexpr (requires { params->id; })
                    if (params->id && !params->id->empty()) call = Call{*params->id, T::method.name, content_of(*params)};
                if (call)
                    if (auto first = first_answer(desk, *call, request.from.msgid)) return first;
                auto result = use(desk, *params);
                if (!result) return ipc::error(request.from.msgid, result.error());
                const std::string encoded = ipc::encode(*result);
                if (call) remember(desk, *call, encoded);
                return ipc::ok_encoded(request.from.msgid, encoded);
            }};
    }
    // A handler that may answer by itself, later: `use` returns Expected<std::optional<Result>>, none then.
    template <ipc::Request T, class Use>
    void add_later(Use use) {
        handlers_[std::string{T::method.name}] = {
            T::method, [use](Desk& desk, const ipc::IncomingRequest& request) -> Response {
                auto params = ipc::decode<T>(request.params);
                if (!params) return ipc::error(request.from.msgid, params.error());
                const auto result = use(desk, *params, request.from);
                if (!result) return ipc::error(request.from.msgid, result.error());
                return *result ? Response{ipc::ok(request.from.msgid, **result)} : std::nullopt;
            }};
    }

private:
    // A call with a client's id.
    struct Call {
        std::string id;
        std::string_view method;
        store::Hash content;
    };
    // Of the params as they were understood. A password is left out: not even its hash is kept.
    template <ipc::Request T>
    [[nodiscard]] static store::Hash content_of(T params) {
        if constexpr (requires { params.password; })
            if (params.password) params.password = ipc::Secret{};
        return store::hash_of({ipc::encode(params)});
    }
    [[nodiscard]] static Response first_answer(Desk& desk, const Call& call, std::uint32_t msgid);
    static void remember(Desk& desk, const Call& call, const std::string& encoded);
    std::map<std::string, Handler, std::less<>> handlers_;
};

// Each family adds its methods.
void add_agent_handlers(Handlers& handlers);
void add_qoh_handlers(Handlers& handlers);
void add_parameter_handlers(Handlers& handlers);
void add_cart_handlers(Handlers& handlers);
void add_stack_handlers(Handlers& handlers);
void add_job_handlers(Handlers& handlers);
void add_journal_handlers(Handlers& handlers);
void add_report_handlers(Handlers& handlers);
void add_key_handlers(Handlers& handlers);

// `after` of a list: a number as text. An unreadable one begins at the start.
[[nodiscard]] std::int64_t cursor_of(const std::optional<std::string>& after) noexcept;

}  // namespace stocktray::agent
