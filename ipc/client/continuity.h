// Whether events come without a gap. Pure: it is told what came, and says what to make of it.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ipc/messages/events.h"

namespace stocktray::ipc {

// The numbers of one event.
struct EventNumbers {
    std::string_view topic;
    std::string_view run;
    std::int64_t seq{0};
    std::int64_t topic_seq{0};
};

class Continuity {
public:
    enum class Verdict {
        news,
        known,   // contained in the status that was read, or heard before
        missed,  // something is missing, or this is another run: the status must be read again
    };

    // The first words of the topics that are listened to, each of them whole (`post`, not `post.late` alone).
    // Who hears everything (no words) judges by `seq`, others by the `topic_seq` of each word.
    explicit Continuity(std::vector<std::string> words) : words_{std::move(words)} {}

    // A welcome: the first one begins the count; a later one (after a lost connection) may show a gap.
    [[nodiscard]] Verdict hear(const events::Welcome& welcome);

    // An event. After `missed` the count goes on from it.
    [[nodiscard]] Verdict hear(const EventNumbers& event);

    // The status of this run was read; events up to `seq` are in it. False: it is of another run.
    [[nodiscard]] bool read_status(std::string_view run, std::int64_t seq);

private:
    [[nodiscard]] bool agrees(const events::Welcome& welcome) const;

    std::vector<std::string> words_;
    std::string run_;
    std::int64_t seq_{0};         // the last one heard
    std::int64_t status_seq_{0};  // the last one contained in the status
    std::map<std::string, std::int64_t> topic_seqs_;
};

}  // namespace stocktray::ipc
