// One form sent to a store, as an Order Manager sends it, and what came back.
#pragma once
#include <curl/curl.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace stocktray::tests {

using Fields = std::vector<std::pair<std::string, std::string>>;

struct FormPost {
    std::string url;
    Fields fields;
    std::string raw_body;  // instead of fields, if not empty
    std::string method = "POST";
    std::string content_type = "application/x-www-form-urlencoded";
    std::vector<std::string> headers;  // added: "Name: value"
    std::string ca_file;               // for https
    std::chrono::milliseconds timeout{30'000};
};

struct Reply {
    CURLcode code = CURLE_OK;
    long status = 0;
    std::string body;
    std::string head;         // the header lines as received, without those of an interim answer
    double http_version = 0;  // 1.1 or 2
};

// A connection of its own, no redirect followed, nothing repeated.
[[nodiscard]] Reply send(const FormPost& post);

// `name=value&…`, each percent-encoded.
[[nodiscard]] std::string encode(const Fields& fields);

}  // namespace stocktray::tests
