#include "agent/ctl/commands/spool.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "agent/ctl/commands/commands.h"
#include "agent/ctl/output/table.h"
#include "agent/ctl/output/words.h"
#include "ipc/path_text.h"
#include "ipc/spool/delivery.h"
#include "ipc/spool/place.h"
#include "ipc/spool/repair.h"

namespace stocktray::ctl {
namespace {

namespace fs = std::filesystem;
using ipc::Expected;
using ipc::Spool;
using ipc::SpoolState;

struct Which {
    std::string file;
};
struct Listed : Which {
    std::string state;
    std::int64_t limit{100};
};
struct Decided : Which {
    std::vector<std::int64_t> seqs;
    std::string reason;
};

void declare_file(CLI::App& command, Which& which) {
    command.add_option("--file", which.file, "Another spool than this user's")->type_name("FILE");
}

// A spool that cannot be read or written waits for a person.
ExitCode fail(Session& session, const ipc::Error& error) {
    const ExitCode code = session.fail(error);
    return error.code == ipc::Code::storage ? ExitCode::person_needed : code;
}

// Runs `use(spool)` on the spool that was named.
template <class Use>
ExitCode with_spool(Session& session, const Which& which, Use use) {
    const fs::path file = spool_file(which.file);
    if (std::error_code ignored; !fs::exists(file, ignored))
        return session.fail(ExitCode::no_input,
                            fmt::format("There is no spool {}: nothing was saved there.", printable(ipc::text_of(file))));
    auto spool = Spool::open(file, "stocktrayctl", Spool::OnDamage::tell);
    if (!spool) return fail(session, spool.error());
    return use(*spool);
}

Expected<SpoolView> view_of(Spool& spool, const Which& which) {
    auto counts = spool.counts();
    if (!counts) return ipc::Failure{std::move(counts.error())};
    return SpoolView{.spool = ipc::text_of(spool_file(which.file)),
                     .waiting = counts->waiting,
                     .refused = counts->refused,
                     .doubtful = counts->doubtful,
                     .delivered = counts->delivered,
                     .oldest_waiting = counts->oldest_waiting,
                     .source = spool.source()};
}

// What the counts mean for the caller.
ExitCode verdict_of(const SpoolView& view) {
    if (view.refused > 0 || view.doubtful > 0) return ExitCode::person_needed;
    return view.waiting > 0 ? ExitCode::behind : ExitCode::good;
}

std::string sentence_of(const SpoolView& view) {
    if (view.waiting + view.refused + view.doubtful == 0) return "Nothing waits in the spool.";
    std::string text = fmt::format("{} on the way to the agent", view.waiting);
    if (view.oldest_waiting)
        text += fmt::format(", the oldest for {}", duration(now_ms() - *view.oldest_waiting));
    if (view.refused > 0) text += fmt::format("; {} refused", view.refused);
    if (view.doubtful > 0) text += fmt::format("; {} doubtful", view.doubtful);
    return text + ".";
}

ExitCode tell(Session& session, const SpoolView& view) {
    if (session.wants_json()) session.print_json(view);
    session.say(sentence_of(view));
    return verdict_of(view);
}

SpoolEntryView view_of(const ipc::SpoolEntry& entry) {
    SpoolEntryView view{.seq = entry.seq,
                        .state = entry.state,
                        .kind = entry.kind,
                        .id = entry.id,
                        .at = entry.at,
                        .code = given(entry.code),
                        .message = given(entry.message)};
    if (entry.kind == ipc::SpoolKind::change) {
        if (auto change = entry.change()) view.change = std::move(*change);
    } else if (auto orders = entry.imported()) {
        view.orders = std::move(*orders);
    }
    return view;
}

// Those of one state; without one all that are not delivered.
Expected<std::vector<ipc::SpoolEntry>> entries_of(Spool& spool, const Listed& options) {
    const auto most = static_cast<std::size_t>(options.limit);
    if (const auto state = ipc::from_string<SpoolState>(options.state)) return spool.list(state, 0, most);
    std::vector<ipc::SpoolEntry> all;
    for (const auto state : {SpoolState::refused, SpoolState::doubtful, SpoolState::waiting}) {
        auto some = spool.list(state, 0, most - all.size());
        if (!some) return some;
        std::ranges::move(*some, std::back_inserter(all));
        if (all.size() == most) break;
    }
    std::ranges::sort(all, {}, &ipc::SpoolEntry::seq);
    return all;
}

ExitCode run_list(Session& session, const Listed& options) {
    return with_spool(session, options, [&](Spool& spool) {
        auto view = view_of(spool, options);
        if (!view) return fail(session, view.error());
        const auto entries = entries_of(spool, options);
        if (!entries) return fail(session, entries.error());
        if (session.wants_json()) {
            view->entries.emplace();
            for (const auto& entry : *entries) view->entries->push_back(view_of(entry));
            session.print_json(*view);
            return ExitCode::good;
        }
        Table table{{{"NUMBER", Align::right}, {"STATE"}, {"SAVED"}, {"WHAT"}, {"WHY"}}};
        for (const auto& entry : *entries)
            table.add({std::to_string(entry.seq), std::string{ipc::to_string(entry.state)}, moment(entry.at, now_ms()),
                       what_it_says(entry), printable(entry.message)});
        if (!table.is_empty()) table.print(session.terminal(), Terminal::columns_of_output());
        session.say(sentence_of(*view));
        return ExitCode::good;
    });
}

ExitCode run_check(Session& session, const Which& which) {
    return with_spool(session, which, [&](Spool& spool) {
        auto problems = spool.check();
        if (!problems) return fail(session, problems.error());
        auto view = view_of(spool, which);
        if (!view) return fail(session, view.error());
        view->problems = *problems;
        const ExitCode verdict = tell(session, *view);
        if (problems->empty()) {
            session.say("Every entry is as it was saved.");
            return verdict;
        }
        if (!session.wants_json())
            for (const auto& problem : *problems) session.warn(printable(problem));
        session.warn(printable(fmt::format("The spool is damaged. Close the programs that use it and run: {}",
                                           ipc::repair_command(spool_file(which.file)))));
        return ExitCode::person_needed;
    });
}

ExitCode run_deliver(Session& session, const Which& which) {
    return with_spool(session, which, [&](Spool& spool) {
        auto client = ipc::Client::open({.endpoint = session.options.endpoint});
        if (!client) return session.fail(client.error());
        const ipc::Client::Duration timeout{static_cast<std::int64_t>(session.options.timeout_s * 1'000)};
        ipc::Delivery delivery{spool, *client, {.client = "stocktrayctl", .answer_within = timeout}};
        const auto report = delivery.run({}, ipc::Delivery::Greeting::whole, {});
        for (const auto& notice : report.notices)
            session.warn(printable(notice.sku.empty() ? notice.message
                                                      : fmt::format("SKU {}: {}", notice.sku, notice.message)));
        if (report.delivered > 0)
            session.say(fmt::format("{} delivered.", counted(report.delivered, "entry", "entries")));
        if (report.trouble) return session.fail(*report.trouble);
        auto view = view_of(spool, which);
        if (!view) return fail(session, view.error());
        return tell(session, *view);
    });
}

ExitCode run_repair(Session& session, const Which& which) {
    const fs::path file = spool_file(which.file);
    // A program may be using it, and that is well as long as there is nothing to repair.
    const auto looks_well = [&] {
        auto spool = Spool::open(file, "stocktrayctl", Spool::OnDamage::tell);
        if (!spool) return false;
        const auto problems = spool->check();
        return problems && problems->empty();
    };
    if (std::error_code ignored; fs::exists(file, ignored) && looks_well())
        return with_spool(session, which, [&](Spool& spool) {
            auto view = view_of(spool, which);
            if (!view) return fail(session, view.error());
            view->text = "The spool is not damaged: nothing was done.";
            if (session.wants_json()) session.print_json(*view);
            session.say(*view->text);
            return ExitCode::good;
        });
    const auto repaired = ipc::repair_spool(file);
    if (!repaired && repaired.error().code == ipc::Code::not_found)
        return session.fail(ExitCode::no_input, printable(repaired.error().message));
    if (!repaired) return fail(session, repaired.error());
    return with_spool(session, which, [&](Spool& spool) {
        auto view = view_of(spool, which);
        if (!view) return fail(session, view.error());
        view->text = repaired->text;
        if (session.wants_json()) session.print_json(*view);
        session.say(printable(repaired->text));
        session.say(sentence_of(*view));
        return repaired->spoiled > 0 || repaired->has_gaps ? ExitCode::person_needed : ExitCode::good;
    });
}

// Both decisions a person can make of an entry: `decide(spool, seq)`.
template <class Decide>
ExitCode each_chosen(Session& session, const Decided& options, Decide decide) {
    return with_spool(session, options, [&](Spool& spool) {
        for (const std::int64_t seq : options.seqs) {
            const auto entry = spool.find(seq);
            if (!entry) return fail(session, entry.error());
            if (!*entry || ((*entry)->state != SpoolState::refused && (*entry)->state != SpoolState::doubtful))
                return session.fail(ExitCode::refused,
                                    fmt::format("{} is no refused or doubtful entry: nothing was done with it.", seq));
            if (auto done = decide(spool, seq); !done) return fail(session, done.error());
            session.say(fmt::format("{}: {}", seq, what_it_says(**entry)));
        }
        auto view = view_of(spool, options);
        if (!view) return fail(session, view.error());
        return tell(session, *view) == ExitCode::person_needed ? ExitCode::person_needed : ExitCode::good;
    });
}

ExitCode run_offer(Session& session, const Decided& options) {
    return each_chosen(session, options, [](Spool& spool, std::int64_t seq) { return spool.offer_again(seq); });
}

ExitCode run_leave(Session& session, const Decided& options) {
    return each_chosen(session, options,
                       [&](Spool& spool, std::int64_t seq) { return spool.leave(seq, options.reason, now_ms()); });
}

void declare_chosen(CLI::App& command, Decided& options) {
    command.add_option("numbers", options.seqs, "As list shows them")->required();
    declare_file(command, options);
}

}  // namespace

fs::path spool_file(const std::string& named) { return named.empty() ? ipc::default_spool() : ipc::path_of(named); }

std::string what_it_says(const ipc::SpoolEntry& entry) {
    if (entry.kind == ipc::SpoolKind::orders) {
        const auto orders = entry.imported();
        return orders ? fmt::format("web orders of {} up to {}", printable(orders->cart), printable(orders->last_order))
                      : "web orders";
    }
    const auto change = entry.change();
    if (!change) return "cannot be read";
    return change->delta ? fmt::format("SKU {} {}", printable(change->sku), pieces(*change->delta))
                         : fmt::format("SKU {} = {}", printable(change->sku), change->qoh.value_or(0));
}

void add_spool(Tree& tree) {
    auto& nouns = *tree.app.add_subcommand("spool", "What was saved on this computer while the agent was away");
    nouns.require_subcommand(1);
    add_command<Listed>(
        tree, nouns, "list", "What waits, was refused, or is doubtful",
        [&tree](CLI::App& command, Listed& options) {
            choose<SpoolState>(tree, command.add_option("--state", options.state, "Only these; delivered ones are kept 30 days"));
            command.add_option("--limit", options.limit, "At most so many")
                ->check(CLI::Range(1, 100'000))
                ->capture_default_str();
            declare_file(command, options);
        },
        run_list)
        ->footer("Examples:\n  stocktrayctl spool list\n  stocktrayctl spool list --state delivered --json");
    add_command<Which>(tree, nouns, "check", "Read every entry: is the file as it was written?", declare_file, run_check)
        ->footer(
            "Exit code: 0 nothing waits, 1 entries wait for the agent, 2 a person is needed: entries were\n"
            "refused or are doubtful, or the file is damaged.\n\n"
            "Examples:\n  stocktrayctl spool check");
    add_command<Which>(tree, nouns, "deliver", "Bring what waits to the agent, in order", declare_file, run_deliver)
        ->footer(
            "Programs that use the spool deliver it by themselves; this is for a computer on which none runs.\n"
            "Exit code: 0 all is with the agent, 2 entries were refused or are doubtful, 3 no agent.\n\n"
            "Examples:\n  stocktrayctl spool deliver");
    add_command<Which>(tree, nouns, "repair", "Save what can be read of a damaged spool", declare_file, run_repair)
        ->footer(
            "What can be read goes on in a new file; the damaged one is kept beside it.\n"
            "Exit code: 0 nothing is missing, 2 changes may be missing: compare the counts of what was sold\n"
            "lately, 5 a program uses the spool.\n\n"
            "Examples:\n  stocktrayctl spool repair");
    add_command<Decided>(tree, nouns, "offer", "Offer refused or doubtful entries once more", declare_chosen, run_offer)
        ->footer("Examples:\n  stocktrayctl spool offer 17");
    add_command<Decided>(
        tree, nouns, "leave", "Give refused or doubtful entries up",
        [](CLI::App& command, Decided& options) {
            declare_chosen(command, options);
            command.add_option("--reason", options.reason, "Why; kept with the entry")->required();
        },
        run_leave)
        ->footer("Examples:\n  stocktrayctl spool leave 17 --reason 'counted by hand'");
}

}  // namespace stocktray::ctl
