// What is on the screen, by key. A message lives as long as it may be clicked, and is forgotten when it ends: by a click,
// dismissed, or in its own time.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace stocktray::tray {

template <class Message>
class MessagesOnScreen {
public:
    // In the place of one with the same key, which must have been taken away.
    void put(const std::string& key, std::unique_ptr<Message> message) {
        ended_.clear();
        shown_[key] = std::move(message);
    }

    // It has ended by itself. False: another one stands under the key by now, or none. It is still speaking when it says
    // so: what is left of it goes with the next call of `put` or `sweep`.
    bool end(const std::string& key, const Message* message) {
        const auto at = shown_.find(key);
        if (at == shown_.end() || at->second.get() != message) return false;
        ended_.push_back(std::move(at->second));
        shown_.erase(at);
        return true;
    }
    void sweep() { ended_.clear(); }

    // No more on the screen for whoever calls; none, if there is none.
    [[nodiscard]] std::unique_ptr<Message> take(const std::string& key) {
        const auto at = shown_.find(key);
        if (at == shown_.end()) return nullptr;
        auto message = std::move(at->second);
        shown_.erase(at);
        return message;
    }
    [[nodiscard]] std::unique_ptr<Message> take_any() { return shown_.empty() ? nullptr : take(shown_.begin()->first); }

private:
    std::map<std::string, std::unique_ptr<Message>> shown_;
    std::vector<std::unique_ptr<Message>> ended_;
};

}  // namespace stocktray::tray
