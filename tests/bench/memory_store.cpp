#include "tests/bench/memory_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <numeric>

#include "core/random.h"

namespace stocktray::bench {
namespace {

constexpr std::string_view prefix = "B-";

int hex(char c) {
    return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

std::string decoded(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '%' && at + 2 < text.size()) {
            out += static_cast<char>(hex(text[at + 1]) * 16 + hex(text[at + 2]));
            at += 2;
        } else {
            out += text[at] == '+' ? ' ' : text[at];
        }
    }
    return out;
}

std::string field(std::string_view body, std::string_view name) {
    for (std::size_t at = 0; at < body.size();) {
        const auto end = std::min(body.find('&', at), body.size());
        const auto one = body.substr(at, end - at);
        if (one.starts_with(name) && one.size() > name.size() && one[name.size()] == '=')
            return decoded(one.substr(name.size() + 1));
        at = end + 1;
    }
    return {};
}

std::string_view take_until(std::string_view& text, char separator) {
    const auto one = text.substr(0, text.find(separator));
    text.remove_prefix(std::min(text.size(), one.size() + 1));
    return one;
}

std::int64_t number_in(std::string_view text) {
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

}  // namespace

MemoryStore::MemoryStore(int products, Script script)
    : script_{script},
      counts_(static_cast<std::size_t>(products), first_count),
      listed_(counts_.size()),
      server_{[this](test::Connection& connection) { serve(connection); }} {
    std::iota(listed_.begin(), listed_.end(), 0U);
    Random random{7};
    for (std::size_t i = listed_.size(); i > 1; --i) std::swap(listed_[i - 1], listed_[random.below(i)]);
}

void MemoryStore::set(std::int64_t count, int every) {
    const std::lock_guard lock{mutex_};
    for (std::size_t i = 0; i < counts_.size(); i += static_cast<std::size_t>(every)) counts_[i] = count;
}

std::int64_t MemoryStore::count(int product) const {
    const std::lock_guard lock{mutex_};
    return counts_.at(static_cast<std::size_t>(product));
}

std::map<std::string, std::int64_t> MemoryStore::calls() const {
    const std::lock_guard lock{mutex_};
    return calls_;
}

void MemoryStore::serve(test::Connection& connection) {
    while (const auto head = connection.read_head()) {
        const auto body = connection.read_body(*head);
        if (!body || !connection.send(test::answer(answer_to(*body)))) return;
    }
}

std::int64_t* MemoryStore::find(std::string_view sku) {
    if (!sku.starts_with(prefix)) return nullptr;
    const auto product = number_in(sku.substr(prefix.size())) - 1;
    return product < 0 || product >= std::ssize(counts_) ? nullptr : &counts_[static_cast<std::size_t>(product)];
}

std::string MemoryStore::announcement() const {
    return fmt::format("StocktrayExt: 1;store={};keep=2592000;seq={};top={};engine=memory;caps={}",
                       id(), changes_, highest_number_,
                       script_ == Script::with_keys ? "postid,batch,qohquery,cursor" : "qohquery,cursor");
}

std::string MemoryStore::page(std::size_t from, std::size_t size) const {
    const auto end = std::min(from + size, listed_.size());
    std::string out =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><SETIProducts><Response><ResponseCode>1</ResponseCode>"
        "<ResponseDescription>success</ResponseDescription></Response>";
    out.reserve(out.size() + (end - from) * 90);
    for (auto at = from; at < end; ++at)
        fmt::format_to(std::back_inserter(out),
                       "<Product><Code>{}{:07}</Code><WebID>p{}</WebID><QOH>{}</QOH></Product>", prefix,
                       listed_[at] + 1, at + 1, counts_[listed_[at]]);
    out += fmt::format("<Next>{}</Next></SETIProducts>", end < listed_.size() ? fmt::format("p{}", end) : "");
    return out;
}

std::string MemoryStore::counts_of(std::string_view skus) const {
    std::string out = "SETIResponse";
    while (!skus.empty()) {
        const auto sku = take_until(skus, '|');
        const auto* count = const_cast<MemoryStore*>(this)->find(sku);
        out += count == nullptr ? fmt::format("\r\n{}=NF", sku) : fmt::format("\r\n{}={}", sku, *count);
    }
    return out + "\r\nSETIEndOfData";
}

std::string MemoryStore::change(std::string_view piece, const std::string& key) {
    const auto sku = take_until(piece, '~');
    const auto delta = number_in(take_until(piece, '~'));
    auto* count = find(sku);
    const auto keyed = key.empty() || script_ == Script::absolute
                           ? std::string{}
                           : fmt::format(";POSTID={};SEQ={}", key, changes_ + 1);
    if (count == nullptr) return fmt::format("SETIResponse=False;SKU={};QOH=NF{};NOTE=Product not found", sku, keyed);
    ++changes_;
    *count = script_ == Script::absolute ? delta : *count + delta;
    return fmt::format("SETIResponse=OK;SKU={};QOH={}{};NOTE=", sku, *count, keyed);
}

std::string MemoryStore::change_many(std::string_view pieces) {
    std::string out = "SETIResponse";
    while (!pieces.empty()) {
        auto piece = take_until(pieces, '|');
        const auto sku = take_until(piece, '~');
        const auto delta = number_in(take_until(piece, '~'));
        highest_number_ = std::max(highest_number_, number_in(take_until(piece, '~')));
        auto* count = find(sku);
        if (count == nullptr) {
            out += fmt::format("\r\n{}=NF;QOH=NF;NOTE=Product not found", piece);
            continue;
        }
        ++changes_;
        *count += delta;
        out += fmt::format("\r\n{}=OK;QOH={};NOTE=", piece, *count);
    }
    return out + "\r\nSETIEndOfData";
}

std::string MemoryStore::replace(std::string_view pieces) {
    std::string out = "SETIResponse";
    while (!pieces.empty()) {
        auto piece = take_until(pieces, '|');
        const auto sku = take_until(piece, '~');
        auto* count = find(sku);
        if (count != nullptr) *count = number_in(piece);
        out += fmt::format("\r\n{}={}", sku, count == nullptr ? "NF" : "OK");
    }
    return out + "\r\nSETIEndOfData";
}

std::string MemoryStore::answer_to(const std::string& body) {
    const auto function = field(body, "setifunction");
    const std::lock_guard lock{mutex_};
    ++calls_[function];
    if (function == "sendversion")
        return "SETIResponse: version=5.900" + (field(body, "stocktray").empty() ? "" : "\n" + announcement());
    if (function == "getproductscount") return fmt::format("SETIResponse: itemcount={}", counts_.size());
    if (function == "ordercount") return "SETIResponse: ordercount=0";
    if (function == "downloadqoh") {
        const auto after = field(body, "after");
        const auto start = number_in(field(body, "startnum"));
        const auto from = after.size() > 1 ? number_in(std::string_view{after}.substr(1)) : std::max<std::int64_t>(start, 1) - 1;
        return page(static_cast<std::size_t>(from), static_cast<std::size_t>(number_in(field(body, "batchsize"))));
    }
    if (function == "qohquery") return counts_of(field(body, "update"));
    if (function == "qohreplace") return replace(field(body, "update"));
    if (function == "invbatch" && script_ == Script::with_keys) return change_many(field(body, "update"));
    if (function == "invupdate" || function == "invrepeat") {
        highest_number_ = std::max(highest_number_, number_in(field(body, "number")));
        return change(field(body, "update"), field(body, "postid"));
    }
    return fmt::format("SETIError: Function \"{}\" was not found", function);
}

}  // namespace stocktray::bench
