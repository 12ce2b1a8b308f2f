// The programs that were built have what Hardening.cmake asks for: read out of the files, as readelf shows them.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/process.h"

using namespace stocktray::tests;

namespace {

std::string readelf(const std::string& file, const std::vector<std::string>& what) {
    std::vector<std::string> words{"readelf", "--wide"};
    words.insert(words.end(), what.begin(), what.end());
    words.push_back(file);
    const auto read = run({words, {{"LC_ALL", "C"}}, {}});
    REQUIRE(read.exit_code == 0);
    return read.output;
}

std::vector<std::string> lines_with(const std::string& text, const std::string& word) {
    std::vector<std::string> found;
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);)
        if (line.find(word) != std::string::npos) found.push_back(line);
    return found;
}

bool has(const std::string& text, const std::string& word) { return text.find(word) != std::string::npos; }

std::vector<std::string> programs() {
    std::vector<std::string> files;
    std::istringstream list{STOCKTRAY_PROGRAMS};
    for (std::string file; std::getline(list, file, ':');) files.push_back(file);
    return files;
}

std::vector<std::string> everything() {
    auto files = programs();
    files.push_back(STOCKTRAY_LIBRARY);
    return files;
}

// The flags with which each of our sources was compiled: the compiler writes them down beside the line numbers.
std::vector<std::string> compilations(const std::string& file) {
    return lines_with(readelf(file, {"--debug-dump=info", "--dwarf-depth=1"}), "DW_AT_producer");
}

std::vector<std::string> compiler_flags() {
    std::vector<std::string> flags{"-fstack-protector-strong", "-fstack-clash-protection"};
#if defined(__x86_64__)
    flags.emplace_back("-fcf-protection=full");
#endif
    return flags;
}

}  // namespace

TEST_SUITE("Hardening") {
    TEST_CASE("a program lies at another address at each start") {
        for (const auto& file : programs()) {
            CAPTURE(file);
            CHECK(has(readelf(file, {"--file-header"}), "DYN (Position-Independent Executable file)"));
        }
    }

    TEST_CASE("what the loader has filled in cannot be written any more, all of it before the first line runs") {
        for (const auto& file : everything()) {
            CAPTURE(file);
            CHECK(has(readelf(file, {"--program-headers"}), "GNU_RELRO"));
            const auto flags = lines_with(readelf(file, {"--dynamic"}), "(FLAGS_1)");
            REQUIRE(flags.size() == 1);
            CHECK(has(flags[0], "NOW"));
        }
    }

    TEST_CASE("nothing that can be written can be run") {
        for (const auto& file : everything()) {
            CAPTURE(file);
            const auto headers = readelf(file, {"--program-headers"});
            const auto stack = lines_with(headers, "GNU_STACK");
            REQUIRE(stack.size() == 1);
            CHECK(std::regex_search(stack[0], std::regex{" RW +0x"}));
            for (const auto& loaded : lines_with(headers, "LOAD")) CHECK(!has(loaded, "RWE"));
        }
    }

    TEST_CASE("every source of ours was compiled with the compiler's guards") {
        for (const auto& file : everything()) {
            CAPTURE(file);
            const auto sources = compilations(file);
            CHECK(sources.size() > 10);
            for (const auto& source : sources)
                for (const auto& flag : compiler_flags()) CHECK_MESSAGE(has(source, flag), source);
            CHECK(has(readelf(file, {"--dyn-syms"}), "__stack_chk_fail"));
        }
    }

    TEST_CASE("indexes are checked by the C++ library, and lengths by the C library") {
        for (const auto& file : everything()) {
            CAPTURE(file);
            const auto symbols = readelf(file, {"--dyn-syms"});
            CHECK(has(symbols, "__glibcxx_assert_fail"));
            // Only an optimizing compiler knows the lengths, and not every program has a call that is checked.
            if (STOCKTRAY_IS_OPTIMIZED) CHECK(std::regex_search(symbols, std::regex{" __[a-z]+_chk@"}));
        }
    }
}
