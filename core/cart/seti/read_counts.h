// One answer to downloadqoh or downloadprods, read while it comes in. Its items may be given away before
// `finish` has found it whole: whoever takes them must be ready to hear that they were none.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/cart/cart_client.h"
#include "core/cart/http/http_message.h"
#include "core/cart/seti/answer_text.h"
#include "core/cart/seti/counts_forms.h"
#include "core/cart/seti/counts_page.h"
#include "core/cart/seti/stream_decoder.h"

namespace stocktray::cart::seti {

class CountsReader : public http::BodySink {
public:
    // `charset`: empty, or one found out before (see `CountsPage::better_charset`). Without `take` all items
    // are in the page. `has_room`: whether whoever takes them can take more.
    CountsReader(Download what, std::string charset, TakeItems take = {}, std::function<bool()> has_room = {});

    [[nodiscard]] bool take(std::string_view piece) override;
    [[nodiscard]] bool has_room() const override { return !has_room_ || has_room_(); }
    [[nodiscard]] bool has_taken() const noexcept { return taken_ > 0; }

    // Call once, when the whole body was taken. `content_type` may name a charset; it is known only now.
    [[nodiscard]] CountsPage finish(std::string_view content_type);

private:
    void read(std::string_view text);
    [[nodiscard]] bool open();

    std::function<bool()> has_room_;
    Download what_;
    StreamDecoder decoder_;
    bool is_charset_given_{false};
    std::size_t taken_{0};
    std::string head_;  // until a marker is found and some of what follows it
    std::optional<std::size_t> marker_at_;
    PageBuilder builder_;
    std::unique_ptr<CountsForm> form_;
};

}  // namespace stocktray::cart::seti
