// Who sends changes of counts, and when each of them usually does.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/sync/source_rhythm.h"

namespace stocktray::store {

class Database;

struct Source {
    std::string source;
    std::string workstation;  // of its last change; empty: it names none
    sync::SourceRhythm rhythm{};
};

class Sources {
public:
    explicit Sources(Database& database) noexcept : database_{database} {}

    [[nodiscard]] std::vector<Source> all() const;
    void save(const Source& source);
    void forget(std::string_view source);

private:
    Database& database_;
};

}  // namespace stocktray::store
