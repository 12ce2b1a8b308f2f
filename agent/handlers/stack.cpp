#include "agent/handlers/dispatch.h"
#include "agent/views.h"
#include "ipc/messages/stack.h"
#include "ipc/words.h"

namespace stocktray::agent {
namespace {

ipc::Expected<ipc::stack::ListResult> list(Desk& desk, const ipc::stack::List& request) {
    store::PostFilter filter;
    if (request.cart) {
        const auto* cart = desk.controller.board.find(*request.cart);
        if (cart == nullptr) return ipc::fail(ipc::Code::not_found, "There is no cart " + *request.cart + ".");
        filter.cart = cart->cart.key;
    }
    filter.sku = request.sku;
    if (request.states) {
        for (const auto state : *request.states)
            filter.states.push_back(stack::state_from(ipc::to_string(state)).value_or(stack::State::queued));
    } else {
        filter.states = {stack::State::queued, stack::State::sending, stack::State::uncertain, stack::State::rejected};
    }
    filter.is_parked = request.parked;
    filter.after = cursor_of(request.after);
    filter.limit = request.limit;
    filter.offset = request.offset.value_or(0);
    ipc::stack::ListResult result;
    for (const auto& post : desk.controller.store.posts.list(filter))
        result.posts.push_back(view_of(desk.controller, post, desk.now));
    if (std::ssize(result.posts) == request.limit) result.next = std::to_string(result.posts.back().post);
    filter.after = 0;
    result.total = desk.controller.store.posts.count(filter);
    return result;
}

// Either posts or a cart, never both or none.
ipc::Expected<stack::Selection> selection_of(const ipc::stack::Selection& wire) {
    if (wire.posts.has_value() == wire.cart.has_value())
        return ipc::fail(ipc::Code::invalid_params, "Name either posts or a cart.");
    return stack::Selection{wire.posts.value_or(std::vector<std::int64_t>{}), wire.cart};
}

ipc::Expected<ipc::stack::Touched> touched(const Result<std::int64_t>& result) {
    if (!result) return ipc::Failure{to_wire(result.error())};
    return ipc::stack::Touched{*result};
}

template <class Request, class Act>
ipc::Expected<ipc::stack::Touched> select_and(Desk& desk, const Request& request, Act act) {
    auto selection = selection_of(request);
    if (!selection) return ipc::Failure{selection.error()};
    return touched(act(desk.controller.interventions, *selection));
}

ipc::Expected<ipc::stack::Touched> resolve(Desk& desk, const ipc::stack::Resolve& request) {
    auto& people = desk.controller.interventions;
    if (request.post && request.applied && !request.cart)
        return touched(people.resolve(*request.post,
                                      *request.applied ? stack::Proposal::applied : stack::Proposal::not_applied,
                                      request.reason, desk.now));
    if (request.cart && request.accept_proposals.value_or(false) && !request.post)
        return touched(people.accept_proposals(*request.cart, request.reason, desk.now));
    return ipc::fail(ipc::Code::invalid_params, "Give either post and applied, or cart and accept_proposals: true.");
}

}  // namespace

void add_stack_handlers(Handlers& handlers) {
    handlers.add<ipc::stack::List>(list);
    handlers.add<ipc::stack::Retry>([](Desk& desk, const ipc::stack::Retry& request) {
        return select_and(desk, request, [&](auto& people, const auto& which) { return people.retry(which, desk.now); });
    });
    handlers.add<ipc::stack::Cancel>([](Desk& desk, const ipc::stack::Cancel& request) {
        return select_and(desk, request, [&](auto& people, const auto& which) {
            return people.cancel(which, request.reason, desk.now);
        });
    });
    handlers.add<ipc::stack::Pause>([](Desk& desk, const ipc::stack::Pause& request) {
        const auto until = request.until ? std::optional{wall_from_ms(*request.until)} : std::nullopt;
        return select_and(desk, request,
                          [&](auto& people, const auto& which) { return people.pause(which, until, desk.now); });
    });
    handlers.add<ipc::stack::Resume>([](Desk& desk, const ipc::stack::Resume& request) {
        return select_and(desk, request, [&](auto& people, const auto& which) { return people.resume(which, desk.now); });
    });
    handlers.add<ipc::stack::Resolve>(resolve);
}

}  // namespace stocktray::agent
