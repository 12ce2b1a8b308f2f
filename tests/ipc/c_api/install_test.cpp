// The library as a developer gets it: installed into a tree of its own, found by pkg-config and by CMake, built into
// a small program, shared and static, in C and in C++.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>

#include "tests/agent/agent_process.h"
#include "tests/ipc/c_api/header.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace stocktray::tests {
namespace {

namespace fs = std::filesystem;
using std::chrono::minutes;

constexpr const char* program = R"(#include <stdio.h>
#include <stocktray.h>
int main(int argc, char **argv) {
    stocktray_connection *connection;
    stocktray_change *change = stocktray_change_new("order-1", "A-1", -2, "phone_order");
    stocktray_place place = STOCKTRAY_REFUSED;
    if (argc != 3 || stocktray_open("install-test", argv[1], argv[2], &connection) != STOCKTRAY_OK ||
        stocktray_submit_one(connection, change, 20000, &place) != STOCKTRAY_OK) {
        fprintf(stderr, "%s\n", stocktray_last_error());
        return 1;
    }
    stocktray_change_free(change);
    stocktray_close(connection);
    printf("%s\n", place == STOCKTRAY_AT_AGENT ? "at the agent" : "spooled");
    return 0;
}
)";

struct Tree {
    TempDir dir{};
    fs::path prefix{dir.path() / "moved"};
    fs::path libraries{};
    fs::path source{dir.path() / "program.c"};
    AgentProcess agent{};

    Tree() {
        // Moved after the installation, as into a package.
        must({"cmake", "--install", STOCKTRAY_BINARY_DIR, "--component", "library", "--prefix", (dir.path() / "first").string()});
        fs::rename(dir.path() / "first", prefix);
        for (const auto& entry : fs::recursive_directory_iterator{prefix})
            if (entry.path().filename() == "libstocktray.so") libraries = entry.path().parent_path();
        REQUIRE(!libraries.empty());
        std::ofstream{source} << program;
        agent.start();
    }

    std::string must(const std::vector<std::string>& command, const std::map<std::string, std::string>& environment = {}) {
        const auto done = run({command, environment, dir.path()}, minutes{5});
        REQUIRE_MESSAGE(done.exit_code == 0, command[0], " ", command.back(), ": ", done.output, done.errors);
        return done.output;
    }
    void must_work(const fs::path& built, const std::map<std::string, std::string>& environment) {
        CAPTURE(built);
        CHECK(must({built.string(), agent.endpoint(), (dir.path() / "spool.db").string()}, environment) == "at the agent\n");
    }
    [[nodiscard]] std::map<std::string, std::string> finding() const {
        return {{"LD_LIBRARY_PATH", libraries.string()}, {"PKG_CONFIG_PATH", (libraries / "pkgconfig").string()}};
    }
};

bool needs_the_shared_library(const fs::path& built) {
    return run({{"readelf", "-d", built.string()}, {}, {}}).output.find("libstocktray.so.1") != std::string::npos;
}

}  // namespace

TEST_SUITE("libstocktray installed") {
    TEST_CASE("pkg-config finds it, shared and static") {
        Tree tree;
        for (const std::string package : {"stocktray", "stocktray-static"}) {
            const auto built = tree.dir.path() / package;
            tree.must({"sh", "-c",
                       "cc -std=c99 -Wall -Werror program.c -o " + package + " $(pkg-config --cflags --libs " + package + ")"},
                      tree.finding());
            const bool is_shared = package == "stocktray";
            CHECK(needs_the_shared_library(built) == is_shared);
            tree.must_work(built, is_shared ? tree.finding() : std::map<std::string, std::string>{});
        }
        CHECK(tree.must({"pkg-config", "--modversion", "stocktray"}, tree.finding()).starts_with("0."));
    }

    TEST_CASE("CMake finds it, shared and static, for C and C++") {
        Tree tree;
        std::ofstream{tree.dir.path() / "program.cpp"} << "#include <stocktray.hpp>\n" << program;
        std::ofstream{tree.dir.path() / "CMakeLists.txt"} <<
            "cmake_minimum_required(VERSION 3.16)\n"
            "project(program LANGUAGES C CXX)\n"
            "set(CMAKE_CXX_STANDARD 17)\n"
            "find_package(stocktray 0.1 REQUIRED COMPONENTS static)\n"
            "foreach(kind stocktray static)\n"
            "    foreach(language c cpp)\n"
            "        add_executable(${language}-${kind} program.${language})\n"
            "        target_link_libraries(${language}-${kind} PRIVATE stocktray::${kind})\n"
            "    endforeach()\n"
            "endforeach()\n";
        const std::string build = (tree.dir.path() / "build").string();
        tree.must({"cmake", "-S", tree.dir.path().string(), "-B", build, "-DCMAKE_PREFIX_PATH=" + tree.prefix.string()});
        tree.must({"cmake", "--build", build});
        for (const char* name : {"c-stocktray", "cpp-stocktray", "c-static", "cpp-static"}) {
            const fs::path built = fs::path{build} / name;
            const bool is_shared = std::string{name}.ends_with("-stocktray");
            CHECK(needs_the_shared_library(built) == is_shared);
            tree.must_work(built, {});
        }
    }

    TEST_CASE("nothing but the library comes with it") {
        const Tree tree;
        std::vector<std::string> files;
        for (const auto& entry : fs::recursive_directory_iterator{tree.prefix})
            if (!entry.is_directory() && !entry.path().filename().string().starts_with("stocktrayTargets-"))
                files.push_back(entry.path().filename().string());
        std::ranges::sort(files);
        std::string all;
        for (const auto& file : files) all += file + " ";
        CHECK(all == "libstocktray.a libstocktray.so libstocktray.so.0.1.0 libstocktray.so.1 stocktray-static.pc stocktray.h "
                     "stocktray.hpp stocktray.pc stocktrayConfig.cmake stocktrayConfigVersion.cmake "
                     "stocktrayTargets.cmake ");
    }
}

}  // namespace stocktray::tests
