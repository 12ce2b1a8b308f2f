#include "core/cart/seti/read_counts.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "core/cart/seti/ascii.h"
#include "core/cart/seti/refusals.h"
#include "core/cart/seti/xml_stream.h"
#include "core/charset.h"

namespace stocktray::cart::seti {
namespace {

constexpr std::size_t longest_sku = 1024;

ReadCount read_item(std::string sku, std::string_view qoh) {
    qoh = trim(qoh);
    if (qoh.empty() || equals_ignoring_case(qoh, "NA")) return {std::move(sku), CountWord::not_tracked, 0};
    if (const auto count = read_count(qoh)) return {std::move(sku), CountWord::count, *count};
    return {std::move(sku), CountWord::error, 0};
}

// A SKU that stands twice in one answer belongs to two products: neither count may be chosen.
void merge_repeated(std::vector<ReadCount>& items) {
    std::unordered_map<std::string_view, std::size_t> first;
    std::vector<std::size_t> repeated;
    for (std::size_t i = 0; i < items.size(); ++i)
        if (const auto [at, is_new] = first.try_emplace(items[i].sku, i); !is_new) {
            items[at->second].word = CountWord::ambiguous;
            items[at->second].qoh = 0;
            repeated.push_back(i);
        }
    for (auto at = repeated.rbegin(); at != repeated.rend(); ++at)
        items.erase(items.begin() + static_cast<std::ptrdiff_t>(*at));
}

}  // namespace

class CountsReader::Form {
public:
    virtual ~Form() = default;
    virtual void read(std::string_view text) = 0;
    virtual void finish() = 0;
};

class CountsReader::XmlForm : public Form, private XmlHandler {
public:
    explicit XmlForm(CountsReader& reader) : reader_{reader}, xml_{*this} {}

    void read(std::string_view text) override {
        if (!xml_.feed(text)) reader_.fail(xml_.cause());
    }

    void finish() override {
        CountsPage& page = reader_.page_;
        if (page.cause != Cause::none) return;
        if (!xml_.finish()) return reader_.fail(xml_.cause());
        if (is_foreign_) return reader_.fail(Cause::not_a_script);
        if (holds_second_answer(xml_.behind())) return reader_.fail(Cause::malformed);
        if (!trim(xml_.behind()).empty()) page.warnings.push_back(Warning::trailing_text);
        if (is_error_root_ || page.code == 3) return reader_.judge_error(page.description, is_error_root_);
        if (page.code != 1 && page.code != 2) reader_.fail(Cause::malformed);
    }

private:
    void begin(int level, std::string_view name) override {
        if (level == 1) {
            is_error_root_ = equals_ignoring_case(name, "SETIError");
            is_foreign_ = !starts_ignoring_case(name, "SETI");
        }
        if (level == 2) is_product_ = equals_ignoring_case(name, "Product");
        if (level == 2 && is_product_) {
            sku_.clear();
            qoh_.clear();
            // Data without a word that it is data may be the half of something.
            if (reader_.page_.code == 0) reader_.fail(Cause::malformed);
        }
    }

    void end(int level, std::string_view name, std::string_view text) override {
        CountsPage& page = reader_.page_;
        if (level == 3 && is_product_) {
            if (equals_ignoring_case(name, "Code")) sku_ = text;
            if (equals_ignoring_case(name, "QOH")) qoh_ = text;
        } else if (level == 3) {
            if (equals_ignoring_case(name, "ResponseCode"))
                page.code =
                    static_cast<int>(std::clamp<std::int64_t>(read_integer(trim(text)).value_or(0), 0, 9));
            if (equals_ignoring_case(name, "ResponseDescription")) page.description = trim(text);
        } else if (level == 2 && is_product_) {
            ++page.products;
            if (trim(sku_).empty()) {
                ++page.skipped;
            } else if (sku_.size() > longest_sku) {
                reader_.fail(Cause::malformed);
            } else {
                page.items.push_back(read_item(std::move(sku_), qoh_));
            }
            is_product_ = false;
        } else if (level == 2 && equals_ignoring_case(name, "Next")) {
            if (const auto next = trim(text); !next.empty()) page.next = next;
        }
    }

    CountsReader& reader_;
    XmlStream xml_;
    bool is_error_root_{false};
    bool is_foreign_{false};
    bool is_product_{false};
    std::string sku_;
    std::string qoh_;
};

class CountsReader::TextForm : public Form {
public:
    explicit TextForm(CountsReader& reader) : reader_{reader} {}

    void read(std::string_view text) override {
        rest_ += text;
        std::string_view left = rest_;
        // A CR at the very end may be half of a line end.
        for (std::size_t end;
             (end = left.find_first_of("\r\n")) != std::string_view::npos && end + 1 < left.size();)
            take(take_line(left).text);
        rest_ = std::string{left};
        if (rest_.size() > preamble_limit) reader_.fail(Cause::malformed);
    }

    void finish() override {
        std::string_view left = rest_;
        if (!left.empty()) take(take_line(left).text);
        CountsPage& page = reader_.page_;
        if (page.cause != Cause::none) return;
        if (!has_ended_) return reader_.fail(Cause::truncated);
        if (holds_second_answer(behind_)) return reader_.fail(Cause::malformed);
        if (!trim(behind_).empty()) page.warnings.push_back(Warning::trailing_text);
    }

private:
    void take(std::string_view line) {
        CountsPage& page = reader_.page_;
        if (has_ended_) {
            if (behind_.size() < preamble_limit) behind_ += std::string{line} + "\n";
            return;
        }
        if (std::exchange(is_first_, false)) {
            if (!equals_ignoring_case(trim(line), "SETIProducts")) reader_.fail(Cause::malformed);
            return;
        }
        if (equals_ignoring_case(trim(line), "SETIEndOfData")) {
            has_ended_ = true;
            return;
        }
        std::vector<std::string_view> columns;
        for (std::size_t from = 0;;) {
            const auto tab = line.find('\t', from);
            columns.push_back(line.substr(from, tab - from));
            if (tab == std::string_view::npos) break;
            from = tab + 1;
        }
        // web id, SKU, count; in downloadprods the SKU is the second and the count the tenth column
        const std::size_t qoh_column = reader_.what_ == Download::qoh ? 2 : 9;
        if (columns.size() <= qoh_column || columns[1].size() > longest_sku)
            return reader_.fail(Cause::malformed);
        ++page.products;
        if (trim(columns[1]).empty()) {
            ++page.skipped;
        } else {
            page.items.push_back(read_item(std::string{columns[1]}, columns[qoh_column]));
        }
    }

    CountsReader& reader_;
    std::string rest_;
    std::string behind_;
    bool is_first_{true};
    bool has_ended_{false};
};

CountsReader::CountsReader(Download what, std::string charset)
    : what_{what}, decoder_{charset}, is_charset_given_{!charset.empty()} {}
CountsReader::~CountsReader() = default;

void CountsReader::fail(Cause why) {
    if (page_.cause == Cause::none) page_.cause = why;
}

bool CountsReader::take(std::string_view piece) {
    taken_ += piece.size();
    std::string text;
    if (page_.cause == Cause::none && !decoder_.feed(piece, text)) fail(Cause::malformed);
    if (page_.cause == Cause::none) read(text);
    // A short answer is taken to its end though it is of no use: that saves the connection.
    return page_.cause == Cause::none || taken_ <= preamble_limit;
}

void CountsReader::read(std::string_view text) {
    if (text.find('\0') != std::string_view::npos) return fail(Cause::malformed);
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
        fail(Cause::not_a_script);
    }
}

// Looks at what stands in `head_` and leaves the answer itself there.
bool CountsReader::open() {
    const auto found = find_marker(head_);  // from the start: a short one may have been passed over
    const std::string_view before = trim(std::string_view{head_}.substr(0, found ? found->at : 0));
    if (!found) {
        const std::string_view all = trim(head_);
        fail(all.empty() ? Cause::no_answer : Cause::not_a_script);
        return false;
    }
    if (found->at > preamble_limit || opens_html(before)) {
        fail(Cause::not_a_script);
        return false;
    }
    if (!before.empty() && before.find_first_not_of("\xEF\xBB\xBF \t\r\n") != std::string_view::npos)
        page_.warnings.push_back(Warning::preamble);
    head_.erase(0, found->at);
    switch (found->marker) {
        case Marker::xml:
            form_ = std::make_unique<XmlForm>(*this);
            return true;
        case Marker::products:
            page_.form = Dialect::text;
            form_ = std::make_unique<TextForm>(*this);
            return true;
        case Marker::error: {
            const auto colon = head_.find(':');
            judge_error(colon == std::string::npos ? head_ : head_.substr(colon + 1), false);
            return false;
        }
        case Marker::response:
            fail(Cause::malformed);
            return false;
    }
    return false;
}

void CountsReader::judge_error(std::string_view text, bool is_error_root) {
    page_.description = trim(text);
    const auto listed = is_error_root ? xml_refusal(text) : listed_refusal(text);
    page_.is_refused = listed.has_value();
    fail(listed.value_or(Cause::store_error));
}

CountsPage CountsReader::finish(std::string_view content_type) {
    std::string text;
    if (page_.cause == Cause::none) {
        if (decoder_.finish(text)) {
            read(text);
        } else {
            fail(Cause::malformed);
        }
    }
    if (page_.cause == Cause::none && !form_ && open()) form_->read(std::exchange(head_, {}));
    if (page_.cause == Cause::none) form_->finish();

    if (!decoder_.better_charset().empty()) page_.better_charset = decoder_.better_charset();
    const std::string_view in_header = header_charset(content_type);
    if (!is_charset_given_ && !decoder_.is_declared() && !decoder_.is_ascii() &&
        charset::is_known(in_header) && !starts_ignoring_case(in_header, "utf"))
        page_.better_charset = in_header;  // we believed in UTF-8 before the header was known
    if (decoder_.is_fallback()) page_.warnings.push_back(Warning::charset_fallback);
    if (page_.cause == Cause::none) {
        merge_repeated(page_.items);
    } else {
        page_.items.clear();
    }
    return std::move(page_);
}

std::string item_problem(const ReadCount& item) {
    switch (item.word) {
        case CountWord::count:
        case CountWord::not_found:
        case CountWord::not_tracked:
            return {};
        case CountWord::ambiguous:
            return "The SKU \"" + item.sku + "\" belongs to more than one product.";
        case CountWord::error:
            return "The quantity of \"" + item.sku + "\" cannot be read.";
    }
    return {};
}

}  // namespace stocktray::cart::seti
