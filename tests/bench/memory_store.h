// A store that answers at once: the connector's answers from memory, in this process. What a job costs at it is
// what the agent costs.
#pragma once
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/form_post.h"
#include "tests/support/server/scripted_server.h"

namespace stocktray::bench {

class MemoryStore {
public:
    static constexpr std::int64_t first_count = 1'000;

    enum class Script {
        with_keys,
        absolute,  // remembers no keys, and takes a difference for the count
    };

    // Products `B-0000001` to `B-<products>`, of `first_count` each, listed in an order that is not theirs: no
    // shop's list comes sorted by SKU.
    MemoryStore(int products, Script script);

    [[nodiscard]] std::string url() const { return server_.url("/stocktray.php"); }
    [[nodiscard]] static std::string user() { return "bench"; }
    [[nodiscard]] static std::string password() { return "bench"; }
    [[nodiscard]] static std::string id() { return "bench0000000000000001"; }

    // Every `every`th product's count, past the script.
    void set(std::int64_t count, int every = 1);
    [[nodiscard]] std::int64_t count(int product) const;

    // Requests of each SETI function so far.
    [[nodiscard]] std::map<std::string, std::int64_t> calls() const;

private:
    void serve(test::Connection& connection);
    [[nodiscard]] std::string answer_to(const std::string& body);
    [[nodiscard]] std::string announcement() const;
    [[nodiscard]] std::string page(std::size_t from, std::size_t size) const;
    [[nodiscard]] std::string counts_of(std::string_view skus) const;
    [[nodiscard]] std::string change(std::string_view piece, const std::string& key);
    [[nodiscard]] std::string change_many(std::string_view pieces);
    [[nodiscard]] std::string replace(std::string_view pieces);
    [[nodiscard]] std::int64_t* find(std::string_view sku);

    Script script_;
    std::vector<std::int64_t> counts_;   // by product
    std::vector<std::uint32_t> listed_;  // the products in the order of the list
    std::int64_t changes_{0};
    std::int64_t highest_number_{0};
    std::map<std::string, std::int64_t> calls_;
    mutable std::mutex mutex_;
    test::ScriptedServer server_;  // last: it serves from what stands above
};

}  // namespace stocktray::bench
