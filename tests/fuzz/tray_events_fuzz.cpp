// Events from an agent of any version into the tray's mirror. One that comes twice changes nothing, and a mirror does
// not grow without end.
#include <set>
#include <string>

#include "ipc/codec/framing.h"
#include "ipc/messages/events.h"
#include "tests/fuzz/fuzz.h"
#include "tray/model/agent_mirror.h"

namespace {

using namespace stocktray;
using fuzz::must;

tray::AgentMirror a_mirror() {
    tray::Snapshot snapshot;
    for (const auto* id : {"main", "second"}) {
        ipc::agent::CartStatus status;
        status.cart = status.name = id;
        snapshot.status.carts.push_back(status);
    }
    tray::AgentMirror mirror{1};
    mirror.take(snapshot, 2);
    return mirror;
}

// All that is shown of it.
std::string picture(const tray::AgentMirror& mirror) {
    std::string shown;
    for (const auto& cart : mirror.carts()) shown += ipc::encode(cart.status);
    for (const auto& alert : mirror.alerts()) shown += ipc::encode(alert);
    for (const auto& [id, job] : mirror.jobs()) shown += ipc::encode(job);
    return shown + (mirror.synch_qoh() ? "1" : "0") + std::to_string(mirror.parameters().size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    ipc::ReceivedEvent event;
    event.message = ipc::Document::parse(fuzz::text_of(bytes, size));
    const auto frame = ipc::read_event(event.message);
    if (!frame) return 0;
    event.numbers.topic = frame->topic;
    event.data = frame->data;
    auto mirror = a_mirror();
    mirror.take(event, 3);
    const std::string once = picture(mirror);
    mirror.take(event, 4);
    must(picture(mirror) == once);
    must(mirror.carts().size() == 2 && mirror.contact() == tray::Contact::here);
    must(mirror.alerts().size() <= 1 && mirror.jobs().size() <= 1);
    for (const auto& cart : mirror.carts()) {
        must(tray::AgentMirror::oldest_age(cart, 5) >= cart.status.oldest_age_ms);
        (void)mirror.running_job(cart.status.cart);
    }
    return 0;
}
