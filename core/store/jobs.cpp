#include "core/store/jobs.h"

#include "core/store/database.h"

#define JOB_COLUMNS                                                                                                  \
    "job, cart, kind, state, dry_run, create_records, allow_pending, guard_override, is_selection, undoes, by,"      \
    " reason, started_at, finished_at, total, done, code, message, data, let_go"
#define ITEM_COLUMNS                                                                                                 \
    "job, store_sku, sku, listing, result, stage, cause, om_qoh, before, after, delta, post, text"

// By itself SQLite looks at every line of every job for it.
#define OF_THOSE_THAT_WAIT "INDEXED BY job_items_waiting"

// Of a line that takes back: its post was not dropped on the way.
#define HAS_LEFT                                                                                                     \
    " AND NOT EXISTS (SELECT 1 FROM posts p WHERE p.post = i.post AND p.state IN ('folded', 'cancelled', 'rejected'))"
// Of a line of an undo. What the store refused at first may have been tried again since.
#define TAKES_BACK                                                                                                   \
    "(i.result IN ('ok', 'waiting') OR EXISTS (SELECT 1 FROM posts p WHERE p.post = i.post AND p.state <> 'settled'))"

namespace stocktray::store {
namespace {

using jobs::Job;
using jobs::JobId;
using jobs::JobItem;

Job read(const Query& q) {
    Job job;
    job.id = q.integer(0);
    job.cart = q.integer(1);
    job.kind = jobs::kind_from(q.view(2)).value_or(jobs::Kind::audit);
    job.state = jobs::state_from(q.view(3)).value_or(jobs::State::failed);
    job.options.is_dry_run = q.flag(4);
    job.options.creates_records = q.flag(5);
    job.options.allows_pending = q.flag(6);
    job.options.overrides_guard = q.flag(7);
    job.is_selection = q.flag(8);
    job.options.undoes = q.maybe_integer(9);
    job.options.by = q.text(10);
    job.options.reason = q.text(11);
    job.started_at = wall_from_ms(q.integer(12));
    if (const auto at = q.maybe_integer(13)) job.finished_at = wall_from_ms(*at);
    job.total = q.integer(14);
    job.done = q.integer(15);
    job.code = q.text(16);
    job.message = q.text(17);
    job.data = q.text(18);
    job.let_go = q.text(19);
    return job;
}

JobItem read_item(const Query& q) {
    JobItem item;
    item.job = q.integer(0);
    item.store_sku = q.text(1);
    item.sku = q.text(2);
    item.listing = q.maybe_integer(3);
    item.result = jobs::item_result_from(q.view(4)).value_or(jobs::ItemResult::error);
    item.stage = jobs::stage_from(q.view(5)).value_or(jobs::Stage::none);
    item.cause = jobs::cause_from(q.view(6));
    item.om_qoh = q.maybe_integer(7);
    item.before = q.maybe_integer(8);
    item.after = q.maybe_integer(9);
    item.delta = q.integer(10);
    item.post = q.maybe_integer(11);
    item.text = q.text(12);
    return item;
}

std::vector<Job> all(Query q) {
    std::vector<Job> found;
    while (q.next()) found.push_back(read(q));
    return found;
}
std::optional<Job> first(Query q) { return q.next() ? std::optional{read(q)} : std::nullopt; }
std::vector<JobItem> all_items(Query q) {
    std::vector<JobItem> found;
    while (q.next()) found.push_back(read_item(q));
    return found;
}

}  // namespace

void Jobs::add(Job& job) {
    const auto& options = job.options;
    job.is_selection = options.skus.has_value();
    database_.run("INSERT INTO jobs (cart, kind, state, dry_run, create_records, allow_pending, guard_override,"
                  " is_selection, undoes, by, reason, started_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                  job.cart, to_string(job.kind), to_string(job.state), options.is_dry_run, options.creates_records,
                  options.allows_pending, options.overrides_guard, job.is_selection, options.undoes, options.by,
                  options.reason, to_ms(job.started_at));
    job.id = database_.last_row();
    if (options.skus)
        for (const auto& sku : *options.skus)
            database_.run("INSERT OR IGNORE INTO job_skus (job, sku) VALUES (?, ?)", job.id, sku);
}

void Jobs::save(const Job& job) {
    const auto finished = job.finished_at ? std::optional{to_ms(*job.finished_at)} : std::nullopt;
    database_.run("UPDATE jobs SET state = ?, finished_at = ?, total = ?, done = ?, code = ?, message = ?, data = ?"
                  " WHERE job = ?",
                  to_string(job.state), finished, job.total, job.done, job.code, job.message, job.data, job.id);
}

std::optional<Job> Jobs::get(JobId id) const {
    return first(database_.query("SELECT " JOB_COLUMNS " FROM jobs WHERE job = ?", id));
}

std::vector<Job> Jobs::list(std::optional<stack::CartKey> cart, std::optional<JobId> before,
                            std::int64_t limit) const {
    return all(database_.query("SELECT " JOB_COLUMNS " FROM jobs WHERE (?1 IS NULL OR cart = ?1)"
                               " AND (?2 IS NULL OR job < ?2) ORDER BY job DESC LIMIT ?3",
                               cart, before, limit));
}

std::optional<Job> Jobs::at_work(stack::CartKey cart) const {
    return first(database_.query("SELECT " JOB_COLUMNS " FROM jobs WHERE cart = ?"
                                 " AND state IN ('queued', 'running', 'waiting')",
                                 cart));
}

std::vector<Job> Jobs::at_work() const {
    return all(database_.query("SELECT " JOB_COLUMNS " FROM jobs WHERE state IN ('queued', 'running', 'waiting')"));
}

std::vector<Job> Jobs::with_waiting(stack::CartKey cart) const {
    return all(database_.query("SELECT " JOB_COLUMNS " FROM jobs j WHERE cart = ? AND dry_run = 0 AND let_go = ''"
                               " AND state IN ('done', 'blocked', 'failed', 'cancelled') AND EXISTS"
                               " (SELECT 1 FROM job_items i " OF_THOSE_THAT_WAIT " WHERE i.job = j.job AND i.result = 'waiting')"
                               " ORDER BY job",
                               cart));
}

Oddities Jobs::oddities(JobId id) const {
    Query q = database_.query("SELECT COUNT(*) FILTER (WHERE i.result = 'not_found' AND l.store_qoh_at IS NOT NULL),"
                              " COUNT(*) FILTER (WHERE i.result = 'ambiguous'), COUNT(*) FILTER (WHERE i.cause = 'case_differs')"
                              " FROM job_items i LEFT JOIN listings l ON l.listing = i.listing WHERE i.job = ?",
                              id);
    if (!q.next()) return {};
    return {q.integer(0), q.integer(1), q.integer(2)};
}

bool Jobs::waits_for_orders(JobId id) const {
    return database_
        .query("SELECT 1 FROM job_items WHERE job = ? AND result = 'waiting' AND cause = 'web_orders_not_imported' LIMIT 1", id)
        .next();
}

void Jobs::let_go(JobId id, const std::string& why) {
    database_.run("UPDATE jobs SET let_go = ? WHERE job = ?", why, id);
}

std::vector<Job> Jobs::let_go(stack::CartKey cart) const {
    return all(database_.query("SELECT " JOB_COLUMNS " FROM jobs WHERE cart = ? AND let_go <> '' ORDER BY job", cart));
}

std::optional<JobId> Jobs::undone_by(JobId id) const {
    Query q = database_.query("SELECT job FROM jobs WHERE undoes = ? AND dry_run = 0 ORDER BY job DESC LIMIT 1", id);
    return q.next() ? std::optional{q.integer(0)} : std::nullopt;
}

bool Jobs::was_undone(JobId id, std::string_view store_sku) const {
    return database_
        .query("SELECT 1 FROM jobs j JOIN job_items i ON i.job = j.job WHERE j.undoes = ? AND j.dry_run = 0"
               " AND i.store_sku = ? AND i.delta <> 0 AND " TAKES_BACK HAS_LEFT,
               id, store_sku)
        .next();
}

bool Jobs::can_be_undone(JobId id) const {
    return database_
        .query("SELECT 1 FROM job_items l JOIN jobs o ON o.job = l.job WHERE l.job = ?1 AND l.delta <> 0"
               " AND ((l.result IN ('ok', 'new', 'different') AND o.kind <> 'audit') OR l.post IS NOT NULL)"
               " AND NOT EXISTS (SELECT 1 FROM jobs j JOIN job_items i ON i.job = j.job WHERE j.undoes = ?1"
               "                 AND j.dry_run = 0 AND i.store_sku = l.store_sku AND i.delta <> 0"
               "                 AND " TAKES_BACK HAS_LEFT ") LIMIT 1",
               id)
        .next();
}

std::vector<stack::PostId> Jobs::posts_of_undos(JobId id, std::string_view store_sku) const {
    std::vector<stack::PostId> posts;
    Query q = database_.query("SELECT i.post FROM jobs j JOIN job_items i ON i.job = j.job WHERE j.undoes = ? AND j.dry_run = 0"
                              " AND i.store_sku = ? AND i.post IS NOT NULL",
                              id, store_sku);
    while (q.next()) posts.push_back(q.integer(0));
    return posts;
}

std::vector<std::string> Jobs::selection(JobId id, std::string_view after, std::int64_t limit) const {
    std::vector<std::string> skus;
    Query q = database_.query("SELECT sku FROM job_skus WHERE job = ? AND sku > ? ORDER BY sku LIMIT ?", id, after, limit);
    while (q.next()) skus.push_back(q.text(0));
    return skus;
}

std::int64_t Jobs::selection_size(JobId id) const {
    Query q = database_.query("SELECT count(*) FROM job_skus WHERE job = ?", id);
    return q.next() ? q.integer(0) : 0;
}

bool Jobs::is_selected(JobId id, std::string_view sku) const {
    return database_.query("SELECT 1 FROM job_skus WHERE job = ? AND sku = ?", id, sku).next();
}

void Jobs::count(JobId id, std::string_view result, std::int64_t skus) {
    database_.run("INSERT INTO job_counts (job, result, skus) VALUES (?, ?, ?)"
                  " ON CONFLICT DO UPDATE SET skus = skus + excluded.skus",
                  id, result, skus);
}

void Jobs::put(const JobItem& item) {
    {
        Query q = database_.query("SELECT result FROM job_items WHERE job = ? AND store_sku = ?", item.job,
                                  item.store_sku);
        const std::string before = q.next() ? q.text(0) : std::string{};
        if (before != to_string(item.result)) {
            if (!before.empty()) count(item.job, before, -1);
            count(item.job, to_string(item.result), 1);
        }
    }
    database_.run("INSERT OR REPLACE INTO job_items (" ITEM_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                  item.job, item.store_sku, item.sku, item.listing, to_string(item.result), to_string(item.stage),
                  item.cause ? to_string(*item.cause) : std::string_view{}, item.om_qoh, item.before, item.after,
                  item.delta, item.post, item.text);
}

void Jobs::add_equal(JobId id, std::int64_t skus) {
    if (skus > 0) count(id, "equal", skus);
}

void Jobs::forget_equal(JobId id) { database_.run("DELETE FROM job_counts WHERE job = ? AND result = 'equal'", id); }

std::optional<JobItem> Jobs::item(JobId id, std::string_view store_sku) const {
    Query q = database_.query("SELECT " ITEM_COLUMNS " FROM job_items WHERE job = ? AND store_sku = ?", id, store_sku);
    return q.next() ? std::optional{read_item(q)} : std::nullopt;
}

std::vector<JobItem> Jobs::items(JobId id, std::optional<jobs::ItemResult> result, std::string_view after,
                                 std::int64_t limit) const {
    const auto word = result ? std::optional{to_string(*result)} : std::nullopt;
    return all_items(database_.query("SELECT " ITEM_COLUMNS " FROM job_items WHERE job = ?1 AND store_sku > ?2"
                                     " AND (?3 IS NULL OR result = ?3) ORDER BY store_sku LIMIT ?4",
                                     id, after, word, limit));
}

std::vector<JobItem> Jobs::staged(JobId id, jobs::Stage stage, std::string_view after, std::int64_t limit) const {
    return all_items(database_.query("SELECT " ITEM_COLUMNS " FROM job_items WHERE job = ? AND stage = ?"
                                     " AND stage <> '' AND store_sku > ? ORDER BY store_sku LIMIT ?",
                                     id, to_string(stage), after, limit));
}

std::vector<JobItem> Jobs::waiting(JobId id, std::string_view after, std::int64_t limit) const {
    return all_items(database_.query("SELECT " ITEM_COLUMNS " FROM job_items WHERE job = ? AND store_sku > ?"
                                     " AND result = 'waiting' ORDER BY store_sku LIMIT ?",
                                     id, after, limit));
}

bool Jobs::has_waiting_for_store(JobId id) const {
    return database_
        .query("SELECT 1 FROM job_items " OF_THOSE_THAT_WAIT
               " WHERE job = ? AND result = 'waiting' AND post IS NULL AND stage <> 'handed_out' LIMIT 1",
               id)
        .next();
}

jobs::Counts Jobs::counts(JobId id) const {
    jobs::Counts counts;
    Query q = database_.query("SELECT result, skus FROM job_counts WHERE job = ?", id);
    while (q.next()) {
        // Equal ones have no row of their own; they are `ok` like those that were made equal.
        const auto result = q.view(0) == "equal" ? jobs::ItemResult::ok : jobs::item_result_from(q.view(0));
        if (result) counts[*result] += q.integer(1);
    }
    return counts;
}

bool Jobs::prune(WallTime limit, std::int64_t most) {
    Query q = database_.query("SELECT job FROM jobs WHERE finished_at IS NOT NULL AND finished_at < ?1"
                              " AND NOT EXISTS (SELECT 1 FROM pull_items p WHERE p.job = jobs.job)"
                              " AND NOT EXISTS (SELECT 1 FROM jobs u WHERE u.undoes = jobs.job) ORDER BY job LIMIT 1",
                              to_ms(limit));
    if (!q.next()) return false;
    const auto job = q.integer(0);
    database_.run("DELETE FROM job_items WHERE job = ?1 AND store_sku IN"
                  " (SELECT store_sku FROM job_items WHERE job = ?1 LIMIT ?2)",
                  job, most);
    if (database_.changed_rows() == most) return true;
    database_.run("DELETE FROM job_skus WHERE job = ?", job);
    database_.run("DELETE FROM job_counts WHERE job = ?", job);
    database_.run("DELETE FROM jobs WHERE job = ?", job);
    return true;
}

}  // namespace stocktray::store
