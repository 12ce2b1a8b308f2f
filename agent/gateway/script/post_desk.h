// invupdate: a change of one count (or of several), durable before it is answered.
#pragma once
#include <array>
#include <mutex>
#include <string>
#include <vector>

#include "agent/gateway/door.h"
#include "agent/gateway/script/ledger.h"
#include "agent/gateway/script/script_options.h"
#include "agent/gateway/script/web_server.h"
#include "core/cart/seti/form_fields.h"
#include "ipc/messages/carts.h"

namespace stocktray::gateway {

using cart::seti::FormFields;

class PostDesk {
public:
    PostDesk(const Surroundings& surroundings, Ledger& ledger, FanOut fan_out) noexcept
        : surroundings_{surroundings}, ledger_{ledger}, fan_out_{fan_out} {}

    // From any thread; credentials were checked. Posts for a cart that are not counted are answered all the same.
    [[nodiscard]] WebReply take(const ipc::carts::Cart& cart, bool is_counted, const FormFields& form, const WebRequest& request);

    // At the start: what a crash left between keeping a post and submitting it is submitted.
    [[nodiscard]] Result<void> recover();

private:
    [[nodiscard]] Result<Arrived> arrive(const PostKey& key, std::int64_t now);
    void tell_unkept(const Error& error);
    [[nodiscard]] std::optional<std::int64_t> count_of(const std::string& cart, const std::string& sku);

    const Surroundings& surroundings_;
    Ledger& ledger_;
    FanOut fan_out_;
    // A repeat waits until it is known whether its first could be answered.
    std::array<std::mutex, 64> one_at_a_time_;
};

}  // namespace stocktray::gateway
