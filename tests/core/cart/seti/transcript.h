// The exchanges of tests/fixtures/transcripts, as requests and replies. The format is told in its README.
#pragma once
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "core/cart/http/http_message.h"

namespace stocktray::test {

struct Exchange {
    std::string name;
    std::vector<std::pair<std::string, std::string>> form;  // UTF-8
    std::string charset;
    nlohmann::json response;
    nlohmann::json expect;
    std::string section;  // the body as it stands in the file

    // Value of a field of the form; empty if there is none.
    [[nodiscard]] std::string field(const std::string& name) const;
    // The body that these fields make.
    [[nodiscard]] std::string encoded_form() const;
    // The answer as the request would get it: into its sink if it has one, stopped at its limit.
    [[nodiscard]] http::Reply reply_to(const http::Request& request) const;
};

[[nodiscard]] std::vector<Exchange> read_transcript(const std::string& path);
// The paths of all transcripts, sorted.
[[nodiscard]] std::vector<std::string> transcripts();

}  // namespace stocktray::test
