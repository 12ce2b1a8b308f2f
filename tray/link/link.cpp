#include "tray/link/link.h"

#include <utility>

#include "tray/link/desk.h"
#include "tray/link/worker.h"

namespace stocktray::tray {

Link::Link(std::unique_ptr<Worker> worker)
    : worker_{std::move(worker)}, desk_{std::make_shared<Desk>(*worker_)} {}

Link::~Link() {
    worker_->stop();
    desk_.reset();
}

ipc::Expected<std::unique_ptr<Link>> Link::open(const std::string& endpoint, Poster poster,
                                                Patience patience) {
    auto worker = Worker::open(endpoint, std::move(poster), patience);
    if (!worker) return ipc::Failure{std::move(worker.error())};
    return std::unique_ptr<Link>{new Link{std::move(*worker)}};
}

void Link::start() {
    worker_->start([desk = std::weak_ptr<Desk>{desk_}](Worker::Batch batch) {
        if (const auto open = desk.lock()) open->deliver(std::move(batch));
    });
}

void Link::reconnect() {
    worker_->reconnect();
}

Conversation Link::converse() {
    return Conversation{desk_};
}

}  // namespace stocktray::tray
