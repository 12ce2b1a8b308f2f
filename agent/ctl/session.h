// One run of stocktrayctl: the connection, the output, and what went wrong.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/ctl/exit_code.h"
#include "agent/ctl/output/terminal.h"
#include "ipc/client/client.h"
#include "ipc/client/whole_list.h"
#include "ipc/codec/json.h"
#include "ipc/error.h"
#include "ipc/messages/method.h"
#include "ipc/random_id.h"

namespace stocktray::ctl {

class Session {
public:
    // Filled by the command line.
    struct Options {
        std::string endpoint;  // empty: the default
        bool json{false};
        double timeout_s{10};  // of one attempt
    };

    static constexpr int attempts = 3;  // of what is safe to repeat

    explicit Session(Terminal terminal) : terminal_{terminal} {}

    Options options;

    [[nodiscard]] const Terminal& terminal() const noexcept { return terminal_; }
    [[nodiscard]] bool wants_json() const noexcept { return options.json; }
    [[nodiscard]] ipc::Client::Duration timeout() const;  // of one attempt
    void say(std::string_view sentence) const;  // to people only: nothing with --json
    void warn(std::string_view sentence) const;

    // A question: asked once.
    template <ipc::Request T>
    [[nodiscard]] ipc::Expected<typename T::Result> ask(const T& request) {
        auto client = connected();
        if (!client) return ipc::Failure{client.error()};
        return (*client)->call(request, timeout());
    }

    // A list that comes in pages, as one.
    template <ipc::Request T, class Entries>
    [[nodiscard]] ipc::Expected<typename T::Result> ask_whole(const T& request, Entries T::Result::*entries) {
        return ipc::whole_list(request, entries, [this](const T& page) { return ask(page); });
    }

    // Something that is safe to repeat: asked again while there is no answer, with the same ids.
    template <ipc::Request T>
    [[nodiscard]] ipc::Expected<typename T::Result> insist(const T& request) {
        std::optional<ipc::Error> unanswered;
        for (int attempt = 1;; ++attempt) {
            auto result = ask(request);
            if (!result && unanswered && ipc::leaves_open_what_was_before(result.error().code)) return ipc::Failure{std::move(*unanswered)};
            if (result || result.error().code != ipc::Code::no_answer || attempt == attempts) return result;
            unanswered = std::move(result.error());
            warn("No answer yet. Asking again with the same id.");
        }
    }

    // A change with a client id of its own, drawn here unless it has one.
    template <ipc::Request T>
    requires requires(T request) { request.id; }
    [[nodiscard]] ipc::Expected<typename T::Result> change(T request) {
        if (!request.id) request.id = ipc::random_id();
        return insist(request);
    }

    // The result for programs.
    template <ipc::Message T>
    void print_json(const T& result) const {
        print_json(std::string_view{ipc::encode(result)});
    }
    void print_json(std::string_view encoded) const;

    // Tells the error, and what its code means for the caller.
    [[nodiscard]] ExitCode fail(const ipc::Error& error) const;
    [[nodiscard]] ExitCode fail(ExitCode code, std::string_view sentence) const;

private:
    [[nodiscard]] ipc::Expected<ipc::Client*> connected();

    Terminal terminal_;
    std::optional<ipc::Client> client_;
};

}  // namespace stocktray::ctl
