// A sentence with places, read backwards: what stood in the places of a filled one. Pure.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stocktray::tray {

class SentencePattern {
public:
    // Whether a place may hold the end of a sentence and more. The last place of a pattern always may.
    enum class Places { within_a_sentence, anything };

    // `text` outlives it: a literal. {} holds anything, {:+} a number with its sign.
    explicit SentencePattern(const char* text);

    [[nodiscard]] const char* text() const noexcept { return text_; }
    // Before the first place, and behind the last one.
    [[nodiscard]] std::string_view start() const noexcept { return pieces_.front(); }
    [[nodiscard]] std::string_view end() const noexcept { return pieces_.back(); }
    // How much of it is fixed: of two patterns that fit, the one with more of it is meant.
    [[nodiscard]] std::size_t fixed() const noexcept { return fixed_; }

    // What stands in its places, in their order; none: it is another sentence.
    [[nodiscard]] std::optional<std::vector<std::string_view>> read(std::string_view sentence,
                                                                    Places places) const;

private:
    bool read_from(std::size_t place, std::string_view rest, Places places,
                   std::vector<std::string_view>& found) const;

    const char* text_;
    std::vector<std::string_view> pieces_;  // between the places: one more than places
    std::vector<bool> is_signed_;           // of each place
    std::size_t fixed_{0};
};

// Fills the places of a translation: {} and {:+} in their order, {0}, {1}, … by number.
[[nodiscard]] std::string filled(std::string_view pattern, const std::vector<std::string>& values);

}  // namespace stocktray::tray
