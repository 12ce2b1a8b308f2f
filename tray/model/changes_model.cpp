#include "tray/model/changes_model.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "ipc/messages/events.h"
#include "tray/model/post_words.h"
#include "tray/model/words.h"

namespace stocktray::tray {
namespace {

constexpr std::int64_t hour = 3'600'000;
// The history comes oldest first: to find the latest ones it is asked for the last hour, then for longer.
constexpr std::array<std::int64_t, 4> windows{hour, 24 * hour, 7 * 24 * hour, 365 * 24 * hour};
constexpr std::size_t enough = 100;
constexpr std::int64_t page = 1'000;
constexpr std::int64_t refresh_ms = 1'000;

}  // namespace

ChangesModel::ChangesModel(Conversation conversation, Surroundings surroundings)
    : surroundings_{std::move(surroundings)}, conversation_{std::move(conversation)} {
    conversation_.hear({"history", "post"}, [this](const News& news) { hear(news); });
}

void ChangesModel::read() {
    if (is_reading_) return;
    is_reading_ = true;
    window_ = 0;
    began_at_ = surroundings_.now();
    read_.clear();
    ask({});
}

void ChangesModel::ask(std::optional<std::string> after) {
    ipc::history::List list;
    list.kinds = {ipc::HistoryKind::change};
    list.since = began_at_ - windows[window_];
    list.after = std::move(after);
    list.limit = page;
    conversation_.ask(list, [this](ipc::Expected<ipc::history::ListResult> answer) {
        if (answer) return take(std::move(*answer));
        is_reading_ = false;
        trouble_ = translated_sentence(answer.error().message);
        surroundings_.changed();
    });
}

void ChangesModel::take(ipc::history::ListResult result) {
    for (auto& entry : result.entries) read_.push_front(std::move(entry));
    if (read_.size() > most) read_.resize(most);
    if (result.next) return ask(result.next);
    if (read_.size() < enough && window_ + 1 < windows.size()) {
        ++window_;
        read_.clear();
        return ask({});
    }
    is_reading_ = false;
    is_known_ = true;
    trouble_.clear();
    changes_ = std::move(read_);
    read_.clear();
    surroundings_.changed();
    ask_counts();
}

void ChangesModel::hear(const News& news) {
    bool is_new = false;
    for (const auto& item : news) {
        if (std::holds_alternative<Snapshot>(item)) {
            read();  // something may have been missed
            continue;
        }
        const auto* event = std::get_if<ipc::ReceivedEvent>(&item);
        if (!event) continue;
        if (event->numbers.topic.starts_with("post.") || event->numbers.topic.starts_with("stack."))
            is_new = true;
        const auto added = event->as<ipc::events::HistoryAdded>();
        if (!added || added->kind != ipc::HistoryKind::change) continue;
        if (!changes_.empty() && changes_.front().entry >= added->entry) continue;
        changes_.push_front(*added);
        if (changes_.size() > most) changes_.pop_back();
        is_new = true;
    }
    if (!is_new) return;
    is_stale_ = true;
    tick();
    surroundings_.changed();
}

void ChangesModel::tick() {
    const auto now = surroundings_.now();
    if (is_stale_ && !is_asking_counts_ && (now - refreshed_at_ >= refresh_ms || now < refreshed_at_))
        ask_counts();
}

std::optional<std::int64_t> ChangesModel::look_again_in() const {
    if (!is_stale_ || is_asking_counts_) return std::nullopt;
    return std::max<std::int64_t>(refreshed_at_ + refresh_ms - surroundings_.now(), 20);
}

void ChangesModel::ask_counts() {
    std::set<std::string> skus;
    for (const auto& change : changes_)
        if (change.sku) skus.insert(*change.sku);
    is_stale_ = false;
    refreshed_at_ = surroundings_.now();
    if (skus.empty() || is_asking_counts_) return;
    is_asking_counts_ = true;
    ipc::qoh::List list;
    list.skus = std::vector<std::string>{skus.begin(), skus.end()};
    list.limit = page;
    conversation_.ask(list, [this](ipc::Expected<ipc::qoh::ListResult> answer) {
        is_asking_counts_ = false;
        if (!answer) return;
        items_.clear();
        for (auto& item : answer->items) {
            auto sku = item.sku;
            items_.emplace(std::move(sku), std::move(item));
        }
        surroundings_.changed();
    });
}

const ipc::history::Entry* ChangesModel::find(std::size_t row) const {
    return row < changes_.size() ? &changes_[row] : nullptr;
}

bool ChangesModel::is_newest_of_sku(std::size_t row) const {
    const auto end = changes_.begin() + static_cast<std::ptrdiff_t>(row);
    return std::find_if(changes_.begin(), end,
                        [&](const auto& one) { return one.sku == changes_[row].sku; }) == end;
}

std::string ChangesModel::text(std::size_t row, Column column) const {
    const auto* change = find(row);
    if (!change) return {};
    switch (column) {
        case Column::when:
            return time_words(change->at, surroundings_.now());
        case Column::sku:
            return change->sku.value_or("");
        case Column::difference:
            return change->delta ? pieces_words(*change->delta) : "–";
        case Column::reason:
            return reason_words(*change);
        case Column::who:
            return who_words(*change);
        case Column::stores: {
            const auto item = items_.find(change->sku.value_or(""));
            if (item == items_.end()) return "…";
            return followed_words(*change, item->second, is_newest_of_sku(row), surroundings_.cart_name);
        }
    }
    return {};
}

std::string ChangesModel::headline() const {
    if (!trouble_.empty()) return trouble_;
    if (!is_known_) return tr("Reading…");
    const auto n = static_cast<std::int64_t>(changes_.size());
    if (n == 0) return tr("No count has changed yet.");
    return say(tr_n("{n} recent change of a count", "{n} recent changes of counts", n),
               fmt::arg("n", number_words(n)));
}

std::string followed_words(const ipc::history::Entry& change, const ipc::qoh::Item& item, bool is_newest,
                           const std::function<std::string(const std::string&)>& cart_name) {
    if (item.listings.empty()) return tr("in no store");
    std::string all;
    for (const auto& listing : item.listings) {
        const bool has_confirmed = listing.confirmed_at.value_or(0) >= change.at;
        const bool waits = listing.queued_delta != 0 && (is_newest || !has_confirmed);
        // Its count may have been read since: that says nothing of a post that was refused, or is in doubt.
        const bool is_refused = listing.rejected_delta != 0 && (is_newest || !has_confirmed);
        const bool is_unclear = listing.parked_delta != 0 && (is_newest || !has_confirmed);
        std::string words = tr("nothing to send");
        if (waits)
            words = tr("waits");
        else if (is_refused)
            words = tr("refused by the store");
        else if (is_unclear)
            words = tr("unclear");
        else if (has_confirmed)
            words = tr("has followed");
        if (!all.empty()) all += " · ";
        all += say("{}: {}", cart_name(listing.cart), words);
    }
    return all;
}

}  // namespace stocktray::tray
