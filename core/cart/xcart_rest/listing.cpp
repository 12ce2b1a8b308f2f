#include <algorithm>
#include <utility>

#include "core/cart/xcart_rest/reading.h"
#include "core/cart/xcart_rest/seen_ids.h"

namespace stocktray::cart::xcart_rest {
namespace {

constexpr std::size_t most_unreadable = 20;  // products; a shop with more of them has another trouble
constexpr std::size_t most_bad = 1000;       // in words
constexpr std::int64_t smallest_page = 20;
constexpr std::int64_t most_skus = 20'000'000;
constexpr int internal_error = 500;
// Products and variants come once each, by their ids: as if all stood in one answer. A SKU that comes again belongs to
// another one.
constexpr std::uint8_t the_answer = 1;
// One product may have gone meanwhile; so many of them without variants are a shop that has no such module.
constexpr int most_without = 20;

std::int64_t smallest_factor(std::int64_t n) {
    for (std::int64_t f = 2; f * f <= n; ++f)
        if (n % f == 0) return f;
    return n;
}

// What has come of the list so far, each product and variant once.
class Intake {
public:
    explicit Intake(CountSink& sink) : sink_{sink} {}

    // False: it was there before.
    bool take(const Product& product, RestApi api) {
        if (!products_.add(product.id)) return false;
        if (product.sku.empty()) return true;
        // The module finds a product by its SKU; what need not be remembered is not.
        if (api == RestApi::platform) directory_->add(product.sku, {product.id, std::nullopt});
        put(product.sku, product.amount, product.is_tracked);
        last_sku_ = product.sku;
        return true;
    }

    // `parent` is none where the shop does not tell it. A variant without a SKU of its own goes by the
    // parent's.
    bool take(const Variant& variant, const Product* parent) {
        if (!variants_.add(variant.id)) return false;
        if (variant.sku.empty() || (parent != nullptr && variant.sku == parent->sku)) return true;
        directory_->add(variant.sku, {parent != nullptr ? parent->id : 0, variant.id});
        put(variant.sku, variant.amount, !variant.shares_stock && (parent == nullptr || parent->is_tracked));
        return true;
    }

    void keep_variants_of(const Directory& known) {
        known.each([this](std::uint64_t sku, const Place& place) {
            if (place.variant) directory_->add(sku, place);
        });
    }

    void flush() {
        if (!page_.empty()) sink_.take(page_, the_answer);
        page_.clear();
    }

    void bad(std::string what) {
        ++unreadable_;
        if (bad_.size() < most_bad) bad_.push_back(std::move(what));
    }

    [[nodiscard]] std::int64_t seen() const noexcept {
        return products_.size() + variants_.size();
    }
    [[nodiscard]] bool is_unreadable() const noexcept { return unreadable_ > most_unreadable; }
    [[nodiscard]] const std::string& last_sku() const noexcept { return last_sku_; }

    Listed finish() {
        Listed listed;
        listed.result.is_complete = true;
        listed.result.status = 200;
        listed.result.distinct = put_;
        listed.result.bad = std::move(bad_);
        directory_->seal();
        listed.directory = std::move(directory_);
        return listed;
    }
    Listed give_up(const Trouble& trouble) {
        Listed listed;
        listed.result.cause = trouble.cause;
        listed.result.status = trouble.status;
        listed.result.retry_after = trouble.retry_after;
        listed.result.text = trouble.text;
        listed.result.distinct = put_;
        listed.result.bad = std::move(bad_);
        return listed;
    }

private:
    void put(const std::string& sku, std::int64_t amount, bool is_tracked) {
        page_.push_back({sku, is_tracked ? CountWord::count : CountWord::not_tracked, is_tracked ? amount : 0});
        ++put_;
    }

    CountSink& sink_;
    std::shared_ptr<Directory> directory_{std::make_shared<Directory>()};
    SeenIds products_;
    SeenIds variants_;
    std::int64_t put_{0};
    std::vector<ReadCount> page_;
    std::vector<std::string> bad_;
    std::size_t unreadable_{0};
    std::string last_sku_;
};

Trouble no_end(std::string text) {
    Trouble trouble;
    trouble.cause = Cause::malformed;
    trouble.is_shop = true;
    trouble.text = std::move(text);
    return trouble;
}

enum class VariantsModule { there, missing };

using VariantsOf = Answer<VariantsModule>;

Talk<VariantsOf> take_variants_of(Wire& wire, const Shop& shop, const Product& product, Intake& intake) {
    for (Part part{0, largest_page};; part.skipped += part.size) {
        auto request = shop.requests.variants_of(product.id, part);
        const Said said = co_await ask(wire, shop, std::move(request));
        if (!said.answer) {
            const Trouble& trouble = said.answer.error();
            if (trouble.status == 404 && part.skipped == 0) co_return VariantsModule::missing;
            if (trouble.status != internal_error) co_return tl::unexpected{trouble};
            intake.bad("The variants of " + product.sku + " cannot be read.");
            co_return VariantsModule::there;
        }
        const auto variants = read_list(said.answer->json, &read_variant);
        if (!variants) {
            intake.bad("The variants of " + product.sku + " cannot be read.");
            co_return VariantsModule::there;
        }
        bool is_news = false;
        for (const Variant& variant : *variants) is_news = intake.take(variant, &product) || is_news;
        if (!is_news || std::ssize(*variants) < std::min(part.size, smallest_page)) co_return VariantsModule::there;
        // All there is, or all that this shop gives at once.
        if (part.skipped == 0) part.size = std::min(part.size, std::ssize(*variants));
    }
}

// Of the module, which lists the variants of all products in one. None: done.
Talk<std::optional<Trouble>> take_all_variants(Wire& wire, const Shop& shop, Intake& intake) {
    for (Part part{0, largest_page};; part.skipped += part.size) {
        auto request = shop.requests.variants(part);
        const Said said = co_await ask(wire, shop, std::move(request));
        if (!said.answer) {
            const int status = said.answer.error().status;
            // The key was good for the products a moment ago: this shop has no variants.
            const bool is_none = part.skipped == 0 && said.answer.error().is_shop;
            if (is_none && (status == 400 || status == 403 || status == 404)) co_return std::nullopt;
            co_return said.answer.error();
        }
        const auto variants = read_list(said.answer->json, &read_variant);
        if (!variants) co_return no_end("The variants could not be read.");
        bool is_news = false;
        for (const Variant& variant : *variants) is_news = intake.take(variant, nullptr) || is_news;
        intake.flush();
        if (!is_news) co_return std::nullopt;
    }
}

// Behind a page that could not be read as a whole: parts of it until one product stands alone.
void split(std::vector<Part>& parts, const Part& whole) {
    if (!parts.empty()) parts.pop_back();
    const std::int64_t pieces = smallest_factor(whole.size);
    const std::int64_t size = whole.size / pieces;
    for (std::int64_t k = pieces; k-- > 0;) parts.push_back({whole.skipped + k * size, size});
}

std::string name_of(const Part& part, const std::string& last_sku) {
    return "Product number " + std::to_string(part.skipped + 1) + " of the store's list" +
           (last_sku.empty() ? "" : " (behind " + last_sku + ")") +
           " cannot be read: most likely it has no SKU.";
}

class Nobody final : public CountSink {
public:
    void take(const std::vector<ReadCount>&, std::int32_t) override {}
};

// Everything, but of the products in `known` (none: of nobody) no variants.
Talk<Listed> list(Wire& wire, const Shop& shop, std::int64_t batch_size, CountSink& sink,
                  std::shared_ptr<const Directory> known) {
    Intake intake{sink};
    SeenIds known_products;
    if (known) {
        intake.keep_variants_of(*known);
        known->each([&](std::uint64_t, const Place& place) { known_products.add(place.product); });
    }
    Part page{0, std::clamp<std::int64_t>(batch_size, 1, largest_page)};
    std::vector<Part> parts;  // of that page, the next one last
    std::int64_t rows = 0;
    bool has_variants = shop.api() == RestApi::platform;
    int without = 0;  // products in a row, from the first on, that know no variants
    for (;;) {
        const bool is_splitting = !parts.empty();
        const Part part = is_splitting ? parts.back() : page;
        auto request = shop.requests.products(part);
        const Said said = co_await ask(wire, shop, std::move(request));
        std::optional<std::vector<Product>> products;
        if (said.answer) {
            products = read_list(said.answer->json, &read_product);
        } else if (said.answer.error().status != internal_error) {
            co_return intake.give_up(said.answer.error());
        }
        if (!products && part.size > 1) {
            split(parts, part);
            continue;
        }
        bool is_news = !products;
        if (!products) {
            intake.bad(name_of(part, intake.last_sku()));
            if (intake.is_unreadable())
                co_return intake.give_up(said.answer ? no_end("The products could not be read.")
                                                     : said.answer.error());
        } else {
            rows += std::ssize(*products);
            for (const Product& product : *products) {
                if (!intake.take(product, shop.api())) continue;
                is_news = true;
                if (!has_variants || known_products.has(product.id)) continue;
                const VariantsOf variants = co_await take_variants_of(wire, shop, product, intake);
                if (!variants) co_return intake.give_up(variants.error());
                if (*variants == VariantsModule::there)
                    without = most_without + 1;
                else if (without < most_without && ++without == most_without)
                    has_variants = false;
            }
            intake.flush();
        }
        const bool is_empty = products && products->empty();
        if (is_splitting) {
            parts.pop_back();
            if (is_empty) parts.clear();
            if (!parts.empty()) continue;
        }
        if (is_empty || (!is_splitting && !is_news)) break;
        if (intake.seen() > most_skus) co_return intake.give_up(no_end("The store's list has no end."));
        // Overlapping pages do no harm, but a list that mostly repeats itself is none.
        if (rows > 2 * (intake.seen() + page.size))
            co_return intake.give_up(no_end("The store's pages repeat themselves."));
        // All there is, or all that this shop gives at once: going on in its own steps leaves no gap.
        if (!is_splitting && products && page.skipped == 0 && std::ssize(*products) < page.size)
            page.size = std::min(page.size, std::max(std::ssize(*products), smallest_page));
        page.skipped += page.size;
    }
    if (shop.api() == RestApi::module) {
        const std::optional<Trouble> trouble = co_await take_all_variants(wire, shop, intake);
        if (trouble) co_return intake.give_up(*trouble);
    }
    co_return intake.finish();
}

}  // namespace

Talk<Listed> list_all(Wire& wire, const Shop& shop, std::int64_t batch_size, CountSink& sink) {
    return list(wire, shop, batch_size, sink, nullptr);
}

Talk<Listed> list_places(Wire& wire, const Shop& shop, std::shared_ptr<const Directory> known) {
    Nobody nobody;
    if (shop.api() == RestApi::platform) {
        Listed listed = co_await list(wire, shop, largest_page, nobody, std::move(known));
        co_return listed;
    }
    Intake intake{nobody};
    const std::optional<Trouble> trouble = co_await take_all_variants(wire, shop, intake);
    if (trouble) co_return intake.give_up(*trouble);
    co_return intake.finish();
}

}  // namespace stocktray::cart::xcart_rest
