#include "tray/model/settings_model.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "tray/model/carts_model.h"
#include "tray/model/words.h"

namespace stocktray::tray {
namespace {

using enum ParameterKind;
using enum ParameterGroup;

constexpr std::array rows{
    ParameterRow{
        "SynchQOH", check, synchronization, false, mark("&QOH synchronization (SynchQOH)"), "",
        mark("Changes of counts are posted to all carts with Synchronize Inventory. While it is off, "
             "nothing is posted.")},
    ParameterRow{"SlowSeconds", number, telling, false, mark("Sl&ow after:"), mark("seconds"),
                 mark("A change that is not confirmed by then is shown as slow. Nobody is disturbed."), 1,
                 86'400},
    ParameterRow{"LatenessSeconds", number, telling, false, mark("L&ate after:"), mark("seconds"),
                 mark("A change that is not confirmed by then is late, and you are told."), 1, 86'400},
    ParameterRow{"NotifyRepeatMinutes", number, telling, false, mark("&Tell again after:"), mark("minutes"),
                 mark("Until the same cause is told again; then ever more rarely."), 1, 10'080},
    ParameterRow{
        "QuietHours", hours, telling, false, mark("Q&uiet hours:"), "",
        mark("For example 22:00-07:00: only pieces that were sold twice are told then. Empty: none.")},
    ParameterRow{"SettleSeconds", number, safety, true, mark("Wait before a count is believed:"),
                 mark("seconds"),
                 mark("After an unclear answer the store may still be at work. Below 60 a change may be "
                      "counted twice."),
                 0, 3'600},
    ParameterRow{"ParkedHours", number, safety, true, mark("Ask a person after:"), mark("hours"),
                 mark("So long Stocktray tries to find out by itself whether an unclear post was applied."),
                 0, 8'760},
    ParameterRow{"WipeGuardPercent", number, safety, true, mark("Stop a job at:"), mark("percent"),
                 mark("A job that would set more than this share of all counts to zero stops and asks."), 1,
                 100},
    ParameterRow{"LastPieces", number, safety, true, mark("Last pieces first, up to:"), mark("pieces"),
                 mark("Posts that leave this many pieces or fewer go before all others."), 0, 1'000'000},
    ParameterRow{"HistoryDays", number, safety, true, mark("Keep the history for:"), mark("days"),
                 mark("What is not confirmed is never removed."), 1, 3'650},
    ParameterRow{"AuditEarlyHours", number, comparing, true, mark("Compare at first every:"), mark("hours"),
                 mark("All counts are compared so often in a cart's first weeks."), 1, 8'760},
    ParameterRow{"AuditHours", number, comparing, true, mark("Compare later every:"), mark("hours"),
                 mark("And so often afterwards."), 1, 8'760},
    ParameterRow{
        "PositiveGapHours", number, comparing, true, mark("Send missing pieces after:"), mark("hours"),
        mark("Where the store has too few: so long the difference must stay the same before it is sent."), 0,
        8'760},
};

const ParameterRow* row_of(std::string_view name) {
    const auto found = std::ranges::find(rows, name, &ParameterRow::name);
    return found == rows.end() ? nullptr : &*found;
}

struct Print {
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(std::int64_t value) const { return std::to_string(value); }
    std::string operator()(const std::string& value) const { return value; }
};

// "1 second", "2 seconds".
std::string amount_words(const std::string& value, std::string_view unit) {
    const std::int64_t n = value == "1" ? 1 : 2;
    const auto words = [&](const std::string& text) { return say(text, fmt::arg("n", value)); };
    if (unit == "seconds") return words(tr_n("{n} second", "{n} seconds", n));
    if (unit == "minutes") return words(tr_n("{n} minute", "{n} minutes", n));
    if (unit == "hours") return words(tr_n("{n} hour", "{n} hours", n));
    if (unit == "days") return words(tr_n("{n} day", "{n} days", n));
    if (unit == "pieces") return words(tr_n("{n} piece", "{n} pieces", n));
    return value + " " + tr(unit.data());
}

std::string trimmed(const std::string& text) {
    const auto begin = text.find_first_not_of(" \t");
    if (begin == text.npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// None: not a value for it.
std::optional<ipc::Value> value_of(const ParameterRow& row, const std::string& typed) {
    const auto text = trimmed(typed);
    switch (row.kind) {
        case check:
            return text == "true";
        case hours:
            return are_quiet_hours(text) ? std::optional<ipc::Value>{text} : std::nullopt;
        case number:
            break;
    }
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_number = !text.empty() && error == std::errc{} && end == text.data() + text.size();
    if (!is_number || value < row.least || value > row.most) return std::nullopt;
    return value;
}

}  // namespace

bool are_quiet_hours(std::string_view text) {
    if (text.empty()) return true;
    return text.size() == 11 && text[2] == ':' && text[5] == '-' && text[8] == ':' &&
           std::ranges::all_of(std::array{0, 1, 3, 4, 6, 7, 9, 10},
                               [&](int at) {
                                   return text[static_cast<std::size_t>(at)] >= '0' &&
                                          text[static_cast<std::size_t>(at)] <= '9';
                               }) &&
           text.substr(0, 2) < "24" && text.substr(6, 2) < "24" && text[3] < '6' && text[9] < '6';
}

std::span<const ParameterRow> parameter_rows() {
    return rows;
}

std::optional<std::string> parameter_words(std::string_view name, const std::string& value) {
    const auto* row = row_of(name);
    if (!row) return std::nullopt;
    std::string label = tr(row->label);
    std::erase(label, '&');
    if (label.ends_with(':')) label.pop_back();
    std::string words = value;
    if (row->kind == check) words = value == "true" ? tr("on") : tr("off");
    if (row->kind == hours && value.empty()) words = tr("none");
    if (*row->unit != '\0') words = amount_words(value, row->unit);
    return say(tr("{what}: {value}"), fmt::arg("what", label), fmt::arg("value", words));
}

std::string group_words(ParameterGroup group) {
    switch (group) {
        case synchronization:
            return tr("Synchronization");
        case telling:
            return tr("When you are told");
        case comparing:
            return tr("Comparisons");
        case safety:
            return tr("Safety");
    }
    return {};
}

SettingsModel::SettingsModel(Conversation conversation, const AgentMirror& mirror,
                             std::function<void()> changed)
    : mirror_{mirror}, changed_{std::move(changed)}, conversation_{std::move(conversation)} {
    conversation_.hear({}, [this](const News& news) {
        const bool concerns = std::ranges::any_of(news, [](const NewsItem& item) {
            if (std::holds_alternative<Snapshot>(item)) return true;
            const auto* event = std::get_if<ipc::ReceivedEvent>(&item);
            return event && event->as<ipc::events::ParameterChanged>();
        });
        if (concerns) read();
    });
}

void SettingsModel::read() {
    conversation_.ask(ipc::parameters::Get{}, [this](ipc::Expected<ipc::parameters::GetResult> answer) {
        if (answer) take(answer->parameters);
        changed_();
    });
}

// What somebody has typed stays; all else follows the agent.
void SettingsModel::take(const ipc::parameters::Values& values) {
    const auto typed = changes();
    const auto texts = texts_;
    known_ = values;
    for (const auto& [name, value] : values) {
        const auto at = texts.find(name);
        const bool is_typed =
            is_read_ && at != texts.end() &&
            (typed.contains(name) || (row_of(name) && !value_of(*row_of(name), at->second)));
        if (!is_typed) texts_[name] = std::visit(Print{}, value);
    }
    is_read_ = true;
}

std::string SettingsModel::text(std::string_view name) const {
    const auto at = texts_.find(name);
    return at == texts_.end() ? std::string{} : at->second;
}

void SettingsModel::set(std::string_view name, std::string text) {
    const auto at = texts_.find(name);
    if (at == texts_.end() || at->second == text) return;
    at->second = std::move(text);
    refused_.erase(std::string{name});
}

SettingsModel::Problems SettingsModel::problems() const {
    Problems all = refused_;
    for (const auto& row : rows) {
        const auto at = texts_.find(row.name);
        if (at == texts_.end() || value_of(row, at->second)) continue;
        all[std::string{row.name}] = row.kind == hours ? tr("Write 22:00-07:00, or nothing.")
                                                       : say(tr("A whole number from {least} to {most}."),
                                                             fmt::arg("least", number_words(row.least)),
                                                             fmt::arg("most", number_words(row.most)));
    }
    return all;
}

ipc::parameters::Values SettingsModel::changes() const {
    ipc::parameters::Values all;
    for (const auto& [name, text] : texts_) {
        const auto* row = row_of(name);
        const auto known = known_.find(name);
        if (!row || known == known_.end()) continue;
        if (auto value = value_of(*row, text); value && *value != known->second) all.emplace(name, *value);
    }
    return all;
}

bool SettingsModel::turns_synch_qoh_off() const {
    const auto all = changes();
    const auto at = all.find("SynchQOH");
    return at != all.end() && at->second == ipc::Value{false};
}

void SettingsModel::save(std::function<void()> then) {
    const auto values = changes();
    if (is_saving_ || !problems().empty()) return;
    error_.clear();
    if (values.empty()) {
        if (then) then();
        return;
    }
    is_saving_ = true;
    conversation_.ask(ipc::parameters::Set{.parameters = values},
                      [this, values, then = std::move(then)](const ipc::Expected<ipc::Nothing>& answer) {
                          is_saving_ = false;
                          if (answer) {
                              for (const auto& [name, value] : values) known_[name] = value;
                              if (then) then();
                              return changed_();
                          }
                          const auto words = translated_sentence(answer.error().message);
                          for (const auto& [name, value] : values)
                              if (words.find(name) != words.npos) refused_[name] = words;
                          if (refused_.empty()) error_ = words;
                          changed_();
                      });
    changed_();
}

std::string SettingsModel::barred(std::int64_t now) const {
    return why_barred(mirror_, ipc::Role::admin, now);
}

}  // namespace stocktray::tray
