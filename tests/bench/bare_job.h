// What bare libcurl needs for the requests of a job: the same functions as often, the same pages, the same number of
// SKUs in a request, one after another over one kept connection.
#pragma once
#include <cstdint>
#include <map>
#include <string>

namespace stocktray::bench {

struct BareStore {
    std::string url, user, password, agent, id, prefix;
    int digits{7};
    int products{0};
};

// `calls`: requests of each function. `changed`: SKUs that went with invbatch or qohreplace. Seconds; throws for an
// answer that is none.
[[nodiscard]] double bare_seconds(const BareStore& store, const std::map<std::string, std::int64_t>& calls,
                                  std::int64_t changed, std::uint64_t seed);

}  // namespace stocktray::bench
