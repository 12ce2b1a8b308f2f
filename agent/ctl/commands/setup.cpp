#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "agent/ctl/commands/commands.h"
#include "agent/platform/places.h"
#include "agent/platform/system.h"
#include "agent/settings.h"
#include "ipc/csv/csv_reader.h"

namespace stocktray::ctl {
namespace {

namespace fs = std::filesystem;

struct Setup {
    std::string config;
    std::vector<std::string> assignments;
    bool is_dry_run{false};
};

// A way in as gateway.toml names it.
struct Way {
    const char* name;
    bool is_alone;  // there can be one only
};

fs::path file_of(const Setup& options) {
    return options.config.empty() ? platform::config_home() / "stocktray" / "gateway.toml" : fs::path{options.config};
}

std::string in_quotes(std::string_view text) {
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') quoted += '\\';
        if (static_cast<unsigned char>(c) < 32)
            quoted += fmt::format("\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
        else
            quoted += c;
    }
    return quoted + '"';
}

// True or false and whole numbers are taken as such, all else as text.
std::string value_of(const std::string& text) {
    if (text == "true" || text == "false") return text;
    if (const auto number = csv::whole_number(text); number && std::to_string(*number) == text) return text;
    return in_quotes(text);
}

std::string read_all(const fs::path& file) {
    std::ifstream stream{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{stream}, {}};
}

// The gateway itself knows what is right: it is asked about the file before that becomes the one that counts.
Result<int> ask_gateway(const fs::path& file, const std::string& endpoint) {
    std::vector<std::string> arguments{"--config", file.string(), "--test"};
    if (!endpoint.empty()) arguments.insert(arguments.end(), {"--endpoint", endpoint});
    return platform::run_program("stocktray-gateway", arguments);
}

ExitCode told_by_gateway(Session& session, const Result<int>& code) {
    if (!code) return session.fail(ExitCode::refused, code.error().message);
    return *code == 0 ? ExitCode::good : *code == 1 ? ExitCode::person_needed : ExitCode::refused;
}

ExitCode run_test(Session& session, const Setup& options) {
    return told_by_gateway(session, ask_gateway(file_of(options), session.options.endpoint));
}

ExitCode run_way(Session& session, const Setup& options, const Way& way) {
    std::string table = way.is_alone ? fmt::format("[{}]\n", way.name) : fmt::format("[[{}]]\n", way.name);
    for (const auto& assignment : options.assignments) {
        const auto equals = assignment.find('=');
        if (equals == assignment.npos || equals == 0)
            return session.fail(ExitCode::wrong_usage, fmt::format("Write NAME=VALUE, not '{}'.", assignment));
        table += fmt::format("{} = {}\n", assignment.substr(0, equals), value_of(assignment.substr(equals + 1)));
    }
    const auto file = file_of(options);
    std::string text;
    if (const auto before = settings::File::read(file)) {
        if (way.is_alone && before->root().contains(way.name))
            return session.fail(ExitCode::refused, fmt::format("{} has a [{}] already: change it there, then: stocktrayctl setup test",
                                                               file.string(), way.name));
        text = read_all(file);
        if (!text.empty() && !text.ends_with('\n')) text += '\n';
        if (!text.empty()) text += '\n';
    } else if (before.error().code != ErrorCode::not_found) {
        return session.fail(ExitCode::refused, before.error().message);
    }
    if (options.is_dry_run) {
        session.terminal().out << table;
        return ExitCode::good;
    }
    if (auto made = platform::make_private_folder(file.parent_path()); !made)
        return session.fail(ExitCode::refused, made.error().message);
    const auto draft = fs::path{file}.concat(".new");
    if (auto written = platform::replace_file(draft, text + table); !written)
        return session.fail(ExitCode::refused, written.error().message);
    const auto code = ask_gateway(draft, session.options.endpoint);
    std::error_code ignored;
    if (!code || (*code != 0 && *code != 1)) {
        fs::remove(draft, ignored);
        (void)told_by_gateway(session, code);
        return session.fail(ExitCode::refused, "Nothing was written.");
    }
    fs::rename(draft, file, ignored);
    if (ignored) return session.fail(ExitCode::refused, fmt::format("{} cannot be written: {}.", file.string(), ignored.message()));
    session.say(fmt::format("Written to {}. {}", file.string(),
                            *code == 0 ? "Start the gateway, or start it again: systemctl --user restart stocktray-gateway"
                                       : "What is not right yet stands above; then: stocktrayctl setup test"));
    return told_by_gateway(session, code);
}

}  // namespace

void add_setup(Tree& tree) {
    auto& setup = *tree.app.add_subcommand("setup", "The way in for an Order Manager that cannot be changed (the gateway)");
    setup.require_subcommand(1);
    const auto declare = [](CLI::App& command, Setup& options) {
        command.add_option("--config", options.config, "Another file than the gateway's own")->type_name("FILE");
    };
    const auto declare_way = [declare](CLI::App& command, Setup& options) {
        command.add_option("settings", options.assignments, "NAME=VALUE …");
        command.add_flag("--dry-run", options.is_dry_run, "Show what would be written, and write nothing");
        declare(command, options);
    };
    const auto add = [&](const Way& way, const char* about, const char* footer) {
        auto* command = add_command<Setup>(tree, setup, way.name, about, declare_way,
                                           [way](Session& session, const Setup& options) { return run_way(session, options, way); });
        command->footer(footer);
    };
    add({"script", true}, "It posts to a store's import script: the gateway answers in its place",
        "Examples:\n"
        "  stocktrayctl setup script\n"
        "  stocktrayctl setup script source=main listen=127.0.0.1:5780\n"
        "  stocktrayctl setup script fan_out=order_manager\n"
        "All settings: man stocktray-gateway");
    add({"folder", false}, "It writes files into a folder",
        "Example:\n"
        "  stocktrayctl setup folder path=/srv/counts kind=counts\n"
        "All settings: man stocktray-gateway");
    add({"database", false}, "It keeps its counts in a database that can be read",
        "Example:\n"
        "  stocktrayctl setup database name=erp connection=DSN=erp 'query=SELECT sku, qoh FROM items'\n"
        "All settings: man stocktray-gateway");
    add_command<Setup>(tree, setup, "test", "Say in words whether everything is set up well", declare, run_test);
}

}  // namespace stocktray::ctl
