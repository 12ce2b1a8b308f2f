#include "tests/integration/connector_fixture.h"

#include <atomic>
#include <cstdio>
#include <random>
#include <sstream>

namespace stocktray::tests {

std::string StoreUnderTest::sku(int number) const {
    std::array<char, 16> digits{};
    std::snprintf(digits.data(), digits.size(), "%04d", number);
    return sku_prefix + digits.data();
}

std::map<std::string, std::string> StoreUnderTest::announcement(const Fields& more) const {
    Fields fields{{"stocktray", "1"}};
    if (more.empty() || more[0].first != "agent") {
        fields.emplace_back("agent", our_agent);
    }
    fields.insert(fields.end(), more.begin(), more.end());
    std::map<std::string, std::string> words;
    for (const std::string& line : lines(call("sendversion", fields).body)) {
        const std::string start = "StocktrayExt: ";
        if (line.starts_with(start)) {
            std::istringstream in{"version=" + line.substr(start.size())};
            for (std::string word; std::getline(in, word, ';');) {
                words[word.substr(0, word.find('='))] = word.substr(word.find('=') + 1);
            }
        }
    }
    return words;
}

Reply StoreUnderTest::post(const std::string& sku_text, int delta, const std::string& key,
                           const std::string& function, const std::string& agent,
                           const std::string& dialect) const {
    const std::string update = dialect == "text"
                                   ? sku_text + "~" + std::to_string(delta)
                                   : "<SETIProducts><Product><SKU>" + sku_text + "</SKU><QOH>" +
                                         std::to_string(delta) + "</QOH></Product></SETIProducts>";
    return call(function, {{"update", update},
                           {"postid", key},
                           {"agent", agent},
                           {"number", fresh_number()},
                           {"store", store_id()}});
}

PracticeStore& practice_store() {
    static PracticeStore store;
    return store;
}

XCartRig& rig() {
    static XCartRig the_rig;
    return the_rig;
}

StoreUnderTest of(PracticeStore& store, bool clamps) {
    StoreUnderTest result;
    result.name = "practice store";
    result.call = [&store](const std::string& function, const Fields& fields) {
        return store.call(function, fields);
    };
    result.count = [&store](const std::string& sku) { return store.count(sku); };
    result.set_count = [&store](const std::string& sku, long long count) {
        store.database().query("UPDATE items SET qoh = ? WHERE sku = ?", {std::to_string(count), sku});
    };
    result.sku_prefix = "SKU-";
    result.clamps = clamps;
    return result;
}

StoreUnderTest of(Shop shop) {
    StoreUnderTest result;
    result.name = name_of(shop);
    result.call = [shop](const std::string& function, const Fields& fields) {
        return rig().call(shop, function, fields);
    };
    result.count = [shop](const std::string& sku) { return rig().count(shop, sku); };
    result.set_count = [shop](const std::string& sku, long long count) { rig().set_count(shop, sku, count); };
    result.sku_prefix = "P-";
    result.clamps = shop == Shop::xcart5;
    return result;
}

std::vector<StoreUnderTest> keyed_stores() {
    std::vector<StoreUnderTest> stores{of(practice_store())};
    if (why_no_rig().empty()) {
        for (const Shop shop : safe_shops) {
            stores.push_back(of(shop));
        }
    }
    for (const auto& store : stores) {
        [[maybe_unused]] const auto installed =
            store.announcement();  // makes the key table where it is missing
    }
    return stores;
}

std::string fresh_key() {
    static std::atomic<std::uint64_t> counter{(static_cast<std::uint64_t>(std::random_device{}()) << 32) |
                                              1U};
    return "01TESTKEY" +
           std::to_string(100'000'000'000'000'000U + counter++ % 100'000'000'000'000'000U).substr(1);
}

std::string fresh_number() {
    static std::atomic<int> counter{1000};
    return std::to_string(++counter);
}

std::string field(const std::string& answer, const std::string& name) {
    const auto begin = answer.find(";" + name + "=");
    if (begin == std::string::npos) {
        return "(no " + name + ")";
    }
    const auto start = begin + name.size() + 2;
    return name == "NOTE" ? answer.substr(start) : answer.substr(start, answer.find(';', start) - start);
}

std::vector<std::string> lines(const std::string& body) {
    std::vector<std::string> result;
    std::istringstream in{body};
    for (std::string line; std::getline(in, line);) {
        if (!line.empty() && line.back() == '\r') {
            line.pop_back();
        }
        result.push_back(line);
    }
    return result;
}

std::string why_no_rig() {
    static const std::string reason = XCartRig::missing();
    return reason;
}

}  // namespace stocktray::tests
