#include "agent/ctl/commands/importer.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "agent/ctl/commands/import_view.h"
#include "agent/ctl/commands/pages.h"
#include "agent/ctl/commands/spool.h"
#include "agent/ctl/input/stock_file_input.h"
#include "agent/ctl/input/time_input.h"
#include "agent/ctl/output/words.h"
#include "ipc/import/count_import.h"
#include "ipc/import/file_import.h"
#include "ipc/messages/qoh.h"
#include "ipc/path_text.h"
#include "ipc/spool/outbox.h"
#include "ipc/stock_file/columns.h"

namespace stocktray::ctl {
namespace {

using import::Inspected;
using import::NotInspected;
using import::Objection;
using stock_file::Kind;

tl::expected<import::Wishes, std::string> wishes_of(const ImportOptions& options) {
    import::Wishes wishes{.consent = options.consent, .fewest_percent = options.fewest_percent, .series = "stocktrayctl"};
    // Somebody has opened a snapshot for it: it is meant, although nothing has changed.
    if (!options.opened.empty()) wishes.consent.takes_again = true;
    auto& recipe = wishes.recipe;
    if (options.tells_changes) recipe.kind = Kind::changes;
    if (options.tells_counts) recipe.kind = Kind::counts;
    for (const auto& text : options.map) {
        auto choice = stock_file::parse_column_choice(text);
        if (!choice) return tl::unexpected{std::move(choice.error())};
        recipe.columns.push_back(std::move(*choice));
    }
    recipe.has_header = !options.has_no_header;
    if (!options.separator.empty()) recipe.separator = options.separator == "tab" ? '\t' : options.separator.front();
    if (!options.charset.empty()) recipe.encoding = stock_file::encoding_named(options.charset);
    if (!options.decimal.empty()) recipe.decimal = options.decimal.front();
    recipe.trailer = options.trailer;
    recipe.rows = options.rows;
    recipe.may_end_within_a_line = options.ends_within_line;
    recipe.sku_trust = options.trusts_skus ? stock_file::SkuTrust::as_written : stock_file::SkuTrust::strict;
    recipe.reason = ipc::from_string<ipc::Reason>(options.reason).value_or(ipc::Reason::adjustment);
    return wishes;
}

// When the file was written: as somebody says, or its time stamp. None: nobody can read what was said.
std::optional<std::int64_t> written_at(const ImportOptions& options) {
    const auto now = now_ms();
    if (!options.written.empty()) {
        constexpr std::string_view ago = " ago";
        std::string_view text = options.written;
        if (text.ends_with(ago)) text.remove_suffix(ago.size());
        const auto age = duration_ms(text);
        const auto moment = age ? std::optional{now - *age} : moment_ms(options.written, now);
        return moment && *moment <= now ? moment : std::nullopt;
    }
    std::error_code error;
    const auto written = std::filesystem::last_write_time(ipc::path_of(options.file), error);
    if (options.file == "-" || error) return now;
    return std::chrono::floor<std::chrono::milliseconds>(std::filesystem::file_time_type::clock::to_sys(written)).time_since_epoch().count();
}

// Whether the time stamp lies further ahead than two clocks of one shop should differ: nobody knows then which counts
// of the file have changed since it was written.
bool is_ahead(std::int64_t written_at) { return written_at - import::doubtful_ms > now_ms(); }

// What somebody can say to have it taken nevertheless.
std::string_view way_out(Objection::Kind kind) {
    switch (kind) {
        case Objection::Kind::bad_lines: return "Mend the lines, or take the others with --skip-bad.";
        case Objection::Kind::fewer: return "If it is whole, take it with --accept-fewer.";
        case Objection::Kind::taken_before: return "Nothing is done. If it tells something new, take it with --again.";
        case Objection::Kind::has_grown: return "Take the rows behind them alone with --only-new.";
        case Objection::Kind::no_rows: return "A whole count needs rows.";
    }
    return {};
}

class Importer {
public:
    Importer(Session& session, const ImportOptions& options) : session_{session}, options_{options} {}

    ExitCode run() {
        auto wishes = wishes_of(options_);
        if (!wishes) return session_.fail(ExitCode::wrong_usage, wishes.error());
        const auto written = written_at(options_);  // what comes through a pipe is read after that
        if (!written) return session_.fail(ExitCode::wrong_usage, "--written wants 10m, 2h, HH:MM or YYYY-MM-DD HH:MM, and no time to come.");
        const auto bytes = open_stock_file(options_.file);
        if (!bytes) return session_.fail(ExitCode::no_input, fmt::format("'{}' cannot be read.", printable(options_.file)));
        const auto spool = spool_file(options_.spool);
        auto ledger = import::Ledger::open(import::ledger_beside(spool));
        if (!ledger) return session_.fail(ledger.error());
        const auto name = options_.file == "-" ? "standard input" : ipc::text_of(ipc::path_of(options_.file).filename());
        auto inspected = import::inspect(*bytes, name, *written, *wishes, *ledger);
        if (!inspected) return refuse(inspected.error());
        if (auto fewer = fewer_than_agent_knows(*inspected, *wishes, *ledger)) inspected->objections.push_back(std::move(*fewer));
        view_ = view_of(*inspected);
        tell_bad_lines(*inspected);
        const bool is_known = inspected->objections.size() == 1 && inspected->objections[0].kind == Objection::Kind::taken_before;
        const bool needs_its_time = inspected->contents.kind == Kind::counts && options_.opened.empty();
        if (needs_its_time && is_ahead(*written)) add_ahead(*written);
        if (!inspected->objections.empty() || !view_.problems.empty()) return object(*inspected, is_known);
        return options_.only_tests ? preview(*inspected) : take(*inspected, spool, *ledger);
    }

private:
    // The first count of this computer has none before it; the agent may know better. One that is away is heard of later.
    std::optional<Objection> fewer_than_agent_knows(const Inspected& inspected, const import::Wishes& wishes, import::Ledger& ledger) {
        const auto last = ledger.last_count(wishes.series);
        const bool is_first = inspected.contents.kind == Kind::counts && last && !*last;
        if (!is_first || wishes.consent.takes_fewer || wishes.fewest_percent == 0) return std::nullopt;
        std::int64_t known = 0;
        const auto counted = each_page(session_, ipc::qoh::List{.limit = 1'000}, INT64_MAX, [&](const ipc::qoh::ListResult& page) {
            known += std::ranges::count_if(page.items, [](const auto& item) { return item.om_qoh.has_value(); });
        });
        return counted ? import::fewer_than_known(inspected.contents, known, wishes.consent, wishes.fewest_percent) : std::nullopt;
    }

    // The file as a whole.
    ExitCode refuse(const NotInspected& error) {
        const bool is_of_file = error.why != NotInspected::Why::storage;
        view_.outcome = is_of_file ? "unreadable" : "failed";
        view_.problems.push_back(error.sentence);
        if (session_.wants_json()) session_.print_json(view_);
        else session_.warn(printable(error.sentence));
        if (error.why == NotInspected::Why::half && !session_.wants_json())
            session_.warn(fmt::format("The file is not whole, so nothing of it was taken. Wait until it has been written, or export it "
                                      "anew{}",
                                      error.only_lacks_line_end ? "; if its last line ends so, say --open-end." : "."));
        return is_of_file ? ExitCode::wrong_data : ExitCode::no_answer;
    }

    void tell_bad_lines(const Inspected& inspected) const {
        if (session_.wants_json()) return;
        const auto& contents = inspected.contents;
        for (const auto& bad : contents.bad) session_.warn(fmt::format("Line {}: {}", bad.line, printable(bad.why)));
        if (contents.bad_rows > contents.bad.size())
            session_.warn(fmt::format("… and {} more.", contents.bad_rows - contents.bad.size()));
    }

    void add_ahead(std::int64_t written) {
        view_.problems.push_back(
            fmt::format("Its time stamp, {}, is still to come, so nobody knows which of its counts have changed since it was written. "
                        "Say when that was with --written, or set the clock of the computer that wrote it and export it anew.",
                        import::moment(written)));
    }

    // A file that was taken before needs nobody: everything in it is done.
    ExitCode object(const Inspected& inspected, bool is_known) {
        view_.outcome = is_known ? "taken_before" : "refused";
        for (const auto& objection : inspected.objections)
            view_.problems.push_back(fmt::format("{} {}", objection.sentence, way_out(objection.kind)));
        if (session_.wants_json()) session_.print_json(view_);
        else
            for (const auto& problem : view_.problems) is_known ? session_.say(printable(problem)) : session_.warn(printable(problem));
        if (is_known) return ExitCode::good;
        const auto is_of_lines = [](const Objection& one) { return one.kind == Objection::Kind::bad_lines; };
        const bool is_wrong = std::ranges::any_of(inspected.objections, is_of_lines);
        return is_wrong ? ExitCode::wrong_data : ExitCode::person_needed;
    }

    ExitCode preview(const Inspected& inspected) {
        view_.outcome = "good";
        if (session_.wants_json()) {
            session_.print_json(view_);
            return ExitCode::good;
        }
        session_.say(fmt::format("Test Data: {}. Nothing was written.", what_it_is(inspected)));
        print_rows(session_, inspected);
        return ExitCode::good;
    }

    ExitCode take(const Inspected& inspected, const std::filesystem::path& spool, import::Ledger& ledger) {
        auto outbox = ipc::Outbox::open({"stocktrayctl", session_.options.endpoint, spool});
        if (!outbox) return session_.fail(outbox.error());
        const auto taken = import::take(inspected, **outbox, ledger, options_.source, session_.timeout(), options_.opened);
        if (!taken) return not_taken(inspected.contents.kind, taken.error());
        view_.outcome = "taken";
        view_.taken = taken->rows;
        view_.waiting = taken->waiting;
        view_.retake = taken->retake;
        view_.left = taken->left;
        for (const auto& line : taken->refused) view_.refused.push_back({static_cast<std::int64_t>(line.line), line.why});
        if (session_.wants_json()) session_.print_json(view_);
        else tell(inspected, *taken);
        return taken->refused.empty() && taken->retake.empty() ? ExitCode::good : ExitCode::person_needed;
    }

    [[nodiscard]] ExitCode not_taken(Kind kind, const ipc::Error& error) const {
        const bool is_away = error.code == ipc::Code::no_agent || error.code == ipc::Code::no_answer;
        if (!session_.wants_json())
            session_.warn(kind == Kind::changes ? "The file was not taken as a whole. Run the same again: what was taken does not count twice."
                          : is_away ? "The count was not taken: a whole count needs the agent. Run the same again when it answers."
                          : options_.opened.empty()
                              ? "The agent did not take the count, and nothing was changed:"
                              : "The agent did not take the count, and nothing was changed. Open another snapshot, then export the counts "
                                "anew:");
        return session_.fail(error);
    }

    void tell(const Inspected& inspected, const import::Taken& taken) const {
        session_.say(fmt::format("{}: {} taken.", printable(inspected.name),
                                 inspected.contents.kind == Kind::counts ? counted(taken.rows, "count", "counts")
                                                                         : counted(taken.rows, "change", "changes")));
        if (inspected.contents.kind == Kind::counts)
            session_.say("A count changes nothing in a store. To bring one to it: stocktrayctl send CART");
        if (taken.waiting > 0)
            session_.say(fmt::format("{} on this computer, because the agent does not answer yet. What waits is delivered by the next "
                                     "program that uses the spool, or by: stocktrayctl spool deliver",
                                     counted(taken.waiting, "change waits", "changes wait")));
        for (const auto& line : taken.refused)
            session_.warn(fmt::format("Line {}: the agent will not have it: {}", line.line, printable(line.why)));
        if (!taken.left.empty()) {
            session_.say("These changed at about the time the file was written, or since. Their counts were left as they were; if one of "
                         "them is not right, export it again:");
            for (const auto& sku : taken.left) session_.say(printable(sku));
        }
        if (!taken.retake.empty()) {
            session_.warn("These changed meanwhile. Count them again, in a file of their own (with --accept-fewer):");
            for (const auto& sku : taken.retake) session_.warn(printable(sku));
        }
    }

    Session& session_;
    const ImportOptions& options_;
    ImportView view_{};
};

}  // namespace

ExitCode run_import(Session& session, const ImportOptions& options) { return Importer{session, options}.run(); }

void declare_import(Tree& tree, CLI::App& command, ImportOptions& options) {
    command.add_option("--map", options.map, "Which column is what: sku=Artikelnummer, or qoh=3 (may be repeated)")
        ->type_name("COLUMN=NAME|NUMBER")
        ->allow_extra_args(false);
    command.add_flag("--no-header", options.has_no_header, "Its first line is a row: columns are given by numbers");
    command.add_option("--separator", options.separator, "Between cells: a sign, or tab (default: found out)")->type_name("SIGN");
    auto* charset = command.add_option("--charset", options.charset, "Its charset (default: found out)")->type_name("WORD");
    const std::vector<std::string> charsets{"utf-8", "utf-16le", "utf-16be", "windows-1252"};
    charset->check(CLI::IsMember(charsets));
    tree.choices.emplace(charset, charsets);
    command.add_option("--decimal", options.decimal, "The sign before decimals, where 1.000 may be one or a thousand")
        ->type_name(".|,")
        ->check(CLI::IsMember({".", ","}));
    command.add_option("--trailer", options.trailer, "Its last line begins so; a number behind it is that of the rows")
        ->type_name("TEXT");
    command.add_option("--rows", options.rows, "How many rows it has");
    command.add_flag("--open-end", options.ends_within_line, "Its last line has no line end, although it is whole");
    command.add_flag("--trust-skus", options.trusts_skus, "The shop has SKUs like 1E5 or 2-Jan");
    command.add_flag("--test", options.only_tests, "Test Data: check everything, write nothing, show what would be done");
    command.add_flag("--skip-bad", options.consent.skips_bad_lines, "Take the good lines although there are bad ones");
    command.add_flag("--accept-fewer", options.consent.takes_fewer, "Take a count that is much shorter than the one before, or than what the agent knows");
    command.add_option("--fewest", options.fewest_percent, "A count below this share of the one before is asked about")
        ->type_name("PERCENT")
        ->check(CLI::Range(0, 100))
        ->capture_default_str();
    command.add_flag("--again", options.consent.takes_again, "The same content, taken before, tells something new");
    command.add_flag("--only-new", options.consent.takes_only_new, "Of a file that has grown, take the new rows");
    command
        .add_option("--written", options.written, "When it was written: 10m ago, HH:MM, YYYY-MM-DD HH:MM (default: its time stamp)")
        ->type_name("TIME");
    command.add_option("--spool-file", options.spool, "Another spool than this user's")->type_name("FILE");
}

}  // namespace stocktray::ctl
