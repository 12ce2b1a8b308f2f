#include "ipc/client/pair.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "agent/ctl/commands/commands.h"
#include "ipc/keys/profile.h"
#include "ipc/path_text.h"
#include "ipc/spool/place.h"
#include "ipc/spool/spool.h"

namespace stocktray::ctl {
namespace {

struct Options {
    std::string file;
    std::string name;
    bool asks{false};
};
struct Nothing {};

// Never an argument: those can be read by everybody on the machine, and the string lets its reader in.
ipc::Expected<std::string> read_string(const Session& session, const Options& options) {
    std::string text;
    if (!options.file.empty()) {
        std::ifstream file{ipc::path_of(options.file)};
        if (!file) return ipc::fail(ipc::Code::not_found, fmt::format("{} cannot be read.", options.file));
        text.assign(std::istreambuf_iterator<char>{file}, {});
        return text;
    }
    if (session.terminal().can_ask) {
        session.terminal().err << "The pairing string that the agent's computer shows: " << std::flush;
        std::getline(std::cin, text);
    } else {
        text.assign(std::istreambuf_iterator<char>{std::cin}, {});
    }
    return text;
}

// "operator, without send_qoh"
std::string rights_in_words(const ipc::keys::PairResult& result) {
    std::string words{ipc::to_string(result.role)};
    for (const auto bar : result.barred) words += fmt::format(", without {}", ipc::to_string(bar));
    return words;
}

ExitCode run_pair(Session& session, const Options& options) {
    const auto text = read_string(session, options);
    if (!text) return session.fail(ExitCode::no_input, text.error().message);
    const auto pairing = ipc::Pairing::parse(*text);
    if (!pairing) return session.fail(ExitCode::wrong_data, pairing.error().message);
    const auto name = options.name.empty() ? ipc::own_name() : options.name;
    const auto result = ipc::pair_with(*pairing, options.asks ? ipc::Admittance::by_approval : ipc::Admittance::by_token,
                                       name, session.timeout());
    if (!result) return session.fail(result.error());
    if (session.wants_json()) {
        session.print_json(*result);
        return ExitCode::good;
    }
    const auto profile = ipc::read_profile(ipc::default_profile());
    const std::string key = profile && *profile ? (*profile)->own.public_key.fingerprint() : "";
    if (result->state == ipc::KeyState::asks)
        session.say(fmt::format("Asked to be let in as {} ({}). At the agent's computer somebody has to agree: stocktrayctl keys "
                                "approve {}",
                                printable(name), key, key));
    else
        session.say(fmt::format("{} ({}) is paired with the agent of {} at {}: {}. All programs of this user use it from now on.",
                                printable(name), key, printable(result->agent_name), printable(pairing->host),
                                rights_in_words(*result)));
    return ExitCode::good;
}

// By the library's rule they go to whichever agent answers next.
void tell_of_waiting(Session& session) {
    const auto file = ipc::default_spool();
    if (std::error_code ignored; !std::filesystem::exists(file, ignored)) return;
    auto spool = ipc::Spool::open(file, "stocktrayctl", ipc::Spool::OnDamage::tell);
    const auto counts = spool ? spool->counts() : ipc::Expected<ipc::SpoolCounts>{};
    if (!spool || !counts || counts->waiting == 0) return;
    session.warn(fmt::format("{} on this computer for the shared agent. What waits goes to the agent that this user's programs "
                             "reach next: look at it with stocktrayctl spool list.",
                             counts->waiting == 1 ? "1 entry waits" : fmt::format("{} entries wait", counts->waiting)));
}

ExitCode run_unpair(Session& session, const Nothing&) {
    const auto profile = ipc::read_profile(ipc::default_profile());
    if (profile && !*profile) {
        session.say("This user is not paired with a shared agent.");
        return ExitCode::good;
    }
    if (auto forgotten = ipc::forget_profile(ipc::default_profile()); !forgotten) return session.fail(forgotten.error());
    session.say("This user's programs use the agent of this computer again. The shared agent still lists the key until "
                "somebody revokes it there.");
    tell_of_waiting(session);
    return ExitCode::good;
}

}  // namespace

void add_pair(Tree& tree) {
    auto* pair = add_command<Options>(
        tree, tree.app, "pair", "Use the shared agent of another computer",
        [](CLI::App& command, Options& options) {
            command.add_option("--file", options.file, "Read the pairing string from this file")->type_name("FILE");
            command.add_option("--name", options.name, "What this computer is called there (default: user@computer)")
                ->type_name("NAME");
            command.add_flag("--ask", options.asks,
                             "Ask to be let in, where the string's ten minutes are over: somebody has to agree there");
        },
        run_pair);
    pair->footer(
        "The agent's computer shows the pairing string:  stocktrayctl keys invite --role operator\n"
        "It is read from standard input, never from the command line, which others can see.");
    add_command<Nothing>(
        tree, tree.app, "unpair", "Use this computer's own agent again", [](CLI::App&, Nothing&) {}, run_unpair);
}

}  // namespace stocktray::ctl
