// A dialogue of many steps, written down in the order in which it happens: `co_await wire.ask(request)` is
// the store's reply. A talk may await another one. Nothing runs by itself: who carries the dialogue resumes
// it.
#pragma once
#include <coroutine>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "core/cart/cart_client.h"

namespace stocktray::cart::xcart_rest {

// Between a talk and whoever carries its requests. Outlives the talk.
class Wire {
public:
    struct Exchange {
        Wire& wire;
        [[nodiscard]] bool await_ready() const noexcept { return false; }
        void await_suspend(std::coroutine_handle<> talk) noexcept { wire.waiting_ = talk; }
        [[nodiscard]] http::Reply await_resume() { return std::move(wire.reply_); }
    };

    [[nodiscard]] Exchange ask(http::Request request) {
        request_ = std::move(request);
        return Exchange{*this};
    }

    [[nodiscard]] http::Request take_request() { return std::move(request_); }
    void reply(const http::Reply& reply) {
        reply_ = reply;
        std::exchange(waiting_, {}).resume();
    }

private:
    http::Request request_;
    http::Reply reply_;
    std::coroutine_handle<> waiting_;
};

template <class T>
class [[nodiscard]] Talk {
public:
    struct promise_type;
    using Handle = std::coroutine_handle<promise_type>;

    struct promise_type {
        std::optional<T> value;
        std::exception_ptr failure;  // want of memory is all there is
        std::coroutine_handle<> asker;

        struct Back {
            [[nodiscard]] bool await_ready() const noexcept { return false; }
            [[nodiscard]] std::coroutine_handle<> await_suspend(Handle ended) const noexcept {
                const auto next = ended.promise().asker;
                return next ? next : std::noop_coroutine();
            }
            void await_resume() const noexcept {}
        };

        Talk get_return_object() { return Talk{Handle::from_promise(*this)}; }
        std::suspend_always initial_suspend() const noexcept { return {}; }
        Back final_suspend() const noexcept { return {}; }
        void return_value(T result) { value = std::move(result); }
        void unhandled_exception() { failure = std::current_exception(); }
    };

    Talk(Talk&& other) noexcept : handle_{std::exchange(other.handle_, {})} {}
    Talk(const Talk&) = delete;
    Talk& operator=(const Talk&) = delete;
    Talk& operator=(Talk&&) = delete;
    ~Talk() {
        if (handle_) handle_.destroy();
    }

    void start() { handle_.resume(); }
    [[nodiscard]] bool is_done() const { return handle_.done(); }
    [[nodiscard]] T take() {
        if (handle_.promise().failure) std::rethrow_exception(handle_.promise().failure);
        return std::move(*handle_.promise().value);
    }

    // Awaited by another talk.
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    [[nodiscard]] std::coroutine_handle<> await_suspend(std::coroutine_handle<> asker) noexcept {
        handle_.promise().asker = asker;
        return handle_;
    }
    [[nodiscard]] T await_resume() { return take(); }

private:
    explicit Talk(Handle handle) noexcept : handle_{handle} {}
    Handle handle_;
};

template <class Result>
class TalkDialogue final : public Dialogue {
public:
    template <class... Args>
    explicit TalkDialogue(Talk<Result> (*talk)(Wire&, Args...), std::type_identity_t<Args>... args)
        : talk_{talk(wire_, std::move(args)...)} {}
    TalkDialogue(const TalkDialogue&) = delete;
    TalkDialogue& operator=(const TalkDialogue&) = delete;

    Step begin() override {
        talk_.start();
        return next();
    }
    Step answered(const http::Reply& reply) override {
        wire_.reply(reply);
        return next();
    }

private:
    Step next() {
        if (talk_.is_done()) return Done{talk_.take()};
        return wire_.take_request();
    }

    Wire wire_;
    Talk<Result> talk_;
};

// Parameters are taken by value: a talk lives longer than the call that began it.
template <class Result, class... Args>
[[nodiscard]] std::unique_ptr<Dialogue> as_dialogue(Talk<Result> (*talk)(Wire&, Args...),
                                                    std::type_identity_t<Args>... args) {
    return std::make_unique<TalkDialogue<Result>>(talk, std::move(args)...);
}

}  // namespace stocktray::cart::xcart_rest
