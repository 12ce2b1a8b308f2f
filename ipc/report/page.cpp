#include "ipc/report/page.h"

#include <fmt/format.h>

#include <ostream>
#include <pugixml.hpp>
#include <string>
#include <string_view>

#include "ipc/report/facts.h"

namespace stocktray::report {
namespace {

using pugi::xml_node;

constexpr const char* style =
    "body{font:15px/1.45 sans-serif;color:#222;background:#fff;max-width:46em;margin:2em auto;padding:0 1em}"
    "h1{font-size:1.5em}h2{font-size:1.15em;margin-top:2em;border-bottom:1px solid #ccc}"
    "table{border-collapse:collapse;margin:.6em 0}"
    "th{font-weight:normal;text-align:left;color:#555;padding:.15em 2em .15em 0;white-space:pre}"
    "td{padding:.15em 2em .15em 0;vertical-align:top}td.number{text-align:right}"
    "p.verdict{font-size:1.1em}p.note{color:#8a4b00}svg{max-width:100%;height:auto}"
    "@media print{body{margin:0}h2{page-break-after:avoid}}";

xml_node add(xml_node parent, const char* name, const std::string& text) {
    auto node = parent.append_child(name);
    node.text().set(text.c_str());
    return node;
}

void add_facts(xml_node parent, const std::vector<Fact>& facts) {
    auto table = parent.append_child("table");
    for (const auto& fact : facts) {
        auto row = table.append_child("tr");
        add(row, "th", fact.name);
        add(row, "td", fact.value).append_attribute("class").set_value("number");
    }
}

// All pictures are drawn by one program and use the same ids; within a page an id is there once.
void make_ids_unique(xml_node node, const std::string& prefix) {
    for (auto attribute : node.attributes()) {
        std::string value = attribute.value();
        const std::string_view name = attribute.name();
        const bool is_reference = name == "href" || name == "xlink:href";
        if (name == "id") {
            value.insert(0, prefix);
        } else if (is_reference && value.starts_with('#')) {
            value.insert(1, prefix);
        } else if (const auto at = value.find("url(#"); at != std::string::npos) {
            value.insert(at + 5, prefix);
        } else {
            continue;
        }
        attribute.set_value(value.c_str());
    }
    for (auto child : node.children()) make_ids_unique(child, prefix);
}

class Page {
public:
    Page(const ipc::report::GetResult& report, const Speech& speech) : report_{report}, speech_{speech} {
        document_.append_child(pugi::node_doctype).set_value("html");
        auto html = document_.append_child("html");
        html.append_attribute("lang").set_value(speech.language().c_str());
        auto head = html.append_child("head");
        head.append_child("meta").append_attribute("charset").set_value("utf-8");
        add(head, "title", "Stocktray, " + time_of(report, speech));
        add(head, "style", style);
        body_ = html.append_child("body");
    }

    void fill() {
        add(body_, "h1", "Stocktray");
        add(body_, "p", time_of(report_, speech_));
        add(body_, "p", verdict_of(report_, speech_)).append_attribute("class").set_value("verdict");
        if (report_.is_partial) add_note(partial_words(speech_));
        add(body_, "h2", speech_.tr("Changes in the Order Manager"));
        add_chart(chart_of_days(report_.days, speech_.tr("changes"), speech_.tr("posts confirmed")),
                  speech_.tr("Changes and confirmed posts by day"));
        if (report_.changes > 0) add_facts(body_, reasons_of(report_, speech_));
        for (const auto& cart : report_.carts) {
            add(body_, "h2",
                fmt::format("{} ({})", speech_.printable(cart.name), speech_.printable(cart.cart)));
            add_facts(body_, facts_of(cart, speech_));
            if (cart.confirmed == 0) continue;
            add(body_, "p", speech_.tr("How many posts were confirmed within which time:"));
            add_chart(chart_of_times(bounds_of(report_, speech_), cart.within),
                      speech_.tr("Time to confirmation"));
        }
        add_audits();
        add_entries();
        if (missing_)
            add_note(
                *missing_ == NoChart::no_gnuplot
                    ? speech_.tr(
                          "There are no pictures: the program gnuplot is not installed where this page was "
                          "made.")
                    : speech_.tr("Pictures are missing: gnuplot could not draw them."));
    }

    void write(std::ostream& out) const {
        document_.save(out, "", pugi::format_raw | pugi::format_no_declaration, pugi::encoding_utf8);
        out << '\n';
    }
    [[nodiscard]] std::optional<NoChart> missing() const { return missing_; }

private:
    void add_note(const std::string& text) {
        add(body_, "p", text).append_attribute("class").set_value("note");
    }

    // Read and taken over as a tree: whatever gnuplot wrote, the page stays well formed.
    void add_chart(const tl::expected<std::string, NoChart>& chart, const std::string& what) {
        pugi::xml_document picture;
        if (!chart || !picture.load_buffer(chart->data(), chart->size()) || !picture.child("svg")) {
            missing_ = chart ? NoChart::failed : chart.error();
            return;
        }
        auto svg = picture.child("svg");
        svg.remove_child("title");
        svg.append_attribute("role").set_value("img");
        svg.append_attribute("aria-label").set_value(what.c_str());
        make_ids_unique(svg, fmt::format("picture{}-", ++pictures_));
        body_.append_child("div").append_copy(svg);
    }

    void add_audits() {
        add(body_, "h2", speech_.tr("Audits"));
        if (report_.audits.empty()) {
            add(body_, "p", speech_.tr("None in this time."));
            return;
        }
        auto table = body_.append_child("table");
        for (const auto& job : report_.audits) {
            auto row = table.append_child("tr");
            add(row, "th", speech_.moment(job.started_at));
            add(row, "td", speech_.printable(job.cart));
            add(row, "td", audit_in_words(job, speech_));
        }
    }

    void add_entries() {
        if (report_.entries.empty()) return;
        add(body_, "h2", speech_.tr("Lateness and overridden guards"));
        auto table = body_.append_child("table");
        for (const auto& entry : report_.entries) {
            auto row = table.append_child("tr");
            add(row, "th", speech_.moment(entry.at));
            add(row, "td",
                speech_.printable(entry.text) +
                    (entry.by ? fmt::format(" ({})", speech_.printable(*entry.by)) : ""));
        }
    }

    const ipc::report::GetResult& report_;
    const Speech& speech_;
    pugi::xml_document document_;
    int pictures_{0};
    xml_node body_;
    std::optional<NoChart> missing_;
};

}  // namespace

std::optional<NoChart> write_page(std::ostream& out, const ipc::report::GetResult& report,
                                  const Speech& speech) {
    Page page{report, speech};
    page.fill();
    page.write(out);
    return page.missing();
}

}  // namespace stocktray::report
