#include "tray/model/way_in_model.h"

#include <algorithm>
#include <array>
#include <utility>

#include "tray/model/words.h"

namespace stocktray::tray {
namespace {

// stocktrayctl(1)
constexpr int is_right = 0;
constexpr int is_written_but_not_right = 2;

std::string first_line(WayIn way, int exit_code, bool was_test) {
    if (exit_code == program_not_found) return tr("The program stocktrayctl was not found. Install Stocktray again.");
    if (was_test)
        return exit_code == is_right ? tr("Everything is right.") : tr("It is not right yet.");
    if (exit_code == is_right)
        return way == WayIn::script ? tr("It is set up. Enter the Script URL in the Order Manager, and start the gateway.")
                                    : tr("It is set up. Start the gateway.");
    return exit_code == is_written_but_not_right ? tr("It is set up, but something is not right yet.")
                                                 : tr("It cannot be set up so. Nothing was written.");
}

// One line of what the programs say, with a sign in place of a word; empty: nothing for a person here.
std::string words_of_line(std::string_view line) {
    constexpr std::array signs{std::pair{std::string_view{"  ok    "}, "✓ "}, std::pair{std::string_view{"  NOT   "}, "✗ "},
                               std::pair{std::string_view{"        "}, "   "},
                               std::pair{std::string_view{"stocktrayctl: "}, ""},
                               std::pair{std::string_view{"stocktray-gateway: "}, ""}};
    // What they say about the command line is said by the first line here.
    for (const auto* begin : {"Written to ", "stocktrayctl: Nothing was written."})
        if (line.starts_with(begin)) return {};
    for (const auto& [begin, sign] : signs)
        if (line.starts_with(begin)) return sign + translated_sentence(line.substr(begin.size()));
    // What the findings below it are about.
    return "\n" + translated_sentence(line) + ":";
}

std::string words_of(std::string_view said) {
    std::string words;
    while (!said.empty()) {
        const auto end = said.find('\n');
        if (const auto line = words_of_line(said.substr(0, end)); !line.empty()) words += "\n" + line;
        said.remove_prefix(end == said.npos ? said.size() : end + 1);
    }
    return words;
}

bool is_name(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
}

}  // namespace

std::string WayInModel::complaint(WayInField field) const {
    switch (field) {
        case WayInField::folder:
            if (form_.way == WayIn::folder && form_.folder.empty()) return tr("Choose the folder that it writes into.");
            break;
        case WayInField::name:
            if (form_.way == WayIn::database && !is_name(form_.name)) return tr("Small letters, digits, - and _.");
            break;
        case WayInField::connection:
            if (form_.way == WayIn::database && form_.connection.empty()) return tr("It says where the database is.");
            break;
        case WayInField::query:
            if (form_.way == WayIn::database && form_.query.empty()) return tr("It says where the counts are.");
            break;
    }
    return {};
}

void WayInModel::choose(WayIn way) {
    if (is_busy_ || way == form_.way) return;
    form_.way = way;
    tell({});
}

bool WayInModel::can_set_up() const {
    using enum WayInField;
    return !is_busy_ && std::ranges::all_of(std::array{folder, name, connection, query},
                                            [this](WayInField field) { return complaint(field).empty(); });
}

std::vector<std::string> WayInModel::arguments() const {
    std::vector<std::string> words{"setup"};
    const auto set = [&](const char* name, const std::string& value) {
        if (!value.empty()) words.push_back(std::string{name} + "=" + value);
    };
    switch (form_.way) {
        case WayIn::script:
            words.emplace_back("script");
            set("source", form_.source);
            if (form_.source.empty()) set("fan_out", "order_manager");
            set("listen", form_.address);
            if (form_.allow_http) set("allow_plain_http", "true");
            break;
        case WayIn::folder:
            words.emplace_back("folder");
            set("path", form_.folder);
            if (form_.kind != FileKind::as_the_file_says) set("kind", form_.kind == FileKind::changes ? "changes" : "counts");
            break;
        case WayIn::database:
            words.emplace_back("database");
            if (!form_.password.is_empty()) words.insert(words.end(), {"--password-fd", "0"});
            set("name", form_.name);
            set("connection", form_.connection);
            set("query", form_.query);
            break;
    }
    return words;
}

void WayInModel::set_up() {
    if (!can_set_up()) return;
    const bool has_password = form_.way == WayIn::database && !form_.password.is_empty();
    const ipc::Secret line{has_password ? form_.password.reveal() + "\n" : std::string{}};
    run(Asked::set_up, arguments(), line.reveal());
}

void WayInModel::test() {
    if (!is_busy_) run(Asked::test, {"setup", "test"}, {});
}

void WayInModel::run(Asked asked, std::vector<std::string> arguments, std::string_view input) {
    is_busy_ = true;
    tell(tr("It is being tried…"));
    surroundings_.run_ctl(std::move(arguments), input, [this, asked, way = form_.way](const ProgramResult& result) {
        is_busy_ = false;
        tell(first_line(way, result.exit_code, asked == Asked::test) + words_of(result.words));
    });
}

void WayInModel::start() {
    const auto why = surroundings_.start_gateway();
    tell(why.empty() ? tr("The gateway is being started. “Test” says how it stands.") : why);
}

void WayInModel::tell(std::string words) {
    status_ = std::move(words);
    surroundings_.changed();
}

}  // namespace stocktray::tray
