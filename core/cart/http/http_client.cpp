#include "core/cart/http/http_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <limits>
#include <map>
#include <new>
#include <sstream>
#include <utility>

#include "core/cart/http/lookup_turns.h"
#include "core/cart/http/transfer.h"

namespace stocktray::http {
namespace {

using Clock = std::chrono::steady_clock;

// libcurl keeps a name it found for 60 seconds.
constexpr std::chrono::seconds name_is_fresh_for{50};
constexpr std::size_t kept_handles = 32;

void make_sigpipe_harmless() {
    struct sigaction now {};
    if (sigaction(SIGPIPE, nullptr, &now) == 0 && now.sa_handler == SIG_DFL) std::signal(SIGPIPE, SIG_IGN);
}

std::string read_file(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

// The system's list and ours in one: libcurl takes one file or one text.
std::string certificates_with(const std::string& extra_ca_file) {
    if (extra_ca_file.empty()) return {};
    const curl_version_info_data* build = curl_version_info(CURLVERSION_NOW);
    std::string all = build->cainfo != nullptr ? read_file(build->cainfo) : std::string{};
    return all + "\n" + read_file(extra_ca_file);
}

struct Address {
    bool is_plain_http{false};
    std::string host;  // with the port: what libcurl's own memory of names goes by
};

std::optional<Address> address_of(const std::string& url) {
    const std::unique_ptr<CURLU, void (*)(CURLU*)> parsed{curl_url(), curl_url_cleanup};
    if (!parsed || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK)
        return std::nullopt;
    const auto part = [&](CURLUPart which, unsigned flags) {
        char* text = nullptr;
        if (curl_url_get(parsed.get(), which, &text, flags) != CURLUE_OK) return std::string{};
        std::string copy{text};
        curl_free(text);
        return copy;
    };
    const std::string scheme = part(CURLUPART_SCHEME, 0);
    if (scheme != "http" && scheme != "https") return std::nullopt;
    return Address{scheme == "http",
                   part(CURLUPART_HOST, 0) + ":" + part(CURLUPART_PORT, CURLU_DEFAULT_PORT)};
}

}  // namespace

class HttpClient::Impl {
public:
    explicit Impl(Options options) {
        static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
        make_sigpipe_harmless();
        multi_ = curl_multi_init();
        if (once != CURLE_OK || multi_ == nullptr) throw std::bad_alloc{};
        settings_.user_agent = std::move(options.user_agent);
        settings_.ca_certificates = certificates_with(options.extra_ca_file);
        curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(options.kept_connections));
    }

    ~Impl() {
        for (const auto& [id, transfer] : running_)
            if (transfer->is_armed()) curl_multi_remove_handle(multi_, transfer->handle());
        running_.clear();
        idle_.clear();
        curl_multi_cleanup(multi_);
    }

    void start(Id id, Request request) {
        const auto address = address_of(request.url);
        if (!address) return refuse(id, Transport::bad_url, "The address is not one of http or https.");
        if (address->is_plain_http && request.plain_http == PlainHttp::refused)
            return refuse(id, Transport::plain_http_refused, "The address is plain http.");
        std::unique_ptr<Transfer> transfer = take_handle();
        transfer->prepare(id, std::move(request), address->host, Clock::now());
        Transfer& added = *running_.insert_or_assign(id, std::move(transfer)).first->second;
        if (turns_.ask(address->host, id, Clock::now())) begin(added);
    }

    void cancel(Id id) {
        std::erase_if(finished_, [id](const Finished& f) { return f.id == id; });
        const auto at = running_.find(id);
        if (at == running_.end()) return;
        const std::string host = at->second->host();
        static_cast<void>(take_out(at, Transport::stopped_by_reader, {}));
        begin(turns_.left(host, id));
    }

    void poll(std::span<Watched> watched, std::optional<Milliseconds> timeout) {
        waiting_.clear();
        for (const Watched& w : watched) waiting_.push_back({w.descriptor, CURL_WAIT_POLLIN, 0});
        for (const auto& [id, transfer] : running_) transfer->go_on();
        carry_on();
        curl_multi_poll(multi_, waiting_.data(), static_cast<unsigned>(waiting_.size()), wait_ms(timeout),
                        nullptr);
        for (std::size_t i = 0; i < watched.size(); ++i) watched[i].is_readable = waiting_[i].revents != 0;
        carry_on();
    }

    std::vector<Finished> take_finished() { return std::exchange(finished_, {}); }
    void wake() noexcept { curl_multi_wakeup(multi_); }
    std::size_t running() const noexcept { return running_.size(); }

private:
    using Running = std::map<Id, std::unique_ptr<Transfer>>;

    void refuse(Id id, Transport transport, std::string detail) {
        Reply reply;
        reply.transport = transport;
        reply.was_sent = false;
        reply.detail = std::move(detail);
        finished_.push_back({id, std::move(reply)});
    }

    std::unique_ptr<Transfer> take_handle() {
        if (idle_.empty()) return std::make_unique<Transfer>(settings_);
        std::unique_ptr<Transfer> last = std::move(idle_.back());
        idle_.pop_back();
        return last;
    }

    void begin(Transfer& transfer) {
        transfer.arm(Clock::now());
        curl_multi_add_handle(multi_, transfer.handle());
    }

    void begin(const std::vector<Id>& ids) {
        for (const Id id : ids)
            if (const auto at = running_.find(id); at != running_.end()) begin(*at->second);
    }

    // Takes an exchange out of libcurl's hands and ends it with a reason of ours.
    Reply take_out(Running::iterator at, Transport transport, std::string detail) {
        std::unique_ptr<Transfer> transfer = std::move(at->second);
        running_.erase(at);
        if (transfer->is_armed()) curl_multi_remove_handle(multi_, transfer->handle());
        Reply reply = transfer->finish(transport, std::move(detail), Clock::now());
        keep(std::move(transfer));
        return reply;
    }

    void keep(std::unique_ptr<Transfer> transfer) {
        if (idle_.size() < kept_handles) idle_.push_back(std::move(transfer));
    }

    void carry_on() {
        int still_running = 0;
        curl_multi_perform(multi_, &still_running);
        note_lookups();
        collect();
        end_overdue();
    }

    void note_lookups() {
        std::vector<Id> free;
        for (const auto& [id, transfer] : running_)
            if (transfer->is_armed() && transfer->is_past_lookup()) {
                const auto more = turns_.found(transfer->host(), id, Clock::now());
                free.insert(free.end(), more.begin(), more.end());
            }
        begin(free);
    }

    void collect() {
        int left = 0;
        while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
            if (message->msg != CURLMSG_DONE) continue;
            CURL* handle = message->easy_handle;
            const CURLcode result = message->data.result;
            Transfer* self = nullptr;
            curl_easy_getinfo(handle, CURLINFO_PRIVATE, &self);
            const auto at = running_.find(self->id());
            std::unique_ptr<Transfer> transfer = std::move(at->second);
            running_.erase(at);
            curl_multi_remove_handle(multi_, handle);
            const Id id = transfer->id();
            const std::string host = transfer->host();
            Reply reply = transfer->finish(result, Clock::now());
            keep(std::move(transfer));
            release_waiting(host, id, reply);
            finished_.push_back({id, std::move(reply)});
        }
    }

    void release_waiting(const std::string& host, Id id, const Reply& reply) {
        if (reply.transport != Transport::name_lookup_failed) return begin(turns_.left(host, id));
        for (const Id waiting : turns_.failed(host, id))
            if (const auto at = running_.find(waiting); at != running_.end())
                finished_.push_back({waiting, take_out(at, reply.transport, reply.detail)});
    }

    void end_overdue() {
        const Clock::time_point now = Clock::now();
        std::vector<Id> overdue;
        for (const auto& [id, transfer] : running_)
            if (const auto deadline = transfer->deadline(); deadline && *deadline <= now)
                overdue.push_back(id);
        for (const Id id : overdue) {
            const auto at = running_.find(id);
            if (at == running_.end()) continue;
            const std::string host = at->second->host();
            const bool is_lookup = !at->second->is_past_lookup();
            Reply reply =
                take_out(at, is_lookup ? Transport::name_lookup_failed : Transport::timed_out,
                         is_lookup ? "The name lookup takes too long." : "Nothing came for too long.");
            begin(turns_.left(host, id));
            finished_.push_back({id, std::move(reply)});
        }
    }

    int wait_ms(std::optional<Milliseconds> timeout) const {
        if (!finished_.empty()) return 0;
        std::int64_t wait = timeout ? timeout->count() : std::numeric_limits<int>::max();
        const Clock::time_point now = Clock::now();
        for (const auto& [id, transfer] : running_)
            if (const auto deadline = transfer->deadline())
                wait = std::min(wait, std::chrono::ceil<Milliseconds>(*deadline - now).count());
        return static_cast<int>(std::clamp<std::int64_t>(wait, 0, std::numeric_limits<int>::max()));
    }

    CURLM* multi_{nullptr};
    TransferSettings settings_;
    Running running_;
    std::vector<std::unique_ptr<Transfer>> idle_;
    std::vector<Finished> finished_;
    std::vector<curl_waitfd> waiting_;
    LookupTurns turns_{name_is_fresh_for};
};

HttpClient::HttpClient(Options options) : impl_{std::make_unique<Impl>(std::move(options))} {}
HttpClient::~HttpClient() = default;
void HttpClient::start(Id id, Request request) {
    impl_->start(id, std::move(request));
}
void HttpClient::cancel(Id id) {
    impl_->cancel(id);
}
void HttpClient::poll(std::span<Watched> watched, std::optional<Milliseconds> timeout) {
    impl_->poll(watched, timeout);
}
std::vector<HttpClient::Finished> HttpClient::take_finished() {
    return impl_->take_finished();
}
void HttpClient::wake() noexcept {
    impl_->wake();
}
std::size_t HttpClient::running() const noexcept {
    return impl_->running();
}

}  // namespace stocktray::http
