#include "tray/model/stack_model.h"

#include <algorithm>
#include <utility>

#include "tray/model/post_words.h"
#include "tray/model/words.h"

namespace stocktray::tray {
namespace {

constexpr std::int64_t refresh_ms = 500;  // what changes is read at most twice a second
constexpr int most_asked = 2;             // pages at a time
constexpr std::int64_t strip_step_ms = 2'000;
constexpr std::int64_t strip_share = 20;        // counting ages takes at most this part of the time
constexpr std::int64_t strip_ages_ms = 30'000;  // posts grow older without an event

std::optional<std::vector<ipc::PostState>> states_of(StackModel::Show show) {
    using State = ipc::PostState;
    switch (show) {
        case StackModel::Show::unconfirmed:
            return std::nullopt;
        case StackModel::Show::waiting:
            return std::vector{State::queued};
        case StackModel::Show::sending:
            return std::vector{State::sending};
        case StackModel::Show::unclear:
            return std::vector{State::uncertain};
        case StackModel::Show::refused:
            return std::vector{State::rejected};
        case StackModel::Show::confirmed:
            return std::vector{State::confirmed};
        case StackModel::Show::closed:
            return std::vector{State::settled, State::folded, State::cancelled};
    }
    return std::nullopt;
}

}  // namespace

std::string StackModel::words_of(Show show) {
    switch (show) {
        case Show::unconfirmed:
            return tr("All that are not confirmed");
        case Show::waiting:
            return tr("Waiting");
        case Show::sending:
            return tr("On their way");
        case Show::unclear:
            return tr("Unclear");
        case Show::refused:
            return tr("Refused by the store");
        case Show::confirmed:
            return tr("Confirmed");
        case Show::closed:
            return tr("Closed");
    }
    return {};
}

StackModel::StackModel(Conversation conversation, Surroundings surroundings)
    : surroundings_{std::move(surroundings)}, conversation_{std::move(conversation)} {
    conversation_.hear({"post"}, [this](const News& news) { hear(news); });
}

void StackModel::show(const Filter& filter) {
    if (filter != filter_) {
        pages_.clear();
        message_.clear();
    }
    filter_ = filter;
    ++generation_;
    asked_ = 0;
    pages_.forget_questions();
    pages_.make_stale();
    pages_.wish(pages_.last_page());
    ask_pages();
    strip_due_at_ = 0;
    begin_strip();
    surroundings_.changed();
}

ipc::stack::List StackModel::request() const {
    ipc::stack::List list;
    if (!filter_.cart.empty()) list.cart = filter_.cart;
    if (!filter_.sku.empty()) list.sku = filter_.sku;
    list.states = states_of(filter_.show);
    return list;
}

void StackModel::ask_pages() {
    while (asked_ < most_asked) {
        const auto page = pages_.take_wish();
        if (!page) return;
        ++asked_;
        auto list = request();
        list.limit = PostPages::page_size;
        list.offset = *page * PostPages::page_size;
        conversation_.ask(list, [this, page = *page,
                                 generation = generation_](ipc::Expected<ipc::stack::ListResult> answer) {
            if (generation != generation_) return;
            --asked_;
            if (answer) {
                trouble_.clear();
                pages_.take(page, std::move(answer->posts), answer->total);
            } else {
                pages_.fail(page);
                trouble_ = translated_sentence(answer.error().message);
            }
            surroundings_.changed();
            ask_pages();
        });
    }
}

std::string StackModel::text(std::int64_t row, Column column) {
    const auto* post = pages_.look_at(row);
    if (pages_.has_wishes()) ask_pages();
    if (!post) return column == Column::cart || column == Column::sku ? "…" : "";
    const auto now = surroundings_.now();
    switch (column) {
        case Column::cart:
            return surroundings_.cart_name(post->cart);
        case Column::sku:
            return post->sku;
        case Column::difference:
            return pieces_words(post->delta);
        case Column::state:
            return state_words(*post);
        case Column::age:
            return age_words(now - post->created_at);
        case Column::attempts:
            return number_words(failed_attempts(*post));
        case Column::waits_for:
            return waiting_words(*post);
        case Column::next_try:
            return next_try_words(*post, now);
        case Column::cause:
            return cause_words(with_cause(*post));
    }
    return {};
}

ipc::stack::Post StackModel::with_cause(const ipc::stack::Post& post) const {
    auto whole = post;
    using enum ipc::WaitingFor;
    const auto waits_for = post.waiting_for.value_or(other);
    if (!post.last_error && (waits_for == circuit_open || waits_for == credentials ||
                             waits_for == verification || waits_for == restored || waits_for == person))
        whole.last_error = surroundings_.cart_trouble(post.cart);
    return whole;
}

std::string StackModel::details(const ipc::stack::Post& post) const {
    return details_words(with_cause(post), surroundings_.cart_name(post.cart), surroundings_.now());
}

std::string StackModel::headline() const {
    if (!trouble_.empty()) return trouble_;
    if (!pages_.is_known()) return tr("Reading…");
    if (total() > listed())
        return say(
            tr("{n} posts. The oldest {listed} are listed; a cart, a state or a SKU finds the others."),
            fmt::arg("n", number_words(total())), fmt::arg("listed", number_words(listed())));
    if (total() > 0) return say(tr_n("{n} post", "{n} posts", total()), fmt::arg("n", number_words(total())));
    return filter_ == Filter{} ? tr("The stack is empty: every post is confirmed.") : tr("No post fits.");
}

void StackModel::hear(const News& news) {
    bool is_new = false;
    for (const auto& item : news) {
        if (const auto* event = std::get_if<ipc::ReceivedEvent>(&item))
            is_new = is_new || event->numbers.topic.starts_with("stack.") ||
                     event->numbers.topic.starts_with("post.") || event->numbers.topic == "cart.health";
        else if (std::holds_alternative<Snapshot>(item))
            is_new = true;
    }
    if (!is_new) return;
    is_stale_ = is_strip_stale_ = true;
    tick();
    surroundings_.changed();  // for the time to look again
}

void StackModel::grow_old() {
    is_stale_ = true;
    tick();
}

void StackModel::tick() {
    const auto now = surroundings_.now();
    if (is_stale_ && (now - refreshed_at_ >= refresh_ms || now < refreshed_at_)) {
        is_stale_ = false;
        refreshed_at_ = now;
        pages_.make_stale();
        pages_.wish(pages_.last_page());
        ask_pages();
    }
    const bool has_aged = !strip_.empty() && now - strip_began_at_ >= strip_ages_ms;
    if ((is_strip_stale_ || has_aged) && now >= strip_due_at_) begin_strip();
}

std::optional<std::int64_t> StackModel::look_again_in() const {
    const auto now = surroundings_.now();
    std::optional<std::int64_t> least;
    const auto at = [&](std::int64_t moment) {
        const auto wait = std::max<std::int64_t>(moment - now, 20);
        least = least ? std::min(*least, wait) : wait;
    };
    if (is_stale_) at(refreshed_at_ + refresh_ms);
    if (search_) return least;
    if (is_strip_stale_) at(strip_due_at_);
    if (!strip_.empty()) at(std::max(strip_due_at_, strip_began_at_ + strip_ages_ms));
    return least;
}

// --- the strip

std::vector<std::string> StackModel::age_titles() {
    return {tr("≤ 20 s"), tr("≤ 2 min"), tr("≤ 10 min"), tr("≤ 1 h"),
            tr("≤ 6 h"),  tr("≤ 1 day"), tr("Older")};
}

void StackModel::begin_strip() {
    if (search_) return;
    is_strip_stale_ = false;
    strip_began_at_ = surroundings_.now();
    next_strip_.clear();
    strip_carts_ = surroundings_.carts_with_posts();
    ask_strip();
}

void StackModel::ask_strip() {
    if (!search_) {
        if (strip_carts_.empty()) return end_strip();
        search_.emplace(strip_began_at_);
    }
    const auto question = search_->next();
    if (!question) {
        next_strip_[strip_carts_.back()] = search_->counts();
        search_.reset();
        strip_carts_.pop_back();
        return ask_strip();
    }
    ipc::stack::List list;
    list.cart = strip_carts_.back();
    list.offset = question->offset;
    list.limit = question->limit;
    conversation_.ask(list, [this, question = *question](ipc::Expected<ipc::stack::ListResult> answer) {
        if (!answer) {  // tried again when there is news
            search_.reset();
            return;
        }
        std::vector<std::int64_t> created;
        for (const auto& post : answer->posts) created.push_back(post.created_at);
        search_->take(question, created, answer->total);
        ask_strip();
    });
}

void StackModel::end_strip() {
    const auto now = surroundings_.now();
    strip_due_at_ = now + std::max(strip_step_ms, (now - strip_began_at_) * strip_share);
    std::erase_if(next_strip_, [](const auto& one) { return one.second == ipc::AgeCounts{}; });
    strip_ = next_strip_;
    surroundings_.changed();
}

}  // namespace stocktray::tray
