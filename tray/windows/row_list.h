// A list whose rows are asked for as they are shown, so that it may be as long as it likes. AT-SPI sees each
// row and cell.
#pragma once
#include <wx/dataview.h>

#include <functional>
#include <string>
#include <vector>

namespace stocktray::tray {

class RowList {
public:
    struct Column {
        std::string title;
        int width;  // device-independent pixels
        wxAlignment alignment{wxALIGN_LEFT};
    };
    using Text = std::function<std::string(unsigned row, unsigned column)>;

    // The last column takes what the others leave; what does not fit ends in "…".
    RowList(wxWindow& parent, const std::string& name, long style, const wxSize& least,
            const std::vector<Column>& columns, Text text);
    ~RowList();
    RowList(const RowList&) = delete;
    RowList& operator=(const RowList&) = delete;

    [[nodiscard]] wxDataViewCtrl& control() { return *control_; }
    [[nodiscard]] unsigned count() const;
    // Rows come and go at the end: the place and the selected rows stay.
    void set_count(unsigned count);
    // What the rows say has changed.
    void say_anew(unsigned first, unsigned count);
    // The same of those that can be seen.
    void say_visible_anew();

    [[nodiscard]] std::vector<unsigned> selected() const;
    // Tells nobody.
    void select(const std::vector<unsigned>& rows);
    void show(unsigned row);
    // A person has chosen other rows.
    void on_selected(std::function<void()> selected);

private:
    class Model;

    wxDataViewCtrl* control_;
    wxObjectDataPtr<Model> model_;
};

}  // namespace stocktray::tray
