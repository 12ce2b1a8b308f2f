// The computers on the network that may use this agent.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"

namespace stocktray::store {

class Database;

struct ClientKey {
    std::string key;   // its public key: 64 hexadecimal digits
    std::string name;  // the workstation's
    bool asks{false};  // it has no role yet
    std::string role;  // as on the wire
    std::string barred{};  // words of the wire, with commas between
    WallTime added{};
    std::optional<WallTime> last_seen{};
    std::string address{};  // from where it was seen last
};

class ClientKeys {
public:
    explicit ClientKeys(Database& database) noexcept : database_{database} {}

    [[nodiscard]] std::vector<ClientKey> all() const;  // by name
    [[nodiscard]] std::optional<ClientKey> get(std::string_view key) const;
    [[nodiscard]] std::int64_t asking() const;
    void put(const ClientKey& key);
    void remove(std::string_view key);
    void note_seen(std::string_view key, WallTime at, std::string_view address);

private:
    Database& database_;
};

}  // namespace stocktray::store
