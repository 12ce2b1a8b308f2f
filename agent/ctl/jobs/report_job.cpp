#include "agent/ctl/jobs/report_job.h"

#include <fmt/format.h>

#include <ostream>

#include "agent/ctl/jobs/summary.h"
#include "agent/ctl/output/words.h"

namespace stocktray::ctl {
namespace {

using ipc::jobs::Job;
using ipc::jobs::ResultItem;

// For programs: the job and what it says of each SKU.
struct Outcome {
    Job job{};
    std::vector<ResultItem> items{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(ipc::field("job", &Outcome::job));
        visit(ipc::field("items", &Outcome::items));
    }
};

void print(const Terminal& terminal, std::size_t columns, const Job& job,
           const std::vector<ResultItem>& items, std::size_t left_out) {
    if (items.empty()) return;
    terminal.out << '\n';
    table_of(job.kind, items).print(terminal, columns);
    if (left_out > 0)
        terminal.out << fmt::format("… and {}: stocktrayctl jobs results {}\n",
                                    counted(static_cast<std::int64_t>(left_out), "more line", "more lines"),
                                    job.job);
}

}  // namespace

ipc::Expected<Told> tell_job(Session& session, const Job& job, const std::string& cart_name,
                             const JobOutput& output) {
    Tally tally;
    std::vector<ResultItem> shown;
    std::size_t left_out = 0;
    const auto read = each_result(session, job.job, std::nullopt, [&](ResultItem item) {
        tally.add(item);
        if (output.csv) output.csv->add(item);
        if (!session.wants_json() && item.result == ipc::JobResult::ok) return;
        if (shown.size() < output.most_lines)
            shown.push_back(std::move(item));
        else
            ++left_out;
    });
    if (!read) return ipc::Failure{read.error()};
    const ExitCode code = exit_code_of(job);
    if (session.wants_json()) {
        if (!output.leaves_output_alone) session.print_json(Outcome{job, std::move(shown)});
        return Told{code, std::move(tally)};
    }
    const auto& terminal = session.terminal();
    const bool to_errors = output.leaves_output_alone;
    const Terminal people{.out = to_errors ? terminal.err : terminal.out,
                          .err = terminal.err,
                          .has_colours = !to_errors && terminal.has_colours};
    for (const auto& line : summary(job, tally, cart_name)) people.out << line << '\n';
    print(people, to_errors ? 0 : Terminal::columns_of_output(), job, shown, left_out);
    return Told{code, std::move(tally)};
}

}  // namespace stocktray::ctl
