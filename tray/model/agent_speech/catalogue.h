// The sentences that the agent can say, as its source writes them: {} and {:+} stand for what it fills in.
// They come over the wire in English, filled; here they stand to be recognised and translated. A test holds
// the lists to the agent's source.
#pragma once
#include <span>

namespace stocktray::tray {

[[nodiscard]] std::span<const char* const> sentences_about_trouble() noexcept;
[[nodiscard]] std::span<const char* const> sentences_about_jobs() noexcept;
[[nodiscard]] std::span<const char* const> sentences_about_counts() noexcept;
[[nodiscard]] std::span<const char* const> sentences_about_requests() noexcept;
[[nodiscard]] std::span<const char* const> sentences_about_sharing() noexcept;
// Not the agent's: the reader of files (ipc/stock_file) says them.
[[nodiscard]] std::span<const char* const> sentences_about_files() noexcept;
// The gateway tells its problems to the agent, and its test is shown in the window that connects an Order Manager.
[[nodiscard]] std::span<const char* const> sentences_about_gateway() noexcept;

}  // namespace stocktray::tray
