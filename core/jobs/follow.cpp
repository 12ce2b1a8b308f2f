#include "core/jobs/follow.h"

#include <string_view>

#include "core/stack/diagnosis.h"

namespace stocktray::jobs {
namespace {

// What is true only until the post moves on: none of it stays behind what is said next.
constexpr std::string_view is_under_way = " Its post is under way.";
constexpr std::string_view is_paused = " Its post is paused.";
constexpr std::string_view is_unknown = " Not known whether it was applied; that ends by itself.";

void say(JobItem& line, std::string_view what) {
    for (const auto before : {is_under_way, is_paused, is_unknown})
        if (line.text.ends_with(before)) line.text.resize(line.text.size() - before.size());
    line.text += what;
}

void say_that_it_waits(const Tools& tools, JobItem& line, std::string_view why) {
    if (line.result == ItemResult::waiting && line.text.ends_with(why)) return;
    line.result = ItemResult::waiting;
    say(line, why);
    tools.store.jobs.put(line);
}

}  // namespace

Followed follow(const Tools& tools, const Job& job, JobItem line) {
    const auto post = line.post ? tools.store.posts.get(*line.post) : std::nullopt;
    const bool reads_back = is_at_work(job.state);
    const auto end = [&](ItemResult result, const std::string& text) {
        if (result != ItemResult::ok) line.after.reset();  // the store has not got there
        line.stage = Stage::none;
        line.result = result;
        say(line, text);
        tools.store.jobs.put(line);
        return Followed::ended;
    };
    const auto applied = [&] {
        if (!reads_back) return end(ItemResult::ok, " The store has confirmed it.");
        line.stage = Stage::to_read;
        line.result = ItemResult::ok;
        say(line, {});
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
    say_that_it_waits(tools, line, post->is_paused ? is_paused : is_unknown);
    return Followed::pending;
}

void leave(const Tools& tools, JobItem line) { say_that_it_waits(tools, line, is_under_way); }

}  // namespace stocktray::jobs
