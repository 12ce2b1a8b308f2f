#include "agent/ctl/input/question.h"

#include <iostream>
#include <string>

#include "ipc/csv/csv_reader.h"

namespace stocktray::ctl {
namespace {

std::string_view without_spaces(std::string_view text) {
    const auto from = text.find_first_not_of(" \t\r");
    return from == text.npos ? "" : text.substr(from, text.find_last_not_of(" \t\r") - from + 1);
}

}  // namespace

bool says_yes(const Terminal& terminal, std::string_view question) {
    terminal.out.flush();
    terminal.err << question << " [y/N] " << std::flush;
    std::string answer;
    if (!std::getline(std::cin, answer)) {
        terminal.err << '\n';
        return false;
    }
    const auto word = without_spaces(answer);
    return word == "y" || word == "Y" || csv::yes_or_no(word).value_or(false);
}

}  // namespace stocktray::ctl
