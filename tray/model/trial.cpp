#include "tray/model/trial.h"

#include <algorithm>
#include <utility>

#include "ipc/messages/events.h"
#include "ipc/messages/qoh.h"
#include "ipc/random_id.h"
#include "tray/model/words.h"

namespace stocktray::tray {
namespace {

constexpr const char* source = "stocktray";

// Whether the agent has it is not known; asked again under the same id it tells.
bool is_unknown(ipc::Code code) noexcept {
    using enum ipc::Code;
    return code == no_answer || code == bad_answer || code == storage || code == internal;
}

}  // namespace

Trial::Trial(Link& link, const AgentMirror& mirror, Surroundings surroundings)
    : mirror_{mirror}, surroundings_{std::move(surroundings)}, owed_{surroundings_.kept}, conversation_{link.converse()} {
    conversation_.hear({"post"}, [this](const News& news) { hear(news); });
}

bool Trial::can_begin() const noexcept {
    return (step_ == Step::none || step_ == Step::put_back) && mirror_.contact() == Contact::here;
}

// Once with each connection: an agent that cannot take it now is not asked in a circle.
void Trial::look() {
    const bool is_new = mirror_.contact() == Contact::here && std::exchange(asked_at_, mirror_.snapshots()) != mirror_.snapshots();
    if (is_new && owed_ && is_owed_here() && step_ == Step::none) {
        is_ended_ = true;
        take_off(Asked::again);
    }
}

void Trial::begin(const std::string& cart) {
    if (!can_begin()) return;
    has_followed_ = false;
    is_ended_ = owed_.has_value();  // of the last time: that is put back first
    if (owed_) return take_off(Asked::again);
    go(Step::looking);
    choose(cart);
}

void Trial::choose(const std::string& cart) {
    ipc::qoh::List list;
    list.cart = cart;
    list.limit = 1'000;
    conversation_.ask(list, [this, cart](ipc::Expected<ipc::qoh::ListResult> answer) {
        if (!answer) return go(Step::none, answer.error().message);
        const auto item = std::ranges::find_if(answer->items, [](const auto& one) { return one.tracked && one.om_qoh.value_or(0) > 0; });
        if (item == answer->items.end()) return go(Step::none, tr("There is no SKU to try it with."));
        if (is_ended_) return go(Step::none);
        owe(Owed{cart, item->sku, ipc::random_id(), mirror_.hello().incarnation});
        take_off(Asked::first);
    });
}

// Under its id it is taken off once, however often that is asked.
void Trial::take_off(Asked asked) {
    sku_ = owed_->sku;
    go(Step::taking_off);
    submit(-1, asked, [this] {
        go(Step::taken_off);
        if (is_ended_) put_back();
    });
}

void Trial::put_back() {
    go(Step::putting_back);
    submit(1, Asked::again, [this] {
        owe({});
        go(Step::put_back);
    });
}

void Trial::end() {
    is_ended_ = true;
    if (step_ == Step::taken_off) put_back();
}

// This computer may have been paired with another agent meanwhile.
bool Trial::is_owed_here() const { return owed_->agent.empty() || owed_->agent == mirror_.hello().incarnation; }

void Trial::submit(std::int64_t delta, Asked asked, std::function<void()> taken) {
    if (!is_owed_here())
        return go(Step::none, say(tr("A piece of {sku} is still taken off at another agent. It is put back when this program reaches "
                                     "that agent again."), fmt::arg("sku", owed_->sku)));
    ipc::qoh::Change change{.id = delta < 0 ? owed_->id : owed_->id + "-back", .sku = owed_->sku};
    change.delta = delta;
    change.reason = ipc::Reason::adjustment;
    change.reason_text = delta < 0 ? "test: one piece off" : "test: put back";
    conversation_.ask(ipc::qoh::Submit{.source = source, .changes = {change}},
                      [this, delta, asked, taken = std::move(taken)](ipc::Expected<ipc::qoh::SubmitResult> answer) {
                          if (answer && answer->rejected.empty()) return taken();
                          // Then nothing was taken off. Otherwise it is still owed.
                          const bool could_never_be = answer || answer.error().code == ipc::Code::invalid_params;
                          const bool was_not_taken = could_never_be || (asked == Asked::first && !is_unknown(answer.error().code));
                          if (delta < 0 && was_not_taken) owe({});
                          go(Step::none, answer ? answer->rejected[0].message : answer.error().message);
                      });
}

void Trial::hear(const News& news) {
    for (const auto& item : news) {
        const auto* event = std::get_if<ipc::ReceivedEvent>(&item);
        if (event == nullptr || step_ != Step::taken_off) continue;
        // The piece that was put back the last time may be confirmed only now; ours may have been added up with another change.
        const auto is_ours = [this](const auto& post) {
            return post && post->cart == owed_->cart && post->sku == owed_->sku && post->delta != 1;
        };
        if (is_ours(event->as<ipc::events::PostConfirmed>())) {
            has_followed_ = true;
            put_back();
        } else if (is_ours(event->as<ipc::events::PostRejected>())) {
            end();
        }
    }
}

void Trial::owe(std::optional<Owed> owed) {
    owed_ = std::move(owed);
    surroundings_.keep(owed_);
}

void Trial::go(Step step, std::string error) {
    step_ = step;
    error_ = translated_sentence(error);
    if (changed_) changed_();
}

}  // namespace stocktray::tray
