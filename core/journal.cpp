#include "core/journal.h"

namespace stocktray {

void Journal::record(store::HistoryEntry entry) {
    if (entry.by.empty()) entry.by = author_.user;
    if (entry.workstation.empty()) entry.workstation = author_.workstation;
    store_.history.add(entry);
    notices_.emplace_back(HistoryNotice{std::move(entry)});
}

void Journal::raise(store::Alert alert) {
    switch (store_.alerts.raise(alert)) {
        case store::Raised::newly: notices_.emplace_back(AlertNotice{AlertNews::raised, std::move(alert)}); break;
        case store::Raised::changed: notices_.emplace_back(AlertNotice{AlertNews::changed, std::move(alert)}); break;
        case store::Raised::same: break;
    }
}

void Journal::clear(std::string_view kind, std::string_view cart, std::string_view sku) {
    if (auto alert = store_.alerts.clear(kind, cart, sku))
        notices_.emplace_back(AlertNotice{AlertNews::cleared, std::move(*alert)});
}

}  // namespace stocktray
