// ipc/PROTOCOL.md as its readers see it: sections, entries, and the tables in them.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/ipc/describe.h"

namespace stocktray::ipc::testing {

// What stands under one "### name".
struct Entry {
    std::vector<std::string> lines;

    // The table behind a line `label` ("Params:"), or the only table where it is empty. Rows of other types
    // ("all fields of [Post](#post)") are put in from `types`. "Params: none." gives no rows.
    [[nodiscard]] Rows table(std::string_view label, const std::map<std::string, Rows>& types) const;
    [[nodiscard]] bool has_line(std::string_view line) const;
    [[nodiscard]] bool has_line_that_begins_with(std::string_view text) const;
    // The words of the line that is nothing but words in backticks.
    [[nodiscard]] std::vector<std::string> words() const;
};

class ProtocolPage {
public:
    [[nodiscard]] static ProtocolPage read();

    // The entries of "## section".
    [[nodiscard]] const std::map<std::string, Entry>& entries(const std::string& section) const;
    // The first column of the first table of "## section", without backticks.
    [[nodiscard]] std::vector<std::string> first_column(const std::string& section) const;
    // The bytes of the n-th dump of "## An example in bytes".
    [[nodiscard]] std::string dump(std::size_t n) const;

private:
    std::map<std::string, std::map<std::string, Entry>> sections_;  // what stands before an entry is under ""
};

}  // namespace stocktray::ipc::testing
