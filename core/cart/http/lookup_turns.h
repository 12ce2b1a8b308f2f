// Whose turn it is to look a host name up: one at a time per host, everybody else waits for the result.
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace stocktray::http {

class LookupTurns {
public:
    using Clock = std::chrono::steady_clock;
    using Id = std::uint64_t;

    // `fresh_for`: how long a name that was found needs no new lookup; a little less than the cache keeps it.
    explicit LookupTurns(Clock::duration fresh_for) : fresh_for_{fresh_for} {}

    // True: go ahead, the name is known or it is your turn to look it up. False: `id` waits.
    [[nodiscard]] bool ask(const std::string& host, Id id, Clock::time_point now);

    // `id` has got past its lookup. Returns who waited for it and may go ahead now.
    [[nodiscard]] std::vector<Id> found(const std::string& host, Id id, Clock::time_point now);

    // `id` ended inside its lookup for a reason of the name. Returns who waited for it: they fail alike, or
    // one hanging name server would be asked once for each of them.
    [[nodiscard]] std::vector<Id> failed(const std::string& host, Id id);

    // `id` was taken back. Returns who may go ahead in its place: the longest waiting one, or nobody.
    [[nodiscard]] std::vector<Id> left(const std::string& host, Id id);

private:
    struct Host {
        bool is_asked{false};
        Id asker{0};
        std::vector<Id> waiting;
        Clock::time_point fresh_until{};
    };
    Clock::duration fresh_for_;
    std::map<std::string, Host, std::less<>> hosts_;
};

}  // namespace stocktray::http
