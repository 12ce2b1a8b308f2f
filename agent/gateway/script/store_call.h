// One call to the store's real script, passed on as it came, but that its answer must not be compressed. That is read piece by
// piece, in the time of whoever wants to have it: nothing of it is kept.
#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "agent/gateway/script/web_server.h"
#include "core/result.h"

namespace stocktray::gateway {

// How the store is reached.
struct StoreAddress {
    std::string url;
    bool allows_http{false};
    std::string ca_file{};
    std::chrono::milliseconds connect_within{10'000};
    std::chrono::milliseconds silent_for{60'000};  // without a byte: given up
};

class StoreCall {
public:
    struct Head {
        int status{0};
        Headers headers;                        // without those of one connection only
        std::optional<std::uint64_t> length{};  // of the body, where it is told
    };

    // `is_over`: asked now and then while it waits; then it gives up. Never follows a redirect, never repeats.
    StoreCall(const StoreAddress& address, const WebRequest& request, std::function<bool()> is_over);
    ~StoreCall();
    StoreCall(StoreCall&&) noexcept;

    // Sends the request and waits for the beginning of the answer. Fails with a sentence about the store.
    [[nodiscard]] Result<Head> begin();
    // The next piece of the body: how many bytes; 0: it is whole; negative: it broke.
    [[nodiscard]] std::int64_t read(char* into, std::size_t room);
    // The rest of the body, up to `most` bytes.
    [[nodiscard]] Result<std::string> read_all(std::size_t most);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace stocktray::gateway
