#include "ipc/messages/report.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <ostream>

#include "agent/ctl/commands/commands.h"
#include "agent/ctl/input/time_input.h"
#include "agent/ctl/output/words.h"
#include "agent/ctl/report/plain_speech.h"
#include "agent/ctl/report/text.h"
#include "ipc/path_text.h"
#include "ipc/report/page.h"

namespace stocktray::ctl {
namespace {

struct Options {
    std::string since{"7d"};
    std::string until;
    std::string html;
};

// An age or a moment. An age in days begins at midnight, so that each day of a report is a day.
std::optional<std::int64_t> time_ms(const std::string& text) {
    const auto age = duration_ms(text);
    if (!age) return moment_ms(text, now_ms());
    const auto at = std::max<std::int64_t>(0, now_ms() - *age);
    return text.ends_with('d') ? moment_ms(moment(at).substr(0, std::string_view{"YYYY-MM-DD"}.size()), at)
                               : at;
}

ExitCode write_html(Session& session, const ipc::report::GetResult& found, const std::string& file) {
    std::ofstream opened;
    if (file != "-") opened.open(ipc::path_of(file), std::ios::binary | std::ios::trunc);
    auto& out = file == "-" ? session.terminal().out : opened;
    const auto missing = out ? report::write_page(out, found, PlainSpeech{}) : std::nullopt;
    out.flush();
    if (!out) return session.fail(ExitCode::no_output, fmt::format("'{}' cannot be written.", file));
    if (missing)
        session.warn(*missing == report::NoChart::no_gnuplot
                         ? "The page has no pictures: gnuplot is not installed (package gnuplot-nox)."
                         : "The page has no pictures: gnuplot could not draw them.");
    return ExitCode::good;
}

ExitCode run_report(Session& session, const Options& options) {
    ipc::report::Get request;
    const auto since = time_ms(options.since);
    if (!since)
        return session.fail(ExitCode::wrong_usage, "--since wants 30m, 2h, 7d, HH:MM or YYYY-MM-DD HH:MM.");
    request.since = *since;
    if (!options.until.empty()) {
        request.until = time_ms(options.until);
        if (!request.until)
            return session.fail(ExitCode::wrong_usage,
                                "--until wants 30m, 2h, 7d, HH:MM or YYYY-MM-DD HH:MM.");
    }
    const auto found = session.ask(request);
    if (!found) return session.fail(found.error());
    if (!options.html.empty()) return write_html(session, *found, options.html);
    if (session.wants_json())
        session.print_json(*found);
    else
        write_text(session.terminal().out, *found);
    return ExitCode::good;
}

}  // namespace

void add_report(Tree& tree) {
    add_command<Options>(
        tree, tree.app, "report", "The proof that it works, over a week or any other time",
        [](CLI::App& command, Options& options) {
            command
                .add_option("--since", options.since,
                            "30m, 2h, 7d (from midnight on), HH:MM or YYYY-MM-DD HH:MM")
                ->type_name("TIME")
                ->capture_default_str();
            command.add_option("--until", options.until, "The same; up to now unless told")
                ->type_name("TIME");
            command
                .add_option("--html", options.html,
                            "Write one page with pictures into this file; - is stdout")
                ->type_name("FILE");
        },
        run_report)
        ->footer(
            "What changed and why, how soon each store followed, which posts were unclear and what proved "
            "how\n"
            "they ended, differences found and repaired, audits, lateness and overridden guards.\n"
            "The pictures are drawn by gnuplot, if it is installed (package gnuplot-nox).\n\n"
            "Examples:\n"
            "  stocktrayctl report\n"
            "  stocktrayctl report --since 2026-11-01 --until 2026-12-01 --html november.html");
}

}  // namespace stocktray::ctl
