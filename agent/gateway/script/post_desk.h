// invupdate: a change of one count (or of several), durable before it is answered.
#pragma once
#include <array>
#include <map>
#include <mutex>
#include <optional>
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
    void note_all(const std::vector<std::string>& ids, Answer answer);
    [[nodiscard]] Result<void> note(const std::string& id, Answer answer);
    // What became of the answer of a post that stands as begun; none: it is being written.
    [[nodiscard]] std::optional<Answer> ended_as(const std::string& id);
    void tell_unkept(const Error& error);
    [[nodiscard]] std::optional<std::int64_t> count_of(const std::string& cart, const std::string& sku);

    const Surroundings& surroundings_;
    Ledger& ledger_;
    FanOut fan_out_;
    // A repeat waits until it is known whether its first could be answered.
    std::array<std::mutex, 64> one_at_a_time_;
    // Posts that stand as begun: no value while the answer is being written, else what became of it and could not be kept.
    std::map<std::string, std::optional<Answer>> begun_;
    std::mutex begun_mutex_;
};

}  // namespace stocktray::gateway
