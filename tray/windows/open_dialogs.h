// The dialogs that hold a person's way: while one is open, no end of the program comes through.
#pragma once
#include <wx/modalhook.h>

#include <functional>
#include <vector>

namespace stocktray::tray {

class OpenDialogs final : public wxModalDialogHook {
public:
    OpenDialogs() { Register(); }

    // To the front; false: none is open.
    bool raise_last();
    // The last one first; `then` runs when all of them have returned. One that cannot be cancelled comes to the front, and is
    // waited for.
    void cancel_all(std::function<void()> then);

protected:
    int Enter(wxDialog* dialog) override;
    void Exit(wxDialog* dialog) override;

private:
    void cancel_last();

    std::vector<wxDialog*> open_;
    std::function<void()> then_;
};

}  // namespace stocktray::tray
