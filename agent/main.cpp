// stocktray-agent: reads its configuration, makes sure that it is alone, puts its parts together and runs.
#include <fmt/format.h>
#include <sodium.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <new>
#include <string>

#include "agent/clock.h"
#include "agent/configuration.h"
#include "agent/log.h"
#include "agent/loop.h"
#include "agent/marker.h"
#include "agent/platform/file_lock.h"
#include "agent/platform/system.h"
#include "agent/secrets.h"
#include "core/controller.h"
#include "core/store/store.h"
#include "ipc/endpoint.h"
#include "ipc/no_links.h"
#include "ipc/private_memory.h"
#include "ipc/server/rpc_server.h"

namespace {

namespace fs = std::filesystem;
using namespace stocktray;

// As in sysexits.h.
enum Exit { ended_well = 0, wrong_usage = 64, bad_data = 65, no_service = 69, no_memory = 71, held_by_another = 73, io_error = 74,
            bad_configuration = 78 };

int complain(Exit code, const std::string& message) {
    std::fprintf(stderr, "stocktray-agent: %s\n", message.c_str());
    return code;
}

Random seeded_random() {
    return Random{{platform::entropy(), platform::entropy(), platform::entropy(), platform::entropy()}};
}

// What is damaged or too new is not the disk's fault.
Exit exit_for(const Error& error) {
    return error.code == ErrorCode::damaged || error.code == ErrorCode::unsupported ? bad_data : io_error;
}

std::string draw_id() { return fmt::format("{:016x}{:016x}", platform::entropy(), platform::entropy()); }

struct Options {
    std::string data_dir;
    std::string endpoint;
    std::string config;
};

// Who this database belongs to, and whether it is what it was: draws an identity for a new one.
Result<store::Trouble> examine(store::Store& store, const agent::Marker& marker) {
    store::Trouble trouble = store::Trouble::none;
    const Now now{agent::Clock::wall_now(), AgentTime{}};
    auto done = store.turn(now, [&] {
        if (!store.identity.exists()) {
            store.identity.create({draw_id(), draw_id(), platform::machine_id(), 0, 1, now.wall, AgentTime{Milliseconds{1}},
                                   store::Trouble::none});
            return;
        }
        const auto identity = store.identity.get();
        const auto machine = platform::machine_id();
        const auto& note = marker.found();
        if (note && note->incarnation == identity.incarnation && note->commits > identity.commits) {
            trouble = store::Trouble::restored;
        } else if (!machine.empty() && !identity.machine.empty() && machine != identity.machine) {
            trouble = store::Trouble::cloned;
        }
    });
    if (!done) return Failure{done.error()};
    return trouble;
}

int run(const Options& options) {
    const bool is_named = !options.config.empty();
    const auto config_file = is_named ? fs::path{options.config} : agent::default_configuration_file();
    auto configuration =
        agent::read_configuration(config_file, is_named ? agent::Presence::required : agent::Presence::optional);
    if (!configuration) return complain(bad_configuration, configuration.error().message);
    agent::set_up_log(configuration->log_level);

    std::string endpoint = options.endpoint.empty() ? configuration->endpoint : options.endpoint;
    if (endpoint.empty()) endpoint = ipc::default_endpoint(ipc::Surroundings::of_this_process());
    const auto endpoints = ipc::endpoints_of(endpoint);
    if (!endpoints) return complain(wrong_usage, endpoints.error().message);
    if (ipc::is_on_network(endpoint))
        return complain(wrong_usage, fmt::format("{} is not this machine alone. The agent's own endpoint stays on it; for other "
                                                 "computers set the parameter LanAddress.",
                                                 endpoint));

    const fs::path data_dir = fs::absolute(options.data_dir.empty() ? agent::default_data_dir() : fs::path{options.data_dir});
    platform::make_files_private();
    platform::allow_many_files();
    if (auto made = platform::claim_private_folder(data_dir); !made) return complain(io_error, made.error().message);
    if (auto made = ipc::make_folder(*endpoints); !made) return complain(io_error, made.error().message);

    // Two locks: two agents on one database would post everything twice, and ZeroMQ takes over a living
    // endpoint in silence.
    const auto holder = fmt::format("stocktray-agent, process {}, data folder {}, endpoint {}", ::getpid(),
                                    data_dir.string(), endpoint);
    auto folder_lock = platform::FileLock::take(data_dir / "agent.lock", holder);
    if (!folder_lock)
        return complain(folder_lock.error().code == ErrorCode::conflict ? held_by_another : io_error,
                        "The data folder is in use: " + folder_lock.error().message);
    auto endpoint_lock = platform::FileLock::take(ipc::lock_path(*endpoints), holder);
    if (!endpoint_lock)
        return complain(endpoint_lock.error().code == ErrorCode::conflict ? held_by_another : io_error,
                        "The endpoint is in use: " + endpoint_lock.error().message);

    if (const auto link = ipc::link_at_database(data_dir / "stocktray.db")) return complain(io_error, *link);
    auto store = store::Store::open((data_dir / "stocktray.db").string());
    if (!store) {
        spdlog::error("{}", store.error().detail);
        return complain(exit_for(store.error()), store.error().message);
    }
    auto marker = agent::Marker::open(configuration->state_dir, data_dir);
    if (!marker) return complain(io_error, marker.error().message);
    auto trouble = examine(*store, *marker);
    if (!trouble) return complain(exit_for(trouble.error()), trouble.error().message);
    platform::StopSignal stop;  // before any thread is made: the keyring's library has one
    const auto identity = store->identity.get();
    auto secrets = agent::open_secrets(configuration->secrets, data_dir / "passwords.json", identity.agent);
    if (!secrets) return complain(exit_for(secrets.error()), secrets.error().message);

    agent::Clock clock{identity.wall, identity.steady};
    Controller controller{*store, {configuration->retry, configuration->doubts}, seeded_random()};
    if (auto started = controller.start(*trouble, platform::machine_id(), clock.now()); !started)
        return complain(exit_for(started.error()), started.error().message);
    for (const auto& cart : controller.board.all()) (*secrets)->expect(cart->id());
    if (*trouble == store::Trouble::restored)
        spdlog::warn("the database was restored from an older copy: all carts stand still until a person has looked");
    if (*trouble == store::Trouble::cloned)
        spdlog::warn("the data folder was copied from another machine: all carts stand still until a person has looked");

    http::HttpClient http{{.extra_ca_file = configuration->ca_file, .user_agent = "Stocktray/" STOCKTRAY_VERSION}};
    const std::string run_id = draw_id().substr(0, 16);
    agent::Members members{*store, configuration->access};
    if (auto room = platform::try_threads(); !room) return complain(no_memory, room.error().message);
    auto server = ipc::RpcServer::bind(
        *endpoints, {.run = run_id,
                     .lets_in_other_users = !configuration->access.is_empty(),
                     .may_listen = [&](const ipc::Caller& who) {
                         bool may = false;  // also where the disk does not tell: whoever is refused comes again
                         (void)store->turn(clock.now(), [&] { may = members.find(who).rights.role >= ipc::Role::viewer; });
                         return may;
                     }});
    if (!server) return complain(no_service, server.error().message);
    platform::ServiceManager service;
    spdlog::info("stocktray-agent {} serves {} with the data in {}", STOCKTRAY_VERSION, endpoint, data_dir.string());
    service.ready("keeps the counts equal");

    agent::Loop loop{{controller, *server, http, **secrets, *marker, stop, service, clock, members},
                     run_id,
                     STOCKTRAY_VERSION,
                     data_dir,
                     seeded_random()};
    loop.run();
    spdlog::info("ended");
    return ended_well;
}

}  // namespace

int main(int argc, char** argv) {
    ipc::keep_memory_private();
    CLI::App app{"stocktray-agent keeps the quantity on hand (QOH) of every item equal in an Order Manager and in X-Cart\n"
                 "web stores. It runs in the foreground and logs to standard error; SIGTERM ends it cleanly.",
                 "stocktray-agent"};
    Options options;
    app.add_option("--data-dir", options.data_dir, "Folder of the database (default: $XDG_DATA_HOME/stocktray)")
        ->type_name("DIR");
    app.add_option("--endpoint", options.endpoint,
                   "Where clients connect (default: ipc://$XDG_RUNTIME_DIR/stocktray/rpc.sock)")
        ->type_name("ENDPOINT");
    app.add_option("--config", options.config, "Configuration (default: $XDG_CONFIG_HOME/stocktray/agent.toml)")
        ->type_name("FILE");
    app.set_version_flag("--version", STOCKTRAY_VERSION);
    app.footer("Exit codes: 0 ended cleanly, 64 wrong command line, 65 the database is damaged or of a newer version,\n"
               "69 the endpoint cannot be served, 71 too little memory, 73 the data folder or the endpoint is held by another agent,\n"
               "74 a file cannot be read or written, 78 wrong configuration.");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? ended_well : wrong_usage;
    }
    if (sodium_init() < 0) return complain(io_error, "The system has no source of random numbers.");
    try {
        return run(options);
    } catch (const std::bad_alloc&) {
        return complain(no_memory, "There is not enough memory for the agent. What it has acknowledged is kept.");
    } catch (const std::exception& unexpected) {
        return complain(io_error, fmt::format("The agent cannot go on: {}. What it has acknowledged is kept.", unexpected.what()));
    }
}
