#include "agent/gateway/script/store_call.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <cstring>

#include "core/cart/http/sound_tls.h"
#include "core/cart/seti/ascii.h"

namespace stocktray::gateway {
namespace {

using cart::seti::equals_ignoring_case;
using cart::seti::starts_ignoring_case;
using cart::seti::trim;

constexpr int look_every_ms = 250;

// They are about the connection that they came over, and the next one is another (RFC 9110, 7.6.1).
bool is_of_one_connection(std::string_view name) {
    constexpr std::array names{"Connection",          "Keep-Alive",  "Proxy-Connection", "TE",
                               "Transfer-Encoding",   "Trailer",     "Upgrade",          "Proxy-Authenticate",
                               "Proxy-Authorization", "Content-Length"};
    return std::ranges::any_of(names, [&](const char* one) { return equals_ignoring_case(name, one); });
}

}  // namespace

struct StoreCall::State {
    State(StoreAddress where, std::string what, std::function<bool()> whether)
        : address{std::move(where)}, body{std::move(what)}, is_over{std::move(whether)} {}
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    StoreAddress address;
    std::string body;
    std::function<bool()> is_over;
    CURL* easy{curl_easy_init()};
    CURLM* multi{curl_multi_init()};
    curl_slist* headers{nullptr};
    char error[CURL_ERROR_SIZE]{};
    Head head{};
    std::string piece{};      // come in and not read yet
    std::size_t read_to{0};   // of it
    bool has_head{false};
    bool is_done{false};
    CURLcode result{CURLE_OK};
    std::chrono::steady_clock::time_point last_byte{std::chrono::steady_clock::now()};

    ~State() {
        curl_multi_remove_handle(multi, easy);
        curl_easy_cleanup(easy);
        curl_multi_cleanup(multi);
        curl_slist_free_all(headers);
    }

    static std::size_t on_header(char* data, std::size_t, std::size_t size, void* self) {
        auto& state = *static_cast<State*>(self);
        const auto line = trim({data, size});
        state.last_byte = std::chrono::steady_clock::now();
        if (starts_ignoring_case(line, "HTTP/")) {
            state.head = {};
            return size;
        }
        if (line.empty()) {
            long status = 0;
            curl_easy_getinfo(state.easy, CURLINFO_RESPONSE_CODE, &status);
            state.head.status = static_cast<int>(status);
            state.has_head = status >= 200;  // what is below announces another one
            return size;
        }
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) return size;
        const auto name = line.substr(0, colon);
        const auto value = trim(line.substr(colon + 1));
        if (equals_ignoring_case(name, "Content-Length"))
            if (const auto length = cart::seti::read_integer(value); length && *length >= 0)
                state.head.length = static_cast<std::uint64_t>(*length);
        if (!is_of_one_connection(name)) state.head.headers.emplace_back(std::string{name}, std::string{value});
        return size;
    }

    static std::size_t on_body(char* data, std::size_t, std::size_t size, void* self) {
        auto& state = *static_cast<State*>(self);
        state.piece.append(data, size);
        state.last_byte = std::chrono::steady_clock::now();
        return size;
    }

    // Goes on until something has come, or it is over.
    void go_on(const std::function<bool()>& is_enough) {
        while (!is_done && !is_enough()) {
            int running = 0;
            curl_multi_perform(multi, &running);
            int left = 0;
            while (const auto* message = curl_multi_info_read(multi, &left))
                if (message->msg == CURLMSG_DONE) {
                    is_done = true;
                    result = message->data.result;
                }
            if (is_done || is_enough()) return;
            curl_multi_poll(multi, nullptr, 0, look_every_ms, nullptr);
            const bool is_silent = std::chrono::steady_clock::now() - last_byte > address.silent_for;
            if (!is_silent && !is_over()) continue;
            is_done = true;
            result = is_silent ? CURLE_OPERATION_TIMEDOUT : CURLE_ABORTED_BY_CALLBACK;
        }
    }
};

StoreCall::StoreCall(const StoreAddress& address, const WebRequest& request, std::function<bool()> is_over)
    : state_{std::make_unique<State>(address, request.body, std::move(is_over))} {
    CURL* easy = state_->easy;
    std::string url = address.url;
    if (!request.query.empty()) url += (url.find('?') == std::string::npos ? '?' : '&') + request.query;
    curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, address.allows_http ? "http,https" : "https");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    http::require_sound_tls(easy);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    // libcurl repeats a request by itself when a reused connection is closed without an answer.
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(address.connect_within.count()));
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, state_->error);
    if (!address.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, address.ca_file.c_str());
    if (request.method == "POST") {
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(state_->body.size()));
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, state_->body.data());
    } else if (request.method == "HEAD") {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    }
    for (const auto& [name, value] : request.headers) {
        if (equals_ignoring_case(name, "Host") || equals_ignoring_case(name, "Expect") || equals_ignoring_case(name, "Accept-Encoding") ||
            is_of_one_connection(name))
            continue;
        state_->headers = curl_slist_append(state_->headers, (name + (value.empty() ? ";" : ": " + value)).c_str());
    }
    state_->headers = curl_slist_append(state_->headers, "Expect:");
    // Answers are read as they pass by; one that is compressed could not be.
    state_->headers = curl_slist_append(state_->headers, "Accept-Encoding: identity");
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, state_->headers);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &State::on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, state_.get());
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &State::on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, state_.get());
    curl_multi_add_handle(state_->multi, easy);
}

StoreCall::~StoreCall() = default;
StoreCall::StoreCall(StoreCall&&) noexcept = default;

Result<StoreCall::Head> StoreCall::begin() {
    State& state = *state_;
    if (!state.address.allows_http && !starts_ignoring_case(state.address.url, "https://"))
        return fail(ErrorCode::invalid, "The store's Script URL is plain http, which is not allowed for this cart.");
    state.go_on([&] { return state.has_head; });
    if (state.has_head) return state.head;
    if (state.result == CURLE_OPERATION_TIMEDOUT) return fail(ErrorCode::busy, "The store did not answer in time.");
    if (state.result == CURLE_PEER_FAILED_VERIFICATION)
        return fail(ErrorCode::invalid, fmt::format("The store's certificate cannot be trusted: {}.", state.error));
    return fail(ErrorCode::busy, fmt::format("The store could not be reached: {}.",
                                             state.error[0] != 0 ? state.error : curl_easy_strerror(state.result)));
}

std::int64_t StoreCall::read(char* into, std::size_t room) {
    State& state = *state_;
    if (state.read_to == state.piece.size()) {
        state.piece.clear();
        state.read_to = 0;
        state.go_on([&] { return !state.piece.empty(); });
    }
    const auto size = std::min(room, state.piece.size() - state.read_to);
    if (size == 0) return state.result == CURLE_OK ? 0 : -1;
    std::memcpy(into, state.piece.data() + state.read_to, size);
    state.read_to += size;
    return static_cast<std::int64_t>(size);
}

Result<std::string> StoreCall::read_all(std::size_t most) {
    std::string body;
    std::array<char, 16 * 1024> piece{};
    for (;;) {
        const auto size = read(piece.data(), piece.size());
        if (size == 0) return body;
        if (size < 0) return fail(ErrorCode::busy, "The store's answer broke off.");
        body.append(piece.data(), static_cast<std::size_t>(size));
        if (body.size() > most) return fail(ErrorCode::invalid, "The store's answer is too long.");
    }
}

}  // namespace stocktray::gateway
