#include "tray/model/carts_model.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "tray/model/present.h"
#include "tray/model/words.h"

namespace stocktray::tray {
namespace {

// A test asks several questions one after another, each of which may take as long as the cart allows.
constexpr std::int64_t questions_of_a_test = 4;

}  // namespace

std::string why_barred(const AgentMirror& mirror, ipc::Role role, std::int64_t now) {
    switch (mirror.contact()) {
        case Contact::waiting:
            return tr("The agent has not answered yet.");
        case Contact::lost:
            return lost_words(mirror, now);
        case Contact::other_version:
            return mirror.why().empty() ? tr("The agent is of another version.")
                                        : translated_sentence(mirror.why());
        case Contact::here:
            break;
    }
    return mirror.hello().role < role ? tr("You may look at this, but not change it.") : std::string{};
}

CartsModel::CartsModel(Conversation conversation, const AgentMirror& mirror, std::function<void()> changed)
    : mirror_{mirror}, changed_{std::move(changed)}, conversation_{std::move(conversation)} {
    conversation_.hear({}, [this](const News& news) {
        const bool concerns = std::ranges::any_of(news, [](const NewsItem& item) {
            if (std::holds_alternative<Snapshot>(item)) return true;
            const auto* event = std::get_if<ipc::ReceivedEvent>(&item);
            return event && event->as<ipc::events::CartChanged>();
        });
        if (concerns) read();
    });
}

void CartsModel::list(ListAnswer answer, ipc::carts::ListResult before) {
    const ipc::carts::List page{.after = before.next};
    conversation_.ask(page, [this, answer = std::move(answer), before = std::move(before)](
                                ipc::Expected<ipc::carts::ListResult> more) mutable {
        if (!more) return answer(std::move(more));
        std::ranges::move(more->carts, std::back_inserter(before.carts));
        before.next = std::move(more->next);
        if (before.next) return list(std::move(answer), std::move(before));
        answer(std::move(before));
    });
}

void CartsModel::read() {
    list([this](ipc::Expected<ipc::carts::ListResult> answer) {
        if (!answer) return changed_();
        if (is_read_ && carts_ == answer->carts) return;
        carts_ = std::move(answer->carts);
        is_read_ = true;
        follow();
        changed_();
    });
}

// What nobody has touched follows the agent. While it is being saved, the answer decides.
void CartsModel::follow() {
    if (form_.is_new || is_saving_) return;
    const auto* cart = find(form_.cart);
    if (!cart) {
        if (!is_changed()) edit_next(form_.cart);
        return;
    }
    const auto now = CartForm::of(*cart);
    overtaken_.merge(form_.follow(untouched_, now));
    untouched_ = now;
}

const ipc::carts::Cart* CartsModel::find(const std::string& cart) const {
    const auto found = std::ranges::find(carts_, cart, &ipc::carts::Cart::cart);
    return found == carts_.end() ? nullptr : &*found;
}

void CartsModel::edit(const std::string& cart) {
    if (const auto* found = find(cart)) begin(CartForm::of(*found));
}

void CartsModel::edit_new() {
    begin({});
}

void CartsModel::begin(CartForm form) {
    form_ = untouched_ = std::move(form);
    sent_.reset();
    overtaken_.clear();
    tested_.reset();
    error_.clear();
    ++test_number_;
    is_testing_ = false;
}

// The next by its id, else the first.
void CartsModel::edit_next(const std::string& gone) {
    if (carts_.empty()) return edit_new();
    const auto next = std::ranges::find_if(carts_, [&](const auto& one) { return one.cart > gone; });
    edit(next == carts_.end() ? carts_.front().cart : next->cart);
}

std::vector<std::string> CartsModel::other_ids() const {
    std::vector<std::string> ids;
    for (const auto& cart : carts_)
        if (form_.is_new || cart.cart != form_.cart) ids.push_back(cart.cart);
    return ids;
}

CartForm::Problems CartsModel::problems() const {
    return form_.problems(other_ids());
}

void CartsModel::test() {
    const auto request = form_.test();
    const auto within = std::chrono::milliseconds{*request.timeout_ms * questions_of_a_test + 10'000};
    is_testing_ = true;
    tested_.reset();
    error_.clear();
    const int number = ++test_number_;
    conversation_.ask(
        request,
        [this, number](ipc::Expected<ipc::carts::TestResult> answer) {
            if (number != test_number_) return;
            is_testing_ = false;
            if (answer)
                tested_ = words_of(*answer);
            else
                error_ = translated_sentence(answer.error().message);
            changed_();
        },
        within);
    changed_();
}

void CartsModel::answered(const std::string& cart, const ipc::Expected<ipc::Nothing>& answer, const std::function<void()>& then) {
    is_saving_ = false;
    if (!answer) {
        error_ = translated_sentence(answer.error().message);
        sent_.reset();
        follow();
        return changed_();
    }
    list([this, cart, then](ipc::Expected<ipc::carts::ListResult> list) {
        if (list) carts_ = std::move(list->carts);
        settle(cart);
        changed_();
        if (then) then();
    });
}

// The cart was saved or deleted. What a person has typed since, or another cart that he has gone to, stays.
void CartsModel::settle(const std::string& cart) {
    const auto sent = std::exchange(sent_, {});
    const auto* found = find(cart);
    const bool is_shown = sent || (!form_.is_new && form_.cart == cart);
    if (!found && is_shown) return edit_next(cart);
    if (!sent) return follow();
    untouched_ = CartForm::of(*found);
    form_.is_new = false;
    form_.cart = untouched_.cart;
    // Where what was sent and what the agent has differ, it is the agent's way to write it, and nobody's change.
    (void)form_.follow(*sent, untouched_);
    overtaken_.clear();
}

void CartsModel::save(SameStore same_store, std::function<void()> then) {
    if (is_saving_ || is_gone() || !problems().empty()) return;
    is_saving_ = true;
    sent_ = form_;
    error_.clear();
    const auto done = [this, cart = form_.id(), then = std::move(then)](const ipc::Expected<ipc::Nothing>& answer) {
        answered(cart, answer, then);
    };
    if (form_.is_new) {
        conversation_.ask(form_.create(), done);
    } else {
        auto changes = form_.update(untouched_);
        if (same_store == SameStore::yes) changes.same_store = true;
        conversation_.ask(changes, done);
    }
    changed_();
}

void CartsModel::remove(const std::string& cart, const std::string& reason, std::function<void()> then) {
    if (is_saving_) return;
    is_saving_ = true;
    error_.clear();
    ipc::carts::Delete request{.cart = cart};
    if (!reason.empty()) {
        request.cancel_posts = true;
        request.reason = reason;
    }
    conversation_.ask(request, [this, cart, then = std::move(then)](ipc::Expected<ipc::Nothing> answer) {
        // Deleted elsewhere meanwhile: that is what was wanted.
        if (!answer && answer.error().code == ipc::Code::not_found) answer = ipc::Nothing{};
        answered(cart, answer, then);
    });
    changed_();
}

bool CartsModel::must_ask_whether_same_store() const {
    const auto* status = mirror_.find_cart(form_.cart);
    if (form_.is_new || !status || status->status.uncertain == 0) return false;
    const auto changes = form_.update(untouched_);
    return changes.url || changes.store_code;
}

std::int64_t CartsModel::posts_waiting() const {
    const auto* cart = mirror_.find_cart(form_.cart);
    if (form_.is_new || !cart) return 0;
    return cart->status.queued + cart->status.sending + cart->status.uncertain + cart->status.rejected;
}

bool CartsModel::may_change() const {
    return mirror_.contact() != Contact::here || mirror_.hello().role >= ipc::Role::admin;
}

std::string CartsModel::barred(std::int64_t now) const {
    return why_barred(mirror_, ipc::Role::admin, now);
}

}  // namespace stocktray::tray
