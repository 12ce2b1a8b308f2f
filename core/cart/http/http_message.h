// One HTTP exchange as values: what is asked, and everything about the answer that a decision may rest on.
#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/time.h"

namespace stocktray::http {

// Takes an answer's body in pieces as it comes, so that a whole catalogue is never in memory.
class BodySink {
public:
    virtual ~BodySink() = default;
    // False ends the transfer (`Transport::stopped_by_reader`). Called on the loop's thread.
    [[nodiscard]] virtual bool take(std::string_view piece) = 0;
    // False: the rest of the body is to stay away until this is true again. Asked after each piece, and then each
    // time `HttpClient::poll` is called; little more than one piece comes meanwhile.
    [[nodiscard]] virtual bool has_room() const { return true; }
};

// May the body travel a second time without our rules knowing? libcurl repeats a POST by itself when a
// reused connection is closed without an answer; a stock change must never be repeated that way.
enum class Rewind { allowed, forbidden };

// Is plain http good enough? Only where the cart's owner has ticked it.
enum class PlainHttp { refused, allowed };

// `get` has no body. Nothing here ever deletes.
enum class Method { get, post, put };

struct Request {
    std::string url;   // byte for byte
    std::string body;  // of `content_type`
    Method method{Method::post};
    std::string content_type{"application/x-www-form-urlencoded"};
    // Beside the usual ones. Never with a line end in them: they may hold a key that a person typed in.
    std::vector<std::pair<std::string, std::string>> headers;
    Rewind rewind{Rewind::allowed};
    PlainHttp plain_http{PlainHttp::refused};
    Milliseconds connect_timeout{10'000};
    std::optional<Milliseconds> whole_timeout{30'000};  // none: only `idle_timeout` ends it
    std::optional<Milliseconds> idle_timeout;           // no byte for this long
    std::size_t max_body{64 * 1024};                    // more is `Transport::too_large`
    std::shared_ptr<BodySink> sink;  // takes the body in place of `Reply::body` if the status is 200
};

// How far the exchange came. Everything above `complete` says that no answer can be trusted.
enum class Transport {
    complete,            // a whole answer, framing intact
    plain_http_refused,  // never tried: the URL is http and that is not allowed
    bad_url,             // never tried
    no_password,         // never tried: what the cart lets in with cannot be read at present
    name_lookup_failed,  // never connected
    connect_failed,      // never connected
    tls_failed,          // never a trusted connection: the certificate is none to believe; `detail` names the reason
    no_tls,              // never connected: no TLS there, or none that is new enough
    timed_out,           // see `Reply::was_sent`
    closed,              // the connection ended before an answer or inside it
    not_http,            // what came back is no HTTP answer
    too_large,
    stopped_by_reader,
    local_failure,  // our side: out of memory, out of descriptors
};

struct Reply {
    Transport transport{Transport::complete};
    // False only when it is certain that not one byte of the request left this machine on a usable
    // connection.
    bool was_sent{true};
    int status{0};                                             // 0: no status line was read
    std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
    std::string body;
    // The end of the body was marked by closing alone, so a cut cannot be seen.
    bool is_close_framed{false};
    std::optional<Milliseconds> retry_after;  // header Retry-After, seconds or date, read
    std::optional<WallTime> date;             // header Date, read: the store's own clock, in whole seconds
    Milliseconds took{0};
    std::string detail;  // libcurl's words, for the log and for diagnosis; no secret
};

// First value of header `name` (lower case), empty if there is none.
[[nodiscard]] std::string_view header(const Reply& reply, std::string_view name) noexcept;

}  // namespace stocktray::http
