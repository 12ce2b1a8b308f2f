#include "ipc/messages/keys.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/ctl/commands/commands.h"
#include "agent/ctl/output/table.h"
#include "agent/ctl/output/words.h"
#include "ipc/path_text.h"
#include "ipc/private_file.h"

namespace stocktray::ctl {
namespace {

namespace keys = ipc::keys;

struct Nothing {};
struct RightsOptions {
    std::string who;
    std::string role;
    std::vector<std::string> without;
};
struct InviteOptions : RightsOptions {
    std::string host;
    std::string file;
};
struct RotateOptions {
    bool at_once{false};
};

ipc::Role role_of(const RightsOptions& options) { return ipc::from_string<ipc::Role>(options.role).value_or(ipc::Role::none); }

std::vector<ipc::Bar> bars_of(const RightsOptions& options) {
    std::vector<ipc::Bar> barred;
    for (const auto& word : options.without)
        if (const auto bar = ipc::from_string<ipc::Bar>(word)) barred.push_back(*bar);
    return barred;
}

std::string_view fingerprint(const keys::ClientKey& key) { return std::string_view{key.key}.substr(0, 8); }

std::string rights_cell(const keys::ClientKey& key) {
    if (key.state == ipc::KeyState::asks) return "asks to be let in";
    std::string text{ipc::to_string(key.role)};
    for (const auto bar : key.barred) text += fmt::format(", not {}", ipc::to_string(bar));
    return text;
}

// By its name, or by the first digits of its key.
ipc::Expected<keys::ClientKey> one_of(Session& session, const std::string& who) {
    auto list = session.ask(keys::List{});
    if (!list) return ipc::Failure{std::move(list.error())};
    std::vector<keys::ClientKey> found;
    std::ranges::copy_if(list->keys, std::back_inserter(found),
                         [&](const auto& key) { return key.name == who || (who.size() >= 4 && key.key.starts_with(who)); });
    if (found.empty())
        return ipc::fail(ipc::Code::not_found, fmt::format("There is no computer {}. stocktrayctl keys list shows them all.",
                                                           printable(who)));
    if (found.size() > 1)
        return ipc::fail(ipc::Code::conflict, fmt::format("There are {} computers {}: name one by the first digits of its key.",
                                                          found.size(), printable(who)));
    return found.front();
}

ExitCode run_list(Session& session, const Nothing&) {
    const auto result = session.ask(keys::List{});
    if (!result) return session.fail(result.error());
    if (session.wants_json()) {
        session.print_json(*result);
        return ExitCode::good;
    }
    if (result->lan_problem)
        session.warn(fmt::format("Other computers cannot reach the agent at {}. {}", printable(result->lan_address.value_or("")),
                                 printable(*result->lan_problem)));
    else if (result->lan_address)
        session.say(fmt::format("Other computers reach the agent at {}.", printable(*result->lan_address)));
    else
        session.say("Other computers cannot reach the agent. To let them: stocktrayctl parameters set LanAddress=*:5770");
    if (result->old_key_until)
        session.say(fmt::format("The agent's key is new; the one before is accepted until {}.",
                                moment(*result->old_key_until, now_ms())));
    if (result->keys.empty()) {
        session.say("No computer is paired. To pair one: stocktrayctl keys invite --role operator");
        return ExitCode::good;
    }
    Table table{{{"KEY"}, {"NAME"}, {"MAY"}, {"LAST SEEN"}, {"FROM"}}};
    for (const auto& key : result->keys)
        table.add({std::string{fingerprint(key)}, printable(key.name), rights_cell(key),
                   key.last_seen ? moment(*key.last_seen, now_ms()) : "", printable(key.address.value_or(""))});
    table.print(session.terminal());
    return ExitCode::good;
}

ExitCode run_invite(Session& session, const InviteOptions& options) {
    const auto result = session.ask(keys::Invite{role_of(options), bars_of(options), given(options.host)});
    if (!result) return session.fail(result.error());
    if (!options.file.empty()) {
        if (auto written = ipc::write_private(ipc::path_of(options.file), result->pairing + "\n", ipc::IfThere::fails); !written)
            return session.fail(ExitCode::no_output, written.error().message);
        session.say(fmt::format("Bring {} to the other computer within ten minutes and run there:\n  stocktrayctl pair --file FILE",
                                options.file));
        return ExitCode::good;
    }
    if (session.wants_json()) {
        session.print_json(*result);
        return ExitCode::good;
    }
    session.say("On the other computer, within ten minutes, run 'stocktrayctl pair', or open 'Shared Agent...' in the tray's menu, and "
                "paste this. It is good for one computer:\n");
    session.terminal().out << result->pairing << "\n";
    return ExitCode::good;
}

template <class Request>
ExitCode run_give(Session& session, const RightsOptions& options) {
    const auto key = one_of(session, options.who);
    if (!key) return session.fail(key.error());
    const auto result = session.ask(Request{key->key, role_of(options), bars_of(options)});
    if (!result) return session.fail(result.error());
    if (session.wants_json()) session.print_json(*result);
    session.say(fmt::format("{} ({}) is {} from now on.", printable(key->name), fingerprint(*key), options.role));
    return ExitCode::good;
}

ExitCode run_revoke(Session& session, const RightsOptions& options) {
    const auto key = one_of(session, options.who);
    if (!key) return session.fail(key.error());
    const auto result = session.ask(keys::Revoke{key->key});
    if (!result) return session.fail(result.error());
    if (session.wants_json()) session.print_json(*result);
    session.say(fmt::format("{} ({}) may not use this agent any more.", printable(key->name), fingerprint(*key)));
    return ExitCode::good;
}

ExitCode run_rotate(Session& session, const RotateOptions& options) {
    const auto result = session.ask(keys::Rotate{options.at_once});
    if (!result) return session.fail(result.error());
    if (session.wants_json()) session.print_json(*result);
    if (result->old_key_until)
        session.say(fmt::format("The agent has a new key. Computers that come by until {} learn it by themselves.",
                                moment(*result->old_key_until, now_ms())));
    else
        session.say("The agent has a new key. All computers have to be paired again.");
    return ExitCode::good;
}

template <class Options>
void declare_rights(Tree& tree, CLI::App& command, Options& options) {
    std::vector<std::string> roles{"viewer", "operator", "order_manager", "admin"};
    auto* role = command.add_option("--role", options.role, "What it may do: look (viewer), retry and pause (operator), submit changes, "
                                                            "Get and Send QOH, cancel (order_manager), everything (admin)")
                     ->required()
                     ->check(CLI::IsMember(roles))
                     ->type_name("ROLE");
    tree.choices.emplace(role, roles);
    choose<ipc::Bar>(tree, command.add_option("--without", options.without, "Bar this alone (may be repeated)")
                               ->allow_extra_args(false));
}

void declare_who(CLI::App& command, RightsOptions& options) {
    command.add_option("who", options.who, "The computer's name, or the first digits of its key")->required();
}

}  // namespace

void add_keys(Tree& tree) {
    auto& nouns = *tree.app.add_subcommand("keys", "Other computers that may use this agent");
    nouns.require_subcommand(1);
    add_command<Nothing>(
        tree, nouns, "list", "Who may use it, and when each was last seen (written down at most every ten minutes)",
        [](CLI::App&, Nothing&) {}, run_list)
        ->footer("Examples:\n  stocktrayctl keys list");
    add_command<InviteOptions>(
        tree, nouns, "invite", "Show a pairing string for one more computer",
        [&tree](CLI::App& command, InviteOptions& options) {
            declare_rights(tree, command, options);
            command.add_option("--host", options.host, "How the other computer finds this one (default: its name or address)")
                ->type_name("NAME");
            command.add_option("--file", options.file, "Write the string into this new file instead")->type_name("FILE");
        },
        run_invite)
        ->footer(
            "Examples:\n"
            "  stocktrayctl keys invite --role order_manager\n"
            "  stocktrayctl keys invite --role operator --without cancel --file pairing.txt");
    add_command<RightsOptions>(
        tree, nouns, "approve", "Let a computer in that asks",
        [&tree](CLI::App& command, RightsOptions& options) {
            declare_who(command, options);
            declare_rights(tree, command, options);
        },
        run_give<keys::Approve>)
        ->footer("Examples:\n  stocktrayctl keys approve ann@till-2 --role operator");
    add_command<RightsOptions>(
        tree, nouns, "set-role", "Change what a computer may do, from its next request on",
        [&tree](CLI::App& command, RightsOptions& options) {
            declare_who(command, options);
            declare_rights(tree, command, options);
        },
        run_give<keys::SetRole>)
        ->footer("Examples:\n  stocktrayctl keys set-role ann@till-2 --role order_manager --without send_qoh");
    add_command<RightsOptions>(
        tree, nouns, "revoke", "Shut a computer out at once, or turn away one that asks",
        [](CLI::App& command, RightsOptions& options) { declare_who(command, options); }, run_revoke)
        ->footer("Examples:\n  stocktrayctl keys revoke ann@till-2\n  stocktrayctl keys revoke 1a2b3c4d");
    add_command<RotateOptions>(
        tree, nouns, "rotate", "Give the agent a new key; the one before is accepted for a day",
        [](CLI::App& command, RotateOptions& options) {
            command.add_flag("--at-once", options.at_once,
                             "The key was stolen: end it now. All computers have to be paired again");
        },
        run_rotate)
        ->footer("Examples:\n  stocktrayctl keys rotate\n  stocktrayctl keys rotate --at-once");
}

}  // namespace stocktray::ctl
