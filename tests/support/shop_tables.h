// The tables of X-Cart's generations as far as stock goes: names, types, signs, collations and keys as the shops have them.
#pragma once
#include <string>

namespace stocktray::tests {

// Both have 2,000 products P-0001 … with ids from 1; those from 1801 on have two variants each, V-1801-A, V-1801-B.
// Counts are 20 to 199. Beside them, from id 3001 on, the SKUs that make trouble:
//   MiXed-1, "BLANK-1 " (ends in a blank), 12345, 0, Größe-1   odd, but good
//   DUP-1 (two products), BOTH-1 (a product and a variant)     ambiguous
//   KIT-1, FILE-1 (Classic), OFF-1, SHARED-1 (X-Cart 5)        not tracked
[[nodiscard]] std::string classic_tables(const std::string& engine);
[[nodiscard]] std::string xcart5_tables();

}  // namespace stocktray::tests
