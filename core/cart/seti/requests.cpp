#include "core/cart/seti/requests.h"

#include <utility>

#include "core/charset.h"

namespace stocktray::cart::seti {
namespace {

// The Order Manager's version that we say to be. Some scripts require one, none decides by it.
constexpr std::string_view om_version = "5.900";

constexpr std::size_t many_lines_limit = 4U << 20U;
constexpr std::size_t download_limit = 256U << 20U;
constexpr Milliseconds download_idle{60'000};

std::string join(const std::vector<std::string>& parts, char separator) {
    std::string out;
    for (const std::string& part : parts) {
        if (!out.empty()) out += separator;
        out += part;
    }
    return out;
}

}  // namespace

std::string Requests::in_charset(std::string_view text) const {
    // What an old store's charset lacks goes out as it is: the store then says that it does not know it.
    if (access_.charset == Charset::windows_1252)
        if (auto written = charset::from_utf8(text, "windows-1252")) return *std::move(written);
    return std::string{text};
}

Form Requests::call(std::string_view function) const {
    Form form;
    form.add("setifunction", function)
        .add("setiuser", in_charset(access_.user))
        .add("password", in_charset(access_.password))
        .add("code", in_charset(access_.store_code));
    return form;
}

http::Request Requests::request(Form&& form, http::Rewind rewind) const {
    form.add("omversion", om_version);
    http::Request request;
    request.url = access_.url;
    request.body = std::move(form).take();
    request.rewind = rewind;
    request.plain_http = access_.plain_http;
    request.whole_timeout = access_.timeout;
    return request;
}

http::Request Requests::version() const {
    Form form;
    form.add("setifunction", "sendversion");
    return request(std::move(form), http::Rewind::allowed);
}

http::Request Requests::extension(std::string_view takeover) const {
    Form form = call("sendversion");
    form.add("stocktray", "1").add("agent", access_.agent);
    if (!takeover.empty()) form.add("takeover", takeover);
    return request(std::move(form), http::Rewind::allowed);
}

http::Request Requests::invupdate(const std::string& payload, const std::optional<PostKey>& key,
                                  Sending sending) const {
    Form form = call(sending == Sending::first ? "invupdate" : "invrepeat");
    form.add("update", payload);
    if (key)
        form.add("postid", key->postid)
            .add("agent", access_.agent)
            .add("number", std::to_string(key->number))
            .add("store", key->store);
    return request(std::move(form), http::Rewind::forbidden);
}

http::Request Requests::invbatch(const std::vector<std::string>& pieces, const std::string& store,
                                 Sending sending) const {
    Form form = call("invbatch");
    form.add("count", std::to_string(pieces.size()))
        .add("update", join(pieces, '|'))
        .add("agent", access_.agent)
        .add("store", store);
    if (sending == Sending::repeat) form.add("repeat", "1");
    auto batch = request(std::move(form), http::Rewind::forbidden);
    batch.max_body = many_lines_limit;
    return batch;
}

http::Request Requests::qohreplace(const std::string& payload, std::size_t count) const {
    Form form = call("qohreplace");
    form.add("count", std::to_string(count)).add("update", payload);
    auto replace = request(std::move(form), http::Rewind::forbidden);
    replace.max_body = many_lines_limit;
    return replace;
}

http::Request Requests::qohquery(const std::vector<std::string>& skus) const {
    Form form = call("qohquery");
    form.add("count", std::to_string(skus.size())).add("update", join(skus, '|'));
    auto query = request(std::move(form), http::Rewind::allowed);
    query.max_body = many_lines_limit;
    return query;
}

http::Request Requests::salesquery(const std::vector<std::string>& skus, std::string_view last_order,
                                   const std::vector<std::string>& also) const {
    Form form = call("salesquery");
    form.add("count", std::to_string(skus.size()))
        .add("update", join(skus, '|'))
        .add("lastorder", in_charset(last_order))
        .add("also", in_charset(join(also, ',')));
    auto query = request(std::move(form), http::Rewind::allowed);
    query.max_body = many_lines_limit;
    return query;
}

http::Request Requests::products_count() const {
    return request(call("getproductscount"), http::Rewind::allowed);
}

http::Request Requests::orders_count(std::string_view last_order) const {
    Form form = call("ordercount");
    form.add("lastorder", in_charset(last_order)).add("lastdate", "All");
    return request(std::move(form), http::Rewind::allowed);
}

http::Request Requests::download(Download what, const PageStart& start, std::int64_t batch_size,
                                 std::shared_ptr<http::BodySink> sink) const {
    Form form = call(what == Download::qoh ? "downloadqoh" : "downloadprods");
    if (start.cursor) {
        form.add("after", *start.cursor);
    } else {
        form.add("startnum", std::to_string(start.number));
    }
    form.add("batchsize", std::to_string(batch_size));
    auto download = request(std::move(form), http::Rewind::allowed);
    download.whole_timeout.reset();
    download.idle_timeout = download_idle;
    download.max_body = download_limit;
    download.sink = std::move(sink);
    return download;
}

}  // namespace stocktray::cart::seti
