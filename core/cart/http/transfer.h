// One exchange on one easy handle of libcurl. Handles are used again and again: setting one up costs more
// than sending a request.
#pragma once
#include <curl/curl.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/cart/http/http_message.h"

namespace stocktray::http {

// What is the same for every exchange of a client. Must outlive its transfers.
struct TransferSettings {
    std::string user_agent;
    std::string ca_certificates;  // PEM; empty: the system's list
};

class Transfer {
public:
    using Clock = std::chrono::steady_clock;

    explicit Transfer(const TransferSettings& settings);
    ~Transfer();
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;

    [[nodiscard]] CURL* handle() const noexcept { return handle_; }

    // Takes a request on; nothing is sent before the handle is added to a multi handle.
    void prepare(std::uint64_t id, Request request, std::string host, Clock::time_point now);

    // To be called right before the handle is added: limits the rest of the time, not the time waited.
    void arm(Clock::time_point now);

    // What came of it, once. `result` is libcurl's verdict on an added handle.
    [[nodiscard]] Reply finish(CURLcode result, Clock::time_point now);
    // The same for one that ended outside of libcurl, for a reason of ours.
    [[nodiscard]] Reply finish(Transport transport, std::string detail, Clock::time_point now);

    [[nodiscard]] std::uint64_t id() const noexcept { return id_; }
    [[nodiscard]] const std::string& host() const noexcept { return host_; }
    // The name is looked up, or none was needed.
    [[nodiscard]] bool is_past_lookup() const noexcept { return is_past_lookup_; }
    [[nodiscard]] bool is_armed() const noexcept { return is_armed_; }

    // Lets a body go on that was stopped for want of room, when there is some.
    void go_on();

    // When this exchange ends by a clock of ours if nothing happens before; libcurl keeps the others.
    [[nodiscard]] std::optional<Clock::time_point> deadline() const;

private:
    static std::size_t on_header(char* data, std::size_t, std::size_t size, void* self);
    static std::size_t on_body(char* data, std::size_t, std::size_t size, void* self);
    static std::size_t on_read(char* into, std::size_t, std::size_t size, void* self);
    static curl_socket_t on_socket(void* self, curlsocktype purpose, curl_sockaddr* address);
    static int on_request(void* self, char*, char*, int, int);

    void set_headers();
    [[nodiscard]] bool take_header(std::string_view line);
    [[nodiscard]] bool take_body(std::string_view piece);
    [[nodiscard]] Transport transport(CURLcode result) const;
    [[nodiscard]] int status() const;
    [[nodiscard]] bool is_close_framed() const;

    CURL* handle_;
    std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers_{nullptr, curl_slist_free_all};
    char error_[CURL_ERROR_SIZE]{};

    std::uint64_t id_{0};
    Request request_;
    std::string host_;
    Reply reply_;
    std::size_t body_sent_{0};
    std::size_t body_received_{0};
    std::size_t headers_received_{0};
    Clock::time_point begun_{};
    Clock::time_point last_byte_{};
    bool is_armed_{false};
    bool is_past_lookup_{false};
    bool has_request_begun_{false};
    bool is_too_large_{false};
    bool is_paused_{false};
    bool is_reader_satisfied_{true};
    bool is_out_of_descriptors_{false};
};

}  // namespace stocktray::http
