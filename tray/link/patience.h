// How long the link waits for an agent before it says that it is not reached. A killed one is noticed at
// once; one that hangs keeps its connections.
#pragma once
#include <chrono>

namespace stocktray::tray {

struct Patience {
    std::chrono::milliseconds unanswered{3'000};  // a question, until the whole state is asked for as a proof
    std::chrono::milliseconds reading{12'000};    // the whole state, until the agent counts as not reached
    std::chrono::milliseconds quiet{300'000};     // without a word, until it is asked whether it lives
};

}  // namespace stocktray::tray
