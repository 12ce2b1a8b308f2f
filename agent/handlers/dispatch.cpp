#include "agent/handlers/dispatch.h"

#include <fmt/format.h>

#include <charconv>

namespace stocktray::agent {

Handlers::Handlers() {
    add_agent_handlers(*this);
    add_qoh_handlers(*this);
    add_parameter_handlers(*this);
    add_cart_handlers(*this);
    add_stack_handlers(*this);
    add_job_handlers(*this);
    add_journal_handlers(*this);
    add_report_handlers(*this);
    add_key_handlers(*this);
}

const Handler* Handlers::find(std::string_view method) const {
    const auto found = handlers_.find(method);
    return found == handlers_.end() ? nullptr : &found->second;
}

Response Handlers::dispatch(Desk& desk, Members& members, const ipc::IncomingRequest& request) const {
    const auto* handler = find(request.method);
    if (handler == nullptr)
        return ipc::error(request.from.msgid,
                          {ipc::Code::unknown_method, fmt::format("There is no method {}.", request.method), std::nullopt});
    desk.caller = request.caller;
    desk.member = members.find(request.caller);
    if (auto refused = refusal(desk.member.rights, handler->method, request.params))
        return ipc::error(request.from.msgid, *refused);
    auto& journal = desk.controller.journal;
    journal.write_for({desk.member.user, desk.member.workstation});
    auto response = handler->handle(desk, request);
    journal.write_for({});
    return response;
}

Response Handlers::first_answer(Desk& desk, const Call& call, std::uint32_t msgid) {
    const auto answer = desk.controller.store.ids.answer(call.id);
    if (!answer) return std::nullopt;
    if (answer->method != call.method || answer->content != call.content)
        return ipc::error(msgid, {ipc::Code::conflict,
                                  fmt::format("The id {} was used before for another call ({}); a new call needs a new id.",
                                              call.id, answer->method),
                                  std::nullopt});
    return ipc::ok_encoded(msgid, answer->bytes);
}

void Handlers::remember(Desk& desk, const Call& call, const std::string& encoded) {
    desk.controller.store.ids.remember_answer(call.id, {std::string{call.method}, call.content, encoded}, desk.now.wall);
}

std::int64_t cursor_of(const std::optional<std::string>& after) noexcept {
    std::int64_t value = 0;
    if (after) std::from_chars(after->data(), after->data() + after->size(), value);
    return value;
}

}  // namespace stocktray::agent
