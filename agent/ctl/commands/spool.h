// The spool as stocktrayctl names it: the file, and its entries for people and programs.
#pragma once
#include <filesystem>
#include <string>

#include "agent/ctl/session.h"
#include "ipc/messages/field.h"
#include "ipc/spool/spool.h"

namespace stocktray::ctl {

// `named`, or where the spool lies by default.
[[nodiscard]] std::filesystem::path spool_file(const std::string& named);

// "SKU A-1 −2", "web orders of main up to 10023".
[[nodiscard]] std::string what_it_says(const ipc::SpoolEntry& entry);

struct SpoolEntryView {
    static constexpr std::string_view type_name = "SpoolEntry";
    std::int64_t seq{0};
    ipc::SpoolState state{ipc::SpoolState::waiting};
    ipc::SpoolKind kind{ipc::SpoolKind::change};
    std::string id{};
    std::int64_t at{0};
    std::optional<std::string> code{};
    std::optional<std::string> message{};
    std::optional<ipc::qoh::Change> change{};
    std::optional<ipc::orders::Imported> orders{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        using ipc::field;
        visit(field("seq", &SpoolEntryView::seq));
        visit(field("state", &SpoolEntryView::state));
        visit(field("kind", &SpoolEntryView::kind));
        visit(field("id", &SpoolEntryView::id));
        visit(field("at", &SpoolEntryView::at));
        visit(field("code", &SpoolEntryView::code));
        visit(field("message", &SpoolEntryView::message));
        visit(field("change", &SpoolEntryView::change));
        visit(field("orders", &SpoolEntryView::orders));
    }
};

// How a spool stands, as list, check, deliver and repair give it to programs.
struct SpoolView {
    std::string spool{};  // the file
    std::int64_t waiting{0};
    std::int64_t refused{0};
    std::int64_t doubtful{0};
    std::int64_t delivered{0};
    std::optional<std::int64_t> oldest_waiting{};
    std::optional<std::string> source{};
    std::optional<std::vector<SpoolEntryView>> entries{};
    std::optional<std::vector<std::string>> problems{};
    std::optional<std::string> text{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        using ipc::field;
        visit(field("spool", &SpoolView::spool));
        visit(field("waiting", &SpoolView::waiting));
        visit(field("refused", &SpoolView::refused));
        visit(field("doubtful", &SpoolView::doubtful));
        visit(field("delivered", &SpoolView::delivered));
        visit(field("oldest_waiting", &SpoolView::oldest_waiting));
        visit(field("source", &SpoolView::source));
        visit(field("entries", &SpoolView::entries));
        visit(field("problems", &SpoolView::problems));
        visit(field("text", &SpoolView::text));
    }
};

}  // namespace stocktray::ctl
