#include "tray/model/report_model.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <fstream>
#include <utility>

#include "ipc/path_text.h"
#include "ipc/report/facts.h"
#include "ipc/report/page.h"
#include "tray/model/job_runner.h"
#include "tray/model/tray_speech.h"
#include "tray/model/words.h"

namespace stocktray::tray {
namespace {

constexpr std::int64_t day = 86'400'000;
constexpr int days_of[] = {0, 7, 30, 90, 365};
std::string day_words(std::int64_t at) {
    const auto seconds = static_cast<std::time_t>(at / 1'000);
    std::tm parts{};
    ::localtime_r(&seconds, &parts);
    std::array<char, 32> text{};
    // Translators: a day below a picture, as strftime writes it: "3 Nov".
    return {text.data(), std::strftime(text.data(), text.size(), tr("%d %b").c_str(), &parts)};
}

constexpr auto within = std::chrono::seconds{60};  // a year of a busy shop is a lot to count

}  // namespace

ReportModel::ReportModel(Conversation conversation, std::function<std::int64_t()> now,
                         std::function<void()> changed)
    : now_{std::move(now)}, changed_{std::move(changed)}, conversation_{std::move(conversation)} {
    read();
}

std::vector<std::string> ReportModel::periods() {
    return {tr("Today"), tr("The last 7 days"), tr("The last 30 days"), tr("The last 90 days"),
            tr("The last year")};
}

void ReportModel::choose(int period) {
    period_ = std::clamp(period, 0, static_cast<int>(std::size(days_of)) - 1);
    read();
}

void ReportModel::read() {
    const auto reading = ++readings_;
    is_reading_ = true;
    const auto now = now_();
    // Midnight, so that each day of a report is a day.
    const auto since = tomorrow_at(now - (days_of[period_] + 1) * day, 0);
    conversation_.ask(
        ipc::report::Get{.since = since},
        [this, reading](auto answer) {
            if (reading != readings_) return;
            is_reading_ = false;
            trouble_ = answer ? std::string{} : trouble_words(answer.error());
            if (answer) report_ = std::move(*answer);
            changed_();
        },
        within);
    changed_();
}

std::string ReportModel::headline() const {
    if (!report_) return is_reading_ ? tr("The report is being made.") : std::string{};
    const TraySpeech speech;
    auto text = report::verdict_of(*report_, speech);
    if (report_->is_partial) text += " " + report::partial_words(speech);
    return text;
}

std::string ReportModel::time() const {
    return report_ ? report::time_of(*report_, TraySpeech{}) : std::string{};
}

std::vector<ReportModel::Row> ReportModel::rows() const {
    std::vector<Row> rows;
    if (!report_) return rows;
    const TraySpeech speech;
    const auto add = [&](std::string where, const std::vector<report::Fact>& facts) {
        for (const auto& fact : facts)
            rows.push_back({std::exchange(where, std::string{}), fact.name, fact.value});
    };
    for (const auto& cart : report_->carts) add(speech.printable(cart.name), report::facts_of(cart, speech));
    add(tr("Order Manager"), report::reasons_of(*report_, speech));
    std::vector<report::Fact> audits;
    for (const auto& job : report_->audits) {
        const auto cart = std::ranges::find(report_->carts, job.cart, &ipc::report::Cart::cart);
        audits.push_back({say(tr("{time}, {cart}"), fmt::arg("time", speech.moment(job.started_at)),
                              fmt::arg("cart", cart == report_->carts.end() ? job.cart : cart->name)),
                          report::audit_in_words(job, speech)});
    }
    if (audits.empty()) audits.push_back({tr("None in this time."), ""});
    add(tr("Comparisons"), audits);
    std::vector<report::Fact> entries;
    for (const auto& entry : report_->entries)
        entries.push_back({speech.moment(entry.at), translated_sentence(entry.text)});
    add(tr("Lateness and overridden guards"), entries);
    return rows;
}

ReportModel::Bars ReportModel::days() const {
    Bars bars;
    if (!report_) return bars;
    bars.rows = {{.name = tr("changes")}, {.name = tr("posts confirmed")}};
    for (const auto& one : report_->days) {
        bars.names.push_back(day_words(one.at));
        bars.rows[0].values.push_back(one.changes);
        bars.rows[1].values.push_back(one.confirmed);
    }
    return bars;
}

ReportModel::Bars ReportModel::times() const {
    Bars bars;
    if (!report_) return bars;
    std::vector<std::int64_t> sum(report_->within_ms.size() + 1);
    for (const auto& cart : report_->carts)
        for (std::size_t at = 0; at < std::min(sum.size(), cart.within.size()); ++at) sum[at] += cart.within[at];
    if (std::ranges::all_of(sum, [](auto count) { return count == 0; })) return bars;
    bars.names = report::bounds_of(*report_, TraySpeech{});
    sum.resize(bars.names.size());
    bars.rows = {{.name = tr("Time to confirmation"), .values = std::move(sum)}};
    return bars;
}

WrittenPage write_report_page(const std::filesystem::path& file, const ipc::report::GetResult& found) {
    std::error_code ignored;
    std::filesystem::create_directories(file.parent_path(), ignored);
    std::ofstream out{file, std::ios::binary | std::ios::trunc};
    const auto missing = out ? report::write_page(out, found, TraySpeech{}) : std::nullopt;
    out.close();
    if (!out) return {false, say(tr("{file} could not be written."), fmt::arg("file", ipc::text_of(file)))};
    if (!missing) return {true, {}};
    return {true, *missing == report::NoChart::no_gnuplot
                      ? tr("The page has no pictures: the program gnuplot is not installed.")
                      : tr("The page has no pictures: gnuplot could not draw them.")};
}

}  // namespace stocktray::tray
