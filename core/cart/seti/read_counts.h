// One answer to downloadqoh or downloadprods, read while it comes in: XML in most scripts, tab-separated
// lines in one. Nothing of it may be used before `finish` has found it whole.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/cart/cart_client.h"
#include "core/cart/http/http_message.h"
#include "core/cart/seti/answer_text.h"
#include "core/cart/seti/stream_decoder.h"

namespace stocktray::cart::seti {

enum class Download { qoh, products };

// One answer's worth of products.
struct CountsPage {
    Cause cause{Cause::none};  // none: whole and usable
    Dialect form{Dialect::xml};
    int code{0};              // the XML answer's ResponseCode: 1 data, 2 nothing there, 3 error
    std::string description;  // what the script says beside it, or its error
    bool is_refused{false};   // a listed refusal: "no", not "broken"
    std::vector<ReadCount> items;
    std::int64_t products{0};         // with and without a SKU: what `batchsize` counts
    std::int64_t skipped{0};          // without a SKU
    std::optional<std::string> next;  // the cursor of the page after this one
    std::vector<Warning> warnings;
    std::string better_charset;  // not readable as it was; ask again and read it in this charset
};

class CountsReader : public http::BodySink {
public:
    // `charset`: empty, or one found out before (see `CountsPage::better_charset`).
    CountsReader(Download what, std::string charset);
    ~CountsReader() override;

    [[nodiscard]] bool take(std::string_view piece) override;
    [[nodiscard]] bool has_taken() const noexcept { return taken_ > 0; }

    // Call once, when the whole body was taken. `content_type` may name a charset; it is known only now.
    [[nodiscard]] CountsPage finish(std::string_view content_type);

private:
    class Form;
    class XmlForm;
    class TextForm;

    void read(std::string_view text);
    [[nodiscard]] bool open();
    void fail(Cause why);
    void judge_error(std::string_view text, bool is_error_root);

    Download what_;
    StreamDecoder decoder_;
    bool is_charset_given_{false};
    std::size_t taken_{0};
    std::string head_;  // until a marker is found and some of what follows it
    std::optional<std::size_t> marker_at_;
    std::unique_ptr<Form> form_;
    CountsPage page_;
};

// In words, for people: what is wrong with an item that is not a plain count; empty if nothing is.
[[nodiscard]] std::string item_problem(const ReadCount& item);

}  // namespace stocktray::cart::seti
