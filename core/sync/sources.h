// Watches over those who send changes of counts: one that always spoke and stopped is told to a person, since stores
// then keep selling what the Order Manager has long sold.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/journal.h"
#include "core/store/sources.h"
#include "core/store/store.h"
#include "core/time.h"

namespace stocktray::sync {

class Sources {
public:
    Sources(store::Store& store, Journal& journal) noexcept : store_{store}, journal_{journal} {}

    // The first of a run.
    void start(Now now);
    // What is on the disk. The hour that runs, and those before, were not listened to.
    void reload(Now now);

    // It has sent something, from `workstation` if that is not empty. Writes once in an hour, so that it costs the
    // submissions nothing.
    void heard(const std::string& source, std::string_view workstation, Now now);
    // Raises and withdraws the alert, once an expected hour is over.
    void watch(Now now);
    // When `watch` has something to do next: never while nobody has a rhythm, or at night.
    [[nodiscard]] std::optional<AgentTime> next_wakeup() const noexcept { return next_; }

private:
    struct Watched {
        store::Source source;
        std::int64_t judged{0};  // up to this hour
    };
    bool forget_gone(std::int64_t hour);
    void plan(Now now);
    void tell(Now now);

    store::Store& store_;
    Journal& journal_;
    std::map<std::string, Watched, std::less<>> sources_{};
    std::optional<AgentTime> next_{};
};

}  // namespace stocktray::sync
