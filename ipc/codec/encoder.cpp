#include "ipc/codec/encoder.h"

#include <bit>
#include <msgpack.hpp>

namespace stocktray::ipc {
namespace {

struct Appender {
    std::string& bytes;
    void write(const char* from, std::size_t size) { bytes.append(from, size); }
};

void pack(std::string& bytes, auto&& how) {
    Appender appender{bytes};
    msgpack::packer<Appender> packer{appender};
    how(packer);
}

}  // namespace

void Encoder::nil() {
    pack(bytes_, [](auto& to) { to.pack_nil(); });
}

void Encoder::boolean(bool value) {
    pack(bytes_, [&](auto& to) { value ? to.pack_true() : to.pack_false(); });
}

void Encoder::integer(std::int64_t value) {
    pack(bytes_, [&](auto& to) { to.pack_int64(value); });
}

// By hand: the library writes a real number without fraction as a whole one, and that is another kind.
void Encoder::real(double value) {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    bytes_.push_back('\xCB');
    for (int shift = 56; shift >= 0; shift -= 8) bytes_.push_back(static_cast<char>(bits >> shift & 0xFF));
}

void Encoder::text(std::string_view value) {
    pack(bytes_, [&](auto& to) { to.pack_str(static_cast<std::uint32_t>(value.size())); });
    bytes_.append(value);
}

void Encoder::list(std::size_t entries) {
    pack(bytes_, [&](auto& to) { to.pack_array(static_cast<std::uint32_t>(entries)); });
}

void Encoder::map(std::size_t members) {
    pack(bytes_, [&](auto& to) { to.pack_map(static_cast<std::uint32_t>(members)); });
}

}  // namespace stocktray::ipc
