#include "agent/gateway/script/answers.h"

#include <fmt/format.h>

#include <pugixml.hpp>
#include <sstream>

namespace stocktray::gateway {
namespace {

// A field ends at a semicolon, the answer at the end of its line.
std::string in_one_line(std::string_view text) {
    std::string line{text};
    for (char& c : line)
        if (c == '\r' || c == '\n') c = ' ';
    return line;
}

}  // namespace

std::string taken_answer(std::string_view sku, std::optional<std::int64_t> qoh, std::string_view note) {
    return fmt::format("SETIResponse=OK;SKU={};{}NOTE={}", sku, qoh ? fmt::format("QOH={};", *qoh) : "", in_one_line(note));
}

std::string replaced_answer(std::span<const PostedPiece> pieces, std::string_view word) {
    std::string answer = "SETIResponse\r\n";
    for (const auto& piece : pieces) answer += fmt::format("{}={}\r\n", piece.sku, word);
    return answer + "SETIEndOfData\r\n";
}

std::string value_answer(std::string_view name, std::string_view value) { return fmt::format("SETIResponse: {}={}", name, value); }

std::string error_answer(std::string_view sentence) { return "SETIError: " + in_one_line(sentence); }

std::string counts_answer(std::span<const CountedProduct> products) {
    pugi::xml_document document;
    auto declaration = document.append_child(pugi::node_declaration);
    declaration.append_attribute("version") = "1.0";
    declaration.append_attribute("encoding") = "UTF-8";
    auto root = document.append_child("SETIProducts");
    auto response = root.append_child("Response");
    response.append_child("ResponseCode").text() = products.empty() ? 2 : 1;
    response.append_child("ResponseDescription").text() = "success";
    for (const auto& [sku, qoh] : products) {
        auto product = root.append_child("Product");
        product.append_child("Code").text() = sku.c_str();
        product.append_child("WebID").text() = sku.c_str();
        product.append_child("QOH").text() = qoh ? std::to_string(*qoh).c_str() : "NA";
    }
    std::ostringstream text;
    document.save(text, "", pugi::format_raw);  // the Order Manager's own reader dislikes line feeds between tags
    return text.str();
}

}  // namespace stocktray::gateway
