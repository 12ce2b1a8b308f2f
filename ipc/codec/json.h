// MessagePack as JSON and back, for programs that read the command line's answers and for tests.
#pragma once
#include <string>
#include <string_view>

#include "ipc/codec/document.h"
#include "ipc/error.h"

namespace stocktray::ipc {

enum class Layout { one_line, indented };

// Binary values and extensions have no form in JSON and become null.
[[nodiscard]] std::string to_json(Node node, Layout layout);

// One encoded MessagePack value; `invalid_params` if the text is not JSON.
[[nodiscard]] Expected<std::string> from_json(std::string_view text);

}  // namespace stocktray::ipc
