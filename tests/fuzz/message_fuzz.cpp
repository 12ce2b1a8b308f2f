// Bytes from anywhere through all that reads them: framing, and the decoder of the method they name.
#include <string>

#include "ipc/codec/framing.h"
#include "ipc/codec/json.h"
#include "ipc/messages/registry.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace stocktray::ipc;

// What was read must come back as it was written.
template <Message T>
void check(Node node, Reading reading) {
    const auto message = decode<T>(node, reading);
    if (!message) return;
    const std::string bytes = encode(*message);
    const Document document = Document::parse(bytes);
    const auto again = decode<T>(document.root(), reading);
    stocktray::fuzz::must(again && encode(*again) == bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const Document message = Document::parse(stocktray::fuzz::text_of(bytes, size));
    (void)to_json(message.root(), Layout::one_line);
    if (const auto request = read_request(message)) {
        Requests::each([&]<class T>() {
            if (T::method.name == request->method) check<T>(request->params, Reading::strict);
        });
    }
    if (const auto response = read_response(message)) (void)read_error(response->error);
    if (const auto event = read_event(message)) {
        Events::each([&]<class T>() {
            if (T::topic == event->topic) check<T>(event->data, Reading::lenient);
        });
    }
    return 0;
}
