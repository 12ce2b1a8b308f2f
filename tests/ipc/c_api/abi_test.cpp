// What programs that were built against an older libstocktray rely on: its functions, under their names, and a
// header that any C compiler takes.
#include <doctest/doctest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "tests/ipc/c_api/header.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace stocktray::tests {
namespace {

namespace fs = std::filesystem;

const fs::path source_dir = STOCKTRAY_SOURCE_DIR;
const fs::path header_file = source_dir / "ipc/c_api/stocktray.h";

std::set<std::string> lines_of(const std::string& text) {
    std::istringstream stream{text};
    std::set<std::string> lines;
    for (std::string line; std::getline(stream, line);)
        if (!line.empty() && line[0] != '#') lines.insert(line);
    return lines;
}

// The names that a file offers to a linker, each as nm prints it: with its version, without addresses.
std::set<std::string> names_in(const std::vector<std::string>& nm) {
    const auto listed = run({nm, {}, {}});
    REQUIRE_MESSAGE(listed.exit_code == 0, listed.errors);
    std::set<std::string> names;
    for (const auto& line : lines_of(listed.output)) {
        std::istringstream words{line};
        std::string address, type, name;
        if (words >> address >> type >> name && type != "A") names.insert(name);
    }
    return names;
}

std::set<std::string> declared() {
    std::set<std::string> names;
    for (const auto& [name, function] : read_header(header_file).functions) names.insert(name);
    return names;
}

Finished compiled(const std::vector<std::string>& compiler, const std::string& program, const std::string& name) {
    const TempDir dir;
    std::ofstream{dir.path() / name} << program;
    auto command = compiler;
    for (const auto& word : {std::string{"-Wall"}, std::string{"-Wextra"}, std::string{"-pedantic"}, std::string{"-Werror"},
                             "-I" + header_file.parent_path().string(), std::string{"-c"}, std::string{"-o"},
                             (dir.path() / "out.o").string(), (dir.path() / name).string()})
        command.push_back(word);
    return run({command, {}, {}});
}

}  // namespace

TEST_SUITE("C ABI") {
    TEST_CASE("the shared library offers exactly the kept list, with its version") {
        const auto kept = lines_of(read_text(source_dir / "tests/ipc/c_api/symbols.txt"));
        std::set<std::string> versioned;
        for (const auto& name : kept) versioned.insert(name + "@@STOCKTRAY_1");
        CHECK(names_in({"nm", "-D", "--defined-only", STOCKTRAY_SHARED_LIBRARY}) == versioned);
        CHECK(kept == declared());
    }

    TEST_CASE("the static library offers nothing else either") {
        std::set<std::string> own;
        // Instances of templates are the same in every object and go where the linker wants; none of them is a name
        // of ours that another library could meet.
        for (const auto& name : names_in({"nm", "--extern-only", "--defined-only", STOCKTRAY_STATIC_LIBRARY}))
            if (name.starts_with("stocktray_") || name.find("stocktray") != name.npos) own.insert(name);
        CHECK(own == declared());
    }

    TEST_CASE("the header is C99 and C11, and C++, for every compiler that is here") {
        const std::string program =
            "#include \"stocktray.h\"\n#include \"stocktray.h\"\n"
            "int main(void) { return (int)stocktray_api_version() - STOCKTRAY_API_VERSION; }\n";
        for (const char* compiler : {"gcc", "clang"}) {
            if (run({{"sh", "-c", std::string{"command -v "} + compiler}, {}, {}}).exit_code != 0) continue;
            CAPTURE(compiler);
            for (const char* standard : {"-std=c99", "-std=c11"}) {
                const auto said = compiled({compiler, "-x", "c", standard, "-Wstrict-prototypes"}, program, "program.c");
                CHECK_MESSAGE(said.exit_code == 0, said.errors);
            }
            const auto said = compiled({compiler, "-x", "c++", "-std=c++98", "-Wno-long-long"}, "#include \"stocktray.h\"\n", "program.cpp");
            CHECK_MESSAGE(said.exit_code == 0, said.errors);
        }
    }

    TEST_CASE("the owners around it are C++17") {
        const auto said = compiled({"g++", "-std=c++17"}, "#include \"stocktray.hpp\"\nint main() {}\n", "program.cpp");
        CHECK_MESSAGE(said.exit_code == 0, said.errors);
    }

    TEST_CASE("every declaration says what it does") {
        const auto text = read_text(header_file);
        // A block of declarations has a comment in front: none stands behind an empty line.
        CHECK(text.find("\n\nSTOCKTRAY_API") == text.npos);
    }
}

}  // namespace stocktray::tests
