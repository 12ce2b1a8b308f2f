// Bytes from anywhere through all that reads them: framing, the decoder of the method they name and, as a request of the agent's
// own user, the agent's dispatcher with its rules, its database and a store.
#include <map>
#include <memory>
#include <string>

#include "ipc/codec/framing.h"
#include "ipc/codec/json.h"
#include "ipc/messages/registry.h"
#include "tests/agent/in_process_agent.h"
#include "tests/fuzz/fuzz.h"
#include "tests/simulation/fake_store.h"
#include "tests/support/temp_dir.h"

namespace {

using namespace stocktray;
using namespace stocktray::ipc;
using fuzz::must;

// What was read must come back as it was written.
template <Message T>
void check(Node node, Reading reading) {
    const auto message = decode<T>(node, reading);
    if (!message) return;
    const std::string bytes = encode(*message);
    const Document document = Document::parse(bytes);
    const auto again = decode<T>(document.root(), reading);
    must(again && encode(*again) == bytes);
}

// An agent with some items and two carts: the store of `main` does not know an item, so that a rejected post stands there, and has
// been audited; `other` is off.
class Place {
public:
    Place() : shop_{"store0000000main", simulation::Script::with_moves, counts()}, agent_{folder_.path(), ":memory:", [this](const std::string&, std::string_view body) {
        return shop_.answer(body, to_ms(agent_.now.wall));
    }} {
        ask(qoh::Snapshot{.source = "om", .snapshot = "first", .part = 0});
        agent_.now.steady += Milliseconds{1};
        qoh::Snapshot snapshot{.source = "om", .snapshot = "first", .part = 1, .last = true};
        for (const auto& [sku, count] : counts()) snapshot.items.push_back({.sku = sku, .qoh = count});
        ask(snapshot);
        for (const char* id : {"main", "other"}) {
            carts::Create cart;
            cart.cart = id;
            cart.name = id;
            cart.url = "https://" + cart.cart + ".test/stocktray.php";
            cart.user = "om";
            cart.password = Secret{"secret"};
            cart.synchronize_inventory = cart.cart == "main";
            ask(cart);
        }
        agent_.serve(100);
        ask(qoh::Submit{.source = "om", .changes = {{.id = "c1", .sku = "SKU-0", .delta = -1, .reason = Reason::phone_order},
                                                    {.id = "c2", .sku = "NONE", .delta = 2, .reason = Reason::phone_order}}});
        agent_.serve(100);
        ipc::jobs::Start audit;
        audit.kind = JobKind::audit;
        audit.cart = "main";
        ask(audit);
        agent_.serve(100);
    }

    // Whether the agent is another one behind it.
    [[nodiscard]] bool has_changed(const std::string& bytes, std::uint32_t msgid) {
        auto& store = agent_.controller().store;
        const auto before = store.rows_written();
        const auto answers = agent_.turn({bytes});
        const bool has_written = store.rows_written() != before;
        if (answers.empty()) return true;  // a test of a cart, whose answer comes later
        const auto message = Document::parse(answers.front());
        const auto response = read_response(message);
        must(response && response->msgid == msgid);
        // What was refused has not been done by half.
        if (!response->error.is(Kind::nil)) {
            must(!has_written);
            return false;
        }
        if (!has_written) return false;
        // It lives on, and the same once more is nothing that it falls over.
        agent_.serve(30);
        (void)agent_.turn({bytes});
        agent_.now.wall += Milliseconds{3'600'000};
        agent_.now.steady += Milliseconds{3'600'000};
        agent_.serve(30);
        return true;
    }

private:
    static std::map<std::string, std::int64_t> counts() { return {{"SKU-0", 10}, {"SKU-1", 20}, {"SKU-2", 0}}; }

    template <Request T>
    void ask(const T& request) {
        const auto answers = agent_.turn({ipc::request(1, request)});
        const auto message = Document::parse(answers.at(0));
        const auto response = read_response(message);
        must(response && response->error.is(Kind::nil));
    }

    tests::TempDir folder_;
    simulation::FakeStore shop_;
    tests::InProcessAgent agent_;
};

// An agent that has only refused and told is still the same.
void dispatch(const std::string& bytes, std::uint32_t msgid) {
    static std::unique_ptr<Place> place;
    if (!place) place = std::make_unique<Place>();
    if (place->has_changed(bytes, msgid)) place.reset();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const auto text = fuzz::text_of(bytes, size);
    const Document message = Document::parse(text);
    (void)to_json(message.root(), Layout::one_line);
    if (const auto request = read_request(message)) {
        Requests::each([&]<class T>() {
            if (T::method.name == request->method) check<T>(request->params, Reading::strict);
        });
        dispatch(std::string{text}, request->msgid);
    }
    if (const auto response = read_response(message)) (void)read_error(response->error);
    if (const auto event = read_event(message)) {
        Events::each([&]<class T>() {
            if (T::topic == event->topic) check<T>(event->data, Reading::lenient);
        });
    }
    return 0;
}
