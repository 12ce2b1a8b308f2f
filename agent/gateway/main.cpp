// stocktray-gateway: for Order Managers that cannot be changed.
#include <fmt/format.h>
#include <poll.h>
#include <sodium.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>

#include "agent/gateway/gateway.h"
#include "agent/log.h"
#include "agent/platform/file_lock.h"
#include "agent/platform/system.h"
#include "ipc/private_memory.h"

namespace {

namespace fs = std::filesystem;
using namespace stocktray;

// As in sysexits.h.
enum Exit { ended_well = 0, found_wrong = 1, wrong_usage = 64, held_by_another = 73, io_error = 74, bad_configuration = 78 };

struct Options {
    std::string data_dir;
    std::string endpoint;
    std::string config;
    bool is_test{false};
};

int complain(Exit code, const std::string& message) {
    std::fprintf(stderr, "stocktray-gateway: %s\n", message.c_str());
    return code;
}

// The set-up tests FILE.new before that becomes FILE, and takes it away where it is wrong: people only ever see FILE.
std::string as_people_see_it(std::string text, const fs::path& config) {
    constexpr std::string_view ending = ".new";
    const auto name = config.string();
    if (!name.ends_with(ending)) return text;
    for (auto at = text.find(name); at != text.npos; at = text.find(name, at + 1)) text.erase(at + name.size() - ending.size(), ending.size());
    return text;
}

int complain(const Error& error, const fs::path& config) {
    return complain(error.code == ErrorCode::invalid || error.code == ErrorCode::not_found ? bad_configuration : io_error,
                    as_people_see_it(error.message, config));
}

int test(const gateway::Configuration& configuration, const gateway::Place& place) {
    const auto examined = gateway::examine(configuration, place);
    if (!examined) return complain(examined.error(), configuration.file.path());
    bool is_good = true;
    for (const auto& [door, findings] : *examined) {
        std::printf("%s\n", door.c_str());
        for (const auto& finding : findings) {
            std::printf("  %s  %s\n", finding.is_good ? "ok  " : "NOT ", finding.text.c_str());
            if (!finding.hint.empty()) std::printf("        %s\n", finding.hint.c_str());
            is_good = is_good && finding.is_good;
        }
    }
    return is_good ? ended_well : found_wrong;
}

int run(const Options& options) {
    const auto config_file = options.config.empty() ? gateway::default_gateway_file() : fs::path{options.config};
    const auto configuration = gateway::read_gateway_file(config_file, gateway::door_kinds());
    if (!configuration) return complain(configuration.error(), config_file);
    agent::set_up_log(configuration->log_level);

    const fs::path data_dir = fs::absolute(options.data_dir.empty() ? gateway::default_gateway_data() : fs::path{options.data_dir});
    if (auto made = platform::claim_private_folder(data_dir); !made) return complain(io_error, made.error().message);
    const gateway::Place place{data_dir, options.endpoint.empty() ? configuration->endpoint : options.endpoint, STOCKTRAY_VERSION};
    if (options.is_test) return test(*configuration, place);

    // Two of them would each take the same file, and each answer half of the posts.
    auto lock = platform::FileLock::take(data_dir / "gateway.lock",
                                         fmt::format("stocktray-gateway, process {}, data folder {}", ::getpid(), data_dir.string()));
    if (!lock)
        return complain(lock.error().code == ErrorCode::conflict ? held_by_another : io_error,
                        "The data folder is in use: " + lock.error().message);

    platform::StopSignal stop;  // before any thread is made
    platform::ServiceManager service;
    const auto ended = gateway::keep_open(
        *configuration, place, [&] { service.ready("takes in the Order Manager's counts"); },
        [&] {
            pollfd watched{stop.descriptor(), POLLIN, 0};
            return ::poll(&watched, 1, 1'000) > 0 && stop.take();
        });
    service.stopping();
    if (!ended) return complain(ended.error(), config_file);
    spdlog::info("ended");
    return ended_well;
}

}  // namespace

int main(int argc, char** argv) {
    ipc::keep_memory_private();
    CLI::App app{"stocktray-gateway lets an Order Manager that cannot be changed tell its counts: it answers as a store's import\n"
                 "script, watches a folder of files, or watches a database. What it does is written in gateway.toml. It runs\n"
                 "in the foreground and logs to standard error; SIGTERM ends it cleanly.",
                 "stocktray-gateway"};
    Options options;
    app.add_option("--data-dir", options.data_dir, "Folder of its files (default: $XDG_DATA_HOME/stocktray/gateway)")
        ->type_name("DIR");
    app.add_option("--endpoint", options.endpoint, "Where the agent is (default: as for stocktrayctl)")->type_name("ENDPOINT");
    app.add_option("--config", options.config, "Configuration (default: $XDG_CONFIG_HOME/stocktray/gateway.toml)")
        ->type_name("FILE");
    app.add_flag("--test", options.is_test, "Say in words whether everything is set up well, and end");
    app.set_version_flag("--version", STOCKTRAY_VERSION);
    app.footer("Exit codes: 0 ended cleanly, 1 the test found something wrong, 64 wrong command line, 73 the data folder is held\n"
               "by another gateway, 74 a file cannot be read or written, 78 wrong configuration.");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? ended_well : wrong_usage;
    }
    if (sodium_init() < 0) return complain(io_error, "The system has no source of random numbers.");
    return run(options);
}
