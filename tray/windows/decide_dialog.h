// The stack viewer's question whether an unclear post was applied.
#pragma once
#include <wx/dialog.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "ipc/messages/stack.h"

namespace stocktray::tray {

struct Decision {
    ipc::Proposal what;
    std::string reason;
};

// Both numbers side by side; the store's own is told as soon as it is known.
class DecideDialog {
public:
    DecideDialog(wxWindow& parent, const ipc::stack::Post& post, const std::string& cart_name);
    ~DecideDialog();
    DecideDialog(const DecideDialog&) = delete;
    DecideDialog& operator=(const DecideDialog&) = delete;

    void tell_store_count(const std::string& words);
    [[nodiscard]] std::optional<Decision> ask();

private:
    wxDialog* dialog_;
    wxStaticText* store_count_{nullptr};
    wxTextCtrl* reason_{nullptr};
};

}  // namespace stocktray::tray
