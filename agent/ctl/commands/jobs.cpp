#include "ipc/messages/jobs.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "agent/ctl/commands/commands.h"
#include "agent/ctl/commands/pages.h"
#include "agent/ctl/jobs/follow.h"
#include "agent/ctl/jobs/report_job.h"
#include "agent/ctl/jobs/results.h"
#include "agent/ctl/jobs/summary.h"
#include "agent/ctl/output/job_words.h"
#include "agent/ctl/output/sentences.h"
#include "agent/ctl/output/words.h"

namespace stocktray::ctl {
namespace {

namespace jobs = ipc::jobs;

struct Options {
    std::int64_t job{0};
    std::string cart;
    std::string result;
    std::string csv;
    std::int64_t limit{20};
};

std::string how_it_stands(const jobs::Job& job) {
    if (job.state == ipc::JobState::done && job.counts.waiting > 0 && !job.dry_run) return "done; SKUs wait";
    if (job.state == ipc::JobState::waiting && job.waiting_for)
        return fmt::format("waits for {}", in_words(*job.waiting_for));
    return std::string{in_words(job.state)};
}

ExitCode run_list(Session& session, const Options& options) {
    jobs::ListResult all;
    const auto listed = each_page(session, jobs::List{.cart = given(options.cart)}, options.limit,
                                  [&](jobs::ListResult page) {
                                      std::ranges::move(page.jobs, std::back_inserter(all.jobs));
                                      all.next = std::move(page.next);
                                  });
    if (!listed) return session.fail(listed.error());
    if (session.wants_json()) {
        session.print_json(all);
        return ExitCode::good;
    }
    if (all.jobs.empty()) {
        session.say("There was no job yet. Start one: get, send or audit.");
        return ExitCode::good;
    }
    Table table{{{"JOB", Align::right},
                 {"WHAT"},
                 {"CART"},
                 {"BEGAN"},
                 {"BY"},
                 {"SKUS", Align::right},
                 {"WAIT", Align::right},
                 {"DIFFER", Align::right},
                 {"FAILED", Align::right},
                 {"STATE"}}};
    const auto count = [](std::int64_t number) {
        return number == 0 ? std::string{} : std::to_string(number);
    };
    for (const auto& job : all.jobs)
        table.add({std::to_string(job.job),
                   fmt::format("{}{}{}", job.dry_run ? "Preview of " : "", in_words(job.kind),
                               job.undoes ? fmt::format(" of job {}", *job.undoes) : std::string{}),
                   printable(job.cart), moment(job.started_at, now_ms()),
                   printable(job.by.value_or("the agent")), std::to_string(job.done),
                   count(job.counts.waiting), count(job.counts.different),
                   count(job.counts.error + job.counts.ambiguous), how_it_stands(job)});
    table.print(session.terminal());
    if (all.next) session.say("There are more: --limit");
    return ExitCode::good;
}

ExitCode run_show(Session& session, const Options& options) {
    const auto job = session.ask(jobs::Get{options.job});
    if (!job) return session.fail(job.error());
    if (session.wants_json()) {
        session.print_json(*job);
        return exit_code_of(*job);
    }
    CartNames names;
    if (const auto status = session.ask(ipc::agent::Status{})) names.learn(*status);
    const auto told = tell_job(session, *job, names.of(job->cart), {.most_lines = 20});
    return told ? told->code : session.fail(told.error());
}

ExitCode run_cancel(Session& session, const Options& options) {
    const auto done = session.change(jobs::Cancel{.job = options.job});
    if (!done) return session.fail(done.error());
    if (session.wants_json())
        session.print_json(*done);
    else
        session.say(fmt::format(
            "Job {} was ended. What it did before stays (undo takes a Get or a Send back); what was not sent yet is withdrawn.", options.job));
    return ExitCode::good;
}

// A page at a time: a big store's lines need not fit into memory.
ExitCode print_json(Session& session, std::int64_t job, std::optional<ipc::JobResult> only) {
    auto& out = session.terminal().out;
    bool is_first = true;
    const auto read = each_result(session, job, only, [&](jobs::ResultItem item) {
        const std::string bytes = ipc::encode(item);
        out << (is_first ? "{\"items\": [\n" : ",\n")
            << ipc::to_json(ipc::Document::parse(bytes).root(), ipc::Layout::one_line);
        is_first = false;
    });
    if (!read && is_first) return session.fail(read.error());
    out << (is_first ? "{\"items\": []}" : "\n]}") << '\n';
    return read ? ExitCode::good : session.fail(read.error());
}

ExitCode write_csv(Session& session, const Options& options, std::optional<ipc::JobResult> only) {
    ResultsCsv csv;
    if (!csv.open(options.csv, session.terminal()))
        return session.fail(ExitCode::no_output, fmt::format("'{}' cannot be written.", options.csv));
    const auto read =
        each_result(session, options.job, only, [&](const jobs::ResultItem& item) { csv.add(item); });
    if (!read) return session.fail(read.error());
    if (csv.close()) return ExitCode::good;
    return session.fail(ExitCode::no_output,
                        fmt::format("'{}' could not be written to its end.", options.csv));
}

ExitCode run_results(Session& session, const Options& options) {
    const auto only =
        options.result.empty() ? std::nullopt : ipc::from_string<ipc::JobResult>(options.result);
    if (!options.csv.empty()) return write_csv(session, options, only);
    if (session.wants_json()) return print_json(session, options.job, only);
    const auto job = session.ask(jobs::Get{options.job});
    if (!job) return session.fail(job.error());
    std::vector<jobs::ResultItem> items;
    const auto read = each_result(session, options.job, only,
                                  [&](jobs::ResultItem item) { items.push_back(std::move(item)); });
    if (!read) return session.fail(read.error());
    if (items.empty())
        session.say(only ? "No SKU with that result."
                         : "Of no SKU there is more to say than that it is equal.");
    else
        table_of(job->kind, items).print(session.terminal(), Terminal::columns_of_output());
    return ExitCode::good;
}

void declare_job(CLI::App& command, Options& options) {
    command.add_option("job", options.job, "Its number")->required()->check(CLI::PositiveNumber);
}

}  // namespace

void add_jobs(Tree& tree) {
    auto& nouns =
        *tree.app.add_subcommand("jobs", "Gets, Sends, audits and undos: what was done and goes on");
    nouns.require_subcommand(1);
    nouns.footer("They are started with get, send, audit and undo.");
    add_command<Options>(
        tree, nouns, "list", "The jobs, the newest first",
        [](CLI::App& command, Options& options) {
            command.add_option("--cart", options.cart, "Only of this cart");
            command.add_option("--limit", options.limit, "How many at most")
                ->check(CLI::PositiveNumber)
                ->capture_default_str();
        },
        run_list);
    add_command<Options>(tree, nouns, "show", "How a job stands, or ended", declare_job, run_show)
        ->footer("Exit code: as that of get and send; 0 while it is at work.");
    add_command<Options>(tree, nouns, "cancel", "End a job where it stands", declare_job, run_cancel)
        ->footer(
            "What it sent or handed out before stays; undo takes it back. What was not sent yet is withdrawn. Of a job\n"
            "that is done but for SKUs that wait, those are let go.");
    add_command<Options>(
        tree, nouns, "results", "What a job says of each SKU",
        [&tree](CLI::App& command, Options& options) {
            declare_job(command, options);
            choose<ipc::JobResult>(
                tree, command.add_option("--result", options.result, "Only SKUs with this result"));
            command.add_option("--csv", options.csv, "Write them into this file; - is stdout")
                ->type_name("FILE");
        },
        run_results)
        ->footer(
            "SKUs that were equal are only counted. In the CSV a text that a spreadsheet program would take "
            "for\n"
            "a formula (it begins with = + - @) has an apostrophe in front.\n\n"
            "Examples:\n"
            "  stocktrayctl jobs results 12 --result different\n"
            "  stocktrayctl jobs results 12 --csv job-12.csv");
}

}  // namespace stocktray::ctl
