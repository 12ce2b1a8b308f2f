#include "agent/gateway/script/script_door.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <algorithm>
#include <condition_variable>
#include <fstream>
#include <iterator>
#include <mutex>
#include <thread>

#include "agent/gateway/ask.h"
#include "agent/gateway/script/script_desk.h"
#include "agent/gateway/script/script_options.h"

namespace stocktray::gateway {
namespace {

Result<std::string> read_file(const std::string& file) {
    std::ifstream stream{file, std::ios::binary};
    std::string text{std::istreambuf_iterator<char>{stream}, {}};
    if (!stream.good() && text.empty()) return fail(ErrorCode::invalid, fmt::format("{} cannot be read.", file));
    return text;
}

constexpr std::chrono::seconds between_tries{3};

class ScriptDoor final : public Door {
public:
    ScriptDoor(ScriptOptions options, Surroundings surroundings)
        : options_{std::move(options)}, surroundings_{std::move(surroundings)} {}

    std::string name() const override { return "the import script at " + options_.url(); }

    std::vector<Finding> test() override {
        std::vector<Finding> findings;
        auto server = serve([](const WebRequest&) { return WebReply{}; });
        const std::string at_work = "A gateway is at work there already. Start it again when you have changed its settings.";
        if (!server && is_answered_by_a_gateway())
            findings.push_back({true, at_work, {}});
        else if (!server) findings.push_back({false, server.error().message, "End the program that uses the address, or choose another one: script.listen."});
        const auto carts = ask_for_carts(surroundings_.outbox, std::chrono::seconds{5});
        if (!carts) {
            findings.push_back({false, carts.error().message, {}});
            return findings;
        }
        if (carts->carts.empty())
            findings.push_back({false, "The agent has no cart yet.", "Make one: stocktrayctl carts add"});
        const bool must_name = options_.fan_out == FanOut::stocktray && options_.source.empty() && carts->carts.size() > 1;
        if (must_name)
            findings.push_back({false, "There are several carts, and it is not said which one's changes count.",
                                "Name the one that the Order Manager posts every change to: script.source."});
        if (!options_.source.empty() && std::ranges::count(carts->carts, options_.source, &ipc::carts::Cart::cart) == 0)
            findings.push_back({false, fmt::format("script.source is {}, but there is no such cart.", options_.source), {}});
        for (const auto& cart : carts->carts) findings.push_back(look_at(cart));
        return findings;
    }

    Result<void> run(std::stop_token stop) override {
        auto ledger = Ledger::open(surroundings_.data_folder / "script.db");
        if (!ledger) return Failure{std::move(ledger.error())};
        ScriptDesk desk{surroundings_, *ledger, options_};
        if (auto recovered = desk.recover(); !recovered) return recovered;
        const WebServer::Answer answer = [&desk](const WebRequest& request) { return desk.answer(request); };
        // What goes on beside the requests ends first, so that none of them waits for a store any more.
        auto server = serve(answer);
        if (!server && server.error().code != ErrorCode::busy) return Failure{std::move(server.error())};
        std::jthread opening;
        if (!server) opening = std::jthread{[&](std::stop_token ended) { open_later(server, answer, std::move(ended)); }};
        desk.run(stop);
        opening = {};
        return {};
    }

private:
    using Server = Result<std::unique_ptr<WebServer>>;

    // An address may come with a network that is up later than this computer, a port with the end of another program.
    void open_later(Server& server, const WebServer::Answer& answer, std::stop_token ended) const {
        std::mutex mutex;
        std::condition_variable_any never;
        std::unique_lock lock{mutex};
        std::string told;
        while (!server) {
            if (server.error().message != told) {
                told = server.error().message;
                spdlog::error("{} It is tried again every {} seconds.", told, between_tries.count());
                surroundings_.tell("address", {{.message = fmt::format("The Order Manager cannot reach the gateway. {}", told),
                                                .hint = "It opens by itself when this computer has the address and no other program "
                                                        "holds the port; else choose another one: script.listen."}});
            }
            never.wait_for(lock, ended, between_tries, [] { return false; });
            if (ended.stop_requested()) return;
            server = serve(answer);
        }
        spdlog::info("{} answers now", name());
        surroundings_.tell("address", {});
    }

    Result<std::unique_ptr<WebServer>> serve(WebServer::Answer answer) const {
        WebServer::Options options{.address = options_.address, .port = options_.port};
        if (options_.is_https()) {
            auto certificate = read_file(options_.certificate);
            if (!certificate) return Failure{std::move(certificate.error())};
            auto key = read_file(options_.key);
            if (!key) return Failure{std::move(key.error())};
            options.certificate = std::move(*certificate);
            options.key = std::move(*key);
        }
        return WebServer::start(options, std::move(answer));
    }

    bool is_answered_by_a_gateway() const {
        const WebRequest question{{}, "POST", {}, {}, {}, {}, [] { return true; }};
        StoreCall call{{.url = options_.url(), .allows_http = true, .ca_file = options_.certificate, .silent_for = std::chrono::seconds{3}},
                       question, [] { return false; }};
        const auto head = call.begin();
        const auto body = head ? call.read_all(4'096) : Result<std::string>{};
        return head && body && body->find("Stocktray's gateway") != std::string::npos;
    }

    // Is the store's script there? And what is to be entered in the Order Manager.
    Finding look_at(const ipc::carts::Cart& cart) const {
        const auto entry = fmt::format("In the Order Manager's cart {} enter the Script URL {}{}", cart.name, options_.url(), cart.cart);
        if (cart.kind != ipc::CartKind::seti)
            return {true, fmt::format("{}: only changes of counts go there, for it has no import script.", cart.name), entry};
        const WebRequest question{{}, "POST", {}, {}, {{"Content-Type", "application/x-www-form-urlencoded"}}, "setifunction=sendversion&omversion=1.000",
                                  [] { return true; }};
        StoreCall call{{.url = cart.url, .allows_http = cart.allow_http, .ca_file = options_.ca_file,
                        .silent_for = std::chrono::seconds{10}},
                       question, [] { return false; }};
        if (auto head = call.begin(); !head) return {false, fmt::format("{}: {}", cart.name, head.error().message), entry};
        return {true, fmt::format("{}: its script answers.", cart.name), entry};
    }

    ScriptOptions options_;
    Surroundings surroundings_;
};

}  // namespace

Result<std::unique_ptr<Door>> make_script_door(const settings::File& file, const toml::table& table,
                                               const Surroundings& surroundings) {
    auto options = read_script_options(file, table);
    if (!options) return Failure{std::move(options.error())};
    return std::make_unique<ScriptDoor>(std::move(*options), surroundings);
}

}  // namespace stocktray::gateway
