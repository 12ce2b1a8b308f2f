// How this person's system writes numbers and times, and where translations come from.
#pragma once
#include <ctime>
#include <filesystem>
#include <string>

namespace stocktray::tray {

// First of all: from now on the person's language and customs hold.
void begin_locale();

// Texts of `domain` come from `folder`, which holds de/LC_MESSAGES/stocktray.mo and the like, and come in UTF-8.
void bind_catalogue(const char* domain, const std::filesystem::path& folder);

[[nodiscard]] std::string thousands_separator();
[[nodiscard]] std::string clock_time(const std::tm& local);  // 14:32, 2:32 PM
[[nodiscard]] std::string short_date(const std::tm& local);  // 24.12.2025, 12/24/25

}  // namespace stocktray::tray
