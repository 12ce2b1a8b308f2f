#include "agent/ctl/report/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "agent/ctl/output/terminal.h"
#include "agent/ctl/output/words.h"
#include "agent/ctl/report/plain_speech.h"
#include "ipc/report/facts.h"

namespace stocktray::ctl {
namespace {

namespace facts = stocktray::report;

constexpr std::size_t columns = 80;
constexpr std::size_t value_column = 34;
constexpr std::size_t bar_columns = 30;

// Broken between words; `indent` spaces in front of each line but the first.
void write_broken(std::ostream& out, std::string_view text, std::size_t indent) {
    std::size_t at = indent;
    bool is_first = true;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        const auto word = text.substr(0, end);
        const auto width = display_width(word);
        if (!is_first && at + 1 + width > columns) {
            out << '\n' << std::string(indent, ' ');
            at = indent;
        } else if (!is_first) {
            out << ' ';
            ++at;
        }
        out << word;
        at += width;
        is_first = false;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    out << '\n';
}

void write_facts(std::ostream& out, const std::vector<facts::Fact>& all) {
    for (const auto& fact : all) {
        const auto width = display_width(fact.name);
        out << "  " << fact.name << std::string(width + 2 < value_column ? value_column - width - 2 : 1, ' ')
            << fact.value << '\n';
    }
}

// How long it took, as bars.
void write_times(std::ostream& out, const ipc::report::GetResult& report, const ipc::report::Cart& cart,
                 const facts::Speech& speech) {
    if (cart.confirmed == 0) return;
    const auto bounds = facts::bounds_of(report, speech);
    out << "  Time to confirmation:\n";
    for (std::size_t i = 0; i < std::min(bounds.size(), cart.within.size()); ++i) {
        const auto posts = cart.within[i];
        if (posts == 0) continue;
        const auto share = static_cast<double>(posts) / static_cast<double>(cart.confirmed);
        // A bar for every post that there was, however few among many.
        const auto length = std::max<std::size_t>(1, static_cast<std::size_t>(share * bar_columns));
        out << fmt::format("    {:<12} {:>8}  {:>5.1f} %  {}\n", bounds[i], posts, share * 100,
                           std::string(length, '#'));
    }
}

}  // namespace

void write_text(std::ostream& out, const ipc::report::GetResult& report) {
    const PlainSpeech speech;
    out << "Stocktray, " << facts::time_of(report, speech) << "\n\n";
    write_broken(out, facts::verdict_of(report, speech), 0);
    if (report.is_partial) write_broken(out, facts::partial_words(speech), 0);
    if (report.changes > 0) {
        out << "\nChanges in the Order Manager\n";
        write_facts(out, facts::reasons_of(report, speech));
    }
    for (const auto& cart : report.carts) {
        out << '\n' << printable(cart.name) << " (" << printable(cart.cart) << ")\n";
        write_facts(out, facts::facts_of(cart, speech));
        write_times(out, report, cart, speech);
    }
    out << "\nAudits\n";
    if (report.audits.empty()) out << "  none in this time\n";
    for (const auto& job : report.audits) {
        const auto begin = fmt::format("  {}  {}  ", moment(job.started_at), printable(job.cart));
        out << begin;
        write_broken(out, facts::audit_in_words(job, speech), display_width(begin));
    }
    if (report.entries.empty()) return;
    out << "\nLateness and overridden guards\n";
    for (const auto& entry : report.entries) {
        const auto begin = fmt::format("  {}  ", moment(entry.at));
        out << begin;
        write_broken(out,
                     printable(entry.text) + (entry.by ? fmt::format(" ({})", printable(*entry.by)) : ""),
                     display_width(begin));
    }
}

}  // namespace stocktray::ctl
