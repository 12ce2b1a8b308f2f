// What became of a file, in words for the people of the shop; it lies beside the file. Pure.
#pragma once
#include <cstdint>
#include <string>

#include "ipc/import/file_import.h"

namespace stocktray::gateway {

// Its second line says it in one sentence. `moment`: "2026-11-29 14:03".
[[nodiscard]] std::string report_of_taken(const import::Inspected& inspected, const import::Taken& taken, const std::string& moment);
[[nodiscard]] std::string report_of_refused(const import::Inspected& inspected, const std::string& moment);
[[nodiscard]] std::string report_of_unreadable(const std::string& name, const import::NotInspected& problem, const std::string& moment);
// A line of it tells of a web order at a cart that Stocktray does not have.
[[nodiscard]] std::string report_of_unknown_cart(const std::string& name, std::uint32_t line, const std::string& cart,
                                                 const std::string& moment);
// It was taken before this program was ended, which then could not put it away.
[[nodiscard]] std::string report_of_taken_before(const import::Inspected& inspected, const std::string& moment);
// Somebody wrote into it while it was taken.
[[nodiscard]] std::string report_of_changed(const std::string& name, const std::string& moment);

// That sentence of a report; empty if there is none.
[[nodiscard]] std::string sentence_of(const std::string& report);

}  // namespace stocktray::gateway
