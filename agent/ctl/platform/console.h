// The console that a person sits at, and what a program of the command line is given by the system.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "ipc/secret.h"

namespace stocktray::ctl {

enum class Stream { in, out, err };

// First thing in `main`: bytes come and go as they are, in UTF-8. The arguments behind the program's name.
[[nodiscard]] std::vector<std::string> begin_program(int count, char** arguments);

[[nodiscard]] bool is_console(Stream stream);
[[nodiscard]] std::size_t console_columns(Stream stream);  // 0: unknown

// The person at the console, wherever this program's input and output go. What is typed is not shown.
class HiddenInput {
public:
    [[nodiscard]] static std::optional<HiddenInput> open();  // none: there is no console

    HiddenInput(HiddenInput&& other) noexcept;
    HiddenInput& operator=(HiddenInput&&) = delete;
    ~HiddenInput();

    void write(std::string_view text) const;
    // At most so many bytes. The error is a sentence.
    [[nodiscard]] tl::expected<ipc::Secret, std::string> read_line(std::size_t longest) const;

private:
    struct State;
    explicit HiddenInput(State* state) : state_{state} {}
    State* state_;
};

// The same of a descriptor that the caller opened, byte by byte: what lies behind the line belongs to somebody else.
[[nodiscard]] tl::expected<ipc::Secret, std::string> read_line(int descriptor, std::size_t longest);

}  // namespace stocktray::ctl
