// Small damage to a message, drawn from a seed.
#pragma once
#include <string>

#include "tests/ipc/random_message.h"

namespace stocktray::ipc::testing {

inline std::string damaged(std::string bytes, Random& random) {
    for (auto times = 1 + random.below(4); times > 0; --times) {
        if (bytes.empty()) return bytes;
        const auto at = random.below(bytes.size());
        switch (random.below(6)) {
            case 0:
                bytes[at] = static_cast<char>(random.next());
                break;
            case 1:
                bytes[at] = static_cast<char>(bytes[at] ^ (1 << random.below(8)));
                break;
            case 2:
                bytes.resize(at);
                break;
            case 3:
                bytes.insert(at, 1, static_cast<char>(random.next()));
                break;
            case 4:
                bytes.erase(at, 1 + random.below(4));
                break;
            default:
                bytes.insert(at, bytes.substr(random.below(bytes.size()), random.below(16)));
                break;
        }
    }
    return bytes;
}

}  // namespace stocktray::ipc::testing
