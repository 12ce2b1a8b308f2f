#include "tray/windows/bar_chart.h"

#include <wx/dcbuffer.h>
#include <wx/settings.h>

#include <algorithm>
#include <utility>

#include "tray/model/words.h"
#include "tray/windows/accessible.h"
#include "tray/windows/text.h"

namespace stocktray::tray {
namespace {

const wxColour colours[] = {wxColour{0x7a, 0x87, 0x94}, wxColour{0x2a, 0x7a, 0xb0}};

// The end of the scale: a number that halves well.
std::int64_t round_up(std::int64_t most) {
    std::int64_t end = 2;
    while (end < most) end = end % 4 == 0 && end / 4 * 5 >= most ? end / 4 * 5 : end * 2;
    return end;
}

}  // namespace

BarChart::BarChart(wxWindow* parent, const std::string& name, wxSize least)
    : wxWindow{parent, wxID_ANY, wxDefaultPosition, parent->FromDIP(least), wxFULL_REPAINT_ON_RESIZE} {
    SetMinSize(parent->FromDIP(least));
    SetBackgroundStyle(wxBG_STYLE_PAINT);
    name_control(*this, name);
    Bind(wxEVT_PAINT, [this](wxPaintEvent&) { paint(); });
}

void BarChart::show(ReportModel::Bars bars) {
    if (bars == bars_) return;
    bars_ = std::move(bars);
    Refresh();
}

void BarChart::paint() {
    wxAutoBufferedPaintDC dc{this};
    const auto ink = wxSystemSettings::GetColour(wxSYS_COLOUR_WINDOWTEXT);
    dc.SetBackground(wxSystemSettings::GetColour(wxSYS_COLOUR_WINDOW));
    dc.Clear();
    dc.SetFont(GetFont().Scaled(0.85F));
    dc.SetTextForeground(ink);
    if (bars_.names.empty()) return;

    std::int64_t most = 0;
    for (const auto& row : bars_.rows)
        for (const auto value : row.values) most = std::max(most, value);
    const auto end = round_up(most);
    const int line = dc.GetCharHeight(), gap = FromDIP(6);
    const int left = gap * 2 + dc.GetTextExtent(wx(number_words(end))).x;
    const wxRect area{left, gap * 2 + line, std::max(1, GetClientSize().x - left - gap),
                      std::max(1, GetClientSize().y - 2 * line - 4 * gap)};
    const auto height_of = [&](std::int64_t value) { return static_cast<int>(value * area.height / end); };
    for (const auto value : {std::int64_t{0}, end / 2, end}) {
        const int y = area.GetBottom() - height_of(value);
        dc.SetPen(wxPen{wxSystemSettings::GetColour(wxSYS_COLOUR_BTNSHADOW)});
        dc.DrawLine(area.x, y, area.GetRight(), y);
        const auto words = wx(number_words(value));
        dc.DrawText(words, area.x - gap - dc.GetTextExtent(words).x, y - line / 2);
    }

    const auto count = static_cast<int>(bars_.names.size()), rows = static_cast<int>(bars_.rows.size());
    int free_from = 0;  // names that would touch the one before are left out
    for (int at = 0; at < count; ++at) {
        const int from = area.x + area.width * at / count, room = area.width * (at + 1) / count - from;
        const int wide = std::max(1, room * 7 / 10 / std::max(1, rows));
        for (int row = 0; row < rows; ++row) {
            dc.SetPen(*wxTRANSPARENT_PEN);
            dc.SetBrush(wxBrush{colours[static_cast<std::size_t>(row) % std::size(colours)]});
            const int high = height_of(bars_.rows[static_cast<std::size_t>(row)].values[static_cast<std::size_t>(at)]);
            if (high > 0)
                dc.DrawRectangle(from + (room - wide * rows) / 2 + wide * row, area.GetBottom() - high, wide, high);
        }
        const auto name = wx(bars_.names[static_cast<std::size_t>(at)]);
        const int extent = dc.GetTextExtent(name).x, x = from + (room - extent) / 2;
        if (x < free_from || x + extent > area.GetRight() + gap) continue;
        dc.DrawText(name, x, area.GetBottom() + gap);
        free_from = x + extent + gap;
    }

    int x = area.x;
    for (int row = 0; row < rows; ++row) {
        const auto words = wx(bars_.rows[static_cast<std::size_t>(row)].name);
        dc.SetPen(*wxTRANSPARENT_PEN);
        dc.SetBrush(wxBrush{colours[static_cast<std::size_t>(row) % std::size(colours)]});
        dc.DrawRectangle(x, gap / 2 + line / 4, line / 2, line / 2);
        dc.DrawText(words, x + line, gap / 2);
        x += line * 2 + dc.GetTextExtent(words).x;
    }
}

}  // namespace stocktray::tray
