// What a person does with posts of the stack.
#include <utility>

#include "ipc/messages/qoh.h"
#include "tray/model/may.h"
#include "tray/model/post_words.h"
#include "tray/model/stack_model.h"
#include "tray/model/words.h"

namespace stocktray::tray {

std::string StackModel::may_not_words(const AgentMirror& mirror) {
    if (mirror.hello().role < ipc::Role::operator_) return tr("This computer may look at the posts, but do nothing about them.");
    if (mirror.hello().role < ipc::Role::order_manager)
        return tr("Decide and Cancel Post take the role Order Manager, which this computer does not have.");
    return is_barred(mirror, ipc::Bar::cancel) ? tr("Cancelling posts is barred for this computer.") : std::string{};
}

template <ipc::Request T>
void StackModel::act(const T& request, std::function<std::string(std::int64_t)> done) {
    message_.clear();
    conversation_.ask(request, [this, done = std::move(done)](ipc::Expected<ipc::stack::Touched> answer) {
        message_ = answer ? done(answer->posts) : translated_sentence(answer.error().message);
        is_stale_ = is_strip_stale_ = true;
        refreshed_at_ = 0;
        tick();
        surroundings_.changed();
    });
}

void StackModel::retry(const std::vector<std::int64_t>& posts) {
    ipc::stack::Retry retry;
    retry.posts = posts;
    act(retry, [](std::int64_t n) {
        return say(tr_n("{n} post is tried again now.", "{n} posts are tried again now.", n),
                   fmt::arg("n", number_words(n)));
    });
}

void StackModel::cancel(const std::vector<std::int64_t>& posts, const std::string& reason) {
    ipc::stack::Cancel cancel;
    cancel.posts = posts;
    cancel.reason = reason;
    act(cancel, [](std::int64_t n) {
        return say(tr_n("{n} post was cancelled.", "{n} posts were cancelled.", n),
                   fmt::arg("n", number_words(n)));
    });
}

void StackModel::decide(std::int64_t post, ipc::Proposal what, const std::string& reason) {
    ipc::stack::Resolve resolve;
    resolve.post = post;
    resolve.applied = what == ipc::Proposal::applied;
    resolve.reason = reason;
    act(resolve, [what](std::int64_t) {
        return what == ipc::Proposal::applied ? tr("The post counts as applied.")
                                              : tr("The post counts as not applied: it is sent again.");
    });
}

void StackModel::pause(const std::string& cart) {
    ipc::stack::Pause pause;
    pause.cart = cart;
    act(pause, [name = surroundings_.cart_name(cart)](std::int64_t) {
        return say(tr("{cart} is paused."), fmt::arg("cart", name));
    });
}

void StackModel::resume(const std::string& cart) {
    ipc::stack::Resume resume;
    resume.cart = cart;
    act(resume, [name = surroundings_.cart_name(cart)](std::int64_t) {
        return say(tr("{cart} goes on."), fmt::arg("cart", name));
    });
}

void StackModel::ask_store_count(const ipc::stack::Post& post, std::function<void(const std::string&)> answer) {
    ipc::qoh::List list;
    list.cart = post.cart;
    list.skus = {post.sku};
    conversation_.ask(list, [this, answer = std::move(answer), post](ipc::Expected<ipc::qoh::ListResult> result) {
        std::optional<std::int64_t> count, read_at;
        if (result)
            for (const auto& item : result->items)
                for (const auto& listing : item.listings)
                    if (listing.cart == post.cart && listing.store_sku == post.store_sku) {
                        count = listing.store_qoh;
                        read_at = listing.confirmed_at;
                    }
        answer(store_count_words(post, count, read_at, surroundings_.now()));
    });
}

}  // namespace stocktray::tray
