#include "tests/simulation/fake_store.h"

#include <fmt/format.h>
#include <algorithm>
#include <charconv>

namespace stocktray::simulation {
namespace {

constexpr std::int64_t two_days_ms = 48LL * 3'600 * 1'000;

std::int64_t number_in(std::string_view text) {
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

std::vector<std::string> split(std::string_view text, char at) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const auto end = std::min(text.find(at), text.size());
        parts.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

std::string unescaped(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size()) {
            unsigned byte = 0;
            std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16);
            plain += static_cast<char>(byte);
            i += 2;
        } else {
            plain += text[i] == '+' ? ' ' : text[i];
        }
    }
    return plain;
}

}  // namespace

std::string FakeStore::answer(std::string_view body, std::int64_t now) {
    Fields fields;
    for (const auto& field : split(body, '&')) {
        const auto equals = std::min(field.find('='), field.size());
        fields[field.substr(0, equals)] = unescaped(std::string_view{field}.substr(std::min(equals + 1, field.size())));
    }
    const auto& function = fields["setifunction"];
    const bool has_keys = script != Script::plain;
    if (function == "sendversion") {
        std::string answer = "SETIResponse: version=1.000";
        if (has_keys && fields.contains("stocktray"))
            answer += fmt::format("\nStocktrayExt: 1;store={};keep=2592000;seq={};top={};engine=innodb;caps=postid,batch,qohquery{}", id_,
                                  seq_, top_, script == Script::with_moves ? ",moves" : "");
        return answer;
    }
    if (function == "getproductscount") return fmt::format("SETIResponse: itemcount={}", counts_.size() - hidden_.size());
    if (function == "downloadqoh") return page(fields);
    if (function == "invupdate") return change(fields, false);
    if (function == "invrepeat" && has_keys) return change(fields, true);
    if (function == "invbatch" && has_keys) return batch(fields);
    if (function == "qohquery" && has_keys) return query(fields);
    if (function == "salesquery" && script == Script::with_moves) return moves(fields, now);
    if (function == "ordercount") {
        const auto after = fields["lastorder"] == "All" ? 0 : number_in(fields["lastorder"]);
        return fmt::format("SETIResponse: ordercount={}", std::ranges::count_if(orders_, [&](const Order& order) {
                               return order.number > after && order.state == Order::State::placed;
                           }));
    }
    if (function == "qohreplace") {
        std::string answer = "SETIResponse\r\n";
        for (const auto& piece : split(fields["update"], '|')) {
            const auto mark = piece.rfind('~');
            counts_[piece.substr(0, mark)] = number_in(std::string_view{piece}.substr(mark + 1));
            ++overwritten_;
            answer += piece.substr(0, mark) + "=OK\r\n";
        }
        return answer + "SETIEndOfData\r\n";
    }
    return "SETIError: Function \"" + function + "\" was not found";
}

std::string FakeStore::change_one(const std::string& sku, std::int64_t delta, const std::string& postid, std::int64_t number) {
    if (shown(sku) == nullptr) return "NF";
    auto& count = counts_[sku] += delta;
    applied_.push_back({sku, delta});
    if (!postid.empty()) {
        ++seq_;
        top_ = std::max(top_, number);
    }
    return std::to_string(count);
}

const std::int64_t* FakeStore::shown(const std::string& sku) const {
    const auto found = counts_.find(sku);
    return found == counts_.end() || hidden_.contains(sku) ? nullptr : &found->second;
}

std::string FakeStore::change(const Fields& fields, bool is_repeat) {
    const auto update = fields.find("update");
    if (update == fields.end()) return "SETIError: Missing update command";
    const auto mark = update->second.rfind('~');
    const auto sku = update->second.substr(0, mark);
    const auto delta = number_in(std::string_view{update->second}.substr(mark + 1));
    const auto value = [&](const char* name) {
        const auto found = fields.find(name);
        return found == fields.end() ? std::string{} : found->second;
    };
    const auto postid = script == Script::plain ? std::string{} : value("postid");
    if (is_repeat && postid.empty()) return "SETIError: postid malformed";
    if (!postid.empty() && value("store") != id_) return "SETIError: store changed";
    const auto answer_of = [&](const Kept& kept) {
        return fmt::format("SETIResponse=OK;SKU={};QOH={};POSTID={};SEQ={};NOTE=", sku, kept.count, postid, kept.seq);
    };
    if (!postid.empty())
        if (const auto kept = keys_.find(postid); kept != keys_.end())
            return kept->second.pair == update->second ? answer_of(kept->second) : "SETIError: postid conflict";
    const auto count = change_one(sku, delta, postid, number_in(value("number")));
    if (count == "NF") return fmt::format("SETIResponse=False;SKU={};QOH=NF;{}NOTE=NotFound", sku, postid.empty() ? "" : "POSTID=" + postid + ";");
    if (postid.empty()) return fmt::format("SETIResponse=OK;SKU={};QOH={};NOTE=", sku, count);
    return answer_of(keys_[postid] = {update->second, count, seq_});
}

std::string FakeStore::batch(const Fields& fields) {
    const auto store = fields.find("store");
    if (store == fields.end() || store->second != id_) return "SETIError: store changed";
    std::string answer = "SETIResponse\r\n";
    for (const auto& piece : split(fields.find("update")->second, '|')) {
        const auto last = piece.rfind('~');
        const auto before = piece.rfind('~', last - 1);
        const auto postid = piece.substr(last + 1);
        const auto number = number_in(std::string_view{piece}.substr(before + 1));
        const auto pair = piece.substr(0, before);
        if (const auto kept = keys_.find(postid); kept != keys_.end()) {
            answer += kept->second.pair == pair ? fmt::format("{}=OK;QOH={};NOTE=\r\n", postid, kept->second.count)
                                                : fmt::format("{}=CONFLICT;QOH=NA;NOTE=\r\n", postid);
            continue;
        }
        const auto mark = pair.rfind('~');
        const auto count = change_one(pair.substr(0, mark), number_in(std::string_view{pair}.substr(mark + 1)), postid, number);
        if (count == "NF") {
            answer += fmt::format("{}=NF;QOH=NF;NOTE=\r\n", postid);
            continue;
        }
        answer += fmt::format("{}=OK;QOH={};NOTE=\r\n", postid, count);
        keys_[postid] = {pair, count, seq_};
    }
    return answer + "SETIEndOfData\r\n";
}

std::string FakeStore::query(const Fields& fields) const {
    std::string answer = "SETIResponse\r\n";
    for (const auto& sku : split(fields.find("update")->second, '|')) {
        const auto* count = shown(sku);
        answer += fmt::format("{}={}\r\n", sku, count == nullptr ? "NF" : std::to_string(*count));
    }
    return answer + "SETIEndOfData\r\n";
}

std::string FakeStore::moves(const Fields& fields, std::int64_t now) const {
    const auto after = number_in(fields.find("lastorder")->second);
    std::set<std::int64_t> also;
    for (const auto& number : split(fields.find("also")->second, ',')) also.insert(number_in(number));
    std::string answer = "SETIResponse\r\n";
    for (const auto& sku : split(fields.find("update")->second, '|')) {
        const auto* count = shown(sku);
        if (count == nullptr) {
            answer += sku + "=NF\r\n";
            continue;
        }
        std::string held;
        std::int64_t open = 0;
        std::int64_t back = 0;
        for (const auto& order : orders_) {
            if (order.sku != sku) continue;
            if (order.state == Order::State::unfinished) open += order.pieces;
            if (order.given_back_at != 0 && now - order.given_back_at < two_days_ms) back += order.pieces;
            if (order.number <= after && !also.contains(order.number) && order.state != Order::State::unfinished) continue;
            const auto pieces = order.state == Order::State::cancelled ? 0 : order.pieces;
            held += fmt::format("{}{}:{}", held.empty() ? "" : ",", order.number, pieces);
        }
        answer += fmt::format("{}={};ORDERS={};OPEN={};BACK={};TOP={}\r\n", sku, *count, held, open, back, last_order_);
    }
    return answer + "SETIEndOfData\r\n";
}

std::string FakeStore::page(const Fields& fields) const {
    const auto start = std::max<std::int64_t>(number_in(fields.find("startnum")->second), 1);
    const auto size = number_in(fields.find("batchsize")->second);
    std::string products;
    std::int64_t at = 0;
    for (const auto& [sku, qoh] : counts_) {
        if (is_hidden(sku)) continue;
        ++at;
        if (at < start || at >= start + size) continue;
        products += fmt::format("<Product><Code>{}</Code><WebID>{}</WebID><QOH>{}</QOH></Product>", sku, at, qoh);
    }
    return fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?><SETIProducts><Response><ResponseCode>{}</ResponseCode>"
                       "<ResponseDescription>success</ResponseDescription></Response>{}</SETIProducts>",
                       products.empty() ? 2 : 1, products);
}

std::int64_t FakeStore::sell(const std::string& sku, std::int64_t pieces, Order::State state) {
    counts_[sku] -= pieces;
    orders_.push_back({++last_order_, sku, pieces, state, false, 0});
    return last_order_;
}

void FakeStore::cancel(Order& order, std::int64_t now) {
    if (order.state == Order::State::cancelled) return;
    order.state = Order::State::cancelled;
    order.given_back_at = now;
    counts_[order.sku] += order.pieces;
}

}  // namespace stocktray::simulation
