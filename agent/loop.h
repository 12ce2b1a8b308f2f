// The agent's one loop. Each turn takes every request that waits and every answer that came, commits them in
// ONE transaction, and only then answers, asks the carts and tells the news.
#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/clock.h"
#include "agent/courier.h"
#include "agent/desk.h"
#include "agent/lan/members.h"
#include "agent/handlers/dispatch.h"
#include "agent/marker.h"
#include "agent/platform/system.h"
#include "agent/publisher.h"
#include "agent/request_queue.h"
#include "agent/secrets.h"
#include "core/cart/http/http_client.h"
#include "core/controller.h"
#include "ipc/server/rpc_server.h"

namespace stocktray::agent {

class Loop {
public:
    struct Parts {
        Controller& controller;
        ipc::RpcServer& server;
        http::HttpClient& http;
        Secrets& secrets;
        Marker& marker;
        platform::StopSignal& stop;
        platform::ServiceManager& service;
        Clock& clock;
        Members& members;
    };
    Loop(Parts parts, std::string run, std::string version, std::filesystem::path data_dir, Random random);

    // Until a signal or `agent.shutdown` ends it; then finishes or abandons what is under way within 5 s.
    void run();

private:
    void turn(stack::Sendings sendings);
    enum class Worked { no, yes };
    Worked work(stack::Sendings sendings);
    void dispatch(const ipc::IncomingRequest& request);
    void deliver(const Delivery& delivery);
    void deliver_more(const Controller::MayGoOn& may_go_on);
    enum class Turn { has_only_read, has_written };
    void committed(Now now, Turn turn);
    void failed(const Error& error, Now now);
    void take_in();
    void do_requests(const std::function<void(const ipc::IncomingRequest&)>& work);
    void answer_all();
    void publish(std::vector<Notice> notices, Now now);
    [[nodiscard]] bool only_reads(const ipc::IncomingRequest& request) const;
    void answer_reader(const ipc::IncomingRequest& request, Now now);
    void refuse(const ipc::IncomingRequest& request, const Error& error);
    void tell_about_lan();
    void open_to_network();
    void answer_tests();
    void answer_snapshots();
    void carry(std::vector<stack::Ask> asks);
    void wait();
    [[nodiscard]] bool is_due(Now now) const;

    Parts parts_;
    Courier courier_;
    Publisher publisher_;
    Lan lan_;
    Invitations invitations_;
    Desk desk_;
    Handlers handlers_;
    std::string agent_id_;
    std::string incarnation_;
    RequestQueue waiting_;
    std::vector<ipc::IncomingRequest> taken_;                   // of this turn
    bool takes_in_{true};                                       // false: only what waits is answered yet
    std::vector<Delivery> deliveries_;                          // kept until their turn is committed
    std::vector<std::pair<ipc::ReplyTo, std::string>> responses_;  // of this turn
    std::optional<AgentTime> retry_at_;                         // after the disk has failed
    std::optional<AgentTime> wakeup_;
    std::optional<std::string> lan_problem_told_;               // as the alert says it; none: not looked at yet
    bool wakeup_known_{false};                                  // false before the first turn
    std::vector<http::Watched> watched_;
};

}  // namespace stocktray::agent
