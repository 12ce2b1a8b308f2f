#include "tray/windows/about_window.h"
#include "tray/windows/compare_window.h"
#include "tray/windows/get_send_window.h"
#include "tray/windows/overview_window.h"
#include "tray/windows/problems_window.h"
#include "tray/windows/report_window.h"
#include "tray/windows/window_book.h"

namespace stocktray::tray {
namespace {

template <class W>
Window* make(const Context& context, const Command& command) {
    return new W{context, command};
}

}  // namespace

void fill_window_table(WindowBook& book) {
    using Each = WindowBook::Each;
    book.add(CommandId::open_overview, Each::once, make<OverviewWindow>);
    book.add(CommandId::open_problems, Each::once, make<ProblemsWindow>);
    book.add(CommandId::open_get_qoh, Each::cart, make<GetSendWindow>);
    book.add(CommandId::open_send_qoh, Each::cart, make<GetSendWindow>);
    book.add(CommandId::open_compare, Each::cart, make<CompareWindow>);
    book.add(CommandId::open_report, Each::once, make<ReportWindow>);
    book.add(CommandId::open_about, Each::once, make<AboutWindow>);
}

}  // namespace stocktray::tray
