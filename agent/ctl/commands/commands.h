// One function per noun: it adds its subcommand, with its options, to the tree. What a subcommand does runs
// when the whole command line has been read.
#pragma once
#include <CLI/CLI.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/ctl/exit_code.h"
#include "agent/ctl/session.h"
#include "ipc/words.h"

namespace stocktray::ctl {

// The tree under construction, and what is known of it beyond what CLI11 keeps.
struct Tree {
    CLI::App& app;
    Session& session;
    std::function<ExitCode()> chosen{};                                // set by the subcommand that was named
    std::map<const CLI::Option*, std::vector<std::string>> choices{};  // for completion
};

// Adds a subcommand whose options live in an `Options`, and which then runs `run(session, options)`.
template <class Options>
CLI::App* add_command(Tree& tree, CLI::App& parent, const std::string& name, const std::string& what,
                      const std::function<void(CLI::App&, Options&)>& declare,
                      std::function<ExitCode(Session&, const Options&)> run) {
    auto* command = parent.add_subcommand(name, what);
    auto options = std::make_shared<Options>();
    declare(*command, *options);
    command->callback([&tree, options, run = std::move(run)] {
        // The innermost subcommand is told first; those around it were only on the way.
        if (!tree.chosen) tree.chosen = [&tree, options, run] { return run(tree.session, *options); };
    });
    return command;
}

// The words of an enumeration as the choices of an option, checked while the command line is read.
template <ipc::Worded E>
void choose(Tree& tree, CLI::Option* option) {
    std::vector<std::string> words;
    for (const auto& word : ipc::Words<E>::table) words.emplace_back(word.text);
    option->check(CLI::IsMember(words))->type_name("WORD");
    tree.choices.emplace(option, std::move(words));
}

// Where a value was given, as the optional of a message.
[[nodiscard]] inline std::optional<std::string> given(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional{text};
}
template <class T>
[[nodiscard]] std::optional<std::vector<T>> given(const std::vector<T>& values) {
    return values.empty() ? std::nullopt : std::optional{values};
}

void add_status(Tree& tree);
void add_submit(Tree& tree);
void add_spool(Tree& tree);
void add_snapshot(Tree& tree);
void add_import(Tree& tree);
void add_carts(Tree& tree);
void add_parameters(Tree& tree);
void add_stack(Tree& tree);
void add_history(Tree& tree);
void add_alerts(Tree& tree);
void add_watch(Tree& tree);
void add_wait(Tree& tree);
void add_qoh(Tree& tree);
void add_orders(Tree& tree);
void add_start_job(Tree& tree);
void add_jobs(Tree& tree);
void add_explain(Tree& tree);
void add_pull(Tree& tree);
void add_drift(Tree& tree);
void add_report(Tree& tree);
void add_pair(Tree& tree);
void add_keys(Tree& tree);
void add_setup(Tree& tree);
void add_completion(Tree& tree);

}  // namespace stocktray::ctl
