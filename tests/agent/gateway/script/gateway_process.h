// An Order Manager's view: the real gateway before the real agent and a practice store that gives out orders.
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "tests/agent/bench.h"
#include "tests/support/form_post.h"
#include "tests/support/free_port.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace stocktray::tests {

class GatewayProcess {
public:
    // `table`: more lines of [script]. `authority`: the file that vouches for the certificate in `table`; empty: plain http.
    GatewayProcess(const AgentProcess& agent, std::string table, std::string authority = {});

    void start(std::vector<std::string> wrapper = {});  // and waits until it answers
    void start_without_waiting(std::vector<std::string> wrapper = {});
    void kill();                                        // SIGKILL
    [[nodiscard]] int stop();                           // SIGTERM; the exit code
    [[nodiscard]] Process& process() { return *process_; }
    [[nodiscard]] Finished test();                      // --test, beside no running one
    [[nodiscard]] Finished end_of_start();              // of one that is not to stay

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] std::string url(const std::string& cart = "main") const;
    [[nodiscard]] const std::string& authority() const noexcept { return authority_; }
    [[nodiscard]] std::filesystem::path data_dir() const { return dir_.path() / "data"; }

private:
    std::vector<std::string> command() const;

    TempDir dir_;
    std::uint16_t port_{free_port()};
    std::string endpoint_;
    std::string authority_;
    std::map<std::string, std::string> environment_;
    std::optional<Process> process_;
};

struct GatewayBench {
    struct Options {
        std::string table{};                                // of [script]
        std::string query{};                                // of the store's script
        int skus{5};
        std::string authority{};                            // of the certificate in `table`; empty: plain http
    };
    GatewayBench() : GatewayBench(Options{}) {}
    explicit GatewayBench(const Options& options);

    Bench bench;
    GatewayProcess gateway;

    // A call as the Order Manager makes it.
    [[nodiscard]] Fields fields(const std::string& function, const Fields& more = {}) const;
    [[nodiscard]] Reply call(const std::string& function, const Fields& more = {}, const std::string& cart = "main") const;
    // A change of one count; the body of the answer.
    std::string post(const std::string& sku, int delta, const std::string& cart = "main") const;

    // The answer to a post of one SKU, with its count. An agent that takes longer than the Order Manager's user is made to wait
    // leaves the count out: then posts that change nothing ask for it.
    [[nodiscard]] std::string with_count(std::string answer, const std::string& sku) const;

    // Nothing waits in the gateway, and at the agent nothing is queued, being sent, or uncertain.
    [[nodiscard]] bool rests();
    // Everything has been delivered, and the store has this count.
    [[nodiscard]] bool store_has(const std::string& sku, long long count);
    [[nodiscard]] bool book_has(const std::string& sku, long long count);
};

}  // namespace stocktray::tests
