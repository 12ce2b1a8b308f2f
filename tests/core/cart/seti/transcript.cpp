#include "transcript.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "core/charset.h"

namespace stocktray::test {
namespace {

constexpr std::size_t patience = 8U << 20U;  // what may come before we call it endless

std::string encode(const std::string& bytes) {
    std::string out;
    for (const char c : bytes) {
        const bool is_plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                              c == '-' || c == '_' || c == '.' || c == '*';
        if (is_plain) {
            out += c;
        } else {
            char code[4];
            std::snprintf(code, sizeof code, "%%%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
            out += code;
        }
    }
    return out;
}

std::string from_base64(const std::string& text) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    unsigned bits = 0;
    unsigned held = 0;
    for (const char c : text) {
        const auto digit = digits.find(c);
        if (digit == std::string_view::npos) continue;
        held = (held << 6U) | static_cast<unsigned>(digit);
        if ((bits += 6) < 8) continue;
        bits -= 8;
        out += static_cast<char>((held >> bits) & 0xFFU);
    }
    return out;
}

std::string with_number(std::string item, int n) {
    for (std::size_t at = 0; (at = item.find("{n}", at)) != std::string::npos;)
        item.replace(at, 3, std::to_string(n));
    return item;
}

// Gives the body away in pieces of odd sizes until the receiver has enough.
void each_piece(const Exchange& exchange, const std::function<bool(std::string_view)>& take) {
    const std::string how = exchange.response.at("body");
    if (how == "generate") {
        const auto& g = exchange.response.at("generate");
        if (!take(g.at("prefix").get<std::string>())) return;
        std::string piece;
        for (int n = 1; n <= g.at("count").get<int>(); ++n) {
            piece += with_number(g.at("item"), n);
            if (piece.size() < 16'000) continue;
            if (!take(piece)) return;
            piece.clear();
        }
        if (piece.empty() || take(piece)) take(g.at("suffix").get<std::string>());
        return;
    }
    const std::string body = how == "base64" ? from_base64(exchange.section) : exchange.section;
    for (std::size_t at = 0, size = 1; at < body.size(); at += size, size = size % 7 + 3)
        if (!take(std::string_view{body}.substr(at, size))) return;
}

}  // namespace

std::string Exchange::field(const std::string& wanted) const {
    const auto at = std::ranges::find(form, wanted, &std::pair<std::string, std::string>::first);
    return at == form.end() ? std::string{} : at->second;
}

std::string Exchange::encoded_form() const {
    std::string out;
    for (const auto& [key, value] : form) {
        if (!out.empty()) out += '&';
        out += encode(key) + "=" + encode(charset::from_utf8(value, charset).value());
    }
    return out;
}

http::Reply Exchange::reply_to(const http::Request& request) const {
    http::Reply reply;
    reply.status = response.at("status");
    for (const auto& header : response.at("headers")) {
        std::string header_name = header.at(0);
        std::ranges::transform(header_name, header_name.begin(),
                               [](unsigned char c) { return std::tolower(c); });
        reply.headers.emplace_back(header_name, header.at(1));
        if (header_name == "retry-after")
            reply.retry_after = std::chrono::seconds{std::stoi(header.at(1).get<std::string>())};
    }
    const std::string framing = response.at("framing");
    reply.is_close_framed = framing == "close";
    if (framing == "cut") reply.transport = http::Transport::closed;
    std::size_t taken = 0;
    each_piece(*this, [&](std::string_view piece) {
        taken += piece.size();
        if (taken > std::min(request.max_body, patience)) {
            reply.transport = http::Transport::too_large;
            return false;
        }
        if (request.sink && reply.status == 200) {
            if (request.sink->take(piece)) return true;
            reply.transport = http::Transport::stopped_by_reader;
            return false;
        }
        reply.body += piece;
        return true;
    });
    if (framing == "cut" && taken >= response.at("announced_length").get<std::size_t>())
        throw std::runtime_error{name + ": nothing is cut"};
    return reply;
}

std::vector<Exchange> read_transcript(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    std::ostringstream text;
    text << file.rdbuf();
    std::vector<Exchange> exchanges;
    std::string rest = text.str();
    while (!rest.empty()) {
        const auto end = rest.find("\n===\n");
        std::string one = rest.substr(0, end == std::string::npos ? end : end + 1);
        rest = end == std::string::npos ? std::string{} : rest.substr(end + 5);
        const auto body = one.find("\n---\n");
        if (body == std::string::npos) throw std::runtime_error{path + ": an exchange without a body"};
        const auto header = nlohmann::json::parse(one.substr(0, body));
        Exchange exchange;
        exchange.name = header.at("name");
        exchange.charset = header.at("request").at("charset");
        for (const auto& field : header.at("request").at("form"))
            exchange.form.emplace_back(field.at(0), field.at(1));
        exchange.response = header.at("response");
        exchange.expect = header.at("expect");
        exchange.section = one.substr(body + 5);
        if (!exchange.section.ends_with('\n')) throw std::runtime_error{exchange.name + ": no line end"};
        exchange.section.pop_back();
        exchanges.push_back(std::move(exchange));
    }
    return exchanges;
}

std::vector<std::string> transcripts() {
    std::vector<std::string> paths;
    for (const auto& entry :
         std::filesystem::directory_iterator{STOCKTRAY_SOURCE_DIR "/tests/fixtures/transcripts"})
        if (entry.path().extension() == ".seti") paths.push_back(entry.path().string());
    std::ranges::sort(paths);
    return paths;
}

}  // namespace stocktray::test
