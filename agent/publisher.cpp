#include "agent/publisher.h"

#include <algorithm>

#include "agent/job_view.h"
#include "agent/views.h"
#include "core/overloaded.h"

namespace stocktray::agent {
namespace {

template <class Event, class View>
Event event_of(View view) {
    Event event;
    static_cast<View&>(event) = std::move(view);
    return event;
}

// A cart's definition, every field given.
ipc::events::CartChanged changed(const ipc::carts::Cart& cart) {
    ipc::events::CartChanged event;
    event.cart = cart.cart;
    event.name = cart.name;
    event.kind = cart.kind;
    event.url = cart.url;
    event.user = cart.user;
    event.store_url = cart.store_url;
    event.store_code = cart.store_code;
    event.charset = cart.charset;
    event.dialect = cart.dialect;
    event.synchronize_inventory = cart.synchronize_inventory;
    event.active = cart.active;
    event.allow_http = cart.allow_http;
    event.connections = cart.connections;
    event.batch_size = cart.batch_size;
    event.items_per_send = cart.items_per_send;
    event.timeout_ms = cart.timeout_ms;
    event.buffer = cart.buffer;
    event.exclude = cart.exclude;
    event.sku_map = cart.sku_map;
    return event;
}

}  // namespace

void Publisher::publish(std::vector<Notice> notices, Now now) {
    for (const auto& notice : notices) remember(notice);
    for (auto& notice : notices)
        std::visit(Overloaded{
                       [&](PostNotice& post) { tell_post(post, now); },
                       [&](StackNotice&) {},
                       [&](JobNotice&) {},
                       [&](CartNotice& cart) {
                           if (const auto* state = controller_.board.get(cart.cart))
                               server_.publish(changed(view_of(state->config())));
                       },
                       [&](AlertNotice& alert) {
                           const auto view = view_of(alert.alert);
                           switch (alert.news) {
                               case AlertNews::raised: server_.publish(event_of<ipc::events::AlertRaised>(view)); break;
                               case AlertNews::changed:
                                   server_.publish(event_of<ipc::events::AlertChanged>(view));
                                   break;
                               case AlertNews::cleared:
                                   server_.publish(event_of<ipc::events::AlertCleared>(view));
                                   break;
                           }
                       },
                       [&](HistoryNotice& history) {
                           server_.publish(event_of<ipc::events::HistoryAdded>(view_of(history.entry)));
                       },
                       [&](PullNotice& pull) {
                           ipc::events::QohAvailable event;
                           event.waiting = pull.waiting;
                           server_.publish(event);
                       },
                   },
                   notice);
    publish_due(now);
}

// What is told by its last state, later.
void Publisher::remember(const Notice& notice) {
    if (const auto* stack = std::get_if<StackNotice>(&notice)) told_[stack->cart].is_due = true;
    if (const auto* job = std::get_if<JobNotice>(&notice)) {
        auto& told = jobs_[job->job];
        told.is_due = true;
        if (job->has_ended) told.at.reset();
    }
}

void Publisher::publish_due(Now now) {
    for (auto& [cart, told] : told_)
        if (told.is_due && (!told.at || now.steady - *told.at >= between)) tell_stack(cart, now);
    for (auto it = jobs_.begin(); it != jobs_.end();) {
        const auto id = it->first;
        const auto& told = (it++)->second;
        if (told.is_due && (!told.at || now.steady - *told.at >= between_progress)) tell_job(id, now);
    }
}

bool Publisher::is_due(Now now) const {
    const auto due = [now](const auto& told, Milliseconds pause) {
        return told.is_due && (!told.at || now.steady - *told.at >= pause);
    };
    return std::ranges::any_of(told_, [&](const auto& one) { return due(one.second, between); }) ||
           std::ranges::any_of(jobs_, [&](const auto& one) { return due(one.second, between_progress); });
}

// Due until it is told: what cannot be read now is tried again after the usual pause.
void Publisher::tell_job(jobs::JobId id, Now now) {
    jobs_[id].at = now.steady;
    const auto job = controller_.store.jobs.get(id);
    if (!job || !jobs::is_at_work(job->state)) {
        if (job) server_.publish(event_of<ipc::events::JobFinished>(view_of(controller_, *job, now)));
        jobs_.erase(id);
        return;
    }
    server_.publish(event_of<ipc::events::JobProgress>(view_of(controller_, *job, now)));
    jobs_[id].is_due = false;
}

std::optional<AgentTime> Publisher::next_due() const {
    std::optional<AgentTime> next;
    const auto look = [&](const auto& told, Milliseconds pause) {
        if (!told.is_due) return;
        const auto at = told.at ? *told.at + pause : AgentTime{};
        if (!next || at < *next) next = at;
    };
    for (const auto& [cart, told] : told_) look(told, between);
    for (const auto& [job, told] : jobs_) look(told, between_progress);
    return next;
}

void Publisher::tell_stack(stack::CartKey key, Now now) {
    auto& told = told_[key];
    told.at = now.steady;
    const auto* cart = controller_.board.get(key);
    if (cart == nullptr) {
        told.is_due = false;
        return;
    }
    auto view = view_of(controller_, *cart, now);
    const auto health = controller_.board.health(*cart);
    if (told.health && *told.health != health) {
        ipc::events::CartHealth event;
        event.cart = view.cart;
        event.health = view.health;
        event.last_error = view.last_error;
        server_.publish(event);
    }
    told.health = health;
    server_.publish(event_of<ipc::events::StackChanged>(std::move(view)));
    told.is_due = false;
}

void Publisher::tell_post(const PostNotice& notice, Now now) {
    auto view = view_of(controller_, notice.post, now);
    switch (notice.news) {
        case PostNews::confirmed: {
            auto event = event_of<ipc::events::PostConfirmed>(std::move(view));
            event.took_ms = notice.took ? notice.took->count() : 0;
            server_.publish(event);
            break;
        }
        case PostNews::late: server_.publish(event_of<ipc::events::PostLate>(std::move(view))); break;
        case PostNews::rejected: server_.publish(event_of<ipc::events::PostRejected>(std::move(view))); break;
        case PostNews::uncertain: server_.publish(event_of<ipc::events::PostUncertain>(std::move(view))); break;
        case PostNews::settled: server_.publish(event_of<ipc::events::PostSettled>(std::move(view))); break;
    }
}

}  // namespace stocktray::agent
