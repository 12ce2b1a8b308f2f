#include "agent/ctl/completion.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <ostream>

namespace stocktray::ctl {
namespace {

// Between single quotes of a shell.
std::string in_quotes(std::string_view text) {
    std::string result = "'";
    for (const char c : text) {
        if (c == '\'')
            result += "'\\''";
        else
            result += c;
    }
    return result + "'";
}

// zsh's _describe takes "word:what".
std::string described(std::string_view word, std::string_view what) {
    std::string text;
    for (const char c : word) text += c == ':' ? std::string{"\\:"} : std::string{c};
    return in_quotes(fmt::format("{}:{}", text, what));
}

// bash and zsh find the place alike: words that lead from one place to another are followed, others passed
// over.
constexpr std::string_view find_place = R"(        case "$place $word" in
{}            *) ;;
        esac
)";

}  // namespace

Completion::Completion(const CLI::App& app, const Choices& choices) {
    walk(app, "", choices);
}

void Completion::walk(const CLI::App& app, const std::string& path, const Choices& choices) {
    Place place{.path = path, .commands = {}, .switches = {}, .words = {}};
    const auto add_options = [&](const CLI::App& from) {
        for (const auto* option : from.get_options()) {
            const auto at = choices.find(option);
            const auto words = at == choices.end() ? std::vector<std::string>{} : at->second;
            if (option->get_positional()) {
                place.words.insert(place.words.end(), words.begin(), words.end());
                place.takes_file = place.takes_file || option->get_name() == "file";
                continue;
            }
            for (const auto& name : option->get_lnames())
                place.switches.push_back(
                    {"--" + name, option->get_description(), option->get_type_size() != 0, words});
        }
    };
    add_options(app);
    for (const auto* parent = app.get_parent(); parent; parent = parent->get_parent()) {
        for (const auto* option : parent->get_options())
            for (const auto& name : option->get_lnames())
                if (name != "help" && name != "version")
                    place.switches.push_back(
                        {"--" + name, option->get_description(), option->get_type_size() != 0, {}});
    }
    for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; }))
        place.commands.push_back({command->get_name(), command->get_description()});
    places_.push_back(std::move(place));
    for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; }))
        walk(*command, path.empty() ? command->get_name() : path + " " + command->get_name(), choices);
}

void Completion::print_bash(std::ostream& out) const {
    std::string steps;
    for (const auto& place : places_)
        if (!place.path.empty())
            steps += fmt::format("            {}) place={} ;;\n", in_quotes(" " + place.path),
                                 in_quotes(" " + place.path));
    out << "# bash completion for stocktrayctl\n_stocktrayctl() {\n"
           "    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} place='' word\n"
           "    COMPREPLY=()\n"
           "    for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
        << fmt::format(fmt::runtime(find_place), steps) << "    done\n    case \"$place|$before\" in\n";
    for (const auto& place : places_) {
        const std::string at = place.path.empty() ? "" : " " + place.path;
        for (const auto& one : place.switches) {
            if (!one.takes_value) continue;
            const auto how =
                one.choices.empty()
                    ? std::string{"-f"}
                    : fmt::format("-W {}", in_quotes(fmt::format("{}", fmt::join(one.choices, " "))));
            out << fmt::format("        {}) COMPREPLY=($(compgen {} -- \"$current\")); return ;;\n",
                               in_quotes(at + "|" + one.name), how);
        }
    }
    out << "    esac\n    case \"$place\" in\n";
    for (const auto& place : places_) {
        std::vector<std::string> words = place.words;
        for (const auto& command : place.commands) words.push_back(command.text);
        for (const auto& one : place.switches) words.push_back(one.name);
        const std::string at = place.path.empty() ? "" : " " + place.path;
        out << fmt::format("        {}) COMPREPLY=($(compgen {}-W {} -- \"$current\")) ;;\n", in_quotes(at),
                           place.takes_file ? "-f " : "",
                           in_quotes(fmt::format("{}", fmt::join(words, " "))));
    }
    out << "    esac\n}\ncomplete -F _stocktrayctl stocktrayctl\n";
}

void Completion::print_zsh(std::ostream& out) const {
    std::string steps;
    for (const auto& place : places_)
        if (!place.path.empty())
            steps += fmt::format("            {}) place={} ;;\n", in_quotes(" " + place.path),
                                 in_quotes(" " + place.path));
    out << "#compdef stocktrayctl\n_stocktrayctl() {\n"
           "    local place='' word before=${words[CURRENT-1]}\n    local -a found\n"
           "    for word in ${words[2,CURRENT-1]}; do\n"
        << fmt::format(fmt::runtime(find_place), steps) << "    done\n    case \"$place|$before\" in\n";
    for (const auto& place : places_) {
        const std::string at = place.path.empty() ? "" : " " + place.path;
        for (const auto& one : place.switches) {
            if (!one.takes_value) continue;
            const auto how = one.choices.empty() ? std::string{"_files"}
                                                 : fmt::format("compadd {}", fmt::join(one.choices, " "));
            out << fmt::format("        {}) {}; return ;;\n", in_quotes(at + "|" + one.name), how);
        }
    }
    out << "    esac\n    case \"$place\" in\n";
    for (const auto& place : places_) {
        std::vector<std::string> words;
        for (const auto& word : place.words) words.push_back(described(word, ""));
        for (const auto& command : place.commands) words.push_back(described(command.text, command.what));
        for (const auto& one : place.switches) words.push_back(described(one.name, one.what));
        const std::string at = place.path.empty() ? "" : " " + place.path;
        out << fmt::format(
            "        {})\n            found=({})\n            _describe stocktrayctl found{} ;;\n",
            in_quotes(at), fmt::join(words, " "), place.takes_file ? "; _files" : "");
    }
    out << "    esac\n}\n_stocktrayctl \"$@\"\n";
}

void Completion::print_fish(std::ostream& out) const {
    out << "# fish completion for stocktrayctl\n"
           "function __stocktrayctl_at\n"
           "    set -l place ''\n"
           "    for word in (commandline -opc)[2..]\n"
           "        switch \"$place $word\"\n";
    for (const auto& place : places_)
        if (!place.path.empty())
            out << fmt::format("            case {0}\n                set place {0}\n",
                               in_quotes(" " + place.path));
    out << "        end\n    end\n    test \"$place\" = \"$argv[1]\"\nend\ncomplete -c stocktrayctl -f\n";
    for (const auto& place : places_) {
        const std::string at = place.path.empty() ? "" : " " + place.path;
        const std::string here = fmt::format("complete -c stocktrayctl -n {}",
                                             in_quotes(fmt::format("__stocktrayctl_at \"{}\"", at)));
        for (const auto& command : place.commands)
            out << fmt::format("{} -a {} -d {}\n", here, in_quotes(command.text), in_quotes(command.what));
        if (!place.words.empty())
            out << fmt::format("{} -a {}\n", here, in_quotes(fmt::format("{}", fmt::join(place.words, " "))));
        if (place.takes_file) out << here << " -F\n";
        for (const auto& one : place.switches) {
            out << fmt::format("{} -l {} -d {}", here, one.name.substr(2), in_quotes(one.what));
            if (one.takes_value && one.choices.empty()) out << " -r -F";
            if (!one.choices.empty())
                out << fmt::format(" -x -a {}", in_quotes(fmt::format("{}", fmt::join(one.choices, " "))));
            out << '\n';
        }
    }
}

}  // namespace stocktray::ctl
