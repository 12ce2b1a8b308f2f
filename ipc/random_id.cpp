#include "ipc/random_id.h"

#include <fmt/format.h>
#include <sodium.h>
#include <array>

namespace stocktray::ipc {

std::string random_id() {
    std::array<unsigned char, 16> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    std::string text;
    for (const unsigned byte : bytes) text += fmt::format("{:02x}", byte);
    return text;
}

}  // namespace stocktray::ipc
