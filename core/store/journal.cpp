#include "core/store/journal.h"

#include <algorithm>
#include <array>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/store/database.h"

namespace stocktray::store {
namespace {

std::optional<std::string_view> or_null(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional<std::string_view>{text};
}

std::string as_json_list(const std::vector<std::string>& words) {
    std::string json = "[";
    for (const auto& word : words) {
        if (json.size() > 1) json += ',';
        json += '"';
        for (const char c : word)
            if (c != '"' && c != '\\' && static_cast<unsigned char>(c) >= 0x20) json += c;
        json += '"';
    }
    return json + ']';
}

constexpr std::array<std::pair<Severity, std::string_view>, 3> severities{
    {{Severity::info, "info"}, {Severity::warning, "warning"}, {Severity::critical, "critical"}}};

Severity severity_from(std::string_view word) noexcept {
    for (const auto& [severity, name] : severities)
        if (name == word) return severity;
    return Severity::warning;
}

Alert read_alert(const Query& q) {
    return {q.integer(0), q.text(1),    severity_from(q.view(2)), q.text(3), q.text(4), wall_from_ms(q.integer(5)),
            q.text(6),    q.text(7),    q.text(8),                q.integer(9), q.flag(10)};
}

#define ALERT_COLUMNS "alert, kind, severity, cart, sku, since, message, hint, action, count, dismissed"

std::vector<Alert> all_alerts(Query q) {
    std::vector<Alert> alerts;
    while (q.next()) alerts.push_back(read_alert(q));
    return alerts;
}

std::string print(const std::vector<std::pair<std::string, std::string>>& more) {
    if (more.empty()) return {};
    nlohmann::ordered_json object = nlohmann::ordered_json::object();
    for (const auto& [name, value] : more) object[name] = value;
    return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::vector<std::pair<std::string, std::string>> parse(std::string_view text) {
    std::vector<std::pair<std::string, std::string>> more;
    const auto object = nlohmann::ordered_json::parse(text, nullptr, false);
    if (!object.is_object()) return more;
    for (const auto& [name, value] : object.items())
        if (value.is_string()) more.emplace_back(name, value.get<std::string>());
    return more;
}

std::vector<HistoryEntry> all(Query q) {
    std::vector<HistoryEntry> entries;
    while (q.next())
        entries.push_back({q.integer(0), wall_from_ms(q.integer(1)), q.text(2), q.text(3), q.text(4), q.text(5),
                           q.text(6), q.maybe_integer(7), q.text(8), parse(q.view(9))});
    return entries;
}

}  // namespace

void History::add(HistoryEntry& entry) {
    database_.run(
        "INSERT INTO history (at, kind, by, workstation, cart, sku, delta, text, data)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        to_ms(entry.at), entry.kind, or_null(entry.by), or_null(entry.workstation), or_null(entry.cart),
        or_null(entry.sku), entry.delta, entry.text, or_null(print(entry.more)));
    entry.entry = database_.last_row();
}

std::vector<HistoryEntry> History::list(const HistoryFilter& filter) const {
    const std::string kinds = filter.kinds.empty() ? std::string{} : as_json_list(filter.kinds);
    const auto since = filter.since ? std::optional{to_ms(*filter.since)} : std::nullopt;
    // With a SKU its own index leads; without one the order of entries does.
    Query q = filter.sku
                  ? database_.query("SELECT entry, at, kind, by, workstation, cart, sku, delta, text, data FROM history"
                                    " WHERE sku = ?1 AND entry > ?2 AND (?3 IS NULL OR cart = ?3)"
                                    " AND (?4 = '' OR kind IN (SELECT value FROM json_each(iif(?4 = '', '[]', ?4))))"
                                    " AND (?5 IS NULL OR at >= ?5) ORDER BY entry LIMIT ?6",
                                    filter.sku, filter.after, filter.cart, kinds, since, filter.limit)
                  : database_.query("SELECT entry, at, kind, by, workstation, cart, sku, delta, text, data FROM history"
                                    " WHERE ?1 IS NULL AND entry > ?2 AND (?3 IS NULL OR cart = ?3)"
                                    " AND (?4 = '' OR kind IN (SELECT value FROM json_each(iif(?4 = '', '[]', ?4))))"
                                    " AND (?5 IS NULL OR at >= ?5) ORDER BY entry LIMIT ?6",
                                    filter.sku, filter.after, filter.cart, kinds, since, filter.limit);
    return all(std::move(q));
}

std::vector<HistoryEntry> History::latest_of(std::string_view sku, std::int64_t limit) const {
    return all(database_.query("SELECT entry, at, kind, by, workstation, cart, sku, delta, text, data FROM history"
                               " WHERE sku = ? ORDER BY entry DESC LIMIT ?",
                               sku, limit));
}

std::optional<HistoryEntry> History::get(std::int64_t entry) const {
    auto found = all(database_.query(
        "SELECT entry, at, kind, by, workstation, cart, sku, delta, text, data FROM history WHERE entry = ?", entry));
    return found.empty() ? std::nullopt : std::optional{std::move(found.front())};
}

// By halves over the entries' order: a look at `at` would read all of them.
std::int64_t History::first_since(WallTime time) const {
    std::int64_t low = 0;
    std::int64_t high = 0;
    if (Query q = database_.query("SELECT coalesce(min(entry), 0) FROM history"); q.next()) low = q.integer(0);
    if (Query q = database_.query("SELECT coalesce(max(entry), 0) FROM history"); q.next()) high = q.integer(0) + 1;
    while (low < high) {
        const auto middle = low + (high - low) / 2;
        Query q = database_.query("SELECT entry, at FROM history WHERE entry >= ? ORDER BY entry LIMIT 1", middle);
        if (!q.next() || q.integer(1) >= to_ms(time)) high = middle;
        else low = q.integer(0) + 1;
    }
    return low;
}

bool History::each_between(WallTime from, WallTime until, std::int64_t most,
                           const std::function<void(const HistoryMark&)>& take) const {
    const auto first = first_since(from);
    const auto end = first_since(until);
    Query q = database_.query("SELECT entry, at, kind, cart, CASE kind WHEN 'change' THEN data ->> 'reason' END"
                              " FROM history WHERE entry >= ? AND entry < ? ORDER BY entry DESC LIMIT ?",
                              first, end, most + 1);
    for (std::int64_t taken = 0; q.next(); ++taken) {
        if (taken == most) return false;
        take({q.integer(0), wall_from_ms(q.integer(1)), q.view(2), q.view(3), q.view(4)});
    }
    return true;
}

std::int64_t History::prune(WallTime limit, std::int64_t most) {
    // The first ones are the oldest: nothing behind them is looked at, however long the history is.
    database_.run("DELETE FROM history WHERE entry IN (SELECT entry FROM (SELECT entry, at FROM history ORDER BY entry LIMIT ?) WHERE at < ?)",
                  most, to_ms(limit));
    return database_.changed_rows();
}

std::string_view to_string(Severity severity) noexcept {
    return std::ranges::find(severities, severity, &std::pair<Severity, std::string_view>::first)->second;
}

Raised Alerts::raise(Alert& alert) {
    Query known = database_.query("SELECT " ALERT_COLUMNS " FROM alerts WHERE kind = ? AND cart = ? AND sku = ?",
                                  alert.kind, alert.cart, alert.sku);
    if (!known.next()) {
        database_.run(
            "INSERT INTO alerts (kind, severity, cart, sku, since, message, hint, action, count)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            alert.kind, to_string(alert.severity), alert.cart, alert.sku, to_ms(alert.since), alert.message, alert.hint,
            alert.action, alert.count);
        alert.alert = database_.last_row();
        return Raised::newly;
    }
    const Alert before = read_alert(known);
    alert.alert = before.alert;
    alert.since = before.since;
    if (before.message == alert.message && before.severity == alert.severity && before.count == alert.count &&
        before.hint == alert.hint)
        return Raised::same;
    // What a person has put aside comes back only when it got worse.
    const bool stays_dismissed = before.is_dismissed && alert.count <= before.count && alert.severity <= before.severity;
    database_.run(
        "UPDATE alerts SET severity = ?, message = ?, hint = ?, action = ?, count = ?, dismissed = ? WHERE alert = ?",
        to_string(alert.severity), alert.message, alert.hint, alert.action, alert.count, stays_dismissed, alert.alert);
    return stays_dismissed ? Raised::same : Raised::changed;
}

std::optional<Alert> Alerts::clear(std::string_view kind, std::string_view cart, std::string_view sku) {
    std::optional<Alert> cleared;
    {
        Query q = database_.query("SELECT " ALERT_COLUMNS " FROM alerts WHERE kind = ? AND cart = ? AND sku = ?", kind,
                                  cart, sku);
        if (q.next()) cleared = read_alert(q);
    }
    if (cleared) database_.run("DELETE FROM alerts WHERE alert = ?", cleared->alert);
    return cleared;
}

std::vector<Alert> Alerts::list() const {
    std::vector<Alert> alerts;
    each_after(0, [&](const Alert& alert) {
        alerts.push_back(alert);
        return true;
    });
    return alerts;
}

void Alerts::each_after(std::int64_t after, const std::function<bool(const Alert&)>& take) const {
    Query q = database_.query("SELECT " ALERT_COLUMNS " FROM alerts WHERE alert > ? AND dismissed = 0 ORDER BY alert", after);
    while (q.next())
        if (!take(read_alert(q))) return;
}

std::vector<Alert> Alerts::of_cart(std::string_view cart) const {
    return all_alerts(database_.query("SELECT " ALERT_COLUMNS " FROM alerts WHERE cart = ? ORDER BY alert", cart));
}

std::vector<Alert> Alerts::of_kinds(std::string_view beginning) const {
    return all_alerts(database_.query("SELECT " ALERT_COLUMNS " FROM alerts WHERE substr(kind, 1, length(?1)) = ?1 ORDER BY alert",
                                      beginning));
}

std::optional<Alert> Alerts::dismiss(std::int64_t alert) {
    std::optional<Alert> found;
    {
        Query q = database_.query("SELECT " ALERT_COLUMNS " FROM alerts WHERE alert = ? AND dismissed = 0", alert);
        if (q.next()) found = read_alert(q);
    }
    if (found) database_.run("UPDATE alerts SET dismissed = 1 WHERE alert = ?", alert);
    return found;
}

}  // namespace stocktray::store
