// Our own small generator (xoshiro256**): the same seed gives the same numbers on every system, which the
// standard distributions do not promise. Passed by reference to whoever needs chance.
#pragma once
#include <array>
#include <bit>
#include <cstdint>

namespace stocktray {

class Random {
public:
    explicit constexpr Random(std::array<std::uint64_t, 4> seed) noexcept : state_{seed} {
        if (state_ == std::array<std::uint64_t, 4>{}) state_[0] = 1;  // all zeros would stay zeros
    }
    // For tests and simulations: one number is enough (spread by splitmix64).
    explicit constexpr Random(std::uint64_t seed) noexcept : state_{} {
        for (auto& word : state_) {
            seed += 0x9e3779b97f4a7c15U;
            std::uint64_t z = seed;
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
            z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
            word = z ^ (z >> 31);
        }
    }

    // Uniform over all 64 bits.
    [[nodiscard]] constexpr std::uint64_t next() noexcept {
        const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
        const std::uint64_t t = state_[1] << 17;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= t;
        state_[3] = std::rotl(state_[3], 45);
        return result;
    }

    // Uniform in [0, bound); bound >= 1. The bias is below 2^-32 for the bounds used here.
    [[nodiscard]] constexpr std::uint64_t below(std::uint64_t bound) noexcept { return next() % bound; }

    // Mixes in fresh entropy, so that two copies of one process (a virtual machine that was cloned while it
    // ran) do not draw the same keys.
    constexpr void stir(std::uint64_t entropy) noexcept {
        state_[0] ^= entropy;
        if (state_ == std::array<std::uint64_t, 4>{}) state_[0] = 1;
        (void)next();
    }

private:
    std::array<std::uint64_t, 4> state_;
};

}  // namespace stocktray
