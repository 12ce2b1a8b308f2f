// What a test of a cart found, in words.
#pragma once
#include <string>

#include "ipc/messages/carts.h"

namespace stocktray::tray {

struct TestWords {
    bool is_good{false};
    std::string headline{};  // one sentence
    std::string details{};   // the named problems with their hints, then what the script can do
};

[[nodiscard]] TestWords words_of(const ipc::carts::TestResult& result);

}  // namespace stocktray::tray
