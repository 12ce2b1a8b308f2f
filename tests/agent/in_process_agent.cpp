#include "tests/agent/in_process_agent.h"

#include <unistd.h>

#include <map>
#include <stdexcept>

#include "agent/access.h"
#include "core/dialogue_for.h"
#include "ipc/endpoint.h"

namespace stocktray::tests {
namespace {

// Nothing of it has to outlive the process.
class SecretsInMemory final : public agent::Secrets {
public:
    Result<std::string> get(const std::string& cart) override { return passwords_[cart]; }
    Result<void> put(const std::string& cart, const std::string& password) override {
        passwords_[cart] = password;
        return {};
    }
    void forget(const std::string& cart) override { passwords_.erase(cart); }

private:
    std::map<std::string, std::string> passwords_;
};

class Pages final : public cart::CountSink {
public:
    void take(const std::vector<cart::ReadCount>& page, std::int32_t answer) override { pages.emplace_back(page, answer); }
    std::vector<std::pair<std::vector<cart::ReadCount>, std::int32_t>> pages;
};

// What a question has come to, for the next turn.
struct Come {
    stack::ExchangeId exchange;
    cart::Done done;
    std::shared_ptr<Pages> pages;
};

template <class T, class Error>
T must(tl::expected<T, Error> result) {
    if (!result) throw std::runtime_error{result.error().message};
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

ipc::RpcServer serve_in(const std::filesystem::path& folder) {
    const auto endpoints = must(ipc::endpoints_of("ipc://" + (folder / "rpc.sock").string()));
    return must(ipc::RpcServer::bind(endpoints, {}));
}

}  // namespace

struct InProcessAgent::Parts {
    Parts(const std::filesystem::path& folder, const std::string& database, std::uint64_t seed)
        : store{must(store::Store::open(database))},
          controller{store, {}, Random{seed}},
          server{serve_in(folder)},
          lan{server, folder / "agent-keys.json"},
          courier{http, Random{seed + 1}},
          members{store, {}},
          desk{.controller = controller,
               .lan = lan,
               .invitations = invitations,
               .secrets = secrets,
               .courier = courier,
               .server = server,
               .run = "in-process",
               .version = "0",
               .data_dir = folder} {}

    store::Store store;
    Controller controller;
    ipc::RpcServer server;
    agent::Lan lan;
    agent::Invitations invitations;
    SecretsInMemory secrets;
    http::HttpClient http{{}};  // nobody lets it work, so a cart that is only tested is never reached
    agent::Courier courier;
    agent::Members members;
    agent::Desk desk;
    agent::Handlers handlers;
    std::vector<Come> come;
};

InProcessAgent::InProcessAgent(const std::filesystem::path& folder, const std::string& database, Stores stores, std::uint64_t seed)
    : stores_{std::move(stores)}, parts_{std::make_unique<Parts>(folder, database, seed)} {
    auto& store = parts_->store;
    must(store.turn(now, [&] {
        store.identity.create({"agent-0000000001", "incarnation-0001", "machine", 0, 1, now.wall, now.steady, store::Trouble::none});
    }));
    must(controller().start(store::Trouble::none, "machine", now));
    must(controller().turn(now, stack::Sendings::allowed, [&] { controller().switching.set_parameter("SynchQOH", true, now); }));
}

InProcessAgent::~InProcessAgent() = default;

Controller& InProcessAgent::controller() { return parts_->controller; }

std::vector<std::string> InProcessAgent::turn(const std::vector<std::string>& requests) {
    auto& desk = parts_->desk;
    desk.now = now;
    std::vector<std::string> answers;
    const auto come = std::exchange(parts_->come, {});
    must(controller().turn(now, stack::Sendings::allowed, [&] {
        for (const auto& one : come) {
            for (const auto& [page, answer] : one.pages->pages) controller().counts_page(one.exchange, page, answer);
            controller().answered(one.exchange, one.done, now);
        }
        for (const auto& bytes : requests) {
            auto message = ipc::Document::parse(bytes);
            const auto frame = ipc::read_request(message);
            if (!frame) continue;
            ipc::IncomingRequest request{{.msgid = frame->msgid}, {.user = ::getuid()}, frame->method, frame->params, std::move(message)};
            if (auto answer = parts_->handlers.dispatch(desk, parts_->members, request)) answers.push_back(std::move(*answer));
        }
    }));
    desk.after_commit.clear();
    desk.if_undone.clear();
    for (auto& one : controller().take_asks()) ask(std::move(one));
    (void)controller().take_notices();
    parts_->store.tidy();
    return answers;
}

void InProcessAgent::ask(stack::Ask ask) {
    const auto& cart = *controller().board.get(ask.cart);
    auto access = agent::access_of(cart.config(), *parts_->secrets.get(cart.id()), parts_->store.identity.get().agent);
    auto pages = std::make_shared<Pages>();
    const auto dialogue = dialogue_for(std::move(ask.what), std::move(access), cart.cart.learned, cart.config().batch_size, pages, "0123456789ABCDEF");
    auto step = dialogue->begin();
    while (const auto* request = std::get_if<http::Request>(&step)) {
        http::Reply reply;
        reply.status = 200;
        reply.body = stores_(cart.id(), request->body);
        if (request->sink) {
            const auto body = std::exchange(reply.body, {});
            if (!request->sink->take(body)) reply.transport = http::Transport::stopped_by_reader;
        }
        step = dialogue->answered(reply);
    }
    parts_->come.push_back({ask.exchange, std::get<cart::Done>(std::move(step)), std::move(pages)});
}

void InProcessAgent::serve(int turns) {
    int quiet = 0;  // a job may have nothing to write in one turn and go on in the next
    for (int n = 0; n < turns && quiet < 3; ++n) {
        const auto before = parts_->store.rows_written();
        turn();
        quiet = parts_->come.empty() && parts_->store.rows_written() == before ? quiet + 1 : 0;
    }
}

}  // namespace stocktray::tests
