#include "agent/gateway/problem_board.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <algorithm>
#include <functional>
#include <utility>

#include "agent/gateway/ask.h"
#include "ipc/codec/utf8.h"
#include "ipc/messages/alerts.h"

namespace stocktray::gateway {
namespace {

constexpr std::chrono::seconds again_after{5};
constexpr std::size_t most_told = 1'000;

constexpr std::size_t longest_message = 3'500;  // bytes, of the 4,000 that the agent takes
constexpr std::size_t most_hints = 3;

// The agent takes at most 64 characters of ASCII for a part's name; a door's may hold any path.
std::string part_of(const std::string& door) {
    const bool is_plain = door.size() <= 64 && std::ranges::all_of(door, [](char c) { return c >= ' ' && c <= '~'; });
    if (is_plain) return door;
    std::string part;
    for (const char c : door.substr(0, 40)) part += c >= ' ' && c <= '~' ? c : '?';
    return fmt::format("{} {:016x}", part, std::hash<std::string>{}(door));
}

// Cart and SKU as the agent takes them. What it would not take is left out: the message names it, too.
std::pair<std::string, std::string> subject_of(const Problem& problem) {
    ipc::alerts::Told told{.about = "door", .message = "-"};
    const auto is_taken = [&](std::optional<std::string>& field, const std::string& value) {
        field = value;
        const auto document = ipc::Document::parse(ipc::encode(told));
        const bool is_good = ipc::decode<ipc::alerts::Told>(document.root()).has_value();
        field.reset();
        return is_good;
    };
    return {is_taken(told.cart, problem.cart) ? problem.cart : std::string{}, is_taken(told.sku, problem.sku) ? problem.sku : std::string{}};
}

// Names of files and cells of tables come in any bytes and any length.
std::string fit_to_be_told(const std::string& sentence) {
    auto text = ipc::as_utf8(sentence);
    std::ranges::replace(text, '\0', '?');
    if (text.size() <= longest_message) return text;
    return std::string{ipc::cut_utf8(text, longest_message)} + "…";
}

// "3 problems: … … And 1 more."
ipc::alerts::Told in_one(const std::vector<const Problem*>& several) {
    ipc::alerts::Told told;
    if (several.size() > 1) told.message = fmt::format("{} problems:", several.size());
    std::size_t named = 0;
    std::vector<std::string> hints;
    for (const auto* problem : several) {
        const auto message = fit_to_be_told(problem->message);
        if (named > 0 && told.message.size() + message.size() > longest_message) break;
        if (!told.message.empty()) told.message += ' ';
        told.message += message;
        ++named;
        const auto hint = fit_to_be_told(problem->hint);
        if (!hint.empty() && hints.size() < most_hints && std::ranges::count(hints, hint) == 0) hints.push_back(hint);
    }
    if (named < several.size()) told.message += fmt::format(" And {} more.", several.size() - named);
    for (const auto& hint : hints) {
        if (!told.hint.empty() && told.hint.size() + hint.size() > longest_message) break;
        if (!told.hint.empty()) told.hint += ' ';
        told.hint += hint;
    }
    return told;
}

}  // namespace

void ProblemBoard::tell(std::string_view door, std::vector<Problem> problems) {
    const std::lock_guard lock{mutex_};
    auto& before = problems_[std::string{door}];
    if (before == problems) return;
    for (const auto& problem : problems)
        if (std::ranges::count(before, problem) == 0) spdlog::warn("{}: {}", door, problem.message);
    before = std::move(problems);
    is_new_ = true;
    changed_.notify_all();
}

std::vector<ipc::alerts::Told> ProblemBoard::all() const {
    std::vector<ipc::alerts::Told> all;
    for (const auto& [door, problems] : problems_) {
        // The agent keeps one notice by part, cart and SKU: what is about the same is told in one.
        std::map<std::pair<std::string, std::string>, std::vector<const Problem*>> by_subject;
        for (const auto& problem : problems) by_subject[subject_of(problem)].push_back(&problem);
        for (const auto& [subject, several] : by_subject) {
            if (all.size() == most_told) return all;
            auto told = in_one(several);
            if (!subject.first.empty()) told.cart = subject.first;
            if (!subject.second.empty()) told.sku = subject.second;
            told.about = part_of(door);
            if (std::ranges::count(not_taken_, told) == 0) all.push_back(std::move(told));
        }
    }
    return all;
}

// One that the agent will not have must not silence the others: each is tried behind those that it has taken.
ipc::Expected<ipc::Nothing> ProblemBoard::bring(ipc::Outbox& outbox, std::vector<ipc::alerts::Told> alerts) {
    ipc::alerts::Tell tell{outbox.source(), std::move(alerts)};
    auto done = ask(outbox, tell);
    if (done || done.error().code != ipc::Code::invalid_params || tell.alerts.empty()) return done;
    for (auto& one : std::exchange(tell.alerts, {})) {
        tell.alerts.push_back(std::move(one));
        done = ask(outbox, tell);
        if (done) continue;
        if (done.error().code != ipc::Code::invalid_params) return done;
        spdlog::error("the agent does not take this notice of the gateway: {} ({})", tell.alerts.back().message, done.error().message);
        not_taken_.push_back(std::move(tell.alerts.back()));
        tell.alerts.pop_back();
    }
    return ask(outbox, tell);
}

void ProblemBoard::run(ipc::Outbox& outbox, std::stop_token stop) {
    std::unique_lock lock{mutex_};
    while (changed_.wait(lock, stop, [this] { return is_new_; }) && !stop.stop_requested()) {
        auto alerts = all();
        is_new_ = false;
        lock.unlock();
        const auto done = bring(outbox, std::move(alerts));
        lock.lock();
        if (done) continue;
        // An agent that does not have it will not have it in a moment either; one that is away will come back.
        const bool is_away = done.error().code == ipc::Code::no_agent || done.error().code == ipc::Code::no_answer ||
                             done.error().code == ipc::Code::busy || done.error().code == ipc::Code::storage;
        if (!is_away) spdlog::error("the agent does not take a notice of the gateway: {}", done.error().message);
        if (is_away) is_new_ = true;
        changed_.wait_for(lock, stop, again_after, [] { return false; });
    }
}

}  // namespace stocktray::gateway
