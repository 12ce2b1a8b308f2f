#include "agent/gateway/folder/arrivals.h"

#include <algorithm>
#include <string_view>

namespace stocktray::gateway {
namespace {

char low(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool fits(std::string_view pattern, std::string_view name) {
    if (pattern.empty()) return name.empty();
    if (pattern.front() == '*') {
        while (pattern.starts_with('*')) pattern.remove_prefix(1);
        for (std::size_t from = 0; from <= name.size(); ++from)
            if (fits(pattern, name.substr(from))) return true;
        return false;
    }
    if (name.empty() || (pattern.front() != '?' && low(pattern.front()) != low(name.front()))) return false;
    return fits(pattern.substr(1), name.substr(1));
}

}  // namespace

Arrivals::Turn Arrivals::look(std::vector<Seen> files, Steady now) {
    std::ranges::sort(files, {}, &Seen::name);
    std::erase_if(known_, [&](const auto& entry) {
        return !std::ranges::binary_search(files, entry.first, {}, &Seen::name);
    });
    Turn turn;
    const auto again = [&](Steady after) {
        after = std::max(after, Steady{1});
        turn.look_again = turn.look_again ? std::min(*turn.look_again, after) : after;
    };
    for (const auto& file : files) {
        auto [at, is_new] = known_.try_emplace(file.name);
        Known& known = at->second;
        if (is_new) known.first_seen = now;
        if (is_new || known.bytes != file.bytes || known.changed_ns != file.changed_ns || file.is_open_for_writing) {
            known.bytes = file.bytes;
            known.changed_ns = file.changed_ns;
            known.unchanged_since = now;
            known.is_put_off = false;
        }
        const Steady age = now - known.unchanged_since;
        const bool is_due = known.is_put_off ? age >= patience_ : age >= age_ && !file.is_open_for_writing;
        if (is_due && !turn.ready) turn.ready = file.name;
        if (turn.ready) continue;
        again((known.is_put_off ? patience_ : age_) - age);
        // Only what goes on being written is passed over; the others behind it are known from now on all the same.
        if (known.is_put_off || now - known.first_seen < patience_) break;
        turn.passed_over.push_back(file.name);
    }
    // Those that were not looked at above have been seen now, too: their age counts from here.
    for (const auto& file : files)
        known_.try_emplace(file.name, Known{file.bytes, file.changed_ns, now, now, false});
    return turn;
}

std::optional<Steady> Arrivals::unchanged_for(const std::string& name, Steady now) const {
    const auto at = known_.find(name);
    return at == known_.end() ? std::nullopt : std::optional{now - at->second.unchanged_since};
}

bool Arrivals::put_off(const std::string& name, Steady now) {
    const auto at = known_.find(name);
    if (at == known_.end()) return false;
    at->second.is_put_off = true;
    return now - at->second.unchanged_since >= patience_;
}

bool is_wanted(const std::string& name, const std::vector<std::string>& patterns) {
    if (name.empty() || name.starts_with('.') || name.starts_with('~')) return false;
    for (const char* unfinished : {"*.tmp", "*.part", "*.partial", "*.crdownload", "*.filepart", "*~", "*.report.txt"})
        if (fits(unfinished, name)) return false;
    return std::ranges::any_of(patterns, [&](const std::string& pattern) { return fits(pattern, name); });
}

}  // namespace stocktray::gateway
