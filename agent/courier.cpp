#include "agent/courier.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/cart/dialogues.h"
#include "core/dialogue_for.h"

namespace stocktray::agent {
namespace {

// What a turn takes in: about this many counts, or the answers for a fifth as many posts.
constexpr std::size_t most_weight = 250;
constexpr std::size_t weight_of_a_post = 5;
constexpr std::size_t most_pages = 8;  // that wait while their list goes on coming in

class PageCollector final : public cart::CountSink {
public:
    PageCollector(stack::ExchangeId exchange, Courier::Pages& pages) noexcept : exchange_{exchange}, pages_{pages} {}
    void take(const std::vector<cart::ReadCount>& page, std::int32_t answer) override {
        pages_.push_back({exchange_, page, answer});
    }
    bool has_room() const override { return pages_.size() < most_pages; }

private:
    stack::ExchangeId exchange_;
    Courier::Pages& pages_;
};

std::size_t weight(const Answer& answer) {
    const auto* batch = std::get_if<cart::BatchResult>(&answer.done);
    return weight_of_a_post * (batch != nullptr ? batch->items.size() : 1);
}

}  // namespace

void Courier::carry(stack::Ask ask, cart::Access access, const cart::Learned& learned, std::int64_t batch_size,
                    std::optional<std::string> no_password) {
    access.memory = memory_of(ask.cart, access);
    auto sink = std::holds_alternative<stack::AskAllCounts>(ask.what)
                    ? std::make_shared<PageCollector>(ask.exchange, pages_)
                    : std::shared_ptr<PageCollector>{};
    auto dialogue = dialogue_for(std::move(ask.what), std::move(access), learned, batch_size, std::move(sink),
                                 fmt::format("{:016X}", random_.next()));
    begin({ask.exchange, std::move(dialogue), std::move(no_password)});
}

std::shared_ptr<cart::xcart_rest::Memory> Courier::memory_of(stack::CartKey cart, const cart::Access& access) {
    auto& kept = memories_[cart];
    // Another address is another shop.
    if (!kept.memory || kept.url != access.url) kept = {access.url, cart::empty_memory()};
    return kept.memory;
}

void Courier::test(ipc::ReplyTo to, cart::Access access) {
    begin({std::move(to), cart::probe(access, fmt::format("{:016X}", random_.next())), std::nullopt});
}

void Courier::begin(Errand errand) {
    const auto id = ++last_;
    auto& dialogue = *errand.dialogue;
    errands_.emplace(id, std::move(errand));
    next(id, dialogue.begin());
}

void Courier::go_on() {
    for (auto& finished : http_.take_finished()) {
        const auto errand = errands_.find(finished.id);
        if (errand != errands_.end()) next(finished.id, errand->second.dialogue->answered(finished.reply));
    }
}

void Courier::next(http::HttpClient::Id id, cart::Step step) {
    auto& errand = errands_.at(id);
    while (auto* request = std::get_if<http::Request>(&step)) {
        if (!errand.no_password) return http_.start(id, std::move(*request));
        step = errand.dialogue->answered(
            {.transport = http::Transport::no_password, .was_sent = false, .detail = *errand.no_password});
    }
    auto node = errands_.extract(id);
    auto& done = std::get<cart::Done>(step);
    if (auto* exchange = std::get_if<stack::ExchangeId>(&node.mapped().whom)) {
        answers_.push_back({*exchange, std::move(done)});
    } else if (auto* probe = std::get_if<cart::ProbeResult>(&done)) {
        tests_.push_back({std::get<ipc::ReplyTo>(node.mapped().whom), std::move(*probe)});
    }
}

std::vector<Delivery> Courier::take_deliveries() {
    std::vector<Delivery> portion;
    std::size_t taken = 0;
    const auto has_pages = [&](const Answer& answer) {
        return std::ranges::find(pages_, answer.exchange, &CountsPage::exchange) != pages_.end();
    };
    for (auto at = answers_.begin(); at != answers_.end() && taken < most_weight;) {
        if (has_pages(*at)) {
            ++at;
            continue;
        }
        taken += weight(*at);
        portion.emplace_back(std::move(*at));
        at = answers_.erase(at);
    }
    while (!pages_.empty() && taken < most_weight) {
        taken += pages_.front().items.size();
        portion.emplace_back(std::move(pages_.front()));
        pages_.pop_front();
    }
    return portion;
}

void Courier::abandon() {
    for (const auto& [id, errand] : errands_) http_.cancel(id);
    errands_.clear();
}

}  // namespace stocktray::agent
