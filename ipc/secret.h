// A text that must not be seen: it cannot be printed, compared by accident or left behind in memory.
#pragma once
#include <string>
#include <string_view>

namespace stocktray::ipc {

class Secret {
public:
    Secret() = default;
    explicit Secret(std::string_view text) : text_{text} {}
    Secret(const Secret&) = default;
    Secret(Secret&& other) noexcept;
    Secret& operator=(const Secret& other);
    Secret& operator=(Secret&& other) noexcept;
    ~Secret();

    // The only way to the text: a search for `reveal` finds every use.
    [[nodiscard]] const std::string& reveal() const noexcept { return text_; }
    [[nodiscard]] bool is_empty() const noexcept { return text_.empty(); }

    friend bool operator==(const Secret&, const Secret&) = default;

private:
    void wipe() noexcept;

    std::string text_;
};

}  // namespace stocktray::ipc
