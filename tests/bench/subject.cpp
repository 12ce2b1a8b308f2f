#include "tests/bench/subject.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <stdexcept>

namespace stocktray::bench {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

std::string item_sku(const std::string& prefix, std::uint64_t n, int digits) {
    return fmt::format("{}{:0{}}", prefix, n + 1, digits);
}

void give_items(tests::AgentProcess& agent, const std::string& prefix, int items, int digits) {
    tests::set_parameter(agent, "SynchQOH", true);
    constexpr int most = 10'000;
    agent.must(ipc::qoh::Snapshot{.source = "om", .snapshot = "bench", .part = 0});
    for (int from = 0, part = 1; from < items; from += most, ++part) {
        ipc::qoh::Snapshot snapshot{
            .source = "om", .snapshot = "bench", .part = part, .last = from + most >= items};
        for (int n = from; n < std::min(items, from + most); ++n)
            snapshot.items.push_back(
                {.sku = item_sku(prefix, static_cast<std::uint64_t>(n), digits), .qoh = 1'000});
        agent.must(snapshot);
    }
}

void give_paused_cart(tests::AgentProcess& agent, const std::string& id) {
    agent.must(tests::cart_for(id, "http://127.0.0.1:9/stocktray.php", "nobody", "nothing"));
    ipc::stack::Pause pause;
    pause.cart = id;
    agent.must(pause);
}

ipc::qoh::Change Changes::change(std::uint64_t item) {
    ipc::qoh::Change change;
    change.id = fmt::format("{:016x}-{}", run_, ++count_);
    change.sku = item_sku(prefix_, item, digits_);
    change.delta = -1;
    change.reason = ipc::Reason::phone_order;
    return change;
}

ipc::qoh::Change Changes::random() {
    return change(random_.below(static_cast<std::uint64_t>(items_)));
}
ipc::qoh::Change Changes::next() {
    return change(count_ % static_cast<std::uint64_t>(items_));
}

ipc::qoh::Submit Changes::request(int changes) {
    ipc::qoh::Submit submit{.source = "om"};
    for (int n = 0; n < changes; ++n) submit.changes.push_back(random());
    return submit;
}

namespace {

struct UnderWay {
    ipc::Pending<ipc::qoh::Submit> pending;
    Clock::time_point begun;
};

template <class GoesOn>
Rate submit_while(ipc::Client& client, Changes& changes, int outstanding, int per_request, GoesOn goes_on) {
    std::vector<UnderWay> under_way;
    std::vector<double> times;
    const auto begin = Clock::now();
    int sent = 0;
    for (;;) {
        while (under_way.size() < static_cast<std::size_t>(outstanding) && goes_on(sent)) {
            const auto request = changes.request(per_request);
            const auto begun = Clock::now();
            const auto pending = client.send(request);
            if (!pending) throw std::runtime_error{pending.error().message};
            under_way.push_back({*pending, begun});
            ++sent;
        }
        if (under_way.empty()) break;
        if (client.poll(20s) == 0) throw std::runtime_error{"a submit was not answered"};
        std::erase_if(under_way, [&](const UnderWay& one) {
            const auto result = client.take(one.pending);
            if (!result) return false;
            if (!*result) throw std::runtime_error{(*result).error().message};
            if ((*result)->accepted != per_request) throw std::runtime_error{"a change was not accepted"};
            times.push_back(std::chrono::duration<double, std::micro>(Clock::now() - one.begun).count());
            return true;
        });
    }
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    std::ranges::sort(times);
    const auto at = [&](double part) {
        return times[static_cast<std::size_t>(part * static_cast<double>(times.size() - 1))];
    };
    return {static_cast<double>(sent) * per_request / seconds, at(0.5), at(0.99)};
}

}  // namespace

Rate submit_for(ipc::Client& client, Changes& changes, double seconds, int outstanding, int per_request) {
    const auto end =
        Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>{seconds});
    return submit_while(client, changes, outstanding, per_request, [&](int) { return Clock::now() < end; });
}

Rate submit_so_many(ipc::Client& client, Changes& changes, int requests, int outstanding, int per_request) {
    return submit_while(client, changes, outstanding, per_request, [&](int sent) { return sent < requests; });
}

bool nothing_waits(tests::AgentProcess& agent) {
    const auto stack = agent.must(ipc::agent::Status{}).stack;
    return stack.queued + stack.sending + stack.uncertain == 0;
}

Usage usage_of(pid_t process) {
    Usage usage;
    const auto folder = std::filesystem::path{"/proc"} / std::to_string(process);
    const auto number_after = [](const std::filesystem::path& file, const std::string& word) {
        std::ifstream in{file};
        for (std::string line; std::getline(in, line);)
            if (line.starts_with(word)) return std::stoll(line.substr(word.size()));
        return 0LL;
    };
    usage.anonymous_kib = number_after(folder / "smaps_rollup", "Anonymous:");
    std::error_code gone;
    for (const auto& thread : std::filesystem::directory_iterator{folder / "task", gone}) {
        usage.switches += number_after(thread.path() / "status", "voluntary_ctxt_switches:");
        usage.switches += number_after(thread.path() / "status", "nonvoluntary_ctxt_switches:");
    }
    std::ifstream in{folder / "stat"};
    std::string stat{std::istreambuf_iterator<char>{in}, {}};
    std::vector<std::string> words;
    std::size_t at = stat.rfind(')') + 2;
    for (std::size_t end = at; end < stat.size(); at = end + 1) {
        end = std::min(stat.find(' ', at), stat.size());
        words.push_back(stat.substr(at, end - at));
    }
    if (words.size() > 12)
        usage.cpu_seconds =
            (std::stod(words[11]) + std::stod(words[12])) / static_cast<double>(::sysconf(_SC_CLK_TCK));
    return usage;
}

}  // namespace stocktray::bench
