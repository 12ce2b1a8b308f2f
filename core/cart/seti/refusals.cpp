#include "core/cart/seti/refusals.h"

#include <array>

#include "core/cart/seti/ascii.h"

namespace stocktray::cart::seti {
namespace {

struct Refusal {
    std::string_view beginning;
    std::string_view later;  // must follow somewhere on the same line; empty: nothing more
    Cause cause;
};

constexpr std::array refusals{
    // our connector, as whole texts
    Refusal{"postid conflict", "", Cause::postid_conflict},
    Refusal{"postid malformed", "", Cause::bad_request},
    Refusal{"postid busy", "", Cause::postid_busy},
    Refusal{"busy, nothing changed", "", Cause::busy},
    Refusal{"https required", "", Cause::https_required},
    Refusal{"other agent", "", Cause::other_agent},
    Refusal{"store changed", "", Cause::store_changed},
    Refusal{"connector not configured", "", Cause::store_error},
    Refusal{"length required", "", Cause::bad_request},
    Refusal{"request too large", "", Cause::bad_request},
    Refusal{"form required", "", Cause::bad_request},
    Refusal{"POST required", "", Cause::bad_request},
    // Magento's script; its "Access denied" is our connector's, too
    Refusal{"Access denied", "", Cause::auth},
    Refusal{"Couldn't open store connection", "", Cause::store_error},
    Refusal{"Function ", "was not found", Cause::unknown_function},
    Refusal{"Invalid/missing update command", "", Cause::bad_request},
    // eZ publish
    Refusal{"Incorrect username", "", Cause::auth},
    Refusal{"Incorrect password", "", Cause::auth},  // Inroads', too
    Refusal{"Incorrect code", "", Cause::auth},
    Refusal{"No setifunction", "", Cause::bad_request},  // Inroads', too
    // Southern Exposure
    Refusal{"Invalid username, password, or store code", "", Cause::auth},
    Refusal{"Integration has no support", "", Cause::unknown_function},
    Refusal{"Expected ", " updates", Cause::bad_request},
    Refusal{"Malformed update entry", "", Cause::bad_request},
    Refusal{"Could not parse quantity", "", Cause::bad_request},
    // Avetti
    Refusal{"No store code provided", "", Cause::bad_request},
    // MerchantTribe
    Refusal{"Requests must be secured", "", Cause::https_required},
    Refusal{"User does not have access", "", Cause::auth},
    // Inroads
    Refusal{"User Not Found", "", Cause::auth},
    Refusal{"Unable to open database", "", Cause::store_error},
};

}  // namespace

std::optional<Cause> listed_refusal(std::string_view text) noexcept {
    text = trim(text);
    const std::string_view line = take_line(text).text;
    for (const Refusal& r : refusals)
        if (starts_ignoring_case(line, r.beginning) &&
            find_ignoring_case(line, r.later, r.beginning.size()) != std::string_view::npos)
            return r.cause;
    return std::nullopt;
}

Cause xml_refusal(std::string_view text) noexcept {
    if (const auto listed = listed_refusal(text)) return *listed;
    const auto says = [text](std::string_view word) {
        return find_ignoring_case(text, word) != std::string_view::npos;
    };
    if (says("password") || says("username")) return Cause::auth;
    if (says("function")) return Cause::unknown_function;
    if (says("https") || says("secure")) return Cause::https_required;
    return Cause::store_error;
}

}  // namespace stocktray::cart::seti
