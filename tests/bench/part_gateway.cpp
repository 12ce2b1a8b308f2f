// A post of an Order Manager that cannot be changed: to the gateway, beside the store's own script, which it posted to before,
// and beside the disk's sync, which no answer that is true can do without.
#include <fmt/format.h>

#include <stdexcept>

#include "tests/agent/gateway/script/gateway_process.h"
#include "tests/bench/parts.h"

namespace stocktray::bench {

using namespace tests;

namespace {

constexpr int skus = 50;

// A connection of its own each time, as the Order Manager makes it.
class Posts {
public:
    Posts(std::string url, Fields fields) : url_{std::move(url)}, fields_{std::move(fields)} {}

    void one() {
        FormPost post;
        post.url = url_;
        post.fields = fields_;
        const int number = made_++;
        post.fields.emplace_back("update", fmt::format("SKU-{:04}~{}|", number % skus + 1, number / skus % 2 == 0 ? -1 : 1));
        const auto reply = send(post);
        if (!reply.body.starts_with("SETIResponse=OK")) throw std::runtime_error{"a post was refused: " + reply.body};
    }

private:
    std::string url_;
    Fields fields_;
    int made_{0};
};

}  // namespace

void measure_gateway(const Options& options, Report& report) {
    GatewayBench om{{.skus = skus}};
    const TempDir dir;
    const std::vector<FloorRun> floors{{"append and fdatasync", "disk", {dir.path().string(), "0.3", "1"}}};
    const auto measured = [&](const std::string& name, const Rate& direct) {
        Posts posts{om.gateway.url(), om.fields("invupdate")};
        const auto [own, rates] = sandwich(floors, [&] { return repeat_for(options.seconds, [&] { posts.one(); }); });
        report.add(fmt::format("gateway: post, {}, p50", name), "us", own.p50_us,
                   {{"the store's script", direct.p50_us}, {floors[0].label, rates[0].p50_us}});
        report.add(fmt::format("gateway: post, {}, p99", name), "us", own.p99_us, {{"the store's script", direct.p99_us}});
    };
    Posts to_store{om.bench.store.url(), om.fields("invupdate")};
    const Rate direct = repeat_for(options.seconds, [&] { to_store.one(); });
    // Its password is not known yet, and the store is asked for it.
    Posts first{om.gateway.url(), om.fields("invupdate")};
    report.add("gateway: the first post of a run", "us", repeat_while([] { return false; }, [&] { first.one(); }).p50_us,
               {{"the store's script", direct.p50_us}});
    measured("the store is there", direct);
    om.bench.store.stop();
    measured("the store is away", direct);
}

}  // namespace stocktray::bench
