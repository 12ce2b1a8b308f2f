#include "core/jobs/follow.h"

#include "core/stack/diagnosis.h"

namespace stocktray::jobs {

Followed follow(const Tools& tools, const Job& job, JobItem line) {
    const auto post = line.post ? tools.store.posts.get(*line.post) : std::nullopt;
    const bool reads_back = is_at_work(job.state);
    const auto end = [&](ItemResult result, const std::string& text) {
        if (result != ItemResult::ok) line.after.reset();  // the store has not got there
        line.stage = Stage::none;
        line.result = result;
        line.text += text;
        tools.store.jobs.put(line);
        return Followed::ended;
    };
    const auto applied = [&] {
        if (!reads_back) return end(ItemResult::ok, " The store has confirmed it.");
        line.stage = Stage::to_read;
        line.result = ItemResult::ok;
        tools.store.jobs.put(line);
        return Followed::ended;
    };
    if (!post) return applied();  // ended so long ago that it is forgotten
    switch (post->state) {
        case stack::State::confirmed: return applied();
        case stack::State::settled:
            if (job.kind == Kind::undo)
                return end(ItemResult::error, " Whether it was applied was never known; the counts were settled otherwise.");
            return applied();
        case stack::State::rejected:
            line.cause = Cause::rejected;
            return end(ItemResult::error, " The store refused it: " +
                                              stack::diagnose(stack::cause_from(post->error_code), post->error_text).message);
        case stack::State::folded:
            return end(ItemResult::skipped, " It was not sent: it cancelled out with other changes, or the cart was turned off.");
        case stack::State::cancelled: return end(ItemResult::skipped, " It was cancelled.");
        case stack::State::queued:
        case stack::State::sending:
            if (!post->is_paused) return Followed::under_way;
            break;
        case stack::State::uncertain:
            if (!post->is_parked) return Followed::under_way;
            line.cause = Cause::uncertain;
            break;
    }
    if (line.result != ItemResult::waiting) {
        line.result = ItemResult::waiting;
        line.text += post->is_paused ? " Its post is paused." : " Not known whether it was applied; that ends by itself.";
        tools.store.jobs.put(line);
    }
    return Followed::pending;
}

}  // namespace stocktray::jobs
