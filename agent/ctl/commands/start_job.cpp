// get, send, audit and undo: each starts a job and follows it to its end.
#include <fmt/format.h>

#include <ostream>

#include "agent/ctl/commands/commands.h"
#include "agent/ctl/input/question.h"
#include "agent/ctl/jobs/follow.h"
#include "agent/ctl/jobs/report_job.h"
#include "agent/ctl/jobs/request.h"
#include "agent/ctl/jobs/summary.h"

namespace stocktray::ctl {
namespace {

using ipc::JobKind;
using ipc::jobs::Job;
using ipc::jobs::Start;

// What a person reads before the question; the rest is one command away.
constexpr std::size_t preview_lines = 20;

ExitCode tell_left(Session& session, const Follower::Followed& followed) {
    const auto number = followed.job.job;
    if (followed.end == Follower::End::lost)
        return session.fail(
            {ipc::Code::no_answer,
             fmt::format("The agent has not come back. How job {} stands: stocktrayctl jobs show {}", number,
                         number),
             {}});
    if (session.wants_json()) session.print_json(followed.job);
    session.warn(
        fmt::format("Job {} goes on in the agent.\n"
                    "How it stands: stocktrayctl jobs show {}\n"
                    "To end it:     stocktrayctl jobs cancel {}",
                    number, number, number));
    return ExitCode::interrupted;
}

// Nobody reads a preview that was interrupted, and it keeps other jobs off the cart.
ExitCode drop_preview(Session& session, const Follower::Followed& followed) {
    if (followed.end == Follower::End::lost) return tell_left(session, followed);
    if (const auto cancelled = session.change(ipc::jobs::Cancel{.job = followed.job.job});
        !cancelled && cancelled.error().code != ipc::Code::conflict)
        return session.fail(cancelled.error());
    session.warn("The preview was ended. Nothing was changed.");
    return ExitCode::interrupted;
}

NextCommands next_of(const JobWishes& wishes, JobKind kind) {
    return {.again = command_of(wishes, kind), .send = command_of(wishes, JobKind::send_qoh)};
}

// Of all SKUs of a shop some are not in this store; one that was named is a mistake.
ExitCode code_of(const Told& told, const Start& start, const Job& job) {
    const bool misses_named = start.options.skus && job.counts.not_found > 0;
    const bool is_well = told.code == ExitCode::good || told.code == ExitCode::behind;
    return is_well && misses_named ? ExitCode::refused : told.code;
}

// None: go on. Otherwise the end of it all.
std::optional<ExitCode> show_preview(Session& session, Follower& follower, Start start, const JobWishes& wishes) {
    start.options.dry_run = true;
    const auto started = session.change(start);
    if (!started) return session.fail(started.error());
    const auto followed = follower.follow(started->job, start.cart);
    if (!followed) return session.fail(followed.error());
    if (followed->end != Follower::End::ended) return drop_preview(session, *followed);
    const auto name = follower.name_of(start.cart);
    // The lines of a table that goes to the standard output are all that is there.
    const bool is_output_taken = wishes.csv == "-";
    const auto told = tell_job(session, followed->job, name,
                               {.leaves_output_alone = is_output_taken, .most_lines = preview_lines, .next = next_of(wishes, start.kind)});
    if (!told) return session.fail(told.error());
    const auto code = code_of(*told, start, followed->job);
    if (followed->job.state != ipc::JobState::done) return code;
    const auto asked = question(followed->job, told->tally, name);
    auto& words = is_output_taken ? session.terminal().err : session.terminal().out;
    words << '\n';
    if (asked.empty()) {
        words << "There is nothing to change.\n";
        return code;
    }
    if (says_yes(session.terminal(), asked)) return std::nullopt;
    words << "Nothing was changed.\n";
    return ExitCode::good;
}

ExitCode follow(Session& session, Follower& follower, const Start& start, const JobWishes& wishes,
                ResultsCsv& csv) {
    const auto started = session.change(start);
    if (!started) return session.fail(started.error());
    if (wishes.is_left_alone) {
        if (session.wants_json())
            session.print_json(*started);
        else
            session.terminal().out << started->job << '\n';
        return ExitCode::good;
    }
    const auto followed = follower.follow(started->job, start.cart);
    if (!followed) return session.fail(followed.error());
    if (followed->end != Follower::End::ended)
        return wishes.is_dry_run ? drop_preview(session, *followed) : tell_left(session, *followed);
    const bool writes_csv = !wishes.csv.empty();
    const auto told =
        tell_job(session, followed->job, follower.name_of(start.cart),
                 {.csv = writes_csv ? &csv : nullptr,
                  .leaves_output_alone = wishes.csv == "-",
                  .next = next_of(wishes, start.kind)});
    if (!told) return session.fail(told.error());
    if (writes_csv && !csv.close()) {
        session.warn(fmt::format("'{}' could not be written to its end.", wishes.csv));  // how the job ended was told
        return ExitCode::no_output;
    }
    return code_of(*told, start, followed->job);
}

ExitCode run(Session& session, JobKind kind, const JobWishes& wishes) {
    const bool wants_word = kind != JobKind::audit && !wishes.is_dry_run && !wishes.is_agreed;
    if (wants_word && (!session.terminal().can_ask || session.wants_json() || wishes.is_left_alone))
        return session.fail(
            ExitCode::wrong_usage,
            "Nobody can be asked here. Look at it with --dry-run, then give --yes. Nothing was changed.");
    auto start = start_of(wishes, kind);
    if (!start) return session.fail(start.error().code, start.error().sentence);
    ResultsCsv csv;
    if (!wishes.csv.empty() && !csv.open(wishes.csv, session.terminal()))
        return session.fail(ExitCode::no_output,
                            fmt::format("'{}' cannot be written. Nothing was changed.", wishes.csv));
    auto follower = Follower::open(session);
    if (!follower) return session.fail(follower.error());
    if (wants_word)
        if (const auto end = show_preview(session, *follower, *start, wishes)) return *end;
    return follow(session, *follower, *start, wishes, csv);
}

void add(Tree& tree, JobKind kind, const std::string& name, const std::string& what,
         const std::string& footer) {
    add_command<JobWishes>(
        tree, tree.app, name, what,
        [kind](CLI::App& command, JobWishes& wishes) { declare(command, wishes, kind); },
        [kind](Session& session, const JobWishes& wishes) { return run(session, kind, wishes); })
        ->footer(footer +
                 "\nExit code: 0 everything is well, 1 done but SKUs wait (they go on by themselves), 2 a "
                 "person is\n"
                 "needed, 5 a SKU that was named is not known, 130 you pressed Ctrl-C: the job goes on in the agent.");
}

}  // namespace

void add_start_job(Tree& tree) {
    add(tree, JobKind::get_qoh, "get", "Get QOH From Website: a store's counts to the Order Manager",
        "Hands the differences out; the Order Manager adds them to its counts (pull). It is safe while\n"
        "synchronization runs: web orders that are not imported and posts under way are accounted for.\n"
        "First shows a preview and asks, unless --yes is given.\n\n"
        "Examples:\n"
        "  stocktrayctl get main\n"
        "  stocktrayctl get main --sku SKU-0001 --sku SKU-0002 --yes\n"
        "  stocktrayctl get main --dry-run --csv preview.csv\n");
    add(tree, JobKind::send_qoh, "send", "Send QOH To Website: the Order Manager's counts to a store",
        "Sends what is missing at the store, so that what it sells meanwhile stays. It is safe while\n"
        "synchronization runs: web orders that are not imported and posts under way are accounted for.\n"
        "First shows a preview and asks, unless --yes is given.\n\n"
        "Examples:\n"
        "  stocktrayctl send main\n"
        "  stocktrayctl send main --skus-from wrong.csv\n"
        "  stocktrayctl send main --yes --json\n");
    add(tree, JobKind::audit, "audit", "Compare a store's counts with the Order Manager's",
        "Names each difference and its cause. What the store provably lost is sent again; everything else\n"
        "stays as it is until you decide (send or get). The agent does this by itself, too: once a day in\n"
        "the first weeks, then once a week.\n\n"
        "Examples:\n"
        "  stocktrayctl audit main\n"
        "  stocktrayctl audit main --csv differences.csv\n");
    add(tree, JobKind::undo, "undo", "Take back what a Get, a Send or an audit changed",
        "Takes it back as differences: what was sold since then stays. First shows a preview and asks,\n"
        "unless --yes is given. An undo cannot be taken back. stocktrayctl jobs list has the numbers.\n\n"
        "Examples:\n"
        "  stocktrayctl undo main 12\n");
}

}  // namespace stocktray::ctl
