#include "ipc/report/charts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "ipc/report/gnuplot.h"

namespace stocktray::report {
namespace {

using Chart = tl::expected<std::string, NoChart>;

constexpr std::string_view look =
    "set terminal svg size 640,220 font 'sans-serif,11' noenhanced background '#ffffff'\n"
    "set encoding utf8\n"
    "set style fill solid noborder\n"
    "set boxwidth 0.7 relative\n"
    "set border 3 linecolor rgb '#777777'\n"
    "set tics nomirror textcolor rgb '#333333'\n"
    "set grid ytics linecolor rgb '#dddddd'\n"
    "set yrange [0:*]\n";

// As gnuplot reads a text: a quote within is written twice.
std::string quoted(const std::string& text) {
    std::string result{"'"};
    for (const char sign : text) result.append(sign == '\'' ? 2 : 1, sign);
    return result + "'";
}

std::string day_name(std::int64_t at) {
    const auto seconds = static_cast<std::time_t>(at / 1'000);
    std::tm local{};
    ::localtime_r(&seconds, &local);
    std::array<char, 16> text{};
    const auto size = std::strftime(text.data(), text.size(), "%b", &local);
    return fmt::format("{:>2} {}", local.tm_mday, std::string_view{text.data(), size});
}

}  // namespace

Chart chart_of_days(const std::vector<ipc::report::Day>& days, const std::string& changes,
                    const std::string& confirmed) {
    std::string script{look};
    script += "set style data histograms\nset style histogram clustered gap 1\n$days << END\n";
    // About ten names fit below the picture.
    const auto step = std::max<std::size_t>(1, (days.size() + 9) / 10);
    for (std::size_t i = 0; i < days.size(); ++i)
        script += fmt::format("\"{}\" {} {}\n", i % step == 0 ? day_name(days[i].at) : "", days[i].changes,
                              days[i].confirmed);
    script += fmt::format(
        "END\nset key top left horizontal\n"
        "plot $days using 2:xtic(1) title {} linecolor rgb '#7a8794', "
        "'' using 3 title {} linecolor rgb '#2a7ab0'\n",
        quoted(changes), quoted(confirmed));
    return draw(script);
}

Chart chart_of_times(const std::vector<std::string>& bounds, const std::vector<std::int64_t>& within) {
    std::string script{look};
    script += "set style data histograms\n$times << END\n";
    for (std::size_t i = 0; i < std::min(bounds.size(), within.size()); ++i)
        script += fmt::format("\"{}\" {}\n", bounds[i], within[i]);
    script += "END\nunset key\nplot $times using 2:xtic(1) linecolor rgb '#2a7ab0'\n";
    return draw(script);
}

}  // namespace stocktray::report
