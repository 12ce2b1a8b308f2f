#include "agent/ctl/jobs/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "agent/ctl/output/job_words.h"
#include "agent/ctl/output/words.h"

namespace stocktray::ctl {
namespace {

// Lines in a log: often enough to see that it goes on, seldom enough to be read.
constexpr std::chrono::seconds between_lines{5};
constexpr std::size_t least_bar = 10;
constexpr std::size_t most_bar = 40;

bool is_at_work(ipc::JobState state) {
    return state == ipc::JobState::queued || state == ipc::JobState::running ||
           state == ipc::JobState::waiting;
}

// "120 of 200 SKUs, 60 a second, 1 s left", as far as it is known.
std::string numbers(const ipc::jobs::Job& job) {
    if (job.state == ipc::JobState::queued) return std::string{in_words(job.state)};
    std::string text = job.total > 0  ? fmt::format("{} of {}", job.done, counted(job.total, "SKU", "SKUs"))
                       : job.done > 0 ? counted(job.done, "SKU", "SKUs")
                       : job.doing    ? std::string{}
                                      : std::string{"reading the store's counts"};
    if (job.state == ipc::JobState::waiting)
        return fmt::format(
            "{}, waits{}", text,
            job.waiting_for ? fmt::format(" for {}", in_words(*job.waiting_for)) : std::string{});
    if (job.doing) text += fmt::format("{}{}", text.empty() ? "" : ", ", printable(*job.doing));
    if (const auto left = job.until.value_or(0) - now_ms(); left > 0) {
        // It stands still, and that is as it should be.
        return text + fmt::format(" ({})", duration(std::max<std::int64_t>(left, 1'000)));
    }
    if (job.per_second.value_or(0) > 0) text += fmt::format(", {} a second", *job.per_second);
    if (job.remaining_ms)
        text += fmt::format(", {} left", duration(std::max<std::int64_t>(*job.remaining_ms, 1'000)));
    return text;
}

// As much of `text` as fits, never half a sign.
std::string cut(std::string text, std::size_t columns) {
    if (display_width(text) <= columns) return text;
    while (!text.empty() && display_width(text) + 1 > columns) {
        do text.pop_back();
        while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0) == 0x80);
        // The lead byte of the sign whose other bytes have gone.
        if (!text.empty() && static_cast<unsigned char>(text.back()) >= 0xC0) text.pop_back();
    }
    return text + "\u2026";
}

}  // namespace

std::string progress_line(const ipc::jobs::Job& job, std::string_view title) {
    return fmt::format("{}: {}.", title, numbers(job));
}

std::string progress_bar(const ipc::jobs::Job& job, std::string_view title, std::size_t columns) {
    const std::string text = numbers(job);
    const std::size_t others = display_width(title) + display_width(text) + 6;
    if (job.total <= 0 || columns < others + least_bar)
        return cut(fmt::format("{}: {}", title, text), columns);
    const std::size_t width = std::min(columns - others, most_bar);
    const auto done = static_cast<double>(std::min(job.done, job.total)) / static_cast<double>(job.total);
    const auto filled = static_cast<std::size_t>(done * static_cast<double>(width));
    return fmt::format("{}  [{}{}]  {}", title, std::string(filled, '#'), std::string(width - filled, '-'),
                       text);
}

void Progress::show(const ipc::jobs::Job& job) {
    const auto now = Clock::now();
    const auto what = title(job, cart_name_);
    const auto& terminal = session_.terminal();
    if (terminal.can_redraw) {
        // One column stays free: some terminals go to the next line when the last one is written.
        terminal.err << "\r\x1b[K" << progress_bar(job, what, Terminal::columns_of_errors() - 1)
                     << std::flush;
        is_drawn_ = true;
        return;
    }
    const bool is_news = told_state_ != job.state || now - told_at_ >= between_lines;
    if (session_.wants_json() || !is_at_work(job.state) || !is_news) return;
    told_state_ = job.state;
    told_at_ = now;
    if (auto line = progress_line(job, what); line != told_line_) {
        told_line_ = std::move(line);
        terminal.err << told_line_ << std::endl;
    }
}

void Progress::tell(std::string_view sentence) {
    clear();
    session_.warn(sentence);
}

void Progress::clear() {
    if (!std::exchange(is_drawn_, false)) return;
    session_.terminal().err << "\r\x1b[K" << std::flush;
}

}  // namespace stocktray::ctl
