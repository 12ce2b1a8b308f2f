#include "tray/model/history_model.h"

#include <algorithm>
#include <ctime>
#include <utility>

#include "ipc/messages/events.h"
#include "tray/model/agent_speech/pattern.h"
#include "tray/model/post_words.h"
#include "tray/model/settings_model.h"
#include "tray/model/words.h"

namespace stocktray::tray {
namespace {

constexpr std::int64_t day = 24LL * 3'600'000;
constexpr std::int64_t page = 1'000;

std::int64_t since_of(HistoryModel::Since since, std::int64_t now) {
    switch (since) {
        case HistoryModel::Since::today:
            return now - minute_of_day(now) * 60'000LL - now % 60'000;
        case HistoryModel::Since::week:
            return now - 7 * day;
        case HistoryModel::Since::month:
            return now - 30 * day;
        case HistoryModel::Since::all:
            break;
    }
    return 0;
}

// As spreadsheets read it in every language.
std::string iso_time(std::int64_t at) {
    const auto seconds = static_cast<std::time_t>(at / 1'000);
    std::tm parts{};
    ::localtime_r(&seconds, &parts);
    char text[32];
    return {text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts)};
}

// A setting is called as in the settings, not as on the wire.
std::string text_words(const ipc::history::Entry& entry) {
    static const SentencePattern was_set{"{} was set to {}."};
    const auto values = entry.kind == ipc::HistoryKind::setting
                            ? was_set.read(entry.text, SentencePattern::Places::anything)
                            : std::nullopt;
    if (values)
        if (auto words = parameter_words((*values)[0], std::string{(*values)[1]})) return *words;
    return translated_sentence(entry.text);
}

}  // namespace

std::string HistoryModel::words_of(Since since) {
    switch (since) {
        case Since::today:
            return tr("Today");
        case Since::week:
            return tr("The last 7 days");
        case Since::month:
            return tr("The last 30 days");
        case Since::all:
            return tr("All that is kept");
    }
    return {};
}

const std::vector<ipc::HistoryKind>& HistoryModel::kinds() {
    using enum ipc::HistoryKind;
    static const std::vector all{change,  post,           verdict,      get_qoh,  send_qoh, repair,
                                 undo,    guard_override, order_import, snapshot, job,      late,
                                 setting, alert,          agent,        other};
    return all;
}

HistoryModel::HistoryModel(Conversation conversation, Surroundings surroundings)
    : surroundings_{std::move(surroundings)}, conversation_{std::move(conversation)} {
    conversation_.hear({"history"}, [this](const News& news) { hear(news); });
}

void HistoryModel::show(const Filter& filter) {
    filter_ = filter;
    ++generation_;
    entries_.clear();
    is_cut_ = false;
    is_reading_ = true;
    since_ = since_of(filter.since, surroundings_.now());
    surroundings_.changed();
    ask({});
}

void HistoryModel::ask(std::optional<std::string> after) {
    ipc::history::List list;
    if (!filter_.cart.empty()) list.cart = filter_.cart;
    if (!filter_.sku.empty()) list.sku = filter_.sku;
    if (filter_.kind) list.kinds = {*filter_.kind};
    if (since_ > 0) list.since = since_;
    list.after = std::move(after);
    list.limit = page;
    conversation_.ask(list, [this, generation = generation_](ipc::Expected<ipc::history::ListResult> answer) {
        if (generation != generation_) return;
        if (!answer) {
            is_reading_ = false;
            trouble_ = translated_sentence(answer.error().message);
            return surroundings_.changed();
        }
        trouble_.clear();
        for (auto& entry : answer->entries) entries_.push_front(std::move(entry));
        if (entries_.size() > most) {
            entries_.resize(most);
            is_cut_ = true;
        }
        is_reading_ = answer->next.has_value();
        if (is_reading_) ask(answer->next);
        surroundings_.changed();
    });
}

bool HistoryModel::fits(const ipc::history::Entry& entry) const {
    return (filter_.cart.empty() || entry.cart == filter_.cart) &&
           (filter_.sku.empty() || entry.sku == filter_.sku) &&
           (!filter_.kind || entry.kind == *filter_.kind);
}

void HistoryModel::hear(const News& news) {
    bool is_new = false;
    for (const auto& item : news) {
        if (std::holds_alternative<Snapshot>(item)) return read();  // something may have been missed
        const auto* event = std::get_if<ipc::ReceivedEvent>(&item);
        const auto added = event ? event->as<ipc::events::HistoryAdded>() : std::nullopt;
        // While pages still come, the new one is in the last of them.
        if (!added || is_reading_ || !fits(*added)) continue;
        if (!entries_.empty() && entries_.front().entry >= added->entry) continue;
        entries_.push_front(*added);
        is_new = true;
    }
    if (entries_.size() > most) entries_.resize(most);
    if (is_new) surroundings_.changed();
}

const ipc::history::Entry* HistoryModel::find(std::size_t row) const {
    return row < entries_.size() ? &entries_[row] : nullptr;
}

std::string HistoryModel::text(std::size_t row, Column column) const {
    const auto* entry = find(row);
    if (!entry) return {};
    switch (column) {
        case Column::when:
            return time_words(entry->at, surroundings_.now());
        case Column::kind:
            return kind_words(entry->kind);
        case Column::cart:
            return entry->cart ? surroundings_.cart_name(*entry->cart) : std::string{};
        case Column::sku:
            return entry->sku.value_or("");
        case Column::difference:
            return entry->delta ? pieces_words(*entry->delta) : std::string{};
        case Column::who:
            return who_words(*entry);
        case Column::text:
            return text_words(*entry);
    }
    return {};
}

std::string HistoryModel::headline() const {
    if (!trouble_.empty()) return trouble_;
    const auto n = static_cast<std::int64_t>(entries_.size());
    if (n == 0) return is_reading_ ? tr("Reading…") : tr("No entry fits.");
    const auto words = number_words(n);  // what fmt::arg names has to outlive it
    const auto number = fmt::arg("n", words);
    if (is_reading_) return say(tr("{n} entries, more are being read…"), number);
    if (is_cut_)
        return say(tr("The latest {n} entries. There are older ones: choose less to see them."), number);
    return say(tr_n("{n} entry", "{n} entries", n), number);
}

std::string HistoryModel::csv() const {
    std::string file = "\xEF\xBB\xBF";  // spreadsheets take it for UTF-8 then
    const auto line = [&](const std::vector<std::string>& cells) {
        for (std::size_t i = 0; i < cells.size(); ++i) file += (i > 0 ? "," : "") + csv_cell(cells[i]);
        file += "\r\n";
    };
    line(history_titles());
    for (const auto& entry : entries_)
        line({iso_time(entry.at), kind_words(entry.kind),
              entry.cart ? surroundings_.cart_name(*entry.cart) : std::string{}, entry.sku.value_or(""),
              entry.delta ? fmt::format("{}", *entry.delta) : std::string{}, who_words(entry),
              text_words(entry)});
    return file;
}

std::vector<std::string> history_titles() {
    return {tr("When"), tr("What"), tr("Cart"), tr("SKU"), tr("Difference"), tr("Who"), tr("Text")};
}

std::string csv_cell(const std::string& text) {
    const bool is_number =
        !text.empty() && text.find_first_not_of("0123456789", text[0] == '-' ? 1 : 0) == std::string::npos;
    std::string cell = text;
    if (!text.empty() && !is_number && std::string_view{"=+-@\t\r"}.find(text[0]) != std::string_view::npos)
        cell.insert(0, "'");
    if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
    std::string quoted = "\"";
    for (const char sign : cell) quoted.append(sign == '"' ? 2 : 1, sign);
    return quoted + "\"";
}

}  // namespace stocktray::tray
