// What a job does, would do and did, in sentences.
#include <algorithm>

#include "tray/model/job_words.h"
#include "tray/model/words.h"

namespace stocktray::tray {
namespace {

using ipc::Cause;
using ipc::JobKind;
using ipc::JobState;
using ipc::jobs::Job;

std::string counted(const std::string& pattern, std::int64_t number) {
    return say(pattern, fmt::arg("n", number_words(number)));
}
std::string skus(std::int64_t number) {
    return counted(tr_n("{n} SKU", "{n} SKUs", number), number);
}

// In one place, so that two numbers of a sentence each have their plural.
void add(std::string& text, const std::string& sentence) {
    if (sentence.empty()) return;
    text += (text.empty() ? "" : " ") + sentence;
}

std::string changed(const Job& job, const JobTally& tally, std::string_view cart) {
    const auto n = tally.changed;
    const auto told = [&](const std::string& pattern) {
        return say(pattern, fmt::arg("n", number_words(n)), fmt::arg("cart", cart));
    };
    switch (job.kind) {
        case JobKind::get_qoh:
            return job.dry_run ? told(tr_n("{n} count would be handed to the Order Manager.",
                                           "{n} counts would be handed to the Order Manager.", n))
                               : told(tr_n("{n} count was handed to the Order Manager.",
                                           "{n} counts were handed to the Order Manager.", n));
        case JobKind::send_qoh:
            return job.dry_run ? told(tr_n("{n} count would be replaced in {cart}.",
                                           "{n} counts would be replaced in {cart}.", n))
                               : told(tr_n("{n} count was replaced in {cart}.",
                                           "{n} counts were replaced in {cart}.", n));
        case JobKind::undo:
            return job.dry_run
                       ? told(tr_n("{n} count would be taken back.", "{n} counts would be taken back.", n))
                       : told(tr_n("{n} count was taken back.", "{n} counts were taken back.", n));
        case JobKind::audit:
            return told(tr_n("{n} count was repaired in {cart}.", "{n} counts were repaired in {cart}.", n));
    }
    return {};
}

std::string head(const Job& job) {
    switch (job.state) {
        case JobState::done: {
            const auto took = job.finished_at ? *job.finished_at - job.started_at : 0;
            if (took < 1'000) return say(tr("Done: {skus}."), fmt::arg("skus", skus(job.done)));
            return say(tr("Done: {skus} in {time}."), fmt::arg("skus", skus(job.done)),
                       fmt::arg("time", age_words(took)));
        }
        case JobState::failed:
            return say(tr("It failed. {why}"),
                       fmt::arg("why", translated_sentence(job.message.value_or(""))));
        case JobState::cancelled:
            return job.dry_run ? tr("The preview was ended. Nothing was changed.")
                               : tr("It was cancelled. What was done before stays.");
        case JobState::blocked:
            return tr("It stopped before it changed anything, because it would change a lot:");
        case JobState::queued:
        case JobState::running:
        case JobState::waiting:
            break;
    }
    return {};
}

void add_counts(std::vector<std::string>& lines, const Job& job, const JobTally& tally,
                std::string_view cart) {
    const auto& counts = job.counts;
    if (tally.changed > 0) {
        auto line = changed(job, tally, cart);
        const auto zero = tally.to_zero;
        if (zero > 0)
            add(line, job.dry_run ? counted(tr_n("{n} would become 0.", "{n} would become 0.", zero), zero)
                                  : counted(tr_n("{n} became 0.", "{n} became 0.", zero), zero));
        lines.push_back(std::move(line));
    }
    std::string line;
    const auto say_if = [&](std::int64_t n, auto words) {
        if (n > 0) add(line, counted(words(n), n));
    };
    const auto rest = counts.ok - (job.dry_run ? 0 : tally.changed);
    if (job.kind == JobKind::undo)
        say_if(rest, [](auto n) { return tr_n("{n} SKU needed nothing.", "{n} SKUs needed nothing.", n); });
    else
        say_if(rest, [](auto n) {
            return tr_n("{n} SKU is equal on both sides.", "{n} SKUs are equal on both sides.", n);
        });
    say_if(tally.new_products, [&](auto n) {
        return job.dry_run ? tr_n("{n} SKU would be handed to the Order Manager as a new product.",
                                  "{n} SKUs would be handed to the Order Manager as new products.", n)
                           : tr_n("{n} SKU was handed to the Order Manager as a new product.",
                                  "{n} SKUs were handed to the Order Manager as new products.", n);
    });
    say_if(tally.missed, [](auto n) {
        return tr_n("{n} SKU was changed, but has not what was due.", "{n} SKUs were changed, but have not what was due.", n);
    });
    say_if(tally.unread, [](auto n) {
        return tr_n("{n} SKU was told to the store, but could not be read back.",
                    "{n} SKUs were told to the store, but could not be read back.", n);
    });
    if (job.kind == JobKind::audit)
        say_if(counts.different, [](auto n) { return tr_n("{n} SKU differs.", "{n} SKUs differ.", n); });
    else
        say_if(counts.different - tally.missed - tally.unread, [](auto n) {
            return tr_n("{n} SKU differs and was not changed.", "{n} SKUs differ and were not changed.", n);
        });
    say_if(counts.ambiguous, [](auto n) {
        return tr_n("{n} SKU is there more than once.", "{n} SKUs are there more than once.", n);
    });
    say_if(counts.error, [](auto n) { return tr_n("{n} SKU failed.", "{n} SKUs failed.", n); });
    say_if(counts.not_found, [](auto n) {
        return tr_n("{n} SKU is not known to the store.", "{n} SKUs are not known to the store.", n);
    });
    say_if(counts.not_tracked,
           [](auto n) { return tr_n("{n} SKU is not tracked.", "{n} SKUs are not tracked.", n); });
    say_if(counts.skipped,
           [](auto n) { return tr_n("{n} SKU was left out.", "{n} SKUs were left out.", n); });
    if (!line.empty()) lines.push_back(std::move(line));
    auto others = tally;
    std::string waiting;
    if (const auto handed = job.kind == JobKind::undo ? others.waiting.extract(Cause::in_flight) : decltype(others.waiting)::node_type{})
        waiting = counted(tr_n("{n} SKU waits for the Order Manager.", "{n} SKUs wait for the Order Manager.", handed.mapped()),
                          handed.mapped());
    add(waiting, waits_words(others));
    if (!waiting.empty()) {
        if (!job.dry_run && job.state != JobState::cancelled) add(waiting, tr("This goes on by itself."));
        lines.push_back(std::move(waiting));
    }
}

// What the agent says that it does at this moment, as a sentence.
std::string doing_words(const std::string& doing) {
    constexpr std::pair<std::string_view, const char*> known[] = {
        {"begins", mark("It begins.")},
        {"reads the store's counts", mark("It reads the store's counts.")},
        {"waits before it reads the store's counts again",
         mark("It waits before it reads the store's counts again.")},
        {"weighs what would change", mark("It weighs what would change.")},
        {"compares the counts", mark("It compares the counts.")},
        {"waits before it looks at the counts again", mark("It waits before it looks at the counts again.")},
        {"takes back", mark("It takes back what was changed.")},
        {"replaces counts", mark("It replaces counts.")},
        {"waits for its posts", mark("It waits for its posts.")},
        {"reads back what the store has", mark("It reads back what the store has.")}};
    for (const auto& [word, sentence] : known)
        if (doing == word) return tr(sentence);
    return {};
}

std::string deed(const Job& preview, const JobTally& tally, std::string_view cart) {
    const auto n = tally.changed;
    const auto products = tally.new_products;
    const auto told = [&](const std::string& pattern, std::int64_t number) {
        return say(pattern, fmt::arg("n", number_words(number)), fmt::arg("cart", cart));
    };
    if (preview.kind == JobKind::undo)
        return told(tr_n("Take back {n} change in {cart}?", "Take back {n} changes in {cart}?", n + products),
                    n + products);
    if (preview.kind != JobKind::get_qoh)
        return told(tr_n("Replace {n} count in {cart}?", "Replace {n} counts in {cart}?", n), n);
    std::string text;
    if (n > 0)
        add(text, told(tr_n("Hand {n} count of {cart} to the Order Manager?",
                            "Hand {n} counts of {cart} to the Order Manager?", n),
                       n));
    if (products > 0)
        add(text, told(tr_n("{n} new product is handed over.", "{n} new products are handed over.", products),
                       products));
    return text;
}

}  // namespace

std::string progress_words(const Job& job, std::int64_t now) {
    if (job.state == JobState::queued) return tr("It is about to begin.");
    std::string text;
    if (job.total > 0)
        text = say(tr("{done} of {skus}."), fmt::arg("done", number_words(job.done)),
                   fmt::arg("skus", skus(job.total)));
    else if (job.done > 0)
        text = say(tr("{skus} so far."), fmt::arg("skus", skus(job.done)));
    if (job.state == JobState::waiting) {
        add(text, job.waiting_for
                      ? say(tr("It waits for {what}."), fmt::arg("what", awaited_words(*job.waiting_for)))
                      : tr("It waits."));
        return text;
    }
    add(text, doing_words(job.doing.value_or("reads the store's counts")));
    // It stands still, and that is as it should be.
    if (const auto left = job.until.value_or(0) - now; left > 0) {
        add(text, say(tr("It goes on in {time}."), fmt::arg("time", age_words(left))));
        return text;
    }
    if (job.per_second.value_or(0) > 0)
        add(text, counted(tr_n("{n} SKU a second.", "{n} SKUs a second.", *job.per_second), *job.per_second));
    if (job.remaining_ms) add(text, say(tr("{time} left."), fmt::arg("time", age_words(*job.remaining_ms))));
    return text;
}

std::string waits_words(const JobTally& tally) {
    std::string text;
    for (const auto& [cause, n] : tally.waiting) {
        switch (cause) {
            case Cause::web_orders_not_imported:
                add(text, counted(tr_n("{n} SKU waits for web orders to be imported.",
                                       "{n} SKUs wait for web orders to be imported.", n),
                                  n));
                break;
            case Cause::in_flight:
                add(text, counted(tr_n("{n} SKU waits for posts under way.",
                                       "{n} SKUs wait for posts under way.", n),
                                  n));
                break;
            case Cause::uncertain:
                add(text, counted(tr_n("{n} SKU waits for a post of which it is not known whether it was "
                                       "applied.",
                                       "{n} SKUs wait for posts of which it is not known whether they were "
                                       "applied.",
                                       n),
                                  n));
                break;
            default:
                add(text, counted(tr_n("{n} SKU waits.", "{n} SKUs wait.", n), n));
        }
    }
    return text;
}

std::string guard_words(const ipc::jobs::Blocked& blocked) {
    std::string text =
        say(tr("Of {compared} counts {changed} would change, {by_half} by more than half, and {to_zero} "
               "would become 0."),
            fmt::arg("compared", number_words(blocked.compared)),
            fmt::arg("changed", number_words(blocked.changed)),
            fmt::arg("by_half", number_words(blocked.by_half)),
            fmt::arg("to_zero", number_words(blocked.to_zero)));
    if (blocked.listed_before > 0)
        add(text, say(tr("The store lists {now} SKUs now; its last complete list had {before}."),
                      fmt::arg("now", number_words(blocked.listed)),
                      fmt::arg("before", number_words(blocked.listed_before))));
    return text;
}

std::vector<std::string> summary_words(const Job& job, const JobTally& tally, std::string_view cart,
                                       std::int64_t now) {
    std::vector<std::string> lines{head(job)};
    if (lines[0].empty()) lines[0] = progress_words(job, now);
    if (job.state == JobState::blocked) {
        if (job.blocked) lines.push_back(guard_words(*job.blocked));
        return lines;
    }
    add_counts(lines, job, tally, cart);
    const bool is_handed_over = job.kind == JobKind::get_qoh ? tally.changed + tally.new_products > 0
                                                             : job.kind == JobKind::undo && tally.waiting.contains(Cause::in_flight);
    if (job.state == JobState::done && is_handed_over && !job.dry_run)
        lines.push_back(tr("The Order Manager takes them over now."));
    return lines;
}

std::string question_words(const Job& preview, const JobTally& tally, std::string_view cart) {
    const auto waiting = waits_words(tally);
    if (tally.changed + tally.new_products == 0) {
        if (waiting.empty()) return {};
        std::string text = tr("No count would change now.");
        add(text, waiting);
        return text;
    }
    std::string text = deed(preview, tally, cart);
    if (tally.to_zero > 0)
        add(text, counted(tr_n("{n} becomes 0.", "{n} become 0.", tally.to_zero), tally.to_zero));
    add(text, waiting);
    return text;
}

}  // namespace stocktray::tray
