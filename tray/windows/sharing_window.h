// Shared Agent: pairing this computer with the agent of another one, and letting other computers use this agent.
#pragma once
#include <wx/button.h>
#include <wx/checkbox.h>
#include <wx/choice.h>
#include <wx/textctrl.h>
#include <wx/timer.h>

#include <memory>
#include <thread>

#include "tray/model/sharing_model.h"
#include "tray/windows/row_list.h"
#include "tray/windows/window.h"
#include "tray/windows/wrapped_text.h"

namespace stocktray::tray {

class SharingWindow final : public Window {
public:
    SharingWindow(const Context& context, const Command& command);
    ~SharingWindow() override;

    void show_view(const TrayView&) override;
    void read_anew() override { model_->read(); }

private:
    [[nodiscard]] SharingModel::Surroundings surroundings();
    void add_own(wxSizer& content);
    void add_others(wxSizer& content);
    void render();
    void show_rights_of_chosen();
    void unpair();
    void open_or_close();
    void revoke();
    void rotate();
    [[nodiscard]] ipc::Role chosen_role() const;
    [[nodiscard]] const ipc::keys::ClientKey* chosen() const;
    void select_chosen();  // its row, wherever it is now

    std::string chosen_;  // the key of the chosen computer

    WrappedText* whose_{nullptr};
    wxTextCtrl* string_{nullptr};
    wxButton* pair_{nullptr};
    wxButton* unpair_{nullptr};
    WrappedText* pair_note_{nullptr};
    WrappedText* reach_{nullptr};
    wxButton* open_{nullptr};
    wxChoice* role_{nullptr};
    wxCheckBox* no_send_{nullptr};
    wxCheckBox* no_cancel_{nullptr};
    wxButton* invite_{nullptr};
    wxTextCtrl* pairing_{nullptr};
    wxButton* copy_{nullptr};
    WrappedText* pairing_note_{nullptr};
    std::unique_ptr<RowList> list_;
    wxButton* give_{nullptr};
    wxButton* revoke_{nullptr};
    wxButton* rotate_{nullptr};
    WrappedText* trouble_{nullptr};
    wxTimer again_{this};
    bool was_here_{false};
    std::jthread pairing_thread_;
    std::unique_ptr<SharingModel> model_;
};

}  // namespace stocktray::tray
