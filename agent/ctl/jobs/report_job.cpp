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

// The lines that are shown, what needs a person before what waits before what is only said. Of each kind no
// more are kept than can be shown.
class Shown {
public:
    explicit Shown(std::size_t most) : most_{most} {}

    void add(ResultItem item) {
        auto& items = by_rank_[rank(item.result)];
        if (items.size() < most_)
            items.push_back(std::move(item));
        else
            ++left_out_;
    }
    // Of all, `left_out` do not stand in the result.
    std::vector<ResultItem> take(std::size_t& left_out) {
        std::vector<ResultItem> items;
        left_out = left_out_;
        for (auto& [rank, some] : by_rank_)
            for (auto& item : some) {
                if (items.size() < most_)
                    items.push_back(std::move(item));
                else
                    ++left_out;
            }
        return items;
    }

private:
    static int rank(ipc::JobResult result) {
        switch (result) {
            case ipc::JobResult::error:
            case ipc::JobResult::ambiguous:
            case ipc::JobResult::different:
                return 0;
            case ipc::JobResult::would_change:
            case ipc::JobResult::new_:
                return 1;
            case ipc::JobResult::waiting:
                return 2;
            case ipc::JobResult::not_found:
            case ipc::JobResult::not_tracked:
            case ipc::JobResult::skipped:
            case ipc::JobResult::ok:
                break;
        }
        return 3;
    }

    std::size_t most_;
    std::size_t left_out_{0};
    std::map<int, std::vector<ResultItem>> by_rank_;
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
    std::vector<ResultItem> all;
    Shown shown{output.most_lines};
    const auto read = each_result(session, job.job, std::nullopt, [&](ResultItem item) {
        tally.add(item);
        if (output.csv) output.csv->add(item);
        if (session.wants_json())
            all.push_back(std::move(item));
        else if (item.result != ipc::JobResult::ok)
            shown.add(std::move(item));
    });
    if (!read) return ipc::Failure{read.error()};
    const ExitCode code = exit_code_of(job);
    if (session.wants_json()) {
        if (!output.leaves_output_alone) session.print_json(Outcome{job, std::move(all)});
        return Told{code, std::move(tally)};
    }
    const auto& terminal = session.terminal();
    const bool to_errors = output.leaves_output_alone;
    const Terminal people{.out = to_errors ? terminal.err : terminal.out,
                          .err = terminal.err,
                          .has_colours = !to_errors && terminal.has_colours};
    for (const auto& line : summary(job, tally, cart_name, output.next)) people.out << line << '\n';
    std::size_t left_out = 0;
    const auto lines = shown.take(left_out);
    print(people, to_errors ? 0 : Terminal::columns_of_output(), job, lines, left_out);
    return Told{code, std::move(tally)};
}

}  // namespace stocktray::ctl
