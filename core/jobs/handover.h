// What Get QOH found, on its way into the Order Manager: handed out, and taken into the books when the Order
// Manager says that it has applied it.
#pragma once
#include <string>
#include <vector>

#include "core/jobs/deeds.h"
#include "core/jobs/tools.h"
#include "core/result.h"
#include "core/sync/books.h"

namespace stocktray::jobs {

struct SkippedItem {
    std::int64_t cursor{0};
    std::string reason;
};
struct PullRequest {
    std::string consumer;
    std::optional<std::int64_t> ack;   // the last one that the Order Manager has dealt with
    std::vector<SkippedItem> skipped;  // of those up to `ack`
    std::int64_t limit{100};
    bool takes_over{false};
};
struct PullAnswer {
    std::vector<store::PullItem> items;
    bool has_more{false};
};

class Handover {
public:
    Handover(Tools tools, sync::Books& books) noexcept : tools_{tools}, books_{books} {}

    // One queue per agent: while one holds items, another consumer is refused until it takes over. The acknowledgement moves the book and
    // posts to the item's other listings; what was skipped moves nothing and is named.
    [[nodiscard]] Result<PullAnswer> pull(const PullRequest& request, Now now);

private:
    void take_over(const store::PullItem& item, Now now);
    void tell_if_taken_back(JobId id, Now now);
    void hand_back(const store::PullItem& item, const store::Listing& listing, Now now);
    void skip(const store::PullItem& item, const std::string& reason, Now now);
    void note(const store::PullItem& item, ItemResult result, const std::string& text);

    Tools tools_;
    sync::Books& books_;
};

}  // namespace stocktray::jobs
