#include "tests/support/form_post.h"

#include <memory>
#include <stdexcept>
#include <string_view>

namespace stocktray::tests {
namespace {

std::size_t append(char* bytes, std::size_t size, std::size_t count, void* target) {
    static_cast<std::string*>(target)->append(bytes, size * count);
    return size * count;
}

// Behind an interim answer (100 Continue) the head begins anew.
std::size_t append_header(char* bytes, std::size_t size, std::size_t count, void* target) {
    if (std::string_view{bytes, size * count}.starts_with("HTTP/")) static_cast<std::string*>(target)->clear();
    return append(bytes, size, count, target);
}

struct Cleanup {
    void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};

void start_curl_once() {
    static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (started != CURLE_OK) {
        throw std::runtime_error("curl_global_init");
    }
}

}  // namespace

std::string encode(const Fields& fields) {
    start_curl_once();
    std::string body;
    for (const auto& [name, value] : fields) {
        const std::unique_ptr<char, decltype(&curl_free)> escaped{
            curl_easy_escape(nullptr, value.data(), static_cast<int>(value.size())), &curl_free};
        body += (body.empty() ? "" : "&") + name + "=" + escaped.get();
    }
    return body;
}

Reply send(const FormPost& post) {
    const std::string body = post.raw_body.empty() ? encode(post.fields) : post.raw_body;
    start_curl_once();
    const std::unique_ptr<CURL, Cleanup> handle{curl_easy_init()};
    CURL* curl = handle.get();
    curl_slist* list = curl_slist_append(nullptr, ("Content-Type: " + post.content_type).c_str());
    list = curl_slist_append(list, "Expect:");
    for (const std::string& header : post.headers) {
        list = curl_slist_append(list, header.c_str());
    }
    const std::unique_ptr<curl_slist, Cleanup> headers{list};
    Reply reply;
    curl_easy_setopt(curl, CURLOPT_URL, post.url.c_str());
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(post.timeout.count()));
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &reply.body);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, append_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &reply.head);
    if (!post.ca_file.empty()) {
        curl_easy_setopt(curl, CURLOPT_CAINFO, post.ca_file.c_str());
    }
    if (post.method == "POST") {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.c_str());
    } else {
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, post.method.c_str());
    }
    reply.code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply.status);
    long version = 0;
    curl_easy_getinfo(curl, CURLINFO_HTTP_VERSION, &version);
    reply.http_version = version == CURL_HTTP_VERSION_2_0 ? 2.0 : 1.1;
    return reply;
}

}  // namespace stocktray::tests
