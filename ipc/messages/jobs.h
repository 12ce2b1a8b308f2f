// jobs.*: Get QOH From Website, Send QOH To Website, audits, and taking one of the first two back.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipc/data.h"
#include "ipc/messages/field.h"
#include "ipc/messages/method.h"
#include "ipc/messages/vocabulary.h"

namespace stocktray::ipc::jobs {

struct Options {
    static constexpr std::string_view type_name = "JobOptions";
    std::optional<bool> create_records{};
    std::optional<std::vector<std::string>> skus{};  // the Order Manager's; none: all
    std::optional<bool> dry_run{};
    std::optional<bool> allow_pending{};
    std::optional<bool> guard_override{};
    std::optional<std::int64_t> job{};  // the one that undo takes back

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("create_records", &Options::create_records));
        visit(field("skus", &Options::skus, rules::at_most(50'000, rules::sku)));
        visit(field("dry_run", &Options::dry_run));
        visit(field("allow_pending", &Options::allow_pending));
        visit(field("guard_override", &Options::guard_override));
        visit(field("job", &Options::job, rules::number));
    }
    bool operator==(const Options&) const = default;
};

// Why a job stopped before it wrote anything.
struct Blocked {
    static constexpr std::string_view type_name = "Blocked";
    std::string code{};
    std::string message{};
    std::int64_t compared{0};
    std::int64_t changed{0};
    std::int64_t by_half{0};
    std::int64_t to_zero{0};
    std::int64_t listed{0};
    std::int64_t listed_before{0};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("code", &Blocked::code, rules::line));
        visit(field("message", &Blocked::message));
        visit(field("compared", &Blocked::compared, rules::number));
        visit(field("changed", &Blocked::changed, rules::number));
        visit(field("by_half", &Blocked::by_half, rules::number));
        visit(field("to_zero", &Blocked::to_zero, rules::number));
        visit(field("listed", &Blocked::listed, rules::number));
        visit(field("listed_before", &Blocked::listed_before, rules::number));
    }
    bool operator==(const Blocked&) const = default;
};

// SKUs by result.
struct Counts {
    static constexpr std::string_view type_name = "JobCounts";
    std::int64_t ok{0};
    std::int64_t would_change{0};
    std::int64_t not_found{0};
    std::int64_t not_tracked{0};
    std::int64_t ambiguous{0};
    std::int64_t error{0};
    std::int64_t skipped{0};
    std::int64_t new_{0};
    std::int64_t different{0};
    std::int64_t waiting{0};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("ok", &Counts::ok, rules::number));
        visit(field("would_change", &Counts::would_change, rules::number));
        visit(field("not_found", &Counts::not_found, rules::number));
        visit(field("not_tracked", &Counts::not_tracked, rules::number));
        visit(field("ambiguous", &Counts::ambiguous, rules::number));
        visit(field("error", &Counts::error, rules::number));
        visit(field("skipped", &Counts::skipped, rules::number));
        visit(field("new", &Counts::new_, rules::number));
        visit(field("different", &Counts::different, rules::number));
        visit(field("waiting", &Counts::waiting, rules::number));
    }
    bool operator==(const Counts&) const = default;
};

struct Job {
    static constexpr std::string_view type_name = "Job";
    std::int64_t job{0};
    JobKind kind{JobKind::audit};
    std::string cart{};
    JobState state{JobState::queued};
    std::optional<WaitingFor> waiting_for{};
    bool dry_run{false};
    std::optional<std::int64_t> undoes{};
    std::optional<Blocked> blocked{};
    std::optional<Blocked> would_block{};  // of a preview: what the job itself would meet
    std::optional<std::string> doing{};    // at this moment, in words
    std::optional<std::int64_t> until{};   // it only waits, until then
    std::optional<std::string> message{};  // why it has failed, or why an audit repaired nothing
    std::int64_t done{0};
    std::int64_t total{0};
    std::optional<std::int64_t> per_second{};    // SKUs, while it runs
    std::optional<std::int64_t> remaining_ms{};  // while it runs, as far as it can be told
    std::int64_t started_at{0};
    std::optional<std::int64_t> finished_at{};
    std::optional<std::string> by{};
    Counts counts{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("job", &Job::job, rules::number));
        visit(field("kind", &Job::kind));
        visit(field("cart", &Job::cart, rules::cart));
        visit(field("state", &Job::state));
        visit(field("waiting_for", &Job::waiting_for));
        visit(field("dry_run", &Job::dry_run));
        visit(field("undoes", &Job::undoes, rules::number));
        visit(field("blocked", &Job::blocked));
        visit(field("would_block", &Job::would_block));
        visit(field("doing", &Job::doing, rules::line));
        visit(field("until", &Job::until, rules::moment));
        visit(field("message", &Job::message));
        visit(field("done", &Job::done, rules::number));
        visit(field("total", &Job::total, rules::number));
        visit(field("per_second", &Job::per_second, rules::number));
        visit(field("remaining_ms", &Job::remaining_ms, rules::duration));
        visit(field("started_at", &Job::started_at, rules::moment));
        visit(field("finished_at", &Job::finished_at, rules::moment));
        visit(field("by", &Job::by, rules::line));
        visit(field("counts", &Job::counts));
    }
    bool operator==(const Job&) const = default;
};

struct Started {
    std::int64_t job{0};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("job", &Started::job, rules::number));
    }
    bool operator==(const Started&) const = default;
};

struct Start {
    using Result = Started;
    static constexpr Method method{"jobs.start", Role::order_manager, Effect::changes_state};
    std::optional<std::string> id{};
    JobKind kind{JobKind::audit};
    std::string cart{};
    Options options{};
    std::optional<std::string> by{};
    std::optional<std::string> reason{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("id", &Start::id, rules::id));
        visit(field("kind", &Start::kind));
        visit(field("cart", &Start::cart, rules::cart));
        visit(defaulted("options", &Start::options));
        visit(field("by", &Start::by, rules::line));
        visit(field("reason", &Start::reason, rules::line));
    }
    bool operator==(const Start&) const = default;
};

struct Get {
    using Result = Job;
    static constexpr Method method{"jobs.get", Role::viewer, Effect::reads};
    std::int64_t job{0};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("job", &Get::job, rules::number));
    }
    bool operator==(const Get&) const = default;
};

struct ListResult {
    std::vector<Job> jobs{};
    std::optional<std::string> next{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("jobs", &ListResult::jobs));
        visit(field("next", &ListResult::next, rules::cursor));
    }
    bool operator==(const ListResult&) const = default;
};

struct List {
    using Result = ListResult;
    static constexpr Method method{"jobs.list", Role::viewer, Effect::reads};
    std::optional<std::string> cart{};
    std::optional<std::string> after{};
    std::int64_t limit{100};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("cart", &List::cart, rules::cart));
        visit(field("after", &List::after, rules::cursor));
        visit(defaulted("limit", &List::limit, rules::limit));
    }
    bool operator==(const List&) const = default;
};

struct Cancel {
    using Result = Nothing;
    static constexpr Method method{"jobs.cancel", Role::order_manager, Effect::changes_state};
    std::optional<std::string> id{};
    std::int64_t job{0};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("id", &Cancel::id, rules::id));
        visit(field("job", &Cancel::job, rules::number));
    }
    bool operator==(const Cancel&) const = default;
};

// What a job says of one SKU.
struct ResultItem {
    static constexpr std::string_view type_name = "JobItem";
    std::string sku{};
    std::string store_sku{};
    std::optional<std::int64_t> om_qoh{};
    std::optional<std::int64_t> before{};
    std::optional<std::int64_t> after{};
    std::int64_t delta{0};
    JobResult result{JobResult::ok};
    std::optional<Cause> cause{};
    std::optional<std::string> text{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("sku", &ResultItem::sku, rules::sku));
        visit(field("store_sku", &ResultItem::store_sku, rules::sku));
        visit(field("om_qoh", &ResultItem::om_qoh, rules::pieces));
        visit(field("before", &ResultItem::before, rules::pieces));
        visit(field("after", &ResultItem::after, rules::pieces));
        visit(field("delta", &ResultItem::delta, rules::pieces));
        visit(field("result", &ResultItem::result));
        visit(field("cause", &ResultItem::cause));
        visit(field("text", &ResultItem::text));
    }
    bool operator==(const ResultItem&) const = default;
};

struct ResultsResult {
    std::vector<ResultItem> items{};
    std::optional<std::string> next{};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("items", &ResultsResult::items));
        visit(field("next", &ResultsResult::next, rules::cursor));
    }
    bool operator==(const ResultsResult&) const = default;
};

struct Results {
    using Result = ResultsResult;
    static constexpr Method method{"jobs.results", Role::viewer, Effect::reads};
    std::int64_t job{0};
    std::optional<JobResult> result{};  // only these
    std::optional<std::string> after{};
    std::int64_t limit{100};

    template <class Visit>
    static constexpr void each_field(Visit&& visit) {
        visit(field("job", &Results::job, rules::number));
        visit(field("result", &Results::result));
        visit(field("after", &Results::after, rules::cursor));
        visit(defaulted("limit", &Results::limit, rules::limit));
    }
    bool operator==(const Results&) const = default;
};

}  // namespace stocktray::ipc::jobs
