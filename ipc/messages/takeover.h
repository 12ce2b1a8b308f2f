// qoh.pull: how what Get QOH found comes to the Order Manager. qoh.explain: why a count is what it is.
// drift.ignore: do not tell of a SKU's difference for a while.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipc/messages/field.h"
#include "ipc/messages/method.h"
#include "ipc/messages/vocabulary.h"

namespace stocktray::ipc::qoh {

struct PullItem {
    static constexpr std::string_view type_name = "PullItem";
    std::string cursor{};
    std::string sku{};
    std::int64_t qoh{0};
    std::int64_t delta{0};
    bool new_product{false};
    std::optional<std::string> name{};
    std::string cart{};
    std::int64_t job{0};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("cursor", &PullItem::cursor, rules::cursor));
        visit(field("sku", &PullItem::sku, rules::sku));
        visit(field("qoh", &PullItem::qoh, rules::pieces));
        visit(field("delta", &PullItem::delta, rules::pieces));
        visit(field("new_product", &PullItem::new_product));
        visit(field("name", &PullItem::name, rules::line));
        visit(field("cart", &PullItem::cart, rules::line));
        visit(field("job", &PullItem::job, rules::number));
    }
    bool operator==(const PullItem&) const = default;
};

struct PullResult {
    std::vector<PullItem> items{};
    bool more{false};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("items", &PullResult::items));
        visit(field("more", &PullResult::more));
    }
    bool operator==(const PullResult&) const = default;
};

struct SkippedItem {
    static constexpr std::string_view type_name = "SkippedItem";
    std::string cursor{};
    std::string reason{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("cursor", &SkippedItem::cursor, rules::cursor));
        visit(field("reason", &SkippedItem::reason, rules::line));
    }
    bool operator==(const SkippedItem&) const = default;
};

// The acknowledgement alone moves our book, and posts to the other carts.
struct Pull {
    using Result = PullResult;
    static constexpr Method method{"qoh.pull", Role::order_manager, Effect::changes_state};
    std::string consumer{};
    std::optional<std::string> ack{};
    std::optional<std::vector<SkippedItem>> skipped{};
    std::int64_t limit{100};
    std::optional<bool> take_over{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("consumer", &Pull::consumer, rules::id));
        visit(field("ack", &Pull::ack, rules::cursor));
        visit(field("skipped", &Pull::skipped, rules::at_most(1'000)));
        visit(defaulted("limit", &Pull::limit, rules::limit));
        visit(field("take_over", &Pull::take_over));
    }
    bool operator==(const Pull&) const = default;
};

struct Step {
    static constexpr std::string_view type_name = "Step";
    std::int64_t at{0};
    std::string kind{};
    std::optional<std::int64_t> delta{};
    std::optional<std::int64_t> qoh{};
    std::string text{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("at", &Step::at, rules::moment));
        visit(field("kind", &Step::kind, rules::line));
        visit(field("delta", &Step::delta, rules::pieces));
        visit(field("qoh", &Step::qoh, rules::pieces));
        visit(field("text", &Step::text));
    }
    bool operator==(const Step&) const = default;
};

struct ExplainResult {
    std::optional<std::int64_t> om_qoh{};
    std::optional<std::int64_t> store_qoh{};
    std::optional<std::int64_t> target{};
    std::optional<std::int64_t> difference{};
    Cause cause{Cause::unknown};
    std::string text{};
    std::vector<Step> steps{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("om_qoh", &ExplainResult::om_qoh, rules::pieces));
        visit(field("store_qoh", &ExplainResult::store_qoh, rules::pieces));
        visit(field("target", &ExplainResult::target, rules::pieces));
        visit(field("difference", &ExplainResult::difference, rules::pieces));
        visit(field("cause", &ExplainResult::cause));
        visit(field("text", &ExplainResult::text));
        visit(field("steps", &ExplainResult::steps));
    }
    bool operator==(const ExplainResult&) const = default;
};

struct Explain {
    using Result = ExplainResult;
    static constexpr Method method{"qoh.explain", Role::viewer, Effect::reads};
    std::string cart{};
    std::string sku{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("cart", &Explain::cart, rules::cart));
        visit(field("sku", &Explain::sku, rules::sku));
    }
    bool operator==(const Explain&) const = default;
};

}  // namespace stocktray::ipc::qoh

namespace stocktray::ipc::drift {

struct Ignore {
    using Result = Nothing;
    static constexpr Method method{"drift.ignore", Role::operator_, Effect::changes_state};
    std::optional<std::string> id{};
    std::string cart{};
    std::string sku{};
    std::int64_t until{0};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("id", &Ignore::id, rules::id));
        visit(field("cart", &Ignore::cart, rules::cart));
        visit(field("sku", &Ignore::sku, rules::sku));
        visit(field("until", &Ignore::until, rules::moment));
    }
    bool operator==(const Ignore&) const = default;
};

}  // namespace stocktray::ipc::drift
