// Writes MessagePack. Lists and maps are announced with their size and then filled by the caller.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace stocktray::ipc {

class Encoder {
public:
    void nil();
    void boolean(bool value);
    void integer(std::int64_t value);
    void real(double value);
    void text(std::string_view value);
    void list(std::size_t entries);
    void map(std::size_t members);                                  // then key, value, key, value …
    void encoded(std::string_view value) { bytes_.append(value); }  // one whole value, already encoded

    [[nodiscard]] std::string take() noexcept { return std::move(bytes_); }

private:
    std::string bytes_;
};

}  // namespace stocktray::ipc
