#include "agent/gateway/script/script_options.h"

#include <fmt/format.h>
#include <array>

#include "core/cart/seti/ascii.h"

namespace stocktray::gateway {
namespace {

bool is_loopback(std::string_view address) { return address.starts_with("127.") || address == "::1"; }

// `127.0.0.1:5780`, `[::1]:5780`
bool read_address(std::string_view text, ScriptOptions& into) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return false;
    auto address = text.substr(0, colon);
    const auto port = cart::seti::read_integer(text.substr(colon + 1));
    if (!port || *port < 1 || *port > 65'535) return false;
    if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
    if (address.empty()) return false;
    into.address = address;
    into.port = static_cast<std::uint16_t>(*port);
    return true;
}

}  // namespace

std::string ScriptOptions::url() const {
    const bool is_v6 = address.find(':') != std::string::npos;
    return fmt::format("{}://{}{}{}:{}/", is_https() ? "https" : "http", is_v6 ? "[" : "", address, is_v6 ? "]" : "", port);
}

Result<ScriptOptions> read_script_options(const settings::File& file, const toml::table& table) {
    ScriptOptions options;
    std::string listen = "127.0.0.1:5780";
    Milliseconds silent{options.store_silent_for};
    const settings::Setters setters{
        {"listen", settings::text(listen)},
        {"allow_plain_http", settings::yes_or_no(options.allows_plain_http)},
        {"certificate", settings::text(options.certificate)},
        {"key", settings::text(options.key)},
        {"fan_out", settings::one_of(options.fan_out, std::array<std::pair<std::string_view, FanOut>, 2>{
                                                          {{"stocktray", FanOut::stocktray},
                                                           {"order_manager", FanOut::order_manager}}})},
        {"source", settings::text(options.source)},
        {"ca_file", settings::text(options.ca_file)},
        {"store_timeout_seconds", settings::seconds(silent)},
    };
    if (auto good = file.apply(table, "script.", setters); !good) return Failure{std::move(good.error())};
    options.store_silent_for = std::chrono::milliseconds{silent.count()};
    if (!read_address(listen, options))
        return file.wrong(table, fmt::format("script.listen is {}; it is an address and a port, such as 127.0.0.1:5780.", listen));
    if (options.certificate.empty() != options.key.empty())
        return file.wrong(table, "script.certificate and script.key go together.");
    if (!options.is_https() && !is_loopback(options.address) && !options.allows_plain_http)
        return file.wrong(table, fmt::format("script.listen is {}, and passwords would cross the network in clear. Give "
                                             "script.certificate and script.key, or allow it: script.allow_plain_http = true.",
                                             listen));
    if (options.fan_out == FanOut::order_manager && !options.source.empty())
        return file.wrong(table, "script.source is for fan_out = \"stocktray\" only.");
    return options;
}

}  // namespace stocktray::gateway
