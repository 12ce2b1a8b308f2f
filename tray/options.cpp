#include "tray/options.h"

#include <CLI/CLI.hpp>

#include "tray/model/window_kinds.h"
#include "tray/model/words.h"

namespace stocktray::tray {
namespace {

std::string names() {
    std::string all;
    for (const auto& kind : window_kinds())
        if (!kind.name.empty()) all += (all.empty() ? "" : ", ") + std::string{kind.name};
    return all;
}

}  // namespace

std::optional<CommandId> window_of(const std::string& name) {
    if (name.empty()) return std::nullopt;
    for (const auto& kind : window_kinds())
        if (kind.name == name) return kind.id;
    return std::nullopt;
}

std::string name_of(CommandId window) {
    const auto* kind = window_kind(window);
    return kind ? std::string{kind->name} : std::string{};
}

ReadOptions read_options(int count, const char* const* arguments) {
    ReadOptions read;
    std::string window;
    bool is_version = false;
    CLI::App line{tr("Shows in the panel whether all counts are equal, and tells when not."), "stocktray"};
    line.add_option("--endpoint", read.options.endpoint,
                    tr("Where the agent is (else $STOCKTRAY_ENDPOINT, else the default)"));
    line.add_option("--open", window, say(tr("Opens a window: {names}"), fmt::arg("names", names())));
    line.add_flag("--version", is_version, tr("Says which version this is"));
    try {
        line.parse(count, arguments);
    } catch (const CLI::CallForHelp&) {
        read.reply = {line.help(), 0};
        return read;
    } catch (const CLI::ParseError& error) {
        read.reply = {error.what() + std::string{"\n"}, 64};
        return read;
    }
    if (is_version) read.reply = {"stocktray " STOCKTRAY_VERSION "\n", 0};
    if (!window.empty()) {
        read.options.open = window_of(window);
        if (!read.options.open)
            read.reply = {say(tr("There is no window “{name}”. These there are: {names}\n"),
                              fmt::arg("name", window), fmt::arg("names", names())),
                          64};
    }
    return read;
}

}  // namespace stocktray::tray
