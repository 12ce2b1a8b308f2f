#include "agent/gateway/database/watch_rule.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>

namespace stocktray::gateway::database {
namespace {

constexpr std::int64_t first_rest_ms = 5'000;
constexpr std::int64_t longest_rest_ms = 3'600'000;
constexpr std::int64_t first_leap_ms = 60'000;
constexpr int most_doublings = 25;  // a minute doubled so often is 63 years

// The first time at once: a count that moved under us is the usual case, and reading again ends it.
std::int64_t rest_after(int setbacks) {
    if (setbacks <= 1) return 0;
    return std::min(first_rest_ms << std::min(setbacks - 2, most_doublings), longest_rest_ms);
}

}  // namespace

Step step_for(const Watched& watched, const Counted& counted, std::int64_t now_ms) {
    if (watched.offer) return Step::repeat;
    if (watched.not_before > now_ms) return Step::rest;
    if (!watched.told) return Step::ask;
    // Of what is not tracked no count means anything, and many databases have none.
    if (counted.is_tracked && *watched.told != counted.qoh) return Step::offer;
    const Description description{counted.name, counted.is_tracked};
    return watched.described == description ? Step::nothing : Step::describe;
}

void make_offer(Watched& watched, const Counted& counted, std::int64_t read_at_ms) {
    const std::int64_t leap =
        watched.setbacks == 0 ? 0 : first_leap_ms << std::min(watched.setbacks - 1, most_doublings);
    watched.version = std::max(watched.version + 1, read_at_ms + leap);
    watched.offer = Offer{counted.qoh, *watched.told, watched.version};
}

void accepted(Watched& watched) {
    watched.told = watched.offer->qoh;
    watched.offer.reset();
    settled(watched);
}

void settled(Watched& watched) {
    watched.setbacks = 0;
    watched.not_before = 0;
    watched.trouble.clear();
}

void not_accepted(Watched& watched, std::string words, std::int64_t now_ms) {
    watched.told.reset();
    watched.offer.reset();
    ++watched.setbacks;
    watched.not_before = now_ms + rest_after(watched.setbacks);
    watched.trouble = std::move(words);
}

Known asked(Watched& watched, std::optional<std::int64_t> book) {
    watched.told = book;
    return book ? Known::has_book : Known::needs_snapshot;
}

void snapshot_taken(Watched& watched, const Counted& counted) {
    watched.told = counted.qoh;
    watched.offer.reset();
    watched.described = Description{counted.name, counted.is_tracked};
    settled(watched);
}

void forget_agent(Watched& watched) {
    const std::int64_t version = watched.version;
    watched = Watched{.version = version};
}

std::string id_of(std::string_view watch, std::string_view sku, std::int64_t version) {
    std::array<unsigned char, crypto_generichash_BYTES_MIN> sum{};
    crypto_generichash_state state;
    crypto_generichash_init(&state, nullptr, 0, sum.size());
    for (const auto text : {watch, sku}) {
        const std::uint64_t size = text.size();  // or ("ab", "c") and ("a", "bc") would be one
        crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(&size), sizeof size);
        crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(text.data()), text.size());
    }
    crypto_generichash_final(&state, sum.data(), sum.size());
    std::string id = "db-";
    for (const unsigned char byte : sum) id += fmt::format("{:02x}", byte);
    return id + fmt::format("-{}", version);
}

}  // namespace stocktray::gateway::database
