#include <algorithm>
#include <utility>

#include "core/cart/counts_collector.h"
#include "core/cart/seti/dialogues.h"
#include "core/cart/seti/harvest.h"
#include "core/cart/seti/read_counts.h"
#include "core/cart/seti/read_number.h"
#include "core/cart/seti/requests.h"
#include "core/cart/seti/script_answer.h"

namespace stocktray::cart::seti {
namespace {

constexpr int most_repeats = 2;              // of one page that was lost on the way
constexpr std::size_t most_unreadable = 20;  // products; a store with more of them has another trouble
constexpr int most_idle_pages = 100;         // in a row, with no SKU or none that can be written
constexpr std::int64_t smallest_page = 20;
constexpr std::int64_t any_store = 20'000'000;  // SKUs: no store has more
// A script may give new SKUs for ever: a long list is held against the store's own number of products. That leaves out
// variants, and not every script counts well.
constexpr std::int64_t long_list = 100;       // pages
constexpr std::int64_t most_variants = 50;    // of one product
constexpr std::int64_t few_skus = 250'000;    // are never too many
constexpr std::int64_t few_rows = 4;         // that are known prove nothing yet in a list of very many

std::int64_t smallest_factor(std::int64_t n) {
    for (std::int64_t f = 2; f * f <= n; ++f)
        if (n % f == 0) return f;
    return n;
}

class WholeStore final : public Dialogue {
public:
    WholeStore(const Access& access, const Learned& learned, std::int64_t batch_size,
               std::shared_ptr<CountSink> sink)
        : requests_{access},
          collector_{sink ? nullptr : std::make_shared<CountsCollector>(CountsCollector::Keep::all)},
          harvest_{std::make_shared<Harvest>(sink ? std::move(sink) : collector_, requests_.redactor())},
          source_{learned.counts},
          ignores_paging_{learned.ignores_paging},
          asked_batch_{std::clamp<std::int64_t>(batch_size, 1, largest_page)},
          batch_{asked_batch_} {
        if (source_ == CountSource::downloadprods) what_ = Download::products;
        if (learned.extension && learned.extension->has_cursor && what_ == Download::qoh) {
            cursor_ = "";
            batch_ = largest_page;
        }
    }

    Step begin() override {
        if (source_ == CountSource::none) {
            result_.cause = Cause::unknown_function;
            result_.text = "This script does not tell counts.";
            return std::move(result_);
        }
        return ask();
    }

    Step answered(const http::Reply& reply) override {
        if (std::exchange(is_counting_, false)) {
            if (const auto products = read_number(reply, "itemcount"); products && *products < any_store)
                too_many_above_ = std::clamp(*products * most_variants, few_skus, any_store);
            return ask();
        }
        result_.status = reply.status;
        result_.retry_after = reply.retry_after;
        if (reply.transport != http::Transport::stopped_by_reader)
            if (const auto problem = transport_problem(reply)) return lost(*problem);
        if (reply.status != 200) {
            const auto answer = read_script_answer(reply);
            return give_up(answer ? Problem{status_cause(reply.status), false, true, reply.body}
                                  : answer.error());
        }
        if (!reader_->has_taken() && !reply.body.empty()) static_cast<void>(reader_->take(reply.body));
        CountsPage page = reader_->finish(http::header(reply, "content-type"));
        if (page.is_spoiled)
            return give_up({Cause::malformed, false, true, "The store's list changes its character set."});
        if (!page.better_charset.empty() && charset_.empty()) {
            charset_ = page.better_charset;
            return ask();
        }
        if (page.cause == Cause::none) return accept(std::move(page));
        if (is_first() && what_ == Download::qoh && may_lack_function(page)) return ask_for_products();
        if (page.cause == Cause::malformed && size() > 1) return split();
        if (page.cause == Cause::malformed && is_splitting() && unreadable_ < most_unreadable)
            return skip(page.broken_in);
        return give_up(
            {page.cause, page.is_refused, true, page.description.empty() ? reply.body : page.description});
    }

private:
    // Part of a page that could not be read as a whole.
    struct Range {
        std::int64_t first{1};
        std::int64_t size{1};
    };

    [[nodiscard]] bool is_first() const noexcept { return pages_ == 0 && !is_splitting(); }
    [[nodiscard]] bool is_splitting() const noexcept { return !ranges_.empty(); }
    [[nodiscard]] std::int64_t size() const noexcept { return is_splitting() ? ranges_.back().size : batch_; }

    Step ask() {
        // By position pages may overlap; by cursor they cannot.
        harvest_->begin_answer(cursor_ ? Harvest::Overlap::impossible : Harvest::Overlap::possible);
        reader_ = std::make_shared<CountsReader>(
            what_, charset_,
            [harvest = harvest_](std::vector<ReadCount> items) { harvest->take(std::move(items)); },
            [harvest = harvest_] { return harvest->has_room(); });
        const PageStart start{is_splitting() ? ranges_.back().first : first_, cursor_};
        return requests_.download(what_, start, size(), reader_);
    }

    Step lost(const Problem& problem) {
        const bool is_of_the_way = problem.cause == Cause::timeout || problem.cause == Cause::closed ||
                                   problem.cause == Cause::truncated;
        if (is_of_the_way && repeats_++ < most_repeats) return ask();
        return give_up(problem);
    }

    Done give_up(const Problem& problem) {
        result_.cause = problem.cause;
        result_.text = harvest_->redactor().keep(problem.text);
        return bring_in();
    }

    Done give_up_endless() {
        return give_up({Cause::malformed, false, true, "The store's list has no end."});
    }

    Done finish() {
        result_.is_complete = true;
        result_.retry_after.reset();
        return bring_in();
    }

    Done bring_in() {
        harvest_->move_into(result_);
        if (collector_) result_.items = collector_->settle_all(result_.answers);
        return std::move(result_);
    }

    // Some scripts that lack a function say so, others print a page or nothing.
    [[nodiscard]] bool may_lack_function(const CountsPage& page) const {
        if (page.cause == Cause::unknown_function) return true;
        return source_ == CountSource::unknown &&
               (page.cause == Cause::no_answer || page.cause == Cause::not_a_script);
    }

    Step ask_for_products() {
        what_ = Download::products;
        batch_ = asked_batch_;
        cursor_.reset();
        return ask();
    }

    Step accept(CountsPage page) {
        repeats_ = 0;
        rows_ += page.rows;
        harvest_->take(std::move(page.items));
        harvest_->end_whole_answer();
        // Counted from the first try on: of a page that broke, most may be known already.
        const bool is_news = harvest_->distinct() > known_before_;
        const bool is_empty = page.code == 2 || page.products == 0;
        if (harvest_->distinct() > too_many_above_) return give_up_endless();
        if (cursor_) return go_on_by_cursor(page, is_news);
        if (is_splitting()) {
            // A script may leave out what stands there; the end of the list is the business of whole pages.
            ranges_.pop_back();
            return is_splitting() ? ask() : next_page();
        }
        if (is_empty || ignores_paging_) return finish();
        if (page.rows == 0) {  // products without a SKU: what follows them may have one
            if (++idle_pages_ > most_idle_pages) return give_up_endless();
            return next_page();
        }
        known_rows_ = is_news ? 0 : known_rows_ + page.rows;
        const bool is_sure = known_rows_ >= few_rows || harvest_->distinct() <= MetSkus::sure_up_to;
        if (!is_news && is_sure) return finish();
        // Overlapping pages are met in real stores, but a list that mostly repeats itself is none.
        if (rows_ > 2 * (harvest_->distinct() + batch_))
            return give_up({Cause::malformed, false, true, "The store's pages repeat themselves."});
        // A first page with less than was asked for: all there is, or all that this store gives at once.
        // Going on in its own steps leaves no gap either way.
        if (pages_ == 0 && page.products < batch_)
            batch_ = std::min(batch_, std::max(page.products, smallest_page));
        return next_page();
    }

    Step next_page() {
        first_ += batch_;
        return ask_next();
    }

    Step go_on_by_cursor(const CountsPage& page, bool is_news) {
        // A script that knows of no cursor begins with the first page again: nothing follows from that.
        if (!page.tells_end) return give_up({Cause::malformed, false, true, "The store's list does not say whether it goes on."});
        if (!page.next) return finish();
        idle_pages_ = is_news ? 0 : idle_pages_ + 1;
        if (*page.next == *cursor_ || idle_pages_ > most_idle_pages) return give_up_endless();
        cursor_ = page.next;
        return ask_next();
    }

    Step ask_next() {
        ++pages_;
        known_before_ = harvest_->distinct();
        is_counting_ = pages_ == long_list;
        return is_counting_ ? Step{requests_.products_count()} : ask();
    }

    // One product makes a whole page unreadable: ask for parts of it until it stands alone. The parts keep to
    // positions of the form 1 + k * size, for one script makes a page number of them.
    Step split() {
        const Range whole = is_splitting() ? ranges_.back() : Range{first_, batch_};
        if (cursor_) {
            batch_ = std::max<std::int64_t>(1, batch_ / 2);
            return ask();
        }
        if (is_splitting()) ranges_.pop_back();
        const std::int64_t parts = smallest_factor(whole.size);
        const std::int64_t part = whole.size / parts;
        for (std::int64_t k = parts; k-- > 0;) ranges_.push_back({whole.first + k * part, part});
        return ask();
    }

    Step skip(const std::string& sku) {
        ++unreadable_;
        harvest_->add_bad("Product number " + std::to_string(ranges_.back().first) + " of the store's list" +
                          (sku.empty() ? "" : " (\"" + sku + "\")") + " cannot be read.");
        ranges_.pop_back();
        return is_splitting() ? ask() : next_page();
    }

    Requests requests_;
    std::shared_ptr<CountsCollector> collector_;  // where nobody else takes the items
    std::shared_ptr<Harvest> harvest_;  // with the reader that fills it, which a transfer may still hold
    CountSource source_;
    bool ignores_paging_;
    std::int64_t asked_batch_;
    std::int64_t batch_;

    Download what_{Download::qoh};
    std::int64_t first_{1};              // position of the page being read
    std::optional<std::string> cursor_;  // in place of it
    std::vector<Range> ranges_;          // parts of that page, the next one last
    std::string charset_;
    std::shared_ptr<CountsReader> reader_;
    std::int64_t known_before_{0};  // SKUs, when this page was first asked for
    std::int64_t rows_{0};
    std::int64_t known_rows_{0};  // since the last one that was new
    std::int64_t pages_{0};
    bool is_counting_{false};  // the store is asked for its number of products
    std::int64_t too_many_above_{any_store};  // SKUs, of this store
    int repeats_{0};
    int idle_pages_{0};
    std::size_t unreadable_{0};
    CountsResult result_;
};

}  // namespace

std::unique_ptr<Dialogue> read_all(Access access, Learned learned, std::int64_t batch_size,
                                   std::shared_ptr<CountSink> sink) {
    return std::make_unique<WholeStore>(access, learned, batch_size, std::move(sink));
}

}  // namespace stocktray::cart::seti
