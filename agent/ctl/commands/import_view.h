// A file that is taken over, for people and programs.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/ctl/session.h"
#include "ipc/import/file_import.h"
#include "ipc/messages/field.h"

namespace stocktray::ctl {

struct ImportLine {
    static constexpr std::string_view type_name = "ImportLine";
    std::int64_t line{0};
    std::string why{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        using ipc::field;
        visit(field("line", &ImportLine::line));
        visit(field("why", &ImportLine::why));
    }
};

struct ImportView {
    std::string outcome{};  // good (a test), taken, taken_before, refused, unreadable, failed
    std::string kind{};     // changes, counts
    std::string charset{};
    std::int64_t rows{0};
    std::int64_t pieces{0};  // of changes: all of them together
    std::int64_t bad_rows{0};
    std::int64_t taken{0};
    std::int64_t waiting{0};
    std::vector<std::string> problems{};
    std::vector<ImportLine> bad{};
    std::vector<ImportLine> refused{};
    std::vector<std::string> retake{};
    std::vector<std::string> left{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        using ipc::field;
        visit(field("outcome", &ImportView::outcome));
        visit(field("kind", &ImportView::kind));
        visit(field("charset", &ImportView::charset));
        visit(field("rows", &ImportView::rows));
        visit(field("pieces", &ImportView::pieces));
        visit(field("bad_rows", &ImportView::bad_rows));
        visit(field("taken", &ImportView::taken));
        visit(field("waiting", &ImportView::waiting));
        visit(field("problems", &ImportView::problems));
        visit(field("bad", &ImportView::bad));
        visit(field("refused", &ImportView::refused));
        visit(field("retake", &ImportView::retake));
        visit(field("left", &ImportView::left));
    }
};

[[nodiscard]] ImportView view_of(const import::Inspected& inspected);

// "120 changes, +340 pieces together, windows-1252".
[[nodiscard]] std::string what_it_is(const import::Inspected& inspected);

// The first rows as they would be taken.
void print_rows(Session& session, const import::Inspected& inspected);

}  // namespace stocktray::ctl
