#include "tests/bench/bare_job.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>

#include "core/random.h"
#include "tests/bench/subject.h"
#include "tests/support/form_post.h"

namespace stocktray::bench {
namespace {

std::size_t collect(char* bytes, std::size_t size, std::size_t count, void* text) {
    static_cast<std::string*>(text)->append(bytes, size * count);
    return size * count;
}

class Caller {
public:
    Caller(const BareStore& store, std::uint64_t seed) : store_{store}, random_{seed} {
        curl_easy_setopt(easy_.get(), CURLOPT_URL, store_.url.c_str());
        curl_easy_setopt(easy_.get(), CURLOPT_WRITEFUNCTION, collect);
        curl_easy_setopt(easy_.get(), CURLOPT_WRITEDATA, &answer_);
    }

    // A page after another, from the start again after the last one.
    void download() {
        call("downloadqoh", {{"after", cursor_}, {"batchsize", "10000"}});
        const auto next = answer_.rfind("<Next>");
        if (next == std::string::npos) throw std::runtime_error{"no page: " + answer_.substr(0, 200)};
        cursor_ = answer_.substr(next + 6, answer_.find('<', next + 6) - next - 6);
    }
    void ask(const std::string& function, tests::Fields more, std::int64_t skus) {
        call(function, with_skus(std::move(more), skus, [&](const std::string& sku) { return sku; }));
    }
    void change(std::int64_t skus) {
        call("invbatch", with_skus({{"agent", store_.agent}, {"store", store_.id}}, skus, [&](const std::string& sku) {
                 return fmt::format("{}~1~1~BENCH{:016X}", sku, random_.next());
             }));
    }
    void replace(std::int64_t skus) {
        call("qohreplace", with_skus({}, skus, [](const std::string& sku) { return sku + "~1000"; }));
    }

private:
    tests::Fields with_skus(tests::Fields fields, std::int64_t skus,
                            const std::function<std::string(const std::string&)>& piece_of) {
        std::string update;
        for (std::int64_t n = 0; n < skus; ++n, next_sku_ = (next_sku_ + 1) % static_cast<std::uint64_t>(store_.products))
            update += (n > 0 ? "|" : "") + piece_of(item_sku(store_.prefix, next_sku_, store_.digits));
        fields.emplace_back("update", update);
        fields.emplace_back("count", std::to_string(skus));
        return fields;
    }
    void call(const std::string& function, const tests::Fields& more) {
        tests::Fields fields{
            {"setifunction", function}, {"setiuser", store_.user}, {"password", store_.password}, {"code", ""}};
        fields.insert(fields.end(), more.begin(), more.end());
        fields.emplace_back("omversion", "5.900");
        const auto body = tests::encode(fields);
        answer_.clear();
        curl_easy_setopt(easy_.get(), CURLOPT_POSTFIELDS, body.c_str());
        curl_easy_setopt(easy_.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
        if (const auto code = curl_easy_perform(easy_.get()); code != CURLE_OK)
            throw std::runtime_error{curl_easy_strerror(code)};
        if (answer_.find("SETIError") != std::string::npos)
            throw std::runtime_error{function + ": " + answer_.substr(0, 200)};
    }

    const BareStore& store_;
    Random random_;
    std::unique_ptr<CURL, void (*)(CURL*)> easy_{curl_easy_init(), curl_easy_cleanup};
    std::string answer_;
    std::string cursor_;
    std::uint64_t next_sku_{0};
};

}  // namespace

double bare_seconds(const BareStore& store, const std::map<std::string, std::int64_t>& calls, std::int64_t changed,
                    std::uint64_t seed) {
    const auto times = [&](const char* function) {
        const auto found = calls.find(function);
        return found == calls.end() ? std::int64_t{0} : found->second;
    };
    constexpr std::int64_t asked = 250;  // SKUs in a question
    Caller caller{store, seed};
    const auto begun = std::chrono::steady_clock::now();
    for (auto n = times("downloadqoh"); n > 0; --n) caller.download();
    for (auto n = times("ordercount"); n > 0; --n) caller.ask("ordercount", {{"lastorder", "All"}, {"lastdate", "All"}}, 0);
    for (auto n = times("qohquery"); n > 0; --n) caller.ask("qohquery", {}, asked);
    for (auto n = times("salesquery"); n > 0; --n) caller.ask("salesquery", {{"lastorder", ""}, {"also", ""}}, asked);
    if (const auto batches = times("invbatch"); batches > 0)
        for (auto n = batches; n > 0; --n) caller.change(std::clamp<std::int64_t>(changed / batches, 1, 250));
    if (const auto batches = times("qohreplace"); batches > 0)
        for (auto n = batches; n > 0; --n) caller.replace(std::clamp<std::int64_t>(changed / batches, 1, 250));
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

}  // namespace stocktray::bench
