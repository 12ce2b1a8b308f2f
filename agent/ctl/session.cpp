#include "agent/ctl/session.h"

#include <fmt/format.h>

#include <ostream>

#include "ipc/messages/agent.h"

namespace stocktray::ctl {
namespace {

ExitCode exit_code_of(ipc::Code code) {
    using ipc::Code;
    switch (code) {
        case Code::no_agent:
            return ExitCode::no_agent;
        case Code::no_answer:
        case Code::storage:
            return ExitCode::no_answer;
        case Code::bad_answer:
        case Code::internal:
            return ExitCode::agent_fault;
        case Code::invalid_request:
        case Code::unknown_method:
        case Code::invalid_params:
        case Code::not_found:
        case Code::conflict:
        case Code::unauthorized:
        case Code::unsupported:
        case Code::busy:
        case Code::too_large:
            return ExitCode::refused;
    }
    return ExitCode::agent_fault;
}

// What went wrong without an agent, for programs.
std::string_view word_of(ExitCode code) {
    switch (code) {
        case ExitCode::wrong_usage: return "wrong_usage";
        case ExitCode::wrong_data: return "wrong_data";
        case ExitCode::no_input: return "no_input";
        case ExitCode::no_output: return "no_output";
        case ExitCode::no_agent: return "no_agent";
        case ExitCode::no_answer: return "no_answer";
        case ExitCode::agent_fault: return "internal";
        case ExitCode::person_needed: return "person_needed";
        case ExitCode::interrupted: return "interrupted";
        case ExitCode::good:
        case ExitCode::behind:
        case ExitCode::refused:
            break;
    }
    return "refused";
}

std::string error_of(std::string_view code, std::string_view message, const std::optional<ipc::Data>& data = {}) {
    ipc::Data::Map fields{{"code", std::string{code}}, {"message", std::string{message}}};
    if (data) fields.push_back({"data", *data});
    ipc::Encoder to;
    ipc::write(to, ipc::Data{ipc::Data::Map{{"error", std::move(fields)}}});
    return to.take();
}

// An agent of another protocol would take our words for something else. Whatever else it has against us, the request
// itself is told in words that fit it.
ipc::Expected<void> greet(ipc::Client& client, ipc::Client::Duration timeout) {
    const auto hello = client.call(ipc::agent::Hello{.client = "stocktrayctl " STOCKTRAY_VERSION}, timeout);
    const auto is = [&](ipc::Code code) { return !hello && hello.error().code == code; };
    if (is(ipc::Code::unsupported) || is(ipc::Code::no_agent) || is(ipc::Code::no_answer)) return ipc::Failure{hello.error()};
    return {};
}

}  // namespace

void Session::say(std::string_view sentence) const {
    if (!options.json) terminal_.out << sentence << '\n';
}

void Session::warn(std::string_view sentence) const {
    terminal_.err << sentence << '\n';
}

void Session::print_json(std::string_view encoded) const {
    const auto document = ipc::Document::parse(encoded);
    terminal_.out << ipc::to_json(document.root(), ipc::Layout::indented) << '\n';
}

ExitCode Session::fail(const ipc::Error& error) const {
    if (options.json) {
        print_json(std::string_view{error_of(ipc::to_string(error.code), error.message, error.data)});
    } else {
        warn(printable(error.message));
    }
    return exit_code_of(error.code);
}

ExitCode Session::fail(ExitCode code, std::string_view sentence) const {
    if (options.json)
        print_json(std::string_view{error_of(word_of(code), sentence)});
    else
        warn(sentence);
    return code;
}

ipc::Expected<ipc::Client*> Session::connected() {
    if (!client_) {
        auto opened = ipc::Client::open({.endpoint = options.endpoint});
        if (!opened) return ipc::Failure{std::move(opened.error())};
        if (auto greeted = greet(*opened, timeout()); !greeted) return ipc::Failure{std::move(greeted.error())};
        client_.emplace(std::move(*opened));
    }
    return &*client_;
}

ipc::Client::Duration Session::timeout() const {
    return ipc::Client::Duration{static_cast<std::int64_t>(options.timeout_s * 1'000)};
}

}  // namespace stocktray::ctl
