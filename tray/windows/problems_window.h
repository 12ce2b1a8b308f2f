// What a person should look at: each problem with what it is, what to do, since when, and the button that
// helps.
#pragma once
#include <wx/button.h>
#include <wx/dataview.h>
#include <wx/stattext.h>

#include "tray/windows/details.h"
#include "tray/windows/window.h"

namespace stocktray::tray {

class ProblemsWindow final : public Window {
public:
    ProblemsWindow(const Context& context, const Command& command);

    void show_view(const TrayView& view) override;
    // Selects the problem of the alert `command.text`.
    void turn_to(const Command& command) override;

private:
    void show_selected();
    void copy();
    [[nodiscard]] const Problem* selected() const;
    // False too where this computer may not.
    [[nodiscard]] bool can_dismiss() const;
    [[nodiscard]] std::string words_of(const Problem& problem) const;

    std::vector<Problem> problems_;
    wxStaticText* headline_{nullptr};
    wxDataViewListCtrl* list_{nullptr};
    Details* words_{nullptr};
    wxButton* action_{nullptr};
    wxButton* dismiss_{nullptr};
    wxButton* copy_{nullptr};
};

}  // namespace stocktray::tray
