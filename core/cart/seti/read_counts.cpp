#include "core/cart/seti/read_counts.h"

#include <utility>

#include "core/cart/seti/ascii.h"
#include "core/charset.h"

namespace stocktray::cart::seti {

CountsReader::CountsReader(Download what, std::string charset, TakeItems take, std::function<bool()> has_room)
    : has_room_{std::move(has_room)}, what_{what}, decoder_{charset}, is_charset_given_{!charset.empty()}, builder_{std::move(take)} {}

bool CountsReader::take(std::string_view piece) {
    taken_ += piece.size();
    std::string text;
    if (!builder_.has_failed() && !decoder_.feed(piece, text)) builder_.fail(Cause::malformed);
    if (!builder_.has_failed()) read(text);
    // A short answer is taken to its end though it is of no use: that saves the connection.
    return !builder_.has_failed() || taken_ <= preamble_limit;
}

void CountsReader::read(std::string_view text) {
    if (text.find('\0') != std::string_view::npos) return builder_.fail(Cause::malformed);
    if (form_) return form_->read(text);
    constexpr std::size_t longest_marker = 16;
    const std::size_t searched = head_.size() - std::min(head_.size(), longest_marker);
    if (head_.size() <= preamble_limit) head_ += text;
    const auto found = find_marker(head_, marker_at_.value_or(searched));
    if (found) marker_at_ = found->at;
    if (found && found->marker == Marker::error) return;  // judged when all of it is there
    if (found && head_.size() - found->at >= longest_marker) {
        if (!open()) return;
        form_->read(std::exchange(head_, {}));
    } else if (!found && head_.size() > preamble_limit) {
        builder_.fail(Cause::not_a_script);
    }
}

// Looks at what stands in `head_` and leaves the answer itself there.
bool CountsReader::open() {
    const auto found = find_marker(head_);  // from the start: a short one may have been passed over
    const std::string_view before = trim(std::string_view{head_}.substr(0, found ? found->at : 0));
    if (!found) {
        const std::string_view all = trim(head_);
        builder_.fail(all.empty() ? Cause::no_answer : Cause::not_a_script);
        return false;
    }
    if (found->at > preamble_limit || opens_html(before)) {
        builder_.fail(Cause::not_a_script);
        return false;
    }
    if (!before.empty() && before.find_first_not_of("\xEF\xBB\xBF \t\r\n") != std::string_view::npos)
        builder_.page.warnings.push_back(Warning::preamble);
    head_.erase(0, found->at);
    switch (found->marker) {
        case Marker::xml:
            form_ = xml_form(builder_);
            return true;
        case Marker::products:
            builder_.page.form = Dialect::text;
            form_ = text_form(what_, builder_);
            return true;
        case Marker::error: {
            const auto colon = head_.find(':');
            builder_.judge_error(colon == std::string::npos ? head_ : head_.substr(colon + 1), false);
            return false;
        }
        case Marker::response:
            builder_.fail(Cause::malformed);
            return false;
    }
    return false;
}

CountsPage CountsReader::finish(std::string_view content_type) {
    std::string text;
    if (!builder_.has_failed()) {
        if (decoder_.finish(text)) {
            read(text);
        } else {
            builder_.fail(Cause::malformed);
        }
    }
    if (!builder_.has_failed() && !form_ && open()) form_->read(std::exchange(head_, {}));
    if (!builder_.has_failed()) form_->finish();

    CountsPage& page = builder_.page;
    const bool is_trusted = builder_.is_charset_trusted();
    page.is_spoiled = is_trusted && !decoder_.better_charset().empty();
    page.better_charset = decoder_.better_charset();
    const std::string_view in_header = header_charset(content_type);
    if (!is_charset_given_ && !is_trusted && !decoder_.is_declared() && !decoder_.is_ascii() &&
        charset::is_known(in_header) && !starts_ignoring_case(in_header, "utf"))
        page.better_charset = in_header;  // we believed in UTF-8 before the header was known
    if (decoder_.is_fallback()) page.warnings.push_back(Warning::charset_fallback);
    if (page.cause != Cause::none) page.items.clear();
    return std::move(page);
}

}  // namespace stocktray::cart::seti
