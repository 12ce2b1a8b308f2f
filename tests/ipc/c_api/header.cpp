#include "tests/ipc/c_api/header.h"

#include <fstream>
#include <iterator>
#include <regex>
#include <stdexcept>

namespace stocktray::tests {
namespace {

std::string squeezed(const std::string& text) {
    std::string out = std::regex_replace(text, std::regex{"\\s+"}, " ");
    out.erase(0, out.find_first_not_of(' '));
    out.erase(out.find_last_not_of(' ') + 1);
    return out;
}

Width width_of(const std::string& type) {
    static const std::map<std::string, Width> known{
        {"void", Width::none},           {"int32_t", Width::bits_32},         {"uint32_t", Width::bits_32},
        {"int64_t", Width::bits_64},     {"size_t", Width::pointer},          {"stocktray_code", Width::bits_32},
        {"stocktray_place", Width::bits_32}};
    if (type.find('*') != type.npos) return Width::pointer;
    const auto found = known.find(type);
    if (found == known.end()) throw std::runtime_error{"stocktray.h has a type that is not known: " + type};
    return found->second;
}

// "const char *sku" without the name.
std::string type_of(const std::string& parameter) {
    static const std::regex named{"^(.*?[ *])([A-Za-z_][A-Za-z0-9_]*)$"};
    std::smatch found;
    return std::regex_match(parameter, found, named) ? squeezed(found[1]) : parameter;
}

void read_functions(const std::string& text, Header& header) {
    static const std::regex declaration{R"(STOCKTRAY_API ([^;()]*?)STOCKTRAY_CALL (\w+)\(([^;]*?)\);)"};
    for (std::sregex_iterator at{text.begin(), text.end(), declaration}, end; at != end; ++at) {
        HeaderFunction function;
        function.result = width_of(squeezed((*at)[1]));
        const std::string parameters = squeezed((*at)[3]);
        static const std::regex comma{","};
        if (parameters != "void")
            for (std::sregex_token_iterator one{parameters.begin(), parameters.end(), comma, -1}, none; one != none; ++one) {
                function.types.push_back(type_of(squeezed(*one)));
                function.parameters.push_back(width_of(function.types.back()));
            }
        if (!header.functions.emplace((*at)[2], std::move(function)).second)
            throw std::runtime_error{"stocktray.h declares twice: " + (*at)[2].str()};
    }
}

void read_constants(const std::string& text, Header& header) {
    static const std::regex enumerator{R"((STOCKTRAY_\w+) = (-?\d+))"};
    static const std::regex version{R"(#define (STOCKTRAY_API_VERSION) (\d+))"};
    for (const auto* pattern : {&enumerator, &version})
        for (std::sregex_iterator at{text.begin(), text.end(), *pattern}, end; at != end; ++at)
            header.constants.emplace((*at)[1], std::stoll((*at)[2]));
}

}  // namespace

std::string read_text(const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary};
    if (!in) throw std::runtime_error{file.string() + " cannot be read"};
    return {std::istreambuf_iterator<char>{in}, {}};
}

Header read_header(const std::filesystem::path& file) {
    static const std::regex comment{R"(/\*[^*]*\*+(?:[^/*][^*]*\*+)*/)"};
    const std::string code = squeezed(std::regex_replace(read_text(file), comment, ""));
    Header header;
    read_functions(code, header);
    read_constants(code, header);
    return header;
}

}  // namespace stocktray::tests
