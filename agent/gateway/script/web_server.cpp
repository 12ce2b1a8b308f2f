#include "agent/gateway/script/web_server.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "agent/gateway/script/connection_state.h"

namespace stocktray::gateway {
namespace {

// One request, from its first line to its last byte.
struct Exchange {
    std::string uri;
    std::string body{};
    bool has_begun{false};
    bool is_too_large{false};
    std::function<void(Sent)> sent{};
    std::uint64_t received{0};  // over its connection, when it had all come in
};

// What the last answer of a connection wants to hear when it breaks off.
struct Connection {
    std::function<void(Sent)> sent{};
    std::uint64_t received{0};
};

std::string address_of(const sockaddr* address) {
    char text[INET6_ADDRSTRLEN]{};
    if (address != nullptr && address->sa_family == AF_INET)
        ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(address)->sin_addr, text, sizeof text);
    if (address != nullptr && address->sa_family == AF_INET6)
        ::inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr, text, sizeof text);
    return text;
}

int socket_of(MHD_Connection* connection) {
    const auto* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info == nullptr ? -1 : info->connect_fd;
}

MHD_Result add_header(void* headers, MHD_ValueKind, const char* name, const char* value) {
    static_cast<Headers*>(headers)->emplace_back(name, value == nullptr ? "" : value);
    return MHD_YES;
}

using Stream = std::function<std::int64_t(char*, std::size_t)>;

ssize_t read_stream(void* stream, std::uint64_t, char* into, std::size_t room) {
    const auto read = (*static_cast<Stream*>(stream))(into, room);
    if (read == 0) return MHD_CONTENT_READER_END_OF_STREAM;
    return read < 0 ? MHD_CONTENT_READER_END_WITH_ERROR : static_cast<ssize_t>(read);
}

MHD_Response* response_of(WebReply& reply) {
    if (!reply.stream)
        return MHD_create_response_from_buffer(reply.body.size(), reply.body.data(), MHD_RESPMEM_MUST_COPY);
    return MHD_create_response_from_callback(
        reply.stream_length.value_or(MHD_SIZE_UNKNOWN), 64 * 1024, read_stream, new Stream{std::move(reply.stream)},
        [](void* stream) { delete static_cast<Stream*>(stream); });
}

void log_line(void*, const char* format, va_list values) {
    char line[512];
    std::vsnprintf(line, sizeof line, format, values);
    spdlog::debug("web server: {}", line);
}

}  // namespace

struct WebServer::State {
    Options options;
    Answer answer;
    MHD_Daemon* daemon{nullptr};

    static void* on_uri(void*, const char* uri, MHD_Connection*) { return new Exchange{uri}; }

    static MHD_Result on_request(void* self, MHD_Connection* connection, const char*, const char* method, const char*,
                                 const char* data, std::size_t* size, void** context) {
        auto& state = *static_cast<State*>(self);
        auto& exchange = *static_cast<Exchange*>(*context);
        if (!std::exchange(exchange.has_begun, true)) return MHD_YES;
        if (*size > 0) {
            if (exchange.body.size() + *size > state.options.most_body) exchange.is_too_large = true;
            if (!exchange.is_too_large) exchange.body.append(data, *size);
            *size = 0;
            return MHD_YES;
        }
        return state.reply_to(connection, method, exchange);
    }

    MHD_Result reply_to(MHD_Connection* connection, const char* method, Exchange& exchange) {
        exchange.received = received(socket_of(connection));
        WebReply reply;
        if (exchange.is_too_large) {
            reply = {.status = 413, .body = "The request is too large."};
        } else {
            const auto question = std::min(exchange.uri.find('?'), exchange.uri.size());
            const auto* who = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
            WebRequest request{address_of(who == nullptr ? nullptr : who->client_addr),
                               method,
                               exchange.uri.substr(0, question),
                               exchange.uri.substr(std::min(question + 1, exchange.uri.size())),
                               {},
                               std::move(exchange.body),
                               [socket = socket_of(connection)] { return socket < 0 || !is_closed_by_peer(socket); }};
            MHD_get_connection_values(connection, MHD_HEADER_KIND, add_header, &request.headers);
            reply = answer(request);
        }
        exchange.sent = std::move(reply.sent);
        MHD_Response* response = response_of(reply);
        if (response == nullptr) return MHD_NO;
        for (const auto& [name, value] : reply.headers) MHD_add_response_header(response, name.c_str(), value.c_str());
        const auto queued = MHD_queue_response(connection, static_cast<unsigned>(reply.status), response);
        MHD_destroy_response(response);
        return queued;
    }

    static void on_completed(void*, MHD_Connection* connection, void** context, MHD_RequestTerminationCode code) {
        std::unique_ptr<Exchange> exchange{static_cast<Exchange*>(*context)};
        *context = nullptr;
        if (!exchange) return;
        const auto* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
        auto* kept = info == nullptr ? nullptr : static_cast<Connection*>(info->socket_context);
        if (exchange->sent) exchange->sent(code == MHD_REQUEST_TERMINATED_COMPLETED_OK ? Sent::written : Sent::not_written);
        if (kept == nullptr) return;
        kept->sent = code == MHD_REQUEST_TERMINATED_COMPLETED_OK ? std::move(exchange->sent) : nullptr;
        kept->received = exchange->received;
    }

    static void on_connection(void*, MHD_Connection* connection, void** context, MHD_ConnectionNotificationCode code) {
        if (code == MHD_CONNECTION_NOTIFY_STARTED) {
            *context = new Connection{};
            return;
        }
        const std::unique_ptr<Connection> kept{static_cast<Connection*>(*context)};
        *context = nullptr;
        if (kept && kept->sent && was_broken_off(socket_of(connection), kept->received)) kept->sent(Sent::broken_off);
    }
};

Result<std::unique_ptr<WebServer>> WebServer::start(const Options& options, Answer answer) {
    auto state = std::make_unique<State>(State{options, std::move(answer)});
    sockaddr_storage storage{};
    socklen_t size = 0;
    auto& v4 = reinterpret_cast<sockaddr_in&>(storage);
    auto& v6 = reinterpret_cast<sockaddr_in6&>(storage);
    if (::inet_pton(AF_INET, options.address.c_str(), &v4.sin_addr) == 1) {
        v4.sin_family = AF_INET;
        v4.sin_port = htons(options.port);
        size = sizeof v4;
    } else if (::inet_pton(AF_INET6, options.address.c_str(), &v6.sin6_addr) == 1) {
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(options.port);
        size = sizeof v6;
    } else {
        return fail(ErrorCode::invalid, fmt::format("{} is no address of a network card, such as 127.0.0.1.", options.address));
    }
    const int socket = ::socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    if (socket >= 0) ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (socket < 0 || ::bind(socket, reinterpret_cast<const sockaddr*>(&storage), size) != 0 || ::listen(socket, 64) != 0) {
        const int error = errno;
        const auto why = std::generic_category().message(error);
        if (socket >= 0) ::close(socket);
        const bool may_come = error == EADDRNOTAVAIL || error == EADDRINUSE;
        return fail(may_come ? ErrorCode::busy : ErrorCode::invalid, fmt::format("Nobody can be answered at {} port {}: {}.", options.address, options.port, why));
    }
    std::vector<MHD_OptionItem> items{
        {MHD_OPTION_LISTEN_SOCKET, socket, nullptr},
        {MHD_OPTION_CONNECTION_LIMIT, static_cast<std::intptr_t>(options.most_connections), nullptr},
        {MHD_OPTION_PER_IP_CONNECTION_LIMIT, static_cast<std::intptr_t>(options.most_per_client), nullptr},
        {MHD_OPTION_CONNECTION_TIMEOUT, static_cast<std::intptr_t>(options.idle_seconds), nullptr},
        {MHD_OPTION_NOTIFY_COMPLETED, reinterpret_cast<std::intptr_t>(&State::on_completed), state.get()},
        {MHD_OPTION_NOTIFY_CONNECTION, reinterpret_cast<std::intptr_t>(&State::on_connection), state.get()},
        {MHD_OPTION_URI_LOG_CALLBACK, reinterpret_cast<std::intptr_t>(&State::on_uri), state.get()},
    };
    unsigned flags = MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_ERROR_LOG;
    if (!options.certificate.empty()) {
        flags |= MHD_USE_TLS;
        // GnuTLS itself would speak 1.0 and 1.1, too, where the system does not forbid it.
        static char versions[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";
        items.push_back({MHD_OPTION_HTTPS_PRIORITIES, 0, versions});
        items.push_back({MHD_OPTION_HTTPS_MEM_CERT, 0, state->options.certificate.data()});
        items.push_back({MHD_OPTION_HTTPS_MEM_KEY, 0, state->options.key.data()});
    }
    items.push_back({MHD_OPTION_END, 0, nullptr});
    state->daemon = MHD_start_daemon(flags, 0, nullptr, nullptr, &State::on_request, state.get(), MHD_OPTION_EXTERNAL_LOGGER,
                                     &log_line, nullptr, MHD_OPTION_ARRAY, items.data(), MHD_OPTION_END);
    if (state->daemon == nullptr) {
        ::close(socket);
        return fail(ErrorCode::invalid, options.certificate.empty()
                                            ? "The web server cannot start."
                                            : "The web server cannot start: certificate and key do not go together, or are no PEM.");
    }
    return std::unique_ptr<WebServer>{new WebServer{std::move(state)}};
}

WebServer::WebServer(std::unique_ptr<State> state) : state_{std::move(state)} {}
WebServer::~WebServer() { MHD_stop_daemon(state_->daemon); }

std::uint16_t WebServer::port() const noexcept {
    const auto* info = MHD_get_daemon_info(state_->daemon, MHD_DAEMON_INFO_LISTEN_FD);
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    if (info == nullptr || ::getsockname(info->listen_fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return 0;
    return ntohs(storage.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(storage).sin6_port
                                               : reinterpret_cast<const sockaddr_in&>(storage).sin_port);
}

}  // namespace stocktray::gateway
