#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <sstream>

#include "agent/ctl/commands/commands.h"
#include "agent/ctl/input/password.h"
#include "agent/ctl/platform/hear_program.h"
#include "agent/platform/places.h"
#include "agent/platform/system.h"
#include "agent/settings.h"
#include "ipc/csv/csv_reader.h"
#include "ipc/messages/field.h"

namespace stocktray::ctl {
namespace {

namespace fs = std::filesystem;

struct Setup {
    std::string config;
    std::vector<std::string> assignments;
    bool is_dry_run{false};
    PasswordSource password;  // of the database
};

// A way in as gateway.toml names it.
struct Way {
    const char* name;
    bool is_alone;      // there can be one only
    bool has_password;  // which lies in a file of its own
};

fs::path file_of(const Setup& options) {
    return options.config.empty() ? platform::config_home() / "stocktray" / "gateway.toml" : fs::path{options.config};
}

std::string in_quotes(std::string_view text) {
    using enum toml::format_flags;
    std::ostringstream written;
    const toml::value<std::string> value{text};
    written << toml::toml_formatter{value, toml::toml_formatter::default_flags & ~(allow_literal_strings | allow_multi_line_strings)};
    return written.str();
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

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    for (std::size_t end = 0; !text.empty(); text.remove_prefix(std::min(end + 1, text.size()))) {
        end = std::min(text.find('\n'), text.size());
        lines.emplace_back(text.substr(0, end));
    }
    return lines;
}

// How it went, for programs.
struct SetupView {
    std::string outcome{};  // good, person_needed (something is not right yet), refused, dry_run
    std::string file{};     // the gateway's
    std::vector<std::string> lines{};  // what the gateway says, or what would be written

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        using ipc::field;
        visit(field("outcome", &SetupView::outcome));
        visit(field("file", &SetupView::file));
        visit(field("lines", &SetupView::lines));
    }
};

// The gateway itself knows what is right: it is asked about the file before that becomes the one that counts. People
// read what it says as it says it; for programs it is kept.
Result<Heard> ask_gateway(Session& session, const fs::path& file) {
    std::vector<std::string> arguments{"--config", file.string(), "--test"};
    if (const auto& endpoint = session.options.endpoint; !endpoint.empty())
        arguments.insert(arguments.end(), {"--endpoint", endpoint});
    if (session.wants_json()) return hear_program("stocktray-gateway", arguments);
    const auto code = platform::run_program("stocktray-gateway", arguments);
    if (!code) return Failure{code.error()};
    return Heard{.code = *code};
}

ExitCode told_by_gateway(Session& session, const fs::path& file, const Result<Heard>& answer) {
    if (!answer) return session.fail(ExitCode::refused, answer.error().message);
    const bool is_refused = answer->code != 0 && answer->code != 1;
    if (session.wants_json())
        session.print_json(SetupView{is_refused ? "refused" : answer->code == 0 ? "good" : "person_needed", file.string(),
                                     lines_of(answer->said)});
    return is_refused ? ExitCode::refused : answer->code == 0 ? ExitCode::good : ExitCode::person_needed;
}

ExitCode run_test(Session& session, const Setup& options) {
    const auto file = file_of(options);
    return told_by_gateway(session, file, ask_gateway(session, file));
}

using Assignments = std::vector<std::pair<std::string, std::string>>;

tl::expected<Assignments, std::string> parsed(const std::vector<std::string>& words) {
    Assignments read;
    for (const auto& word : words) {
        const auto equals = word.find('=');
        if (equals == word.npos || equals == 0) return tl::unexpected{fmt::format("Write NAME=VALUE, not '{}'.", word)};
        read.emplace_back(word.substr(0, equals), word.substr(equals + 1));
    }
    return read;
}

// What is written before the gateway has agreed, and is as it was before unless it does.
class Draft {
public:
    Draft() = default;
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;
    ~Draft() {
        std::error_code ignored;
        for (const auto& [file, before] : files_)
            if (before) (void)platform::replace_file(file, *before);
            else fs::remove(file, ignored);
    }

    Result<void> write(const fs::path& file, std::string_view content) {
        auto before = fs::exists(file) ? std::optional{read_all(file)} : std::nullopt;
        if (auto written = platform::replace_file(file, content); !written) return written;
        files_.emplace_back(file, std::move(before));
        return {};
    }
    void keep() { files_.clear(); }

private:
    std::vector<std::pair<fs::path, std::optional<std::string>>> files_;
};

std::string table_of(const Way& way, const Assignments& assignments) {
    auto table = way.is_alone ? fmt::format("[{}]\n", way.name) : fmt::format("[[{}]]\n", way.name);
    for (const auto& [name, value] : assignments) table += fmt::format("{} = {}\n", name, value_of(value));
    return table;
}

// The file as it is with an empty line behind it; the error is a sentence.
tl::expected<std::string, std::string> text_before(const fs::path& file, const Way& way) {
    const auto before = settings::File::read(file);
    if (!before) {
        if (before.error().code == ErrorCode::not_found) return std::string{};
        return tl::unexpected{before.error().message};
    }
    if (way.is_alone && before->root().contains(way.name))
        return tl::unexpected{fmt::format("{} has a [{}] already: change it there, then: stocktrayctl setup test", file.string(), way.name)};
    auto text = read_all(file);
    if (!text.empty() && !text.ends_with('\n')) text += '\n';
    if (!text.empty()) text += '\n';
    return text;
}

// In a file beside the configuration that only this user can read: a configuration is shown to others.
tl::expected<void, std::string> store_password(const Setup& options, Assignments& assignments, Draft& draft) {
    const auto name = std::ranges::find(assignments, "name", &Assignments::value_type::first);
    const auto password = read_password(options.password, name == assignments.end() ? "the database" : name->second);
    if (!password) return tl::unexpected{password.error()};
    if (!*password) return {};
    const bool is_file_name = name != assignments.end() && !name->second.empty() && name->second.find('/') == std::string::npos;
    if (!is_file_name) return tl::unexpected{std::string{"A password needs a name to be kept under: add name=NAME."}};
    const auto file = fs::absolute(file_of(options)).parent_path() / (name->second + ".password");
    if (auto written = draft.write(file, (*password)->reveal() + "\n"); !written) return tl::unexpected{written.error().message};
    assignments.emplace_back("password_file", file.string());
    return {};
}

ExitCode run_way(Session& session, const Setup& options, const Way& way) {
    auto assignments = parsed(options.assignments);
    if (!assignments) return session.fail(ExitCode::wrong_usage, assignments.error());
    const auto file = file_of(options);
    const auto text = text_before(file, way);
    if (!text) return session.fail(ExitCode::refused, text.error());
    if (options.is_dry_run) {
        const auto table = table_of(way, *assignments);
        if (session.wants_json())
            session.print_json(SetupView{"dry_run", file.string(), lines_of(table)});
        else
            session.terminal().out << table;
        return ExitCode::good;
    }
    if (auto made = platform::make_private_folder(file.parent_path()); !made)
        return session.fail(ExitCode::refused, made.error().message);
    Draft draft;
    if (auto stored = store_password(options, *assignments, draft); !stored) return session.fail(ExitCode::refused, stored.error());
    const auto proposal = fs::path{file}.concat(".new");
    std::error_code failed;
    fs::remove(proposal, failed);
    if (auto written = draft.write(proposal, *text + table_of(way, *assignments)); !written)
        return session.fail(ExitCode::refused, written.error().message);
    const auto answer = ask_gateway(session, proposal);
    if (!answer || (answer->code != 0 && answer->code != 1)) {
        const auto code = told_by_gateway(session, file, answer);
        session.warn("Nothing was written.");
        return code;
    }
    fs::rename(proposal, file, failed);
    if (failed) return session.fail(ExitCode::refused, fmt::format("{} cannot be written: {}.", file.string(), failed.message()));
    draft.keep();
    session.say(fmt::format("Written to {}. {}", file.string(),
                            answer->code == 0 ? "Start the gateway, or start it again: systemctl --user restart stocktray-gateway"
                                       : "What is not right yet stands above; then: stocktrayctl setup test"));
    return told_by_gateway(session, file, answer);
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
    const auto declare_with_password = [declare_way](CLI::App& command, Setup& options) {
        declare_way(command, options);
        command.add_flag("--password", options.password.is_asked_for,
                         "Ask for the password at the keyboard, and keep it in a file that only you can read");
        command.add_option("--password-fd", options.password.descriptor, "Read the password from this file descriptor");
    };
    const auto add = [&](const Way& way, const char* about, const char* footer) {
        const auto declared = way.has_password ? std::function<void(CLI::App&, Setup&)>{declare_with_password} : declare_way;
        auto* command = add_command<Setup>(tree, setup, way.name, about, declared,
                                           [way](Session& session, const Setup& options) { return run_way(session, options, way); });
        command->footer(footer);
    };
    add({"script", true, false}, "It posts to a store's import script: the gateway answers in its place",
        "Examples:\n"
        "  stocktrayctl setup script\n"
        "  stocktrayctl setup script source=main listen=127.0.0.1:5780\n"
        "  stocktrayctl setup script fan_out=order_manager\n"
        "All settings: man stocktray-gateway");
    add({"folder", false, false}, "It writes files into a folder",
        "Example:\n"
        "  stocktrayctl setup folder path=/srv/counts kind=counts\n"
        "All settings: man stocktray-gateway");
    add({"database", false, true}, "It keeps its counts in a database that can be read, and imports no web orders into it",
        "Example:\n"
        "  stocktrayctl setup database name=erp connection=DSN=erp 'query=SELECT sku, qoh FROM items' --password\n"
        "All settings: man stocktray-gateway");
    add_command<Setup>(tree, setup, "test", "Say in words whether everything is set up well", declare, run_test);
}

}  // namespace stocktray::ctl
