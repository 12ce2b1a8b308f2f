#include "tray/model/agent_mirror.h"

#include <algorithm>
#include <limits>
#include <variant>

namespace stocktray::tray {
namespace {

constexpr std::size_t most_jobs = 100;

bool is_at_work(const ipc::jobs::Job& job) {
    using enum ipc::JobState;
    return job.state == queued || job.state == running || job.state == waiting || job.state == blocked;
}

}  // namespace

void AgentMirror::take(const News& news, std::int64_t now) {
    for (const auto& item : news) take(item, now);
}

void AgentMirror::take(const NewsItem& item, std::int64_t now) {
    std::visit([&](const auto& one) { take(one, now); }, item);
}

void AgentMirror::set_contact(Contact contact, std::int64_t now) {
    if (contact_ == contact) return;
    contact_ = contact;
    contact_since_ = now;
}

void AgentMirror::take(const Snapshot& snapshot, std::int64_t now) {
    set_contact(Contact::here, now);
    ++snapshots_;
    as_of_ = now;
    why_.clear();
    hello_ = snapshot.hello;
    synch_qoh_ = snapshot.status.synch_qoh;
    parameters_ = snapshot.parameters;
    alerts_ = snapshot.alerts;
    jobs_.clear();
    for (const auto& job : snapshot.jobs) jobs_.emplace(job.job, job);
    carts_.clear();
    for (const auto& status : snapshot.status.carts) {
        MirroredCart cart{status, now, std::nullopt};
        const auto at = std::ranges::find(snapshot.carts, status.cart, &ipc::carts::Cart::cart);
        if (at != snapshot.carts.end()) cart.definition = *at;
        carts_.push_back(std::move(cart));
    }
    std::ranges::stable_sort(carts_, {}, [](const MirroredCart& cart) { return cart.status.name; });
}

void AgentMirror::take(const ipc::ReceivedEvent& event, std::int64_t now) {
    namespace events = ipc::events;
    as_of_ = now;
    if (const auto stack = event.as<events::StackChanged>())
        take(static_cast<const ipc::agent::CartStatus&>(*stack), now);
    else if (const auto health = event.as<events::CartHealth>())
        take(*health);
    else if (const auto parameter = event.as<events::ParameterChanged>())
        take(*parameter);
    else if (const auto raised = event.as<events::AlertRaised>())
        take_alert(*raised);
    else if (const auto changed = event.as<events::AlertChanged>())
        take_alert(*changed);
    else if (const auto cleared = event.as<events::AlertCleared>())
        clear_alert(cleared->alert);
    else if (const auto progress = event.as<events::JobProgress>())
        take_job(*progress);
    else if (const auto finished = event.as<events::JobFinished>())
        take_job(*finished);
}

void AgentMirror::take(const ipc::AgentLost& lost, std::int64_t now) {
    set_contact(Contact::lost, now);
    why_ = lost.why.code == ipc::Code::unauthorized ? lost.why.message : std::string{};
}

void AgentMirror::take(const OtherVersion& other, std::int64_t now) {
    set_contact(Contact::other_version, now);
    why_ = other.message;
}

void AgentMirror::take(const ipc::agent::CartStatus& status, std::int64_t now) {
    const auto at =
        std::ranges::find(carts_, status.cart, [](const MirroredCart& cart) { return cart.status.cart; });
    if (at == carts_.end()) return;  // its definition comes with the next snapshot
    at->status = status;
    at->heard_at = now;
}

void AgentMirror::take(const ipc::events::CartHealth& health) {
    for (auto& cart : carts_) {
        if (cart.status.cart != health.cart) continue;
        cart.status.health = health.health;
        cart.status.last_error = health.last_error;
    }
}

void AgentMirror::take(const ipc::events::ParameterChanged& parameter) {
    parameters_.insert_or_assign(parameter.name, parameter.value);
    if (const auto* is_on = std::get_if<bool>(&parameter.value); is_on && parameter.name == "SynchQOH")
        synch_qoh_ = *is_on;
}

void AgentMirror::take_alert(const ipc::alerts::Alert& alert) {
    const auto at = std::ranges::find(alerts_, alert.alert, &ipc::alerts::Alert::alert);
    if (at == alerts_.end())
        alerts_.push_back(alert);
    else
        *at = alert;
}

void AgentMirror::clear_alert(std::string_view alert) {
    std::erase_if(alerts_, [&](const auto& one) { return one.alert == alert; });
}

void AgentMirror::take_job(const ipc::jobs::Job& job) {
    jobs_.insert_or_assign(job.job, job);
    if (jobs_.size() > most_jobs) jobs_.erase(jobs_.begin());
}

const MirroredCart* AgentMirror::find_cart(std::string_view cart) const {
    const auto at = std::ranges::find(
        carts_, cart, [](const MirroredCart& one) { return std::string_view{one.status.cart}; });
    return at == carts_.end() ? nullptr : &*at;
}

std::string AgentMirror::name_of(std::string_view cart) const {
    const auto* found = find_cart(cart);
    return found && !found->status.name.empty() ? found->status.name : std::string{cart};
}

std::int64_t AgentMirror::number(const std::string& parameter, std::int64_t otherwise) const {
    const auto at = parameters_.find(parameter);
    const auto* value = at == parameters_.end() ? nullptr : std::get_if<std::int64_t>(&at->second);
    return value ? *value : otherwise;
}

std::string AgentMirror::text(const std::string& parameter) const {
    const auto at = parameters_.find(parameter);
    const auto* value = at == parameters_.end() ? nullptr : std::get_if<std::string>(&at->second);
    return value ? *value : std::string{};
}

const ipc::jobs::Job* AgentMirror::running_job(std::string_view cart) const {
    for (auto at = jobs_.rbegin(); at != jobs_.rend(); ++at)
        if (at->second.cart == cart && is_at_work(at->second)) return &at->second;
    return nullptr;
}

std::int64_t AgentMirror::oldest_age(const MirroredCart& cart, std::int64_t now) {
    // What an agent says may be any number.
    const auto told = std::max<std::int64_t>(0, cart.status.oldest_age_ms);
    if (told == 0) return 0;
    const auto since = std::max<std::int64_t>(0, now - cart.heard_at);
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    return told > most - since ? most : told + since;
}

}  // namespace stocktray::tray
