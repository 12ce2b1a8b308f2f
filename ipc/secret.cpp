#include "ipc/secret.h"

#include <utility>

namespace stocktray::ipc {

Secret::Secret(Secret&& other) noexcept : text_{other.text_} {
    other.wipe();
}

Secret& Secret::operator=(const Secret& other) {
    if (this != &other) {
        wipe();
        text_ = other.text_;
    }
    return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        wipe();
        text_.swap(other.text_);
    }
    return *this;
}

Secret::~Secret() {
    wipe();
}

void Secret::wipe() noexcept {
    // Through a volatile pointer, because the compiler may leave out writes that nobody reads. The whole
    // capacity, because a shorter text may lie over a longer one.
    text_.resize(text_.capacity());
    volatile char* at = text_.data();
    for (std::size_t i = 0; i < text_.size(); ++i) at[i] = '\0';
    text_.clear();
}

}  // namespace stocktray::ipc
