#include "core/store/parameters.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "core/store/database.h"

namespace stocktray::store {
namespace {

enum class Kind { boolean, number, hours_of_day, listen_address };

struct Row {
    std::string_view name;
    Kind kind;
    std::string_view initial;
    std::int64_t least{0};
    std::int64_t most{0};
};

constexpr std::array rows{
    Row{"SynchQOH", Kind::boolean, "false"},
    Row{"LatenessSeconds", Kind::number, "120", 1, 86'400},
    Row{"SlowSeconds", Kind::number, "20", 1, 86'400},
    Row{"SettleSeconds", Kind::number, "120", 0, 3'600},
    Row{"ParkedHours", Kind::number, "24", 0, 8'760},
    Row{"PositiveGapHours", Kind::number, "24", 0, 8'760},
    Row{"AuditEarlyHours", Kind::number, "24", 1, 8'760},
    Row{"AuditHours", Kind::number, "168", 1, 8'760},
    Row{"HistoryDays", Kind::number, "90", 1, 3'650},
    Row{"WipeGuardPercent", Kind::number, "30", 1, 100},
    Row{"LastPieces", Kind::number, "3", 0, 1'000'000},
    Row{"NotifyRepeatMinutes", Kind::number, "15", 1, 10'080},
    Row{"QuietHours", Kind::hours_of_day, ""},
    Row{"LanAddress", Kind::listen_address, ""},
};

const Row* find(std::string_view name) noexcept {
    const auto found = std::ranges::find(rows, name, &Row::name);
    return found == rows.end() ? nullptr : &*found;
}

// "HH:MM-HH:MM", or empty for none.
bool are_hours(std::string_view text) noexcept {
    if (text.empty()) return true;
    if (text.size() != 11 || text[2] != ':' || text[5] != '-' || text[8] != ':') return false;
    const auto two = [&](std::size_t at, int most) {
        const bool digits = text[at] >= '0' && text[at] <= '9' && text[at + 1] >= '0' && text[at + 1] <= '9';
        return digits && (text[at] - '0') * 10 + (text[at + 1] - '0') <= most;
    };
    return two(0, 23) && two(3, 59) && two(6, 23) && two(9, 59);
}

// "ADDRESS:PORT" with an address of this computer or * for all of them; empty for none. Three more ports follow.
bool is_listen_address(std::string_view text) noexcept {
    if (text.empty()) return true;
    const auto colon = text.rfind(':');
    if (colon == text.npos || colon == 0 || text.find_first_of(" /,") != text.npos) return false;
    const auto host = text.substr(0, colon);
    const bool has_brackets = host.starts_with('[') && host.ends_with(']');
    if (has_brackets != (host.find(':') != host.npos)) return false;  // around an IPv6 address, and around nothing else
    int port = 0;
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data() + colon + 1, end, port);
    return parsed.ec == std::errc{} && parsed.ptr == end && port >= 1 && port <= 65'532;
}

ParameterValue parse(const Row& row, std::string_view text) {
    if (row.kind == Kind::boolean) return text == "true";
    if (row.kind == Kind::hours_of_day || row.kind == Kind::listen_address) return std::string{text};
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

std::string print(const ParameterValue& value) {
    if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
    if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
    return std::get<std::string>(value);
}

}  // namespace

std::map<std::string, ParameterValue> Parameters::all() const {
    std::map<std::string, ParameterValue> values;
    for (const auto& row : rows) values.emplace(row.name, parse(row, row.initial));
    Query q = database_.query("SELECT name, value FROM parameters");
    while (q.next())
        if (const auto* row = find(q.view(0))) values.insert_or_assign(std::string{row->name}, parse(*row, q.view(1)));
    return values;
}

Result<void> Parameters::check(std::string_view name, const ParameterValue& value) {
    const Row* row = find(name);
    if (row == nullptr) return fail(ErrorCode::not_found, fmt::format("There is no parameter {}.", name));
    switch (row->kind) {
        case Kind::boolean:
            if (!std::holds_alternative<bool>(value))
                return fail(ErrorCode::invalid, fmt::format("{} must be true or false.", name));
            break;
        case Kind::number: {
            const auto* number = std::get_if<std::int64_t>(&value);
            if (number == nullptr || *number < row->least || *number > row->most)
                return fail(ErrorCode::invalid, fmt::format("{} must be a whole number from {} to {}.", name, row->least,
                                                            row->most));
            break;
        }
        case Kind::hours_of_day: {
            const auto* text = std::get_if<std::string>(&value);
            if (text == nullptr || !are_hours(*text))
                return fail(ErrorCode::invalid, fmt::format("{} must be HH:MM-HH:MM, or empty for none.", name));
            break;
        }
        case Kind::listen_address: {
            const auto* text = std::get_if<std::string>(&value);
            if (text == nullptr || !is_listen_address(*text))
                return fail(ErrorCode::invalid, fmt::format("{} must be ADDRESS:PORT, as *:5770 for all addresses of this "
                                                            "computer, or empty for none.",
                                                            name));
            break;
        }
    }
    return {};
}

void Parameters::set(std::string_view name, const ParameterValue& value) {
    database_.run("INSERT INTO parameters (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
                  name, print(value));
}

Settings Parameters::settings() const {
    const auto values = all();
    const auto number = [&](const char* name) { return std::get<std::int64_t>(values.at(name)); };
    using std::chrono::seconds;
    using hours = std::chrono::duration<std::int64_t, std::ratio<3600>>;
    Settings settings;
    settings.synch_qoh = std::get<bool>(values.at("SynchQOH"));
    settings.lateness = {seconds{number("SlowSeconds")}, seconds{number("LatenessSeconds")}};
    settings.settle = seconds{number("SettleSeconds")};
    settings.parked = hours{number("ParkedHours")};
    settings.positive_gap = hours{number("PositiveGapHours")};
    settings.history = hours{number("HistoryDays") * 24};
    settings.last_pieces = number("LastPieces");
    settings.audit_early = hours{number("AuditEarlyHours")};
    settings.audit = hours{number("AuditHours")};
    settings.wipe_guard_percent = number("WipeGuardPercent");
    return settings;
}

}  // namespace stocktray::store
