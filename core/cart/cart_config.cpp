#include "core/cart/cart_config.h"

#include <algorithm>
#include <array>

namespace stocktray::cart {
namespace {

struct StopRow {
    Stop stop;
    std::string_view word;
    StopText text;
};
constexpr std::array stops{
    StopRow{Stop::none, "", {"", ""}},
    StopRow{Stop::credentials,
            "credentials",
            {"Not authorized: user name or password differ from the store's. Nothing is lost; the posts wait.",
             "Enter the cart's user and password again."}},
    StopRow{Stop::absolute_script,
            "absolute_script",
            {"The store's script takes differences as counts: posting has stopped before more counts go wrong.",
             "Use a script that adds differences (our connector does), and compare the counts of this cart."}},
    StopRow{Stop::other_agent,
            "other_agent",
            {"Another Stocktray agent keeps this store's counts.",
             "Stop the other agent, or take the store over if it no longer lives."}},
    StopRow{Stop::store_changed,
            "store_changed",
            {"Another store database answers than the one that the posts were made for.",
             "Compare the counts of this cart, then accept the store."}},
    StopRow{Stop::store_restored,
            "store_restored",
            {"The store's database was restored from an older copy: some changes may be missing there.",
             "Compare the counts of this cart, then accept the store."}},
    StopRow{Stop::agent_restored,
            "agent_restored",
            {"The agent's database was restored from an older copy: it does not know what was sent since.",
             "Have the Order Manager send its whole count, compare this cart, then accept it."}},
    StopRow{Stop::cloned,
            "cloned",
            {"The agent's data folder was copied from another machine.",
             "Say which agent lives: take the store over here, or remove this copy."}},
};

const StopRow& row(Stop stop) noexcept { return *std::ranges::find(stops, stop, &StopRow::stop); }

}  // namespace

std::string_view to_string(Stop stop) noexcept { return row(stop).word; }
StopText in_words(Stop stop) noexcept { return row(stop).text; }
Stop stop_from(std::string_view word) noexcept {
    const auto found = std::ranges::find(stops, word, &StopRow::word);
    return found == stops.end() ? Stop::none : found->stop;
}

std::optional<std::string> om_sku_of(const CartConfig& config, const std::string& store_sku) {
    if (const auto* owner = config.sku_map.owner_of(store_sku)) return *owner;
    if (config.sku_map.listings_of(store_sku) != nullptr || config.exclude.contains(store_sku)) return std::nullopt;
    return store_sku;
}

std::vector<std::string> listings_of(const CartConfig& config, const std::string& om_sku) {
    if (config.exclude.contains(om_sku)) return {};
    if (const auto* mapped = config.sku_map.listings_of(om_sku)) return *mapped;
    if (config.sku_map.owner_of(om_sku) != nullptr) return {};
    return {om_sku};
}

}  // namespace stocktray::cart
