#include "core/stack/diagnosis.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace stocktray::stack {
namespace {

using cart::Cause;

enum class Reached { yes, no };

struct Row {
    Cause cause;
    std::string_view word;
    Reached reached;
    std::string_view message;
    std::string_view hint;
};

constexpr std::string_view look_at_url = "Check the Script URL in the cart's definition.";
constexpr std::string_view waits = "Nothing is lost; the posts wait and are sent again by themselves.";

constexpr std::array rows{
    Row{Cause::none, "", Reached::yes, "", ""},
    Row{Cause::not_found, "not_found", Reached::yes, "The store does not know this SKU.",
        "Add the product at the store and retry the post; or map the SKU, cancel the post, and use Send QOH for it."},
    Row{Cause::not_tracked, "not_tracked", Reached::yes, "The store does not track the stock of this SKU.",
        "Turn stock tracking on for the product at the store, then retry the post; or exclude the SKU."},
    Row{Cause::ambiguous, "ambiguous", Reached::yes, "Two products at the store bear this SKU.",
        "Give one of the two products at the store another SKU, then retry the post."},
    Row{Cause::invalid_product, "invalid_product", Reached::yes,
        "The store refuses to save this product because of something else in it.",
        "Open the product at the store, correct what it complains about and save it; then retry the post."},
    Row{Cause::changed_meanwhile, "changed_meanwhile", Reached::yes,
        "The item's count at the store moved in the moment of the change: a sale may have been overwritten.",
        "Import the cart's web orders; the count is compared afterwards."},
    Row{Cause::unsendable_sku, "unsendable_sku", Reached::yes,
        "This SKU cannot be written in the form that the store's script reads.",
        "Map the SKU to another one for this cart, or exclude it."},
    Row{Cause::auth, "auth", Reached::yes, "Not authorized: user name or password differ from the store's.",
        "Enter the cart's user and password again. Nothing is lost; the posts wait."},
    Row{Cause::unknown_function, "unknown_function", Reached::yes,
        "The store's script does not know this function.",
        "Test the cart: the script may have been replaced by an older one."},
    Row{Cause::bad_request, "bad_request", Reached::yes, "The store's script could not read the request.",
        "Test the cart to find out which form its script reads."},
    Row{Cause::postid_conflict, "postid_conflict", Reached::yes,
        "The store remembers another change under this post's key.",
        "Compare the count at the store, then decide whether the post was applied."},
    Row{Cause::postid_busy, "postid_busy", Reached::yes, "The store is still working on the first sending.",
        waits},
    Row{Cause::other_agent, "other_agent", Reached::yes,
        "Another Stocktray agent keeps this store's counts.",
        "Stop the other agent, or take the store over if it no longer lives."},
    Row{Cause::store_changed, "store_changed", Reached::yes,
        "The store is not the one that the posts were made for: its database was replaced.",
        "Compare the counts of this cart before it goes on, then accept the store."},
    Row{Cause::busy, "busy", Reached::yes, "The store's database was busy and changed nothing.", waits},
    Row{Cause::https_required, "https_required", Reached::yes, "The store's script accepts only https.",
        "Change the Script URL to https, or allow plain http in the connector's configuration."},
    Row{Cause::store_error, "store_error", Reached::yes, "The store's script reported an error.",
        "Look at the text below and at the store's error log."},
    Row{Cause::malformed, "malformed", Reached::no, "The store's answer could not be read.",
        "Look at the store's error log; a PHP error may cut the answer."},
    Row{Cause::no_answer, "no_answer", Reached::no, "The store's answer was empty.",
        "Look at the store's PHP error log: the script ended without a word."},
    Row{Cause::truncated, "truncated", Reached::no, "Only half of the store's answer arrived.", waits},
    Row{Cause::too_large, "too_large", Reached::no, "The store's answer was far too long.",
        "Check that the Script URL is the import script and not a page of the shop."},
    Row{Cause::forbidden_xml, "forbidden_xml", Reached::no,
        "The store's answer contained XML that is refused for safety.", look_at_url},
    Row{Cause::not_a_script, "not_a_script", Reached::no,
        "A web page came back in place of the import script's answer.", look_at_url},
    Row{Cause::redirected, "redirected", Reached::no, "The store sends the request to another address.",
        "Enter the final address as the Script URL (often https in place of http, or with www)."},
    Row{Cause::forbidden_page, "forbidden_page", Reached::no,
        "The web server does not let us reach the script (401 or 403).",
        "Check the web server's access rules and firewall for the Script URL."},
    Row{Cause::page_not_found, "page_not_found", Reached::no, "The script was not found (404).", look_at_url},
    Row{Cause::http_error, "http_error", Reached::no, "The web server reported an error.",
        "Look at the web server's error log; its PHP or database may be down."},
    Row{Cause::rate_limited, "rate_limited", Reached::no, "The store asks for fewer requests.", waits},
    Row{Cause::name_lookup, "name_lookup", Reached::no, "The store's name could not be found in the network.",
        "Check the network connection and the host name in the Script URL."},
    Row{Cause::connect, "connect", Reached::no, "The store's web server could not be reached.",
        "Check that the web server runs and that the network reaches it."},
    Row{Cause::tls, "tls", Reached::no, "The store's certificate could not be verified.",
        "Renew the store's certificate, or correct the host name in the Script URL or this computer's date."},
    Row{Cause::no_tls, "no_tls", Reached::no, "No safe connection (https) to the store could be made.",
        "Check host and port in the Script URL; the web server there has to offer TLS 1.2 or newer."},
    Row{Cause::plain_http, "plain_http", Reached::no, "The Script URL is plain http, which is not allowed.",
        "Use https, or allow plain http for this cart if the network is your own."},
    Row{Cause::timeout, "timeout", Reached::no, "The store did not answer in time.",
        "Look whether the store's web site is slow or hangs."},
    Row{Cause::closed, "closed", Reached::no, "The connection was closed before the answer came.",
        "Look at the web server's error log; a PHP process may have crashed."},
    Row{Cause::not_http, "not_http", Reached::no, "What answers at the Script URL is no web server.",
        "Check host and port in the Script URL."},
    Row{Cause::no_password, "no_password", Reached::no, "The cart's password cannot be read.",
        "Unlock the keyring on the agent's computer. Nothing is lost; the posts wait."},
    Row{Cause::local_failure, "local_failure", Reached::no, "This machine could not send the request.",
        "Look at the agent's log: memory or open files may have run out."},
};

char to_lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

const Row& row(Cause cause) noexcept {
    const auto found = std::ranges::find(rows, cause, &Row::cause);
    return found == rows.end() ? rows.front() : *found;
}

}  // namespace

std::string_view to_string(Cause cause) noexcept { return row(cause).word; }

Cause cause_from(std::string_view word) noexcept {
    const auto found = std::ranges::find(rows, word, &Row::word);
    return found == rows.end() ? Cause::none : found->cause;
}

Diagnosis diagnose(Cause cause, std::string_view said) {
    const Row& found = row(cause);
    Diagnosis diagnosis{std::string{found.message}, std::string{found.hint}};
    // A script's own answer line is for programs; the sentence above says what it means.
    constexpr std::string_view answer_line = "SETIResponse";
    const bool is_for_programs = said.size() >= answer_line.size() &&
                                 std::ranges::equal(said.substr(0, answer_line.size()), answer_line, {}, to_lower, to_lower);
    if (!said.empty() && !is_for_programs) {
        constexpr std::size_t longest_quote = 200;
        const auto line = said.substr(0, said.find('\n'));
        std::size_t size = std::min(line.size(), longest_quote);
        // A character that was cut in two would make the whole message unreadable for every client.
        while (size > 0 && size < line.size() && (static_cast<unsigned char>(line[size]) & 0xC0) == 0x80) --size;
        diagnosis.message += fmt::format(" (“{}”)", line.substr(0, size));
    }
    return diagnosis;
}

bool is_failure_to_reach(Cause cause) noexcept { return row(cause).reached == Reached::no; }

}  // namespace stocktray::stack
