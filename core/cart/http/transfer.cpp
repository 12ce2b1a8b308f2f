#include "core/cart/http/transfer.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <utility>

#include "core/cart/http/retry_after.h"
#include "core/cart/http/sound_tls.h"

namespace stocktray::http {
namespace {

constexpr std::size_t most_of_a_page = 64 * 1'024;
constexpr std::size_t most_headers = 64 * 1'024;  // bytes, over all answers to one request

std::string lower(std::string_view text) {
    std::string out{text};
    std::ranges::transform(
        out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return out;
}

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

long remaining_ms(Milliseconds whole, Milliseconds passed) {
    // 0 would mean "no limit" to libcurl.
    return static_cast<long>(std::max<std::int64_t>(1, (whole - passed).count()));
}

}  // namespace

Transfer::Transfer(const TransferSettings& settings) : handle_{curl_easy_init()} {
    if (handle_ == nullptr) throw std::bad_alloc{};
    const auto set = [this](CURLoption option, auto value) { curl_easy_setopt(handle_, option, value); };
    set(CURLOPT_PRIVATE, this);
    set(CURLOPT_ERRORBUFFER, error_);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_QUICK_EXIT, 1L);  // ending a transfer must not wait for its name lookup
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_PATH_AS_IS, 1L);
    set(CURLOPT_PROXY, "");  // not even from the environment
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
    set(CURLOPT_TCP_KEEPALIVE, 1L);
    require_sound_tls(handle_);
    set(CURLOPT_USERAGENT, settings.user_agent.c_str());
    if (!settings.ca_certificates.empty()) {
        curl_blob certificates{};
        certificates.data = const_cast<char*>(settings.ca_certificates.data());
        certificates.len = settings.ca_certificates.size();
        certificates.flags = CURL_BLOB_NOCOPY;
        set(CURLOPT_CAINFO_BLOB, &certificates);
    }
    // libcurl keeps the list it has read for a day, but only if it comes from a file alone.
    if (curl_version_info(CURLVERSION_NOW)->cainfo != nullptr)
        set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
    set(CURLOPT_HEADERFUNCTION, &Transfer::on_header);
    set(CURLOPT_HEADERDATA, this);
    set(CURLOPT_WRITEFUNCTION, &Transfer::on_body);
    set(CURLOPT_WRITEDATA, this);
    set(CURLOPT_READDATA, this);
    set(CURLOPT_OPENSOCKETFUNCTION, &Transfer::on_socket);
    set(CURLOPT_OPENSOCKETDATA, this);
    set(CURLOPT_PREREQFUNCTION, &Transfer::on_request);
    set(CURLOPT_PREREQDATA, this);
}

Transfer::~Transfer() {
    curl_easy_cleanup(handle_);
}

void Transfer::prepare(std::uint64_t id, Request request, std::string host, Clock::time_point now) {
    id_ = id;
    request_ = std::move(request);
    host_ = std::move(host);
    reply_ = Reply{};
    error_[0] = '\0';
    body_sent_ = 0;
    body_received_ = 0;
    headers_received_ = 0;
    begun_ = now;
    last_byte_ = now;
    is_armed_ = false;
    is_past_lookup_ = false;
    has_request_begun_ = false;
    is_too_large_ = false;
    is_paused_ = false;
    is_reader_satisfied_ = true;
    is_out_of_descriptors_ = false;

    const auto set = [this](CURLoption option, auto value) { curl_easy_setopt(handle_, option, value); };
    set(CURLOPT_URL, request_.url.c_str());
    set_headers();
    set(CURLOPT_CUSTOMREQUEST, request_.method == Method::put ? "PUT" : static_cast<const char*>(nullptr));
    if (request_.method == Method::get) {
        set(CURLOPT_HTTPGET, 1L);
        return;
    }
    // A PUT is a POST by another name to libcurl: what is said below about rewinding holds for it, too.
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
    if (request_.rewind == Rewind::forbidden) {
        // libcurl repeats a POST by itself on a reused connection that was closed without an answer, unless
        // it would have to rewind a body that it read from us and that has no way back.
        set(CURLOPT_POSTFIELDS, static_cast<const char*>(nullptr));
        set(CURLOPT_READFUNCTION, &Transfer::on_read);
    } else {
        set(CURLOPT_POSTFIELDS, request_.body.data());
    }
}

void Transfer::set_headers() {
    headers_.reset();
    const auto add = [this](const std::string& line) {
        curl_slist* longer = curl_slist_append(headers_.get(), line.c_str());
        if (longer == nullptr) throw std::bad_alloc{};
        static_cast<void>(headers_.release());
        headers_.reset(longer);
    };
    // Waiting for a "100 Continue" would cost a round trip, and a second on servers that never say it.
    add("Expect:");
    if (request_.method != Method::get) add("Content-Type: " + request_.content_type);
    for (const auto& [name, value] : request_.headers) add(name + ": " + value);
    curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, headers_.get());
}

void Transfer::arm(Clock::time_point now) {
    const auto passed = std::chrono::ceil<Milliseconds>(now - begun_);
    curl_easy_setopt(handle_, CURLOPT_CONNECTTIMEOUT_MS, remaining_ms(request_.connect_timeout, passed));
    curl_easy_setopt(handle_, CURLOPT_TIMEOUT_MS,
                     request_.whole_timeout ? remaining_ms(*request_.whole_timeout, passed) : 0L);
    is_armed_ = true;
    last_byte_ = now;
}

void Transfer::go_on() {
    if (!is_paused_ || !request_.sink->has_room()) return;
    is_paused_ = false;
    last_byte_ = Clock::now();  // it was not the store that kept us waiting
    curl_easy_pause(handle_, CURLPAUSE_CONT);
}

std::optional<Transfer::Clock::time_point> Transfer::deadline() const {
    if (is_paused_) return std::nullopt;
    if (is_armed_) {
        if (!request_.idle_timeout) return std::nullopt;
        return last_byte_ + *request_.idle_timeout;
    }
    return begun_ + std::min(request_.connect_timeout, request_.whole_timeout.value_or(Milliseconds::max()));
}

Reply Transfer::finish(CURLcode result, Clock::time_point now) {
    std::string detail = error_[0] != '\0' ? error_ : curl_easy_strerror(result);
    return finish(transport(result), result == CURLE_OK ? std::string{} : std::move(detail), now);
}

Reply Transfer::finish(Transport transport, std::string detail, Clock::time_point now) {
    reply_.transport = transport;
    if (has_request_begun_) {  // before, a handle still tells of the exchange before this one
        reply_.status = status();
        reply_.is_close_framed = is_close_framed();
    }
    // libcurl tells us before the first byte of a request goes out; short of that, none can have.
    reply_.was_sent = has_request_begun_;
    reply_.detail = std::move(detail);
    reply_.took = std::chrono::duration_cast<Milliseconds>(now - begun_);
    if (const auto value = header(reply_, "retry-after"); !value.empty())
        reply_.retry_after =
            retry_after(value, std::chrono::time_point_cast<Milliseconds>(std::chrono::system_clock::now()));
    if (const auto value = header(reply_, "date"); !value.empty()) reply_.date = date(value);
    request_ = Request{};  // it holds the store's password, and so may the headers
    curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, static_cast<curl_slist*>(nullptr));
    headers_.reset();
    return std::exchange(reply_, Reply{});
}

Transport Transfer::transport(CURLcode result) const {
    switch (result) {
        case CURLE_OK:
            return Transport::complete;
        case CURLE_UNSUPPORTED_PROTOCOL:  // what libcurl also calls an answer of HTTP/0.9, or of no HTTP at all
            return has_request_begun_ ? Transport::not_http : Transport::bad_url;
        case CURLE_WEIRD_SERVER_REPLY:
            return has_request_begun_ ? Transport::not_http : Transport::connect_failed;
        case CURLE_URL_MALFORMAT:
            return Transport::bad_url;
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_RESOLVE_PROXY:
            return Transport::name_lookup_failed;
        case CURLE_COULDNT_CONNECT:
            return is_out_of_descriptors_ ? Transport::local_failure : Transport::connect_failed;
        case CURLE_OPERATION_TIMEDOUT:
            return is_past_lookup_ ? Transport::timed_out : Transport::name_lookup_failed;
        case CURLE_WRITE_ERROR:
            if (is_too_large_) return Transport::too_large;
            return is_reader_satisfied_ ? Transport::local_failure : Transport::stopped_by_reader;
        case CURLE_OUT_OF_MEMORY:
            // So libcurl ends a header line that has no end, at a megabyte.
            return has_request_begun_ && body_received_ == 0 ? Transport::too_large : Transport::local_failure;
        case CURLE_FAILED_INIT:
        case CURLE_READ_ERROR:
        case CURLE_SSL_ENGINE_INITFAILED:
        case CURLE_SSL_CACERT_BADFILE:
            return Transport::local_failure;
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_SSL_CIPHER:
        case CURLE_USE_SSL_FAILED:
            return has_request_begun_ ? Transport::closed : Transport::no_tls;
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_ISSUER_ERROR:
        case CURLE_SSL_INVALIDCERTSTATUS:
            return has_request_begun_ ? Transport::closed : Transport::tls_failed;
        default:
            break;
    }
    // What is left ended a connection. Before the request began, that is no connection at all.
    return has_request_begun_ ? Transport::closed : Transport::connect_failed;
}

int Transfer::status() const {
    long status = 0;
    curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
    return static_cast<int>(status);
}

bool Transfer::is_close_framed() const {
    long version = 0;
    curl_easy_getinfo(handle_, CURLINFO_HTTP_VERSION, &version);
    if (version != CURL_HTTP_VERSION_1_0 && version != CURL_HTTP_VERSION_1_1) return false;
    if (reply_.status == 204 || reply_.status == 304) return false;
    return header(reply_, "content-length").empty() && header(reply_, "transfer-encoding").empty();
}

bool Transfer::take_header(std::string_view line) {
    headers_received_ += line.size();
    if (headers_received_ > most_headers) {
        is_too_large_ = true;
        return false;
    }
    if (line.starts_with("HTTP/")) {  // of the last answer only, not of a 100 before it
        reply_.headers.clear();
        return true;
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return true;
    reply_.headers.emplace_back(lower(trim(line.substr(0, colon))), trim(line.substr(colon + 1)));
    return true;
}

bool Transfer::take_body(std::string_view piece) {
    body_received_ += piece.size();
    if (body_received_ > request_.max_body) {
        is_too_large_ = true;
        return false;
    }
    if (request_.sink && status() == 200) {
        is_reader_satisfied_ = request_.sink->take(piece);
        if (is_reader_satisfied_ && !request_.sink->has_room()) {
            is_paused_ = true;
            curl_easy_pause(handle_, CURLPAUSE_RECV);
        }
        return is_reader_satisfied_;
    }
    // Of a page in the place of a long list only its beginning says anything.
    if (request_.sink) piece = piece.substr(0, most_of_a_page - std::min(most_of_a_page, reply_.body.size()));
    reply_.body.append(piece);
    return true;
}

// No exception may pass through libcurl's frames: the only ones possible here are want of memory.
std::size_t Transfer::on_header(char* data, std::size_t, std::size_t size, void* self) try {
    auto* me = static_cast<Transfer*>(self);
    me->last_byte_ = Clock::now();
    return me->take_header({data, size}) ? size : 0;
} catch (...) {
    return 0;
}

std::size_t Transfer::on_body(char* data, std::size_t, std::size_t size, void* self) try {
    auto* me = static_cast<Transfer*>(self);
    me->last_byte_ = Clock::now();
    // Anything but `size` ends the transfer; an empty piece is never given to us.
    return me->take_body({data, size}) ? size : 0;
} catch (...) {
    return 0;
}

std::size_t Transfer::on_read(char* into, std::size_t, std::size_t size, void* self) {
    auto* me = static_cast<Transfer*>(self);
    const std::size_t piece = std::min(size, me->request_.body.size() - me->body_sent_);
    std::copy_n(me->request_.body.data() + me->body_sent_, piece, into);
    me->body_sent_ += piece;
    return piece;
}

curl_socket_t Transfer::on_socket(void* self, curlsocktype, curl_sockaddr* address) {
    auto* me = static_cast<Transfer*>(self);
    me->is_past_lookup_ = true;
    const int made = ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (made < 0) {
        me->is_out_of_descriptors_ = errno == EMFILE || errno == ENFILE;
        return CURL_SOCKET_BAD;
    }
    return made;
}

int Transfer::on_request(void* self, char*, char*, int, int) {
    auto* me = static_cast<Transfer*>(self);
    me->is_past_lookup_ = true;
    me->has_request_begun_ = true;
    me->last_byte_ = Clock::now();
    return CURL_PREREQFUNC_OK;
}

}  // namespace stocktray::http
