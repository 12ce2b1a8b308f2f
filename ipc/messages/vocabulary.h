// The words that messages share, each with its table. A trailing underscore keeps an enumerator apart from a
// keyword of C++; the table has the word as it stands on the wire.
#pragma once
#include "ipc/words.h"

namespace stocktray::ipc {

enum class Role { none, viewer, operator_, order_manager, admin };
template <>
struct Words<Role> {
    static constexpr std::string_view name = "Role";
    static constexpr Word<Role> table[] = {{Role::none, "none"},
                                           {Role::viewer, "viewer"},
                                           {Role::operator_, "operator"},
                                           {Role::order_manager, "order_manager"},
                                           {Role::admin, "admin"}};
};

enum class Health { ok, slow, late, credentials, circuit_open, stopped, paused, off };
template <>
struct Words<Health> {
    static constexpr std::string_view name = "Health";
    static constexpr Word<Health> table[] = {{Health::ok, "ok"},
                                             {Health::slow, "slow"},
                                             {Health::late, "late"},
                                             {Health::credentials, "credentials"},
                                             {Health::circuit_open, "circuit_open"},
                                             {Health::stopped, "stopped"},
                                             {Health::paused, "paused"},
                                             {Health::off, "off"}};
};

// What a post or a cart waits for.
enum class WaitingFor {
    retry_timer,
    circuit_open,
    credentials,
    paused,
    earlier_post,
    free_connection,
    settling,
    verification,
    order_import,
    restored,
    person,
    other,
};
template <>
struct Words<WaitingFor> {
    static constexpr std::string_view name = "WaitingFor";
    static constexpr WaitingFor unknown = WaitingFor::other;
    static constexpr Word<WaitingFor> table[] = {{WaitingFor::retry_timer, "retry_timer"},
                                                 {WaitingFor::circuit_open, "circuit_open"},
                                                 {WaitingFor::credentials, "credentials"},
                                                 {WaitingFor::paused, "paused"},
                                                 {WaitingFor::earlier_post, "earlier_post"},
                                                 {WaitingFor::free_connection, "free_connection"},
                                                 {WaitingFor::settling, "settling"},
                                                 {WaitingFor::verification, "verification"},
                                                 {WaitingFor::order_import, "order_import"},
                                                 {WaitingFor::restored, "restored"},
                                                 {WaitingFor::person, "person"},
                                                 {WaitingFor::other, "other"}};
};

enum class PostState { queued, sending, uncertain, rejected, confirmed, settled, folded, cancelled };
template <>
struct Words<PostState> {
    static constexpr std::string_view name = "PostState";
    static constexpr Word<PostState> table[] = {
        {PostState::queued, "queued"},       {PostState::sending, "sending"},
        {PostState::uncertain, "uncertain"}, {PostState::rejected, "rejected"},
        {PostState::confirmed, "confirmed"}, {PostState::settled, "settled"},
        {PostState::folded, "folded"},       {PostState::cancelled, "cancelled"}};
};

// What the counts say about an uncertain post; not a proof.
enum class Proposal { applied, not_applied };
template <>
struct Words<Proposal> {
    static constexpr std::string_view name = "Proposal";
    static constexpr Word<Proposal> table[] = {{Proposal::applied, "applied"},
                                               {Proposal::not_applied, "not_applied"}};
};

// Why the Order Manager changed a count.
enum class Reason {
    backorder_filled,
    phone_order,
    purchase_order_received,
    web_order_imported,
    adjustment,
    return_,
    inventory_imported,
    get_qoh,
    other,
};
template <>
struct Words<Reason> {
    static constexpr std::string_view name = "Reason";
    static constexpr Word<Reason> table[] = {{Reason::backorder_filled, "backorder_filled"},
                                             {Reason::phone_order, "phone_order"},
                                             {Reason::purchase_order_received, "purchase_order_received"},
                                             {Reason::web_order_imported, "web_order_imported"},
                                             {Reason::adjustment, "adjustment"},
                                             {Reason::return_, "return"},
                                             {Reason::inventory_imported, "inventory_imported"},
                                             {Reason::get_qoh, "get_qoh"},
                                             {Reason::other, "other"}};
};

enum class CartKind { seti, xcart_rest };
template <>
struct Words<CartKind> {
    static constexpr std::string_view name = "CartKind";
    static constexpr Word<CartKind> table[] = {{CartKind::seti, "seti"},
                                               {CartKind::xcart_rest, "xcart_rest"}};
};

// How a stock change is written down for the store's script.
enum class Dialect { auto_, text, xml };
template <>
struct Words<Dialect> {
    static constexpr std::string_view name = "Dialect";
    static constexpr Word<Dialect> table[] = {
        {Dialect::auto_, "auto"}, {Dialect::text, "text"}, {Dialect::xml, "xml"}};
};

enum class Charset { utf_8, windows_1252 };
template <>
struct Words<Charset> {
    static constexpr std::string_view name = "Charset";
    static constexpr Word<Charset> table[] = {{Charset::utf_8, "utf-8"},
                                              {Charset::windows_1252, "windows-1252"}};
};

enum class Severity { info, warning, critical };
template <>
struct Words<Severity> {
    static constexpr std::string_view name = "Severity";
    static constexpr Word<Severity> table[] = {
        {Severity::info, "info"}, {Severity::warning, "warning"}, {Severity::critical, "critical"}};
};

enum class AlertKind {
    late,
    stalled,
    credentials,
    needs_decision,
    oversold,
    drift,
    absolute_script,
    guard,
    disk,
    damaged_row,
    import_incomplete,
    orders_gone,
    orders_waiting,
    restored,
    no_baseline,
    other_agent,
    silent_source,
    spool,
    lan,
    workstation,
    gateway,
    noted,
    recovered,
    other,
};
template <>
struct Words<AlertKind> {
    static constexpr std::string_view name = "AlertKind";
    static constexpr AlertKind unknown = AlertKind::other;
    static constexpr Word<AlertKind> table[] = {
        {AlertKind::late, "late"},
        {AlertKind::stalled, "stalled"},
        {AlertKind::credentials, "credentials"},
        {AlertKind::needs_decision, "needs_decision"},
        {AlertKind::oversold, "oversold"},
        {AlertKind::drift, "drift"},
        {AlertKind::absolute_script, "absolute_script"},
        {AlertKind::guard, "guard"},
        {AlertKind::disk, "disk"},
        {AlertKind::damaged_row, "damaged_row"},
        {AlertKind::import_incomplete, "import_incomplete"},
        {AlertKind::orders_gone, "orders_gone"},
        {AlertKind::orders_waiting, "orders_waiting"},
        {AlertKind::restored, "restored"},
        {AlertKind::no_baseline, "no_baseline"},
        {AlertKind::other_agent, "other_agent"},
        {AlertKind::silent_source, "silent_source"},
        {AlertKind::spool, "spool"},
        {AlertKind::lan, "lan"},
        {AlertKind::workstation, "workstation"},
        {AlertKind::gateway, "gateway"},
        {AlertKind::noted, "noted"},
        {AlertKind::recovered, "recovered"},
        {AlertKind::other, "other"},
    };
};

enum class HistoryKind {
    change,
    post,
    verdict,
    get_qoh,
    send_qoh,
    repair,
    undo,
    guard_override,
    order_import,
    snapshot,
    job,
    late,
    setting,
    alert,
    agent,
    other,
};
template <>
struct Words<HistoryKind> {
    static constexpr std::string_view name = "HistoryKind";
    static constexpr HistoryKind unknown = HistoryKind::other;
    static constexpr Word<HistoryKind> table[] = {
        {HistoryKind::change, "change"},     {HistoryKind::post, "post"},
        {HistoryKind::verdict, "verdict"},   {HistoryKind::get_qoh, "get_qoh"},
        {HistoryKind::send_qoh, "send_qoh"}, {HistoryKind::repair, "repair"},
        {HistoryKind::undo, "undo"},         {HistoryKind::guard_override, "guard_override"},
        {HistoryKind::late, "late"},         {HistoryKind::order_import, "order_import"},
        {HistoryKind::snapshot, "snapshot"}, {HistoryKind::job, "job"},
        {HistoryKind::setting, "setting"},   {HistoryKind::alert, "alert"},
        {HistoryKind::agent, "agent"},       {HistoryKind::other, "other"}};
};

enum class JobKind { get_qoh, send_qoh, audit, undo };
template <>
struct Words<JobKind> {
    static constexpr std::string_view name = "JobKind";
    static constexpr Word<JobKind> table[] = {{JobKind::get_qoh, "get_qoh"},
                                              {JobKind::send_qoh, "send_qoh"},
                                              {JobKind::audit, "audit"},
                                              {JobKind::undo, "undo"}};
};

enum class JobState { queued, running, waiting, blocked, done, failed, cancelled };
template <>
struct Words<JobState> {
    static constexpr std::string_view name = "JobState";
    static constexpr Word<JobState> table[] = {
        {JobState::queued, "queued"},   {JobState::running, "running"}, {JobState::waiting, "waiting"},
        {JobState::blocked, "blocked"}, {JobState::done, "done"},       {JobState::failed, "failed"},
        {JobState::cancelled, "cancelled"}};
};

enum class JobResult { ok, would_change, not_found, not_tracked, ambiguous, error, skipped, new_, different, waiting };
template <>
struct Words<JobResult> {
    static constexpr std::string_view name = "JobResult";
    static constexpr Word<JobResult> table[] = {{JobResult::ok, "ok"},
                                                {JobResult::would_change, "would_change"},
                                                {JobResult::not_found, "not_found"},
                                                {JobResult::not_tracked, "not_tracked"},
                                                {JobResult::ambiguous, "ambiguous"},
                                                {JobResult::error, "error"},
                                                {JobResult::skipped, "skipped"},
                                                {JobResult::new_, "new"},
                                                {JobResult::different, "different"},
                                                {JobResult::waiting, "waiting"}};
};

// Why two counts are as they are.
enum class Cause {
    equal,
    in_flight,
    web_orders_not_imported,
    buffer,
    clamped,
    changed_at_store,
    lost_at_store,
    rejected,
    uncertain,
    not_tracked,
    duplicate_sku,
    case_differs,
    only_here,
    only_at_store,
    unaligned,
    unknown,
};
template <>
struct Words<Cause> {
    static constexpr std::string_view name = "Cause";
    static constexpr Cause unknown = Cause::unknown;
    static constexpr Word<Cause> table[] = {{Cause::equal, "equal"},
                                            {Cause::in_flight, "in_flight"},
                                            {Cause::web_orders_not_imported, "web_orders_not_imported"},
                                            {Cause::buffer, "buffer"},
                                            {Cause::clamped, "clamped"},
                                            {Cause::changed_at_store, "changed_at_store"},
                                            {Cause::lost_at_store, "lost_at_store"},
                                            {Cause::rejected, "rejected"},
                                            {Cause::uncertain, "uncertain"},
                                            {Cause::not_tracked, "not_tracked"},
                                            {Cause::duplicate_sku, "duplicate_sku"},
                                            {Cause::case_differs, "case_differs"},
                                            {Cause::only_here, "only_here"},
                                            {Cause::only_at_store, "only_at_store"},
                                            {Cause::unaligned, "unaligned"},
                                            {Cause::unknown, "unknown"}};
};

}  // namespace stocktray::ipc
