// A line of choices above a list: which cart, which SKU, and what else there is to choose.
#pragma once
#include <wx/button.h>
#include <wx/choice.h>
#include <wx/sizer.h>
#include <wx/srchctrl.h>
#include <wx/stattext.h>
#include <wx/timer.h>

#include <functional>
#include <string>
#include <vector>

#include "tray/windows/context.h"

namespace stocktray::tray {

// A choice among carts, "All carts" first. It follows the carts that there are.
class CartChoice {
public:
    enum class Every { offered, not_offered };

    CartChoice(wxWindow& parent, wxSizer& line, Every every, std::function<void()> changed);

    void update(const AgentMirror& mirror);
    // The cart's id; empty: all.
    [[nodiscard]] std::string cart() const;
    void set_cart(const std::string& cart);

private:
    [[nodiscard]] bool offers_every() const { return every_ == Every::offered; }

    Every every_;
    wxChoice* choice_;
    std::vector<std::string> carts_;  // as in the choice
    std::vector<std::string> names_;
};

// A SKU to be typed. Enter shows it; so does a pause in typing.
class SkuField {
public:
    SkuField(wxWindow& parent, wxSizer& line, std::function<void()> changed);

    [[nodiscard]] std::string sku() const;
    void set_sku(const std::string& sku);

private:
    wxSearchCtrl* field_;
    wxTimer pause_;
};

// A labelled choice in the line.
[[nodiscard]] wxChoice* add_choice(wxWindow& parent, wxSizer& line, const std::string& label,
                                   const std::vector<std::string>& words, std::function<void()> changed);

// A button in a row of buttons.
wxButton* add_button(wxWindow& parent, wxSizer& line, const std::string& label,
                     std::function<void()> pressed);

// Why nothing can be asked of the agent now: "The agent has not been reached since 14:05."; empty: it can.
[[nodiscard]] std::string away_words(const AgentMirror& mirror, std::int64_t now);

void copy_to_clipboard(const std::string& text);

}  // namespace stocktray::tray
