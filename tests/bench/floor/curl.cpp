// libcurl alone: POSTs of keyed stock changes to a store, PIECES changes in each (1: invupdate, more:
// invbatch), CONNECTIONS at a time over kept connections.
#include <curl/curl.h>
#include <fmt/format.h>

#include <map>

#include "core/random.h"
#include "tests/bench/floor/floor.h"
#include "tests/support/form_post.h"

using namespace stocktray;
using namespace stocktray::bench;

namespace {

struct Store {
    std::string url, user, password, agent, store, prefix;
    std::uint64_t skus{1};
};

std::string draw_key(Random& random) {
    return fmt::format("BENCH{:016X}", random.next());
}

std::string body_of(const Store& store, long long pieces, Random& random) {
    tests::Fields fields{{"setifunction", pieces == 1 ? "invupdate" : "invbatch"},
                         {"setiuser", store.user},
                         {"password", store.password},
                         {"code", ""}};
    const auto first = random.below(store.skus);
    std::string update;
    for (long long n = 0; n < pieces; ++n) {
        const auto sku =
            fmt::format("{}{:04}", store.prefix, (first + static_cast<std::uint64_t>(n)) % store.skus + 1);
        if (!update.empty()) update += '|';
        update += sku + "~1";
        if (pieces > 1) update += "~1~" + draw_key(random);
    }
    fields.emplace_back("update", update);
    if (pieces > 1) fields.emplace_back("count", std::to_string(pieces));
    if (pieces == 1) fields.emplace_back("postid", draw_key(random));
    fields.emplace_back("agent", store.agent);
    if (pieces == 1) fields.emplace_back("number", "1");
    fields.emplace_back("store", store.store);
    fields.emplace_back("omversion", "5.900");
    return tests::encode(fields);
}

std::size_t collect(char* bytes, std::size_t size, std::size_t count, void* text) {
    static_cast<std::string*>(text)->append(bytes, size * count);
    return size * count;
}

struct Transfer {
    CURL* easy{curl_easy_init()};
    Clock::time_point begun;
    std::string body;
    std::string answer;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 11)
        return usage("floor-curl URL SECONDS CONNECTIONS PIECES USER PASSWORD AGENT STORE SKU-PREFIX SKUS");
    const auto pieces = std::atoll(argv[4]);
    const Store store{
        argv[1], argv[5], argv[6], argv[7], argv[8], argv[9], std::strtoull(argv[10], nullptr, 10)};
    Random random{static_cast<std::uint64_t>(Clock::now().time_since_epoch().count())};
    curl_global_init(CURL_GLOBAL_DEFAULT);
    CURLM* multi = curl_multi_init();
    std::map<CURL*, Transfer> transfers;
    const auto begin = [&](Transfer& transfer) {
        transfer.body = body_of(store, pieces, random);
        transfer.answer.clear();
        curl_easy_setopt(transfer.easy, CURLOPT_POSTFIELDS, transfer.body.c_str());
        curl_easy_setopt(transfer.easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(transfer.body.size()));
        transfer.begun = Clock::now();
        curl_multi_add_handle(multi, transfer.easy);
    };
    Course course{argv[2]};
    for (long long n = 0; n < std::atoll(argv[3]); ++n) {
        Transfer fresh;
        Transfer& transfer = transfers.emplace(fresh.easy, fresh).first->second;
        curl_easy_setopt(transfer.easy, CURLOPT_URL, store.url.c_str());
        curl_easy_setopt(transfer.easy, CURLOPT_WRITEFUNCTION, collect);
        curl_easy_setopt(transfer.easy, CURLOPT_WRITEDATA, &transfer.answer);
        begin(transfer);
    }
    long long refused = 0;
    while (!course.is_over()) {
        int running = 0;
        curl_multi_perform(multi, &running);
        int left = 0;
        while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
            if (message->msg != CURLMSG_DONE) continue;
            Transfer& transfer = transfers.at(message->easy_handle);
            if (transfer.answer.find("OK") == std::string::npos && refused++ == 0)
                fmt::print(stderr, "the store says: {}\n", transfer.answer.substr(0, 300));
            course.done(transfer.begun, pieces);
            curl_multi_remove_handle(multi, transfer.easy);
            begin(transfer);
        }
        curl_multi_poll(multi, nullptr, 0, 100, nullptr);
    }
    course.print();
    for (auto& [easy, transfer] : transfers) {
        curl_multi_remove_handle(multi, easy);
        curl_easy_cleanup(easy);
    }
    curl_multi_cleanup(multi);
    return refused == 0 ? 0 : 1;
}
