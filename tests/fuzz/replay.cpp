// Feeds the files of a folder to a fuzzer, in any build, and then, for some seconds, bytes that are drawn from them:
//   replay FOLDER [SECONDS]
// STOCKTRAY_SEED=n: other draws. What ends the program is kept in the working folder; a folder with that file replays it.
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <new>
#include <ranges>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/random.h"
#include "tests/fuzz/fuzz.h"

namespace fs = std::filesystem;
using stocktray::Random;

namespace {

constexpr std::size_t longest = 4'096;
constexpr unsigned most_seconds_of_one = 60;
constexpr std::uint64_t of_the_corpus = ~std::uint64_t{0};

void feed(const std::string& bytes) {
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

using Inputs = std::vector<std::string>;

// By name. Throws what tells why there is none: that must not look like one that passed.
std::map<std::string, std::string> read(const char* folder) {
    std::map<std::string, std::string> corpus;
    for (const auto& entry : fs::directory_iterator{folder}) {
        if (!entry.is_regular_file()) continue;
        std::ifstream in{entry.path(), std::ios::binary};
        in.exceptions(std::ios::badbit);
        corpus.emplace(entry.path().filename().string(), std::string{std::istreambuf_iterator<char>{in}, {}});
    }
    if (corpus.empty()) throw std::runtime_error{fmt::format("{}: no corpus", folder)};
    return corpus;
}

void replay(const std::map<std::string, std::string>& corpus) {
    for (const auto& [name, bytes] : corpus) {
        std::cerr << name << '\n';  // the last one named is the one that failed
        feed(bytes);
    }
    std::cerr << corpus.size() << " inputs\n";
}

std::string part_of(Random& random, const std::string& bytes) {
    if (bytes.empty()) return {};
    const auto from = random.below(bytes.size());
    return bytes.substr(from, 1 + random.below(std::min<std::size_t>(bytes.size() - from, 64)));
}

// The n-th input of a seed is always the same, so that a find needs no more than its number.
std::string drawn(const Inputs& inputs, std::uint64_t seed, std::uint64_t n) {
    Random random{seed * 1'000'000'007 + n};
    std::string bytes = inputs[random.below(inputs.size())];
    for (auto changes = 1 + random.below(6); changes > 0; --changes) {
        const auto at = random.below(bytes.size() + 1);
        switch (random.below(5)) {
            case 0:
                if (at < bytes.size()) bytes[at] = static_cast<char>(bytes[at] ^ (1 << random.below(8)));
                break;
            case 1: bytes.insert(at, 1, static_cast<char>(random.below(256))); break;
            case 2: bytes.erase(at, 1 + random.below(16)); break;
            case 3: bytes.insert(at, part_of(random, inputs[random.below(inputs.size())])); break;
            default: bytes.replace(at, random.below(16), part_of(random, bytes)); break;
        }
    }
    bytes.resize(std::min(bytes.size(), longest));
    return bytes;
}

void feed_drawn(const Inputs& inputs, std::uint64_t seed, std::chrono::seconds time, std::uint64_t& n) {
    const auto end = std::chrono::steady_clock::now() + time;
    for (n = 0; std::chrono::steady_clock::now() < end; ++n) {
        ::alarm(most_seconds_of_one);  // ends what hangs
        feed(drawn(inputs, seed, n));
    }
    ::alarm(0);
    std::cerr << n << " drawn\n";
}

int keep(const Inputs& inputs, std::uint64_t seed, std::uint64_t n) {
    const auto kept = fs::absolute(fmt::format("find-{}-{}", seed, n));
    std::ofstream{kept, std::ios::binary} << drawn(inputs, seed, n);
    std::cerr << fmt::format("The input {} of seed {} ended it or took longer than {} s; it is kept in {}.\n", n, seed, most_seconds_of_one,
                             kept.string());
    return 1;
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc < 2 || argc > 3) {
        std::cerr << "usage: " << argv[0] << " FOLDER [SECONDS]\n";
        return 2;
    }
    const auto time = std::chrono::seconds{argc == 3 ? std::stoul(argv[2]) : 0};
    const char* told = std::getenv("STOCKTRAY_SEED");
    const std::uint64_t seed = told == nullptr ? 1 : std::stoull(told);
    // The number of the input, seen by whoever outlives its end.
    void* shared = ::mmap(nullptr, sizeof(std::uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) return 1;
    auto& n = *new (shared) std::uint64_t{of_the_corpus};
    const auto corpus = read(argv[1]);
    const auto values = corpus | std::views::values;
    const Inputs inputs{values.begin(), values.end()};
    const auto child = ::fork();
    if (child == 0) {
        replay(corpus);
        if (time.count() > 0) feed_drawn(inputs, seed, time, n);
        return 0;
    }
    int status = 0;
    if (child < 0 || ::waitpid(child, &status, 0) != child) return 1;
    if (status == 0) return 0;
    return n == of_the_corpus ? 1 : keep(inputs, seed, n);
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
