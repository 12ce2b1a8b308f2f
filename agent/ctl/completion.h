// Completion scripts for shells, made from the tree of commands: what can be typed can be completed.
#pragma once
#include <CLI/CLI.hpp>
#include <iosfwd>
#include <map>
#include <string>
#include <vector>

namespace stocktray::ctl {

class Completion {
public:
    using Choices = std::map<const CLI::Option*, std::vector<std::string>>;

    Completion(const CLI::App& app, const Choices& choices);

    void print_bash(std::ostream& out) const;
    void print_zsh(std::ostream& out) const;
    void print_fish(std::ostream& out) const;

private:
    struct Word {
        std::string text;
        std::string what;
    };
    struct Switch {
        std::string name;  // with its dashes
        std::string what;
        bool takes_value;
        std::vector<std::string> choices;  // empty: any value
    };
    // One place in the tree: "", "carts", "carts add" …
    struct Place {
        std::string path;
        std::vector<Word> commands;
        std::vector<Switch> switches;
        std::vector<std::string> words;  // of a positional argument that has a choice
        bool takes_file{false};
    };

    void walk(const CLI::App& app, const std::string& path, const Choices& choices);

    std::vector<Place> places_;
};

}  // namespace stocktray::ctl
