#include "tray/platform/service_starter.h"
#include "tray/windows/about_window.h"
#include "tray/windows/carts_window.h"
#include "tray/windows/changes_window.h"
#include "tray/windows/compare_window.h"
#include "tray/windows/explain_window.h"
#include "tray/windows/get_send_window.h"
#include "tray/windows/history_window.h"
#include "tray/windows/overview_window.h"
#include "tray/windows/problems_window.h"
#include "tray/windows/report_window.h"
#include "tray/windows/settings_window.h"
#include "tray/windows/sharing_window.h"
#include "tray/windows/stack_window.h"
#include "tray/windows/way_in_window.h"
#include "tray/windows/window_book.h"
#include "tray/windows/wizard_window.h"

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
    book.add(CommandId::open_carts, Each::once, make<CartsWindow>);
    book.add(CommandId::open_changes, Each::once, make<ChangesWindow>);
    book.add(CommandId::open_compare, Each::cart, make<CompareWindow>);
    book.add(CommandId::open_explain, Each::once, make<ExplainWindow>);
    book.add(CommandId::open_get_qoh, Each::cart, make<GetSendWindow>);
    book.add(CommandId::open_history, Each::once, make<HistoryWindow>);
    book.add(CommandId::open_report, Each::once, make<ReportWindow>);
    book.add(CommandId::open_send_qoh, Each::cart, make<GetSendWindow>);
    book.add(CommandId::open_settings, Each::once, make<SettingsWindow>);
    book.add(CommandId::open_stack, Each::once, make<StackWindow>);
    book.add(CommandId::open_wizard, Each::once, make<WizardWindow>);
    if (can_run_agent()) book.add(CommandId::open_way_in, Each::once, make<WayInWindow>);
    book.add(CommandId::open_sharing, Each::once, make<SharingWindow>);
    book.add(CommandId::open_about, Each::once, make<AboutWindow>);
}

}  // namespace stocktray::tray
