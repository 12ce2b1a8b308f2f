// Stands between an agent and a script, lets requests through, and on command holds them back, loses their
// answers, or answers in the script's place.
#pragma once
#include "tests/support/server/scripted_server.h"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>

namespace stocktray::tests {

enum class Flow {
    open,
    hang_before,   // the script never sees the request, and nobody answers
    hang_after,    // the script has done it, and nobody answers
    hold,          // until another flow is set; then as that one says
    lose_answer,   // the script has done it, and the connection ends
    page_instead,  // the script has done it, and a web page with status 200 is the answer
};

class Valve {
public:
    explicit Valve(std::string script_url);
    ~Valve();
    Valve(const Valve&) = delete;
    Valve& operator=(const Valve&) = delete;

    [[nodiscard]] std::string url() const { return server_.url("/stocktray.php"); }

    // For every request from now on, or only for those of one function.
    void set(Flow flow, const std::string& function = "");

    // Requests of a SETI function that came so far, and those that hang now.
    [[nodiscard]] int seen(const std::string& function);
    [[nodiscard]] int hanging() const noexcept { return hanging_; }

private:
    void serve(test::Connection& connection);

    std::string script_url_;
    std::mutex mutex_;
    std::condition_variable has_changed_;
    Flow flow_ = Flow::open;
    std::string function_;
    bool is_ending_ = false;
    std::map<std::string, int> seen_;
    std::atomic<int> hanging_{0};
    test::ScriptedServer server_;  // the last: its threads use the rest
};

}  // namespace stocktray::tests
