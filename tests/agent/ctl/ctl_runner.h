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

// A fake agent and its command line. A method that no test has given an answer is `unknown_method`.
struct Ctl {
    ipc::testing::Scratch scratch;
    ipc::testing::FakeAgent agent{scratch.endpoints()};

    [[nodiscard]] Said run(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), {"--endpoint", scratch.endpoints().requests});
        return run_ctl(arguments);
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
