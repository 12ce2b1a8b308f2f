// The declarations for other languages say what stocktray.h says: every function, the width of each value that is
// handed over, every constant. Read as text: their compilers are Windows's.
#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <regex>

#include "tests/ipc/c_api/header.h"

namespace stocktray::tests {
namespace {

const std::string root = STOCKTRAY_SOURCE_DIR;
const Header header = read_header(root + "/ipc/c_api/stocktray.h");

struct Declared {
    std::map<std::string, HeaderFunction> functions{};
    std::map<std::string, std::int64_t> constants{};
};

// `words`: the names of types. A word that is not there throws.
using Words = std::map<std::string, Width>;

std::vector<std::string> split(const std::string& text, const std::string& at) {
    const std::regex separator{at};
    std::vector<std::string> parts;
    for (std::sregex_token_iterator one{text.begin(), text.end(), separator, -1}, end; one != end; ++one)
        if (one->str().find_first_not_of(" \t\r\n") != std::string::npos) parts.push_back(*one);
    return parts;
}

Width width_of(const Words& words, const std::string& type) {
    const auto found = words.find(type);
    REQUIRE_MESSAGE(found != words.end(), "a type that is not known: ", type);
    return found->second;
}

std::map<std::string, std::int64_t> constants_of(const std::string& text, const std::regex& constant) {
    std::map<std::string, std::int64_t> constants;
    for (std::sregex_iterator at{text.begin(), text.end(), constant}, end; at != end; ++at)
        constants.emplace((*at)[1], std::stoll((*at)[2]));
    return constants;
}

Declared read_csharp(const std::string& text) {
    static const Words words{{"void", Width::none},       {"int", Width::bits_32},       {"uint", Width::bits_32},
                             {"long", Width::bits_64},    {"IntPtr", Width::pointer},    {"UIntPtr", Width::pointer},
                             {"string", Width::pointer},  {"IntPtr[]", Width::pointer},  {"int[]", Width::pointer}};
    static const std::regex function{R"(\[DllImport\(Library\)\] public static extern (\w+) (\w+)\(([^;]*?)\);)"};
    static const std::regex parameter{R"(\s*(\[MarshalAs\(UnmanagedType\.LPUTF8Str\)\] |\[Out\] )?(out )?([\w\[\]]+) @?\w+\s*)"};
    Declared declared;
    for (std::sregex_iterator at{text.begin(), text.end(), function}, end; at != end; ++at) {
        HeaderFunction& found = declared.functions[(*at)[2]];
        found.result = width_of(words, (*at)[1]);
        for (const auto& one : split((*at)[3], ",")) {
            std::smatch parts;
            REQUIRE_MESSAGE(std::regex_match(one, parts, parameter), one);
            static const std::regex keyword{R"( (params|event|object|string|ref|in|out|base|lock|checked|fixed|operator)\s*$)"};
            CHECK_FALSE(std::regex_search(one, keyword));
            // Without the word they would cross as the system's code page.
            CHECK((parts[3] == "string") == (parts[1].str().find("LPUTF8Str") != std::string::npos));
            found.parameters.push_back(parts[2].matched ? Width::pointer : width_of(words, parts[3]));
        }
    }
    declared.constants = constants_of(text, std::regex{R"(public const int (\w+) = (\d+);)"});
    return declared;
}

Declared read_visual_basic(const std::string& text) {
    static const Words words{{"Integer", Width::bits_32}, {"UInteger", Width::bits_32}, {"Long", Width::bits_64},
                             {"IntPtr", Width::pointer},  {"UIntPtr", Width::pointer},  {"String", Width::pointer},
                             {"IntPtr()", Width::pointer}, {"Integer()", Width::pointer}};
    static const std::regex function{R"(<DllImport\(Library\)>\s+Public Shared (Function|Sub) (\w+)\(([\s\S]*?)\)( As (\w+))?\n\s+End (Function|Sub))"};
    static const std::regex parameter{R"(\s*(<MarshalAs\(UnmanagedType\.LPUTF8Str\)> |<Out> )?(ByRef )?\[?\w+\]? As ([\w()]+)\s*)"};
    Declared declared;
    for (std::sregex_iterator at{text.begin(), text.end(), function}, end; at != end; ++at) {
        HeaderFunction& found = declared.functions[(*at)[2]];
        CHECK((*at)[1] == (*at)[6]);
        CHECK(((*at)[1] == "Function") == (*at)[5].matched);
        if ((*at)[5].matched) found.result = width_of(words, (*at)[5]);
        for (const auto& one : split((*at)[3], ",")) {
            std::smatch parts;
            REQUIRE_MESSAGE(std::regex_match(one, parts, parameter), one);
            CHECK((parts[3] == "String") == (parts[1].str().find("LPUTF8Str") != std::string::npos));
            found.parameters.push_back(parts[2].matched ? Width::pointer : width_of(words, parts[3]));
        }
    }
    declared.constants = constants_of(text, std::regex{R"(Public Const (\w+) As Integer = (\d+))"});
    return declared;
}

enum class Access { bits_32, bits_64 };

// Only the declarations of one branch of `#If Win64`.
std::map<std::string, HeaderFunction> read_vba(const std::string& module, Access access) {
    // In Access of 32 bits a pointer is a Long, and a whole number of 64 bits a Currency.
    static const Words narrow{{"Long", Width::bits_32}, {"Currency", Width::bits_64}};
    static const Words wide{{"Long", Width::bits_32}, {"LongLong", Width::bits_64}, {"LongPtr", Width::pointer}};
    const auto begin = module.find("#If Win64 Then");
    const auto middle = module.find("#Else", begin);
    const auto end = module.find("#End If", middle);
    REQUIRE(end != module.npos);
    const bool is_wide = access == Access::bits_64;
    const Words& words = is_wide ? wide : narrow;
    const std::string text = std::regex_replace(
        is_wide ? module.substr(begin, middle - begin) : module.substr(middle, end - middle), std::regex{" _\\r?\\n\\s*"}, " ");
    const std::regex function{std::string{"Private Declare "} + (is_wide ? "PtrSafe " : "") +
                              R"((Function|Sub) (stocktray_\w+) Lib "stocktray.dll" \(([^)]*)\)( As (\w+))?)"};
    static const std::regex parameter{R"(\s*(ByVal|ByRef) \w+ As (\w+)\s*)"};
    std::map<std::string, HeaderFunction> functions;
    for (std::sregex_iterator at{text.begin(), text.end(), function}, none; at != none; ++at) {
        HeaderFunction& found = functions[(*at)[2]];
        CHECK(((*at)[1] == "Function") == (*at)[5].matched);
        if ((*at)[5].matched) found.result = width_of(words, (*at)[5]);
        for (const auto& one : split((*at)[3], ",")) {
            std::smatch parts;
            REQUIRE_MESSAGE(std::regex_match(one, parts, parameter), one);
            found.parameters.push_back(parts[1] == "ByRef" && is_wide ? Width::pointer
                                       : parts[1] == "ByRef"          ? Width::bits_32
                                                                      : width_of(words, parts[2]));
        }
    }
    return functions;
}

// The header's functions by widths alone; where pointers have 32 bits they are whole numbers of 32 bits.
std::map<std::string, HeaderFunction> by_width(Width pointer) {
    std::map<std::string, HeaderFunction> functions = header.functions;
    for (auto& [name, function] : functions) {
        function.types.clear();
        if (function.result == Width::pointer) function.result = pointer;
        std::ranges::replace(function.parameters, Width::pointer, pointer);
    }
    return functions;
}

void check_same(const std::map<std::string, HeaderFunction>& found, const std::map<std::string, HeaderFunction>& meant) {
    for (const auto& [name, function] : meant) {
        CAPTURE(name);
        REQUIRE(found.contains(name));
        CHECK(found.at(name) == function);
    }
    CHECK(found.size() == meant.size());
}

}  // namespace

TEST_SUITE("declarations for other languages") {
    TEST_CASE("the header is read whole") {
        CHECK(header.functions.size() > 40);
        CHECK(header.constants.size() == 18);
        const auto& change = header.functions.at("stocktray_change_new");
        CHECK(change.types == std::vector<std::string>{"const char *", "const char *", "int64_t", "const char *"});
        CHECK(change.result == Width::pointer);
    }

    TEST_CASE("C#") {
        const auto declared = read_csharp(read_text(root + "/ipc/examples/dotnet/Stocktray.cs"));
        check_same(declared.functions, by_width(Width::pointer));
        CHECK(declared.constants == header.constants);
    }

    TEST_CASE("Visual Basic .NET") {
        const auto declared = read_visual_basic(read_text(root + "/ipc/examples/dotnet/Stocktray.vb"));
        check_same(declared.functions, by_width(Width::pointer));
        CHECK(declared.constants == header.constants);
    }

    TEST_CASE("Access of 64 and of 32 bits") {
        const auto module = read_text(root + "/ipc/examples/vba/Stocktray.bas");
        check_same(read_vba(module, Access::bits_64), by_width(Width::pointer));
        check_same(read_vba(module, Access::bits_32), by_width(Width::bits_32));
        CHECK(constants_of(module, std::regex{R"(Public Const (\w+) As Long = (\d+))"}) == header.constants);
    }

    TEST_CASE("a line of the module is one that Access can read") {
        for (const auto& line : split(read_text(root + "/ipc/examples/vba/Stocktray.bas"), "\n")) {
            CHECK(line.size() < 1'023);
            for (const char sign : line) CHECK(static_cast<unsigned char>(sign) < 128);
        }
    }

    TEST_CASE("Python's ctypes") {
        static const Words words{{"None", Width::none},       {"c_int32", Width::bits_32},  {"c_int64", Width::bits_64},
                                 {"c_size_t", Width::pointer}, {"c_void_p", Width::pointer}, {"c_char_p", Width::pointer},
                                 {"POINTER(c_void_p)", Width::pointer}, {"POINTER(c_int32)", Width::pointer}};
        const auto text = read_text(root + "/ipc/examples/python/stocktray.py");
        static const std::regex function{R"re(_function\("(\w+)", ([^\n]*)\)\n)re"};
        const auto meant = by_width(Width::pointer);
        int count = 0;
        for (std::sregex_iterator at{text.begin(), text.end(), function}, end; at != end; ++at, ++count) {
            const std::string name = "stocktray_" + (*at)[1].str();
            CAPTURE(name);
            REQUIRE(meant.contains(name));
            HeaderFunction found;
            const auto types = split((*at)[2], ", ");
            found.result = width_of(words, types.front());
            for (std::size_t i = 1; i < types.size(); ++i) found.parameters.push_back(width_of(words, types[i]));
            CHECK(found == meant.at(name));
        }
        CHECK(count > 15);
    }
}

}  // namespace stocktray::tests
