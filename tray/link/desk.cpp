#include "tray/link/desk.h"

#include <utility>

namespace stocktray::tray {

std::uint64_t Desk::open() {
    return ++last_id_;
}

void Desk::close(std::uint64_t conversation) {
    std::erase_if(waiting_, [&](const auto& one) { return one.second.conversation == conversation; });
    if (listeners_.erase(conversation) > 0) tell_words();
}

void Desk::ask(std::uint64_t conversation, Worker::Question question, std::function<void(RawAnswer)> answer) {
    question.id = ++last_id_;
    waiting_.emplace(question.id, Waiting{conversation, std::move(answer)});
    worker_.ask(std::move(question));
}

void Desk::hear(std::uint64_t conversation, std::vector<std::string> words,
                std::function<void(const News&)> listener) {
    listeners_.insert_or_assign(
        conversation,
        Listener{std::move(words), std::make_shared<std::function<void(const News&)>>(std::move(listener))});
    tell_words();
}

void Desk::tell_words() {
    std::set<std::string> wanted;
    for (const auto& [id, listener] : listeners_) wanted.insert(listener.words.begin(), listener.words.end());
    if (wanted == words_) return;
    words_ = wanted;
    worker_.listen_to({wanted.begin(), wanted.end()});
}

void Desk::deliver(Worker::Batch batch) {
    for (auto& [id, answer] : batch.answers) {
        const auto at = waiting_.find(id);
        if (at == waiting_.end()) continue;  // nobody waits any longer
        const auto call = std::move(at->second.answer);
        waiting_.erase(at);
        call(std::move(answer));
    }
    if (batch.news.empty()) return;
    std::vector<std::uint64_t> ids;
    for (const auto& [id, listener] : listeners_) ids.push_back(id);
    for (const auto id : ids) {
        const auto at = listeners_.find(id);
        if (at == listeners_.end()) continue;
        const auto kept = at->second.listener;  // it may end its own conversation
        (*kept)(batch.news);
    }
}

}  // namespace stocktray::tray
