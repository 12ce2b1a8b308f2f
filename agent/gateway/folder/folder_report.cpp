#include "agent/gateway/folder/folder_report.h"

#include <fmt/format.h>

#include <algorithm>

namespace stocktray::gateway {
namespace {

using import::Inspected;
using import::Objection;
using stock_file::Kind;

constexpr std::size_t most_lines = 1'000;

std::string header(const std::string& name, const std::string& moment, const std::string& sentence) {
    return fmt::format("{}, {}\n{}\n", name, moment, sentence);
}

std::string plural(std::int64_t count, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", count, count == 1 ? one : many);
}

void add_lines(std::string& report, std::string_view title, const std::vector<stock_file::BadLine>& lines, std::size_t all) {
    if (lines.empty()) return;
    report += fmt::format("\n{}\n", title);
    for (std::size_t i = 0; i < std::min(lines.size(), most_lines); ++i)
        report += fmt::format("Line {}: {}\n", lines[i].line, lines[i].why);
    if (all > most_lines) report += fmt::format("and {} more.\n", all - most_lines);
}

std::string_view advice(Objection::Kind kind) {
    switch (kind) {
        case Objection::Kind::bad_lines:
            return "Mend the lines and put the file into the folder again. To take the other lines without them, move the file into the "
                   "folder “accept”.";
        case Objection::Kind::fewer:
            return "Export the count anew and put it into the folder. If this one is whole, move it into the folder “accept”.";
        case Objection::Kind::taken_before:
            return "If it is the same file once more, delete it. If it tells something new that happens to look the same, move it into the "
                   "folder “accept”.";
        case Objection::Kind::has_grown:
            return "To take the rows behind those alone, move the file into the folder “accept”.";
        case Objection::Kind::no_rows: return "A whole count needs rows: export it anew.";
    }
    return {};
}

}  // namespace

std::string report_of_taken(const Inspected& inspected, const import::Taken& taken, const std::string& moment) {
    const auto& contents = inspected.contents;
    const bool is_count = contents.kind == Kind::counts;
    auto report = header(inspected.name, moment,
                         is_count ? fmt::format("{} taken.", plural(taken.rows, "count was", "counts were"))
                                  : fmt::format("{} taken.", plural(taken.rows, "change was", "changes were")));
    if (is_count)
        report += "\nA count changes nothing in a store. To bring the stores to it: Send QOH To Website in Stocktray, which first shows what "
                  "it would change.\n";
    if (taken.waiting > 0)
        report += "\nThe agent does not answer just now. The changes are saved on this computer and counted as soon as it answers.\n";
    add_lines(report, "These lines could not be read and were left out:", contents.bad, contents.bad_rows);
    add_lines(report, "The agent would not have these lines, so they are not counted:", taken.refused, taken.refused.size());
    if (!taken.retake.empty()) {
        report += "\nThese items changed while the count was taken. Count them again, in a file of their own:\n";
        for (const auto& sku : taken.retake) report += sku + "\n";
    }
    if (!taken.left.empty()) {
        report += "\nThese items changed at about the time the file was written, or since. Their counts were left as they were; if one of "
                  "them is not right, export it again:\n";
        for (const auto& sku : taken.left) report += sku + "\n";
    }
    return report;
}

std::string report_of_refused(const Inspected& inspected, const std::string& moment) {
    auto report = header(inspected.name, moment,
                         fmt::format("Nothing of this file was taken. {}", inspected.objections.front().sentence));
    for (const auto& objection : inspected.objections) {
        if (&objection != &inspected.objections.front()) report += fmt::format("\n{}\n", objection.sentence);
        report += fmt::format("\nWhat to do: {}\n", advice(objection.kind));
    }
    add_lines(report, "These lines cannot be read:", inspected.contents.bad, inspected.contents.bad_rows);
    return report;
}

std::string report_of_unreadable(const std::string& name, const import::NotInspected& problem, const std::string& moment) {
    auto report = header(name, moment, fmt::format("Nothing of this file was taken. {}", problem.sentence));
    report += problem.why == import::NotInspected::Why::half
                  ? "\nWhat to do: The file is not whole. Export it anew and put it into the folder.\n"
                  : "\nWhat to do: Mend the file, or describe it better in gateway.toml, and put it into the folder again.\n";
    return report;
}

std::string report_of_unknown_cart(const std::string& name, std::uint32_t line, const std::string& cart, const std::string& moment) {
    return header(name, moment,
                  fmt::format("Nothing of this file was taken. Line {} names the cart {}, and Stocktray has no such cart.", line, cart)) +
           "\nWhat to do: Write the cart's id as Stocktray has it (stocktrayctl carts list), and put the file into the folder again. To take "
           "the other lines without those of that cart, move the file into the folder “accept”.\n";
}

std::string report_of_taken_before(const Inspected& inspected, const std::string& moment) {
    return header(inspected.name, moment, "The file was taken as a whole.");
}

std::string report_of_changed(const std::string& name, const std::string& moment) {
    return header(name, moment, "The file was written to while it was taken: what it said before may be counted, and the rest is not.") +
           "\nWhat to do: Compare the counts of its items. The program that writes the file must not write to it once it is done.\n";
}

std::string sentence_of(const std::string& report) {
    const auto begin = report.find('\n');
    if (begin == report.npos) return {};
    return report.substr(begin + 1, report.find('\n', begin + 1) - begin - 1);
}

}  // namespace stocktray::gateway
