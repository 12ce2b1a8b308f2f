#include "tray/link/conversation.h"

#include "tray/link/desk.h"

namespace stocktray::tray {

Conversation::Conversation(std::weak_ptr<Desk> desk) : desk_{std::move(desk)} {
    if (const auto open = desk_.lock()) id_ = open->open();
}

Conversation::~Conversation() {
    end();
}

Conversation::Conversation(Conversation&& other) noexcept
    : desk_{std::move(other.desk_)}, id_{std::exchange(other.id_, 0)} {
    other.desk_.reset();
}

Conversation& Conversation::operator=(Conversation&& other) noexcept {
    if (this == &other) return *this;
    end();
    desk_ = std::move(other.desk_);
    other.desk_.reset();
    id_ = std::exchange(other.id_, 0);
    return *this;
}

void Conversation::end() {
    if (const auto desk = desk_.lock()) desk->close(id_);
}

void Conversation::hear(std::vector<std::string> words, std::function<void(const News&)> listener) {
    if (const auto desk = desk_.lock()) desk->hear(id_, std::move(words), std::move(listener));
}

void Conversation::ask_raw(std::string method, std::string params, Duration within,
                           std::function<void(ipc::Expected<ipc::RawAnswer>)> answer) {
    if (const auto desk = desk_.lock())
        desk->ask(id_, {.id = 0, .method = std::move(method), .params = std::move(params), .within = within},
                  std::move(answer));
}

}  // namespace stocktray::tray
