// A client's requests. Two kinds of silence are kept apart: `no_agent` (not reached: nobody has seen the
// request) and `no_answer` (sent, and then nothing in time: unknown; submit the same ids again, which is
// safe).
//
// One thread uses a Client. It connects again by itself when the agent comes back.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ipc/client/route.h"
#include "ipc/codec/framing.h"
#include "ipc/descriptor.h"
#include "ipc/error.h"
#include "ipc/messages/method.h"

namespace stocktray::ipc {

// A result as it came; `result` is a view into `message`.
struct RawAnswer {
    Document message;
    Node result;
};

// A request under way; `take` turns it into its result.
template <Request T>
struct Pending {
    std::uint32_t msgid;
};

class Client {
public:
    using Duration = std::chrono::milliseconds;

    static constexpr std::size_t most_under_way = 500;  // what the agent keeps room for

    struct Options {
        std::string endpoint{};        // empty: as `route_to` finds it
        Duration reach_within{1'000};  // how long a request may wait for the connection
        std::optional<Route> route{};  // this way and no other, whatever `endpoint` says
    };

    // Fails for an endpoint that cannot be right. Does not wait: whether somebody is there, a call will tell.
    [[nodiscard]] static Expected<Client> open(const Options& options);

    Client(Client&&) noexcept;
    Client& operator=(Client&&) noexcept;
    ~Client();

    // One request and its result. `timeout` counts from the sending.
    template <Request T>
    [[nodiscard]] Expected<typename T::Result> call(const T& params, Duration timeout) {
        auto answer = call_raw(T::method.name, encode(params), timeout);
        if (!answer) return Failure{std::move(answer.error())};
        return result_of<T>(*answer);
    }

    // Any method; `params` is one encoded map.
    // The same; the wait for the connection and that for the answer are together no longer than `whole`.
    template <Request T>
    [[nodiscard]] Expected<typename T::Result> call_within(const T& params, Duration whole) {
        auto answer = call_raw_within(T::method.name, encode(params), whole);
        if (!answer) return Failure{std::move(answer.error())};
        return result_of<T>(*answer);
    }
    [[nodiscard]] Expected<RawAnswer> call_raw_within(std::string_view method, std::string_view params, Duration whole);
    [[nodiscard]] Expected<RawAnswer> call_raw(std::string_view method, std::string_view params,
                                               Duration timeout);

    // Many under way: send, poll until `take` has something, in any order. Beyond `most_under_way`: `busy`.
    template <Request T>
    [[nodiscard]] Expected<Pending<T>> send(const T& params) {
        return send_raw(T::method.name, encode(params)).map([](std::uint32_t msgid) {
            return Pending<T>{msgid};
        });
    }
    [[nodiscard]] Expected<std::uint32_t> send_raw(std::string_view method, std::string_view params);
    [[nodiscard]] Expected<std::uint32_t> send_raw(std::string_view method, std::string_view params, Duration reach_within);

    // Takes in what has come; waits up to `timeout` for a first answer. How many answers wait to be taken.
    std::size_t poll(Duration timeout);

    // None: no answer yet. `no_answer` when the connection it was asked over is gone.
    template <Request T>
    [[nodiscard]] std::optional<Expected<typename T::Result>> take(Pending<T> pending) {
        auto answer = take_raw(pending.msgid);
        if (!answer) return std::nullopt;
        if (!*answer) return Failure{std::move(answer->error())};
        return result_of<T>(**answer);
    }
    [[nodiscard]] std::optional<Expected<RawAnswer>> take_raw(std::uint32_t msgid);

    // Stops waiting; an answer that comes later is dropped.
    void forget(std::uint32_t msgid);

    // For loops of one's own: to be watched for reading; then poll(0). The descriptor reports changes only,
    // so poll(0) also before each wait.
    [[nodiscard]] Descriptor descriptor() const;

private:
    struct State;
    explicit Client(std::unique_ptr<State> state);

    template <Request T>
    static Expected<typename T::Result> result_of(const RawAnswer& answer) {
        auto result = decode<typename T::Result>(answer.result, Reading::lenient);
        if (!result) result.error().code = Code::bad_answer;
        return result;
    }

    [[nodiscard]] Expected<RawAnswer> answer_until(std::uint32_t msgid, std::chrono::steady_clock::time_point deadline);

    std::unique_ptr<State> state_;
};

}  // namespace stocktray::ipc
