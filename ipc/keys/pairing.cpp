#include "ipc/keys/pairing.h"

#include <fmt/format.h>
#include <algorithm>
#include <charconv>

#include "ipc/endpoint.h"

namespace stocktray::ipc {
namespace {

constexpr std::string_view scheme = "stocktray-pair:";

Failure broken(std::string_view what) {
    return fail(Code::invalid_params,
                fmt::format("This is no whole pairing string: {}. Copy it again from the agent's computer, from "
                            "'stocktray-pair:' to its end.",
                            what));
}

bool is_token(std::string_view text) {
    return text.size() == 32 && text.find_first_not_of("0123456789abcdef") == text.npos;
}

}  // namespace

std::string Pairing::text() const { return fmt::format("{}{}:{}:{}:{}", scheme, host, port, agent_key.hex(), token); }

std::string Pairing::endpoint() const { return fmt::format("tcp://{}:{}", host, port); }

Expected<Pairing> Pairing::parse(std::string_view given) {
    std::string text;
    for (const char c : given)
        if (c > ' ') text += c;
    if (!text.starts_with(scheme)) return broken("it does not begin with 'stocktray-pair:'");
    // From the end: a host may hold colons.
    std::string_view rest = std::string_view{text}.substr(scheme.size());
    const auto take_last = [&rest] {
        const auto colon = rest.rfind(':');
        const std::string_view last = colon == rest.npos ? std::string_view{} : rest.substr(colon + 1);
        rest = rest.substr(0, colon == rest.npos ? 0 : colon);
        return last;
    };
    const auto token = take_last();
    const auto key = PublicKey::from_hex(take_last());
    const auto port_text = take_last();
    int port = 0;
    const auto parsed = std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
    if (!is_token(token)) return broken("its last part is not complete");
    if (!key) return broken("the agent's key in it is not complete");
    if (parsed.ec != std::errc{} || parsed.ptr != port_text.data() + port_text.size() || port < 1 || port > 65'532)
        return broken("the port in it is no number");
    if (rest.empty()) return broken("the address in it is missing");
    Pairing pairing{std::string{rest}, port, *key, std::string{token}};
    if (!endpoints_of(pairing.endpoint())) return broken("the address in it is none");
    return pairing;
}

}  // namespace stocktray::ipc
