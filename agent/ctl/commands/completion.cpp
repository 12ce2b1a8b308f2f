#include <ostream>

#include "agent/ctl/commands/commands.h"
#include "agent/ctl/completion.h"

namespace stocktray::ctl {
namespace {

struct Options {
    std::string shell;
};

}  // namespace

void add_completion(Tree& tree) {
    add_command<Options>(
        tree, tree.app, "completion", "Print a completion script for a shell",
        [&tree](CLI::App& command, Options& options) {
            auto* shell = command.add_option("shell", options.shell, "bash, zsh or fish")->required();
            shell->check(CLI::IsMember({"bash", "zsh", "fish"}));
            tree.choices.emplace(shell, std::vector<std::string>{"bash", "zsh", "fish"});
        },
        [&tree](Session& session, const Options& options) {
            const Completion completion{tree.app, tree.choices};
            auto& out = session.terminal().out;
            if (options.shell == "bash")
                completion.print_bash(out);
            else if (options.shell == "zsh")
                completion.print_zsh(out);
            else
                completion.print_fish(out);
            return ExitCode::good;
        })
        ->footer(
            "Examples:\n"
            "  stocktrayctl completion bash > ~/.local/share/bash-completion/completions/stocktrayctl\n"
            "  stocktrayctl completion zsh > ~/.zfunc/_stocktrayctl\n"
            "  stocktrayctl completion fish > ~/.config/fish/completions/stocktrayctl.fish");
}

}  // namespace stocktray::ctl
