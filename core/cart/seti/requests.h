// The requests: which function, which fields, in which order, and how the request may travel.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/cart/cart_client.h"
#include "core/cart/seti/form.h"
#include "core/cart/seti/read_counts.h"
#include "core/cart/seti/redact.h"

namespace stocktray::cart::seti {

constexpr std::size_t most_skus_per_query = 250;
constexpr std::int64_t largest_page = 10'000;  // where the connector pages by cursor

// Where a page begins: a position counted from 1, or the connector's cursor (empty for the first page).
struct PageStart {
    std::int64_t number{1};
    std::optional<std::string> cursor;
};

// Every function writes a request for the script at `access.url`.
class Requests {
public:
    explicit Requests(const Access& access) : access_{access} {}

    // Without credentials: no script asks for any.
    [[nodiscard]] http::Request version() const;
    // With credentials and our id: only so does the connector say what it can do. `takeover` is the id of
    // the agent that this one replaces, empty if none.
    [[nodiscard]] http::Request extension(std::string_view takeover = {}) const;

    // `payload` is written in the cart's charset.
    [[nodiscard]] http::Request invupdate(const std::string& payload, const std::optional<PostKey>& key,
                                          Sending sending) const;
    [[nodiscard]] http::Request invbatch(const std::vector<std::string>& pieces, const std::string& store,
                                         Sending sending) const;
    [[nodiscard]] http::Request qohreplace(const std::string& payload, std::size_t count) const;
    [[nodiscard]] http::Request qohquery(const std::vector<std::string>& skus) const;
    [[nodiscard]] http::Request salesquery(const std::vector<std::string>& skus, std::string_view last_order,
                                           const std::vector<std::string>& also) const;
    [[nodiscard]] http::Request products_count() const;
    [[nodiscard]] http::Request orders_count(std::string_view last_order) const;
    [[nodiscard]] http::Request download(Download what, const PageStart& start, std::int64_t batch_size,
                                         std::shared_ptr<http::BodySink> sink) const;

    [[nodiscard]] const Access& access() const noexcept { return access_; }
    [[nodiscard]] Redactor redactor() const { return Redactor{access_.password}; }

private:
    [[nodiscard]] std::string in_charset(std::string_view text) const;
    [[nodiscard]] Form call(std::string_view function) const;
    [[nodiscard]] http::Request request(Form&& form, http::Rewind rewind) const;

    Access access_;
};

}  // namespace stocktray::cart::seti
