#include "tests/bench/parts.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace stocktray::bench {

using namespace tests;
using namespace std::chrono_literals;

double milliseconds_since(Clock::time_point begun) {
    return std::chrono::duration<double, std::milli>(Clock::now() - begun).count();
}

Rate floor(const std::string& name, const std::vector<std::string>& arguments) {
    std::vector<std::string> line{STOCKTRAY_BIN_DIR "/floor-" + name};
    line.insert(line.end(), arguments.begin(), arguments.end());
    const auto finished = run({line, {}, {}});
    if (finished.exit_code != 0) throw std::runtime_error{"floor-" + name + ": " + finished.errors};
    Rate rate;
    std::istringstream{finished.output} >> rate.per_second >> rate.p50_us >> rate.p99_us;
    return rate;
}

Rate repeat_for(double seconds, const std::function<void()>& what) {
    const auto begun = Clock::now();
    return repeat_while([&] { return milliseconds_since(begun) < seconds * 1'000; }, what);
}

Rate repeat_while(const std::function<bool()>& goes_on, const std::function<void()>& what) {
    std::vector<double> times;
    const auto begun = Clock::now();
    do {
        const auto one = Clock::now();
        what();
        times.push_back(milliseconds_since(one) * 1'000);
    } while (goes_on());
    const double took = milliseconds_since(begun) / 1'000;
    std::ranges::sort(times);
    return {static_cast<double>(times.size()) / took, times[times.size() / 2], times[times.size() * 99 / 100]};
}

std::pair<Rate, std::vector<Rate>> sandwich(const std::vector<FloorRun>& floors,
                                            const std::function<Rate()>& subject) {
    std::vector<Rate> means(floors.size());
    const auto run_all = [&] {
        for (std::size_t i = 0; i < floors.size(); ++i) {
            const auto rate = floor(floors[i].program, floors[i].arguments);
            means[i].per_second += rate.per_second / 2;
            means[i].p50_us += rate.p50_us / 2;
            means[i].p99_us += rate.p99_us / 2;
        }
    };
    run_all();
    const Rate own = subject();
    run_all();
    return {own, means};
}

void add_rates(Report& report, const std::string& row, const Rate& own, const std::vector<FloorRun>& floors,
               const std::vector<Rate>& rates, double Rate::*what, const std::string& unit) {
    std::vector<Report::Floor> beside;
    for (std::size_t i = 0; i < floors.size(); ++i) beside.push_back({floors[i].label, rates[i].*what});
    report.add(row, unit, own.*what, beside);
}

std::string store_id_in(const std::string& announcement) {
    const auto at = announcement.find(";store=");
    if (at == std::string::npos)
        throw std::runtime_error{"the store does not say who it is: " + announcement};
    return announcement.substr(at + 7, announcement.find(';', at + 7) - at - 7);
}

bool is_ready(AgentProcess& agent) {
    for (const auto& cart : agent.must(ipc::agent::Status{}).carts)
        if (cart.waiting_for && *cart.waiting_for != ipc::WaitingFor::free_connection) return false;
    return nothing_waits(agent);
}

void pause(AgentProcess& agent, const std::string& cart) {
    ipc::stack::Pause request;
    request.cart = cart;
    agent.must(request);
}
void resume(AgentProcess& agent, const std::string& cart) {
    ipc::stack::Resume request;
    request.cart = cart;
    agent.must(request);
}

}  // namespace stocktray::bench
