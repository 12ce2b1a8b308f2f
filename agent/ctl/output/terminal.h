// Where the output goes, and what the place can show.
#pragma once
#include <iosfwd>
#include <string>
#include <string_view>

namespace stocktray::ctl {

enum class Paint { red, yellow, green, bold, dim };

struct Terminal {
    std::ostream& out;
    std::ostream& err;
    bool has_colours{false};  // a terminal, and NO_COLOR is not set
    bool can_ask{false};      // a person sits at standard input and standard error
    bool can_redraw{false};   // a line of standard error can be written over

    // Standard output and standard error of this process.
    [[nodiscard]] static Terminal of_this_process();

    [[nodiscard]] std::string painted(Paint paint, std::string_view text) const;

    // Columns of the terminal at this moment; 80 where that cannot be told. For standard output they are 0
    // when it is no terminal: lines of a file have no end.
    [[nodiscard]] static std::size_t columns_of_output();
    [[nodiscard]] static std::size_t columns_of_errors();
};

// A text from somewhere else, safe to show: control characters, which could move the cursor or forge output,
// and bytes that are no UTF-8 become the replacement sign.
[[nodiscard]] std::string printable(std::string_view text);

// Columns that a UTF-8 text takes on a terminal: none for combining signs, two for wide ones, and none for
// our own colour sequences.
[[nodiscard]] std::size_t display_width(std::string_view text);

}  // namespace stocktray::ctl
