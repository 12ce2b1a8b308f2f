#include "core/cart/http/lookup_turns.h"

#include <algorithm>
#include <utility>

namespace stocktray::http {

bool LookupTurns::ask(const std::string& host, Id id, Clock::time_point now) {
    Host& h = hosts_[host];
    if (now < h.fresh_until) return true;
    if (h.is_asked) {
        h.waiting.push_back(id);
        return false;
    }
    h.is_asked = true;
    h.asker = id;
    return true;
}

std::vector<LookupTurns::Id> LookupTurns::found(const std::string& host, Id id, Clock::time_point now) {
    const auto at = hosts_.find(host);
    if (at == hosts_.end() || !at->second.is_asked || at->second.asker != id) return {};
    Host& h = at->second;
    h.is_asked = false;
    h.fresh_until = now + fresh_for_;
    return std::exchange(h.waiting, {});
}

std::vector<LookupTurns::Id> LookupTurns::failed(const std::string& host, Id id) {
    const auto at = hosts_.find(host);
    if (at == hosts_.end() || !at->second.is_asked || at->second.asker != id) return {};
    std::vector<Id> waiting = std::move(at->second.waiting);
    hosts_.erase(at);
    return waiting;
}

std::vector<LookupTurns::Id> LookupTurns::left(const std::string& host, Id id) {
    const auto at = hosts_.find(host);
    if (at == hosts_.end()) return {};
    Host& h = at->second;
    if (!h.is_asked || h.asker != id) {
        std::erase(h.waiting, id);
        return {};
    }
    h.is_asked = false;
    if (h.waiting.empty()) return {};
    const Id next = h.waiting.front();
    h.waiting.erase(h.waiting.begin());
    h.is_asked = true;
    h.asker = next;
    return {next};
}

}  // namespace stocktray::http
