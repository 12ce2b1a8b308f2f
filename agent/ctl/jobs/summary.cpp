#include "agent/ctl/jobs/summary.h"

#include <fmt/format.h>

#include "agent/ctl/jobs/follow.h"
#include "agent/ctl/output/job_words.h"
#include "agent/ctl/output/words.h"

namespace stocktray::ctl {
namespace {

using ipc::JobKind;
using ipc::JobState;
using ipc::jobs::Job;

// More of them take longer than minutes when they go on by themselves.
constexpr std::int64_t many_waiting = 5'000;

std::string took(const Job& job) {
    if (!job.finished_at || *job.finished_at < job.started_at) return {};
    return fmt::format(" in {}", duration(*job.finished_at - job.started_at));
}

// "1 SKU" or "7 SKUs", and the verb that goes with it.
std::string skus(std::int64_t number, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", counted(number, "SKU", "SKUs"), number == 1 ? one : many);
}

std::string changed(const Job& job, const Tally& tally, std::string_view cart) {
    const auto counts = counted(tally.changed, "count", "counts");
    const std::string_view verb = job.dry_run ? "would be " : tally.changed == 1 ? "was " : "were ";
    switch (job.kind) {
        case JobKind::get_qoh:
            return fmt::format("{} {}handed to the Order Manager.", counts, verb);
        case JobKind::send_qoh:
            return fmt::format("{} {}changed in {}.", counts, verb, cart);
        case JobKind::undo:
            return fmt::format("{} {}taken back.", counts, verb);
        case JobKind::audit:
            return fmt::format("{} {}repaired in {}.", counts, verb, cart);
    }
    return {};
}

void add_numbers(std::vector<std::string>& lines, const ipc::jobs::Blocked& blocked) {
    lines.push_back(
        fmt::format("  Counts compared: {}. Would change: {}. By more than half: {}. Would become 0: {}.",
                    blocked.compared, blocked.changed, blocked.by_half, blocked.to_zero));
    if (blocked.listed_before > 0)
        lines.push_back(fmt::format("  SKUs in the store's list: {} now, {} in its last complete list.",
                                    blocked.listed, blocked.listed_before));
}

// The command with one more option; where nobody knows the others, in words.
std::string with(const std::string& command, std::string_view option) {
    return command.empty() ? fmt::format("start it again as before, and with {}", option) : fmt::format("{} {}", command, option);
}

// An audit never overrides the guard: a Send does, and shows what it would change first. Nothing stops an undo.
void add_way_on(std::vector<std::string>& lines, const Job& job, const NextCommands& next) {
    constexpr std::string_view look = "--dry-run --csv preview.csv";
    if (job.kind == JobKind::audit) {
        const auto send = next.send.empty() ? fmt::format("stocktrayctl send {}", job.cart) : next.send;
        lines.push_back(fmt::format("Look at every SKU first: {} {}", send, look));
        lines.push_back(fmt::format("If it is right, send the counts: {}", send));
        return;
    }
    if (!job.dry_run) lines.push_back(fmt::format("Look at every SKU first: {}", with(next.again, look)));
    if (job.kind != JobKind::undo)
        lines.push_back(fmt::format("If it is right: {}", with(next.again, "--guard-override --reason 'why it is right'")));
}

void add_blocked(std::vector<std::string>& lines, const Job& job, const NextCommands& next) {
    lines.push_back(printable(job.blocked->message));
    add_numbers(lines, *job.blocked);
    add_way_on(lines, job, next);
}

// What ended all the same, a preview among it; what it tells of would be stopped.
void add_would_block(std::vector<std::string>& lines, const Job& job, const NextCommands& next) {
    lines.push_back((job.dry_run ? "The guard would stop it before it changed anything: " : "The guard let it change nothing: ") +
                    printable(job.would_block->message));
    add_numbers(lines, *job.would_block);
    add_way_on(lines, job, next);
}

void add_counts(std::vector<std::string>& lines, const Job& job, const Tally& tally, std::string_view cart) {
    const auto& counts = job.counts;
    if (tally.changed > 0) lines.push_back(changed(job, tally, cart));
    if (tally.to_zero > 0)
        lines.push_back(fmt::format("{} of them {} 0.", tally.to_zero,
                                    job.dry_run          ? "would become"
                                    : tally.to_zero == 1 ? "became"
                                                         : "have become"));
    const auto rest = counts.ok - (job.dry_run ? 0 : tally.changed);
    if (rest > 0)
        lines.push_back(job.kind == JobKind::undo
                            ? skus(rest, "needed nothing.", "needed nothing.")
                            : skus(rest, "is equal on both sides.", "are equal on both sides."));
    if (tally.new_products > 0)
        lines.push_back(fmt::format("{} {} handed to the Order Manager as {}.",
                                    counted(tally.new_products, "SKU", "SKUs"),
                                    job.dry_run               ? "would be"
                                    : tally.new_products == 1 ? "was"
                                                              : "were",
                                    tally.new_products == 1 ? "a new product" : "new products"));
    if (const auto text = waits(tally); !text.empty())
        lines.push_back(text + (job.dry_run           ? ""  // nothing of a preview goes on
                                : counts.waiting == 1 ? " It goes on by itself."
                                                      : " They go on by themselves."));
    const auto add = [&](std::int64_t number, std::string_view one, std::string_view many) {
        if (number > 0) lines.push_back(skus(number, one, many));
    };
    add(tally.missed, "was changed, but has not what was due.", "were changed, but have not what was due.");
    add(tally.unread, "was told to the store, but could not be read back.", "were told to the store, but could not be read back.");
    add(counts.different - tally.missed - tally.unread, "differs and was not changed.", "differ and were not changed.");
    add(counts.ambiguous, "is there more than once.", "are there more than once.");
    add(counts.error, "failed.", "failed.");
    add(counts.not_found - tally.unknown, "is not known to the store.", "are not known to the store.");
    add(tally.unknown, "is not known to the Order Manager.", "are not known to the Order Manager.");
    add(counts.not_tracked, "is not tracked.", "are not tracked.");
    add(counts.skipped, "was left out.", "were left out.");
}

// What changes, for the question: the beginning without its question mark.
std::string deed(const Job& preview, const Tally& tally, std::string_view cart) {
    const auto counts = counted(tally.changed, "count", "counts");
    const auto products = counted(tally.new_products, "new product", "new products");
    switch (preview.kind) {
        case JobKind::get_qoh:
            if (tally.changed == 0) return fmt::format("Hand {} of {} to the Order Manager", products, cart);
            return fmt::format("Hand {}{} of {} to the Order Manager", counts,
                               tally.new_products > 0 ? " and " + products : "", cart);
        case JobKind::undo:
            return fmt::format("Take back {} of job {} ({})",
                               counted(tally.changed + tally.new_products, "change", "changes"),
                               preview.undoes.value_or(0), cart);
        case JobKind::send_qoh:
        case JobKind::audit:
            break;
    }
    return fmt::format("Replace {} in {}", counts, cart);
}

}  // namespace

std::vector<std::string> summary(const Job& job, const Tally& tally, std::string_view cart_name,
                                 const NextCommands& next) {
    std::vector<std::string> lines;
    const std::string head = fmt::format("{} (job {})", title(job, cart_name), job.job);
    switch (job.state) {
        case JobState::done:
            lines.push_back(fmt::format("{}: {}{}.", head, counted(job.done, "SKU", "SKUs"), took(job)));
            break;
        case JobState::failed:
            lines.push_back(fmt::format("{} failed. {}", head, printable(job.message.value_or(""))));
            break;
        case JobState::cancelled:
            lines.push_back(fmt::format("{} was cancelled. What was done before stays.", head));
            break;
        case JobState::blocked:
            lines.push_back(fmt::format("{} stopped before it changed anything.", head));
            if (job.blocked) add_blocked(lines, job, next);
            return lines;
        case JobState::queued:
        case JobState::running:
        case JobState::waiting:
            lines.push_back(progress_line(job, head));
            break;
    }
    add_counts(lines, job, tally, cart_name);
    if (job.state == JobState::done && job.message) lines.push_back(printable(*job.message));
    if (job.would_block) add_would_block(lines, job, next);
    if (tally.waiting.contains(ipc::Cause::web_orders_not_imported))
        lines.push_back(
            fmt::format("Tell of imported web orders with: stocktrayctl orders imported {} (see its --help)\n"
                        "If you know that none waits: {}",
                        job.cart, with(next.again, "--allow-pending")));
    if (job.counts.waiting > many_waiting && !job.dry_run)
        lines.push_back("So many go faster if you start it again once the reason is gone.");
    const bool is_handed_over = job.kind == JobKind::get_qoh ? tally.changed + tally.new_products > 0
                                                             : job.kind == JobKind::undo && tally.waiting.contains(ipc::Cause::in_flight);
    if (job.state == JobState::done && is_handed_over && !job.dry_run)
        lines.push_back(
            "The Order Manager takes them over now (stocktrayctl pull, where it does not do that itself).");
    return lines;
}

std::string question(const Job& preview, const Tally& tally, std::string_view cart_name) {
    const auto waiting = waits(tally);
    if (tally.changed + tally.new_products == 0) {
        if (waiting.empty()) return {};
        return fmt::format("No count would change now. Start it all the same? {}", waiting);
    }
    std::string text = deed(preview, tally, cart_name) + "?";
    if (tally.to_zero > 0)
        text += fmt::format(" {} {} 0.", tally.to_zero, tally.to_zero == 1 ? "becomes" : "become");
    if (!waiting.empty()) text += " " + waiting;
    return text;
}

ExitCode exit_code_of(const Job& job) {
    if (!has_ended(job)) return ExitCode::good;
    if (job.state != JobState::done) return ExitCode::person_needed;
    if (job.counts.different + job.counts.error + job.counts.ambiguous > 0) return ExitCode::person_needed;
    return job.counts.waiting > 0 ? ExitCode::behind : ExitCode::good;
}

}  // namespace stocktray::ctl
