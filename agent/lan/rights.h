// Who may do what: the one place that says no. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipc/codec/document.h"
#include "ipc/error.h"
#include "ipc/messages/keys.h"
#include "ipc/messages/method.h"

namespace stocktray::agent {

struct Rights {
    ipc::Role role{ipc::Role::none};
    std::vector<ipc::Bar> barred{};

    [[nodiscard]] bool has(ipc::Bar bar) const noexcept;  // the bar stands
};

// None: it may. The least role stands with each method (`ipc/messages`); what can be barred alone, in rights.cpp.
[[nodiscard]] std::optional<ipc::Error> refusal(const Rights& rights, const ipc::Method& method, ipc::Node params);

// As they are kept: words with commas between. Words that are not known are left out.
[[nodiscard]] std::string text_of(const std::vector<ipc::Bar>& barred);
[[nodiscard]] std::vector<ipc::Bar> bars_in(std::string_view text);

}  // namespace stocktray::agent
