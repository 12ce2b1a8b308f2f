// downloadqoh and getproductscount, answered from what the agent knows: a store that hangs does not keep the Order
// Manager waiting, and the counts are those that the Order Manager should have.
//
// Until a job has read the store's whole list once, the agent may know a few products of many; then the store itself is
// asked. Where a download begins, there it goes on: pages of two sources would leave products out.
#pragma once
#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "agent/gateway/door.h"
#include "core/cart/seti/form_fields.h"
#include "ipc/error.h"
#include "ipc/messages/at_store.h"
#include "ipc/messages/carts.h"

namespace stocktray::gateway {

using cart::seti::FormFields;

class CountsDesk {
public:
    explicit CountsDesk(const Surroundings& surroundings) noexcept : surroundings_{surroundings} {}

    // None: this is the store's to answer. Fails, in a sentence, where the counts cannot be told just now: without the
    // agent nobody knows what is on its way to the store.
    //
    // What is told is the store's latest count and what has not arrived there yet: posts under way, pieces kept back (the buffer),
    // and pieces of web orders that the Order Manager will still take off by itself.
    [[nodiscard]] Result<std::optional<std::string>> page(const ipc::carts::Cart& cart, const std::string& client,
                                                          const FormFields& form);
    [[nodiscard]] Result<std::optional<std::int64_t>> products(const ipc::carts::Cart& cart);

private:
    enum class Source { agent, store };
    // A client's download of a cart's counts, and where its last page ended.
    struct Download {
        Source source{Source::agent};
        std::int64_t next{1};
        std::optional<std::string> after{};
    };
    struct Counted {
        std::int64_t products{0};
        std::int64_t listed{0};
        std::chrono::steady_clock::time_point at{};
    };

    [[nodiscard]] ipc::Expected<ipc::qoh::AtStoreResult> ask_for(const std::string& cart, const std::optional<std::string>& after,
                                                                 std::int64_t limit) const;
    // What the agent should know is there.
    [[nodiscard]] ipc::Expected<void> flush() const;
    [[nodiscard]] Result<Source> choose(const std::string& cart) const;
    // The store's own counts are right only where nothing is to be added to them.
    [[nodiscard]] Result<void> may_ask_store(const ipc::carts::Cart& cart) const;
    [[nodiscard]] Result<std::string> page_of_agent(const ipc::carts::Cart& cart, Download& download, std::int64_t start,
                                                    std::int64_t size) const;

    const Surroundings& surroundings_;
    std::mutex mutex_;
    std::map<std::pair<std::string, std::string>, Download> downloads_;  // by client and cart
    std::map<std::string, Counted> counted_;
};

}  // namespace stocktray::gateway
