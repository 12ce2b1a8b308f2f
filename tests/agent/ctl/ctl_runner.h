// stocktrayctl against a fake agent, in this process.
#pragma once
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "agent/ctl/command_line.h"
#include "ipc/messages/registry.h"
#include "tests/ipc/fake_agent.h"
#include "tests/ipc/scratch.h"
#include "tests/support/wait_until.h"

namespace stocktray::ctl::testing {

struct Said {
    int code;
    std::string out;
    std::string err;
};

inline Said run_ctl(const std::vector<std::string>& arguments) {
    std::ostringstream out;
    std::ostringstream err;
    const auto code = run(arguments, Terminal{out, err});
    return {static_cast<int>(code), out.str(), err.str()};
}

// With an agent that is there. A busy machine may need longer to connect than a person would wait; then nobody was
// asked anything, and it is run again.
[[nodiscard]] inline Said run_ctl_there(const std::vector<std::string>& arguments) {
    Said said{};
    (void)tests::wait_until(
        [&] {
            said = run_ctl(arguments);
            return said.code != static_cast<int>(ExitCode::no_agent);
        },
        std::chrono::seconds{60});
    return said;
}
[[nodiscard]] inline Said run_ctl_at(const std::string& endpoint, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--endpoint", endpoint});
    return run_ctl_there(arguments);
}

// A fake agent and its command line. A method that no test has given an answer is `unknown_method`.
struct Ctl {
    ipc::testing::Scratch scratch;
    ipc::testing::FakeAgent agent{scratch.endpoints()};

    [[nodiscard]] Said run(std::vector<std::string> arguments) const {
        return run_ctl_at(scratch.endpoints().requests, std::move(arguments));
    }

    // Answers each request of type T with `result`, and keeps the last one asked.
    template <ipc::Request T>
    std::shared_ptr<T> answer(typename T::Result result) {
        auto asked = std::make_shared<T>();
        agent.on<T>(
            [asked, result = std::move(result)](const T& request) -> ipc::Expected<typename T::Result> {
                *asked = request;
                return result;
            });
        return asked;
    }
    template <ipc::Request T>
    void refuse(ipc::Error error) {
        agent.on<T>([error](const T&) -> ipc::Expected<typename T::Result> { return ipc::Failure{error}; });
    }
};

inline bool holds(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace stocktray::ctl::testing
