// The latest changes of counts, and whether the stores have followed.
#pragma once
#include <wx/button.h>
#include <wx/stattext.h>
#include <wx/timer.h>

#include <memory>

#include "tray/model/changes_model.h"
#include "tray/windows/row_list.h"
#include "tray/windows/window.h"

namespace stocktray::tray {

class ChangesWindow final : public Window {
public:
    ChangesWindow(const Context& context, const Command& command);

    void show_view(const TrayView& view) override;
    void turn_to(const Command&) override { model_->read(); }
    void read_anew() override { model_->read(); }

private:
    void render();
    void render_buttons();
    void explain();
    void history();
    [[nodiscard]] const ipc::history::Entry* chosen() const;

    std::unique_ptr<ChangesModel> model_;
    std::int64_t selected_{0};  // an entry
    wxStaticText* headline_{nullptr};
    std::unique_ptr<RowList> list_;
    wxButton* explain_{nullptr};
    wxButton* history_{nullptr};
    wxTimer again_;
};

}  // namespace stocktray::tray
