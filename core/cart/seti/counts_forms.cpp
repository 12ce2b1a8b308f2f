#include "core/cart/seti/counts_forms.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/cart/seti/answer_text.h"
#include "core/cart/seti/ascii.h"
#include "core/cart/seti/xml_stream.h"

namespace stocktray::cart::seti {
namespace {

constexpr std::size_t longest_sku = 1024;

class XmlForm final : public CountsForm, private XmlHandler {
public:
    explicit XmlForm(PageBuilder& builder) : builder_{builder}, xml_{*this} {}

    void read(std::string_view text) override {
        if (!xml_.feed(text)) broke();
    }

    void finish() override {
        CountsPage& page = builder_.page;
        if (builder_.has_failed()) return;
        if (!xml_.finish()) return broke();
        if (holds_second_answer(xml_.behind())) return builder_.fail(Cause::malformed);
        if (!trim(xml_.behind()).empty()) page.warnings.push_back(Warning::trailing_text);
        if (is_error_root_ || page.code == 3) return builder_.judge_error(page.description, is_error_root_);
        if (page.code != 1 && page.code != 2) builder_.fail(Cause::malformed);
    }

private:
    void broke() {
        if (is_product_ && !builder_.has_failed()) builder_.page.broken_in = trim(sku_);
        builder_.fail(xml_.cause());
    }

    void begin(int level, std::string_view name) override {
        if (level == 1) {
            is_error_root_ = equals_ignoring_case(name, "SETIError");
            if (!starts_ignoring_case(name, "SETI")) builder_.fail(Cause::not_a_script);
        }
        if (level == 2) is_product_ = equals_ignoring_case(name, "Product");
        if (level == 2 && is_product_) {
            sku_.clear();
            qoh_.clear();
            // Data without a word that it is data may be the half of something.
            if (builder_.page.code == 0) builder_.fail(Cause::malformed);
        }
    }

    void end(int level, std::string_view name, std::string_view text) override {
        CountsPage& page = builder_.page;
        if (level == 3 && is_product_) {
            if (equals_ignoring_case(name, "Code")) sku_ = text;
            if (equals_ignoring_case(name, "QOH")) qoh_ = text;
        } else if (level == 3) {
            if (equals_ignoring_case(name, "ResponseCode"))
                page.code =
                    static_cast<int>(std::clamp<std::int64_t>(read_integer(trim(text)).value_or(0), 0, 9));
            if (equals_ignoring_case(name, "ResponseDescription")) page.description = trim(text);
        } else if (level == 2 && is_product_) {
            if (trim(sku_).empty()) {
                builder_.skip();
            } else if (sku_.size() > longest_sku) {
                builder_.fail(Cause::malformed);
            } else if (page.code == 1 || page.code == 2) {
                builder_.add(std::move(sku_), qoh_);
            }
            is_product_ = false;
        } else if (level == 2 && equals_ignoring_case(name, "Next")) {
            page.tells_end = true;
            if (const auto next = trim(text); !next.empty()) page.next = next;
        }
    }

    PageBuilder& builder_;
    XmlStream xml_;
    bool is_error_root_{false};
    bool is_product_{false};
    std::string sku_;
    std::string qoh_;
};

class TextForm final : public CountsForm {
public:
    TextForm(Download what, PageBuilder& builder) : what_{what}, builder_{builder} {}

    void read(std::string_view text) override {
        rest_ += text;
        std::string_view left = rest_;
        // A CR at the very end may be half of a line end.
        for (std::size_t end;
             (end = left.find_first_of("\r\n")) != std::string_view::npos && end + 1 < left.size();)
            take(take_line(left).text);
        rest_ = std::string{left};
        if (rest_.size() > preamble_limit) builder_.fail(Cause::malformed);
    }

    void finish() override {
        std::string_view left = rest_;
        if (!left.empty()) take(take_line(left).text);
        CountsPage& page = builder_.page;
        if (builder_.has_failed()) return;
        if (!has_ended_) return builder_.fail(Cause::truncated);
        if (holds_second_answer(behind_)) return builder_.fail(Cause::malformed);
        if (!trim(behind_).empty()) page.warnings.push_back(Warning::trailing_text);
    }

private:
    void take(std::string_view line) {
        if (has_ended_) {
            if (behind_.size() < preamble_limit) behind_ += std::string{line} + "\n";
            return;
        }
        if (std::exchange(is_first_, false)) {
            if (!equals_ignoring_case(trim(line), "SETIProducts")) builder_.fail(Cause::malformed);
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
        const std::size_t qoh_column = what_ == Download::qoh ? 2 : 9;
        if (columns.size() <= qoh_column || columns[1].size() > longest_sku)
            return builder_.fail(Cause::malformed);
        if (trim(columns[1]).empty()) {
            builder_.skip();
        } else {
            builder_.add(std::string{columns[1]}, columns[qoh_column]);
        }
    }

    Download what_;
    PageBuilder& builder_;
    std::string rest_;
    std::string behind_;
    bool is_first_{true};
    bool has_ended_{false};
};

}  // namespace

std::unique_ptr<CountsForm> xml_form(PageBuilder& builder) {
    return std::make_unique<XmlForm>(builder);
}

std::unique_ptr<CountsForm> text_form(Download what, PageBuilder& builder) {
    return std::make_unique<TextForm>(what, builder);
}

}  // namespace stocktray::cart::seti
