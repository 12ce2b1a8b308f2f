#include "agent/lan/agent_keys.h"

#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "agent/platform/system.h"

namespace stocktray::agent {

Result<void> AgentKeys::write(const std::filesystem::path& file, const ipc::KeyPair& current, const std::optional<Old>& old) {
    nlohmann::json json{{"public_key", current.public_key.hex()}, {"secret_key", current.secret_key.reveal()}};
    if (old)
        json["old"] = {{"public_key", old->keys.public_key.hex()},
                       {"secret_key", old->keys.secret_key.reveal()},
                       {"until", to_ms(old->until)}};
    return platform::replace_file(file, json.dump(2) + "\n");
}

Result<AgentKeys> AgentKeys::open(const std::filesystem::path& file) {
    std::error_code missing;
    if (!std::filesystem::exists(file, missing)) {
        auto drawn = ipc::KeyPair::draw();
        if (auto written = write(file, drawn, std::nullopt); !written) return Failure{written.error()};
        return AgentKeys{file, std::move(drawn), std::nullopt};
    }
    std::ifstream stream{file};
    const int why = errno;
    if (!stream)
        return fail(ErrorCode::storage, fmt::format("The agent's keys in {} cannot be opened: {}.", file.string(),
                                                    std::generic_category().message(why)));
    const auto json = nlohmann::json::parse(std::string{std::istreambuf_iterator<char>{stream}, {}}, nullptr, false);
    const auto pair_in = [](const nlohmann::json& from) -> std::optional<ipc::KeyPair> {
        const auto member = [&from](const char* name) {
            return from.is_object() && from.contains(name) && from[name].is_string() ? from[name].get<std::string>() : "";
        };
        return ipc::KeyPair::of(member("public_key"), member("secret_key"));
    };
    auto current = pair_in(json);
    if (!current)
        return fail(ErrorCode::damaged, fmt::format("The agent's keys in {} cannot be read. Bring the file back from a copy, or "
                                                    "remove it and pair all workstations again.",
                                                    file.string()));
    std::optional<Old> old;
    if (json.contains("old"))
        if (auto keys = pair_in(json["old"]); keys && json["old"].contains("until") && json["old"]["until"].is_number_integer())
            old = Old{std::move(*keys), wall_from_ms(json["old"]["until"].get<std::int64_t>())};
    return AgentKeys{file, std::move(*current), std::move(old)};
}

Result<void> AgentKeys::rotate(OldKey old_key, WallTime now) {
    const bool stays = old_key == OldKey::stays_a_day;
    if (stays && old_ && old_->until > now)
        return fail(ErrorCode::conflict,
                    "The agent's key was renewed less than a day ago, and workstations that have not come by since know only "
                    "the one before. Wait until that has ended; if a key was stolen, renew it at once and pair all "
                    "workstations again.");
    auto drawn = ipc::KeyPair::draw();
    std::optional<Old> old;
    if (stays) old = Old{current_, now + std::chrono::duration_cast<Milliseconds>(old_key_stays)};
    if (auto written = write(file_, drawn, old); !written) {
        // It may be there, and only its name not be safe: the next start must find the key that is in use.
        (void)write(file_, current_, old_);
        return written;
    }
    current_ = std::move(drawn);
    old_ = std::move(old);
    return {};
}

Result<void> AgentKeys::put_back(State before) {
    if (auto written = write(file_, before.current, before.old); !written) return written;
    current_ = std::move(before.current);
    old_ = std::move(before.old);
    return {};
}

Result<void> AgentKeys::end_old() {
    if (auto written = write(file_, current_, std::nullopt); !written) return written;
    old_.reset();
    return {};
}

}  // namespace stocktray::agent
