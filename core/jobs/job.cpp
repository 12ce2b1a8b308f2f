#include "core/jobs/job.h"

#include <algorithm>
#include <array>
#include <utility>

namespace stocktray::jobs {
namespace {

template <class E, std::size_t N>
using Words = std::array<std::pair<E, std::string_view>, N>;

template <class E, std::size_t N>
std::string_view word_of(const Words<E, N>& words, E value) noexcept {
    return std::ranges::find(words, value, &std::pair<E, std::string_view>::first)->second;
}
template <class E, std::size_t N>
std::optional<E> value_of(const Words<E, N>& words, std::string_view word) noexcept {
    const auto found = std::ranges::find(words, word, &std::pair<E, std::string_view>::second);
    return found == words.end() ? std::nullopt : std::optional{found->first};
}

constexpr Words<Kind, 4> kinds{{{Kind::get_qoh, "get_qoh"},
                                {Kind::send_qoh, "send_qoh"},
                                {Kind::audit, "audit"},
                                {Kind::undo, "undo"}}};
constexpr Words<Kind, 4> kinds_in_words{{{Kind::get_qoh, "Get QOH From Website"},
                                         {Kind::send_qoh, "Send QOH To Website"},
                                         {Kind::audit, "Audit"},
                                         {Kind::undo, "Undo"}}};
constexpr Words<State, 7> states{{{State::queued, "queued"},
                                  {State::running, "running"},
                                  {State::waiting, "waiting"},
                                  {State::blocked, "blocked"},
                                  {State::done, "done"},
                                  {State::failed, "failed"},
                                  {State::cancelled, "cancelled"}}};
constexpr Words<ItemResult, 10> results{{{ItemResult::ok, "ok"},
                                         {ItemResult::would_change, "would_change"},
                                         {ItemResult::not_found, "not_found"},
                                         {ItemResult::not_tracked, "not_tracked"},
                                         {ItemResult::ambiguous, "ambiguous"},
                                         {ItemResult::error, "error"},
                                         {ItemResult::skipped, "skipped"},
                                         {ItemResult::new_, "new"},
                                         {ItemResult::different, "different"},
                                         {ItemResult::waiting, "waiting"}}};
constexpr Words<Cause, 16> causes{{{Cause::equal, "equal"},
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
                                   {Cause::unknown, "unknown"}}};
constexpr Words<Cause, 16> causes_in_words{{{Cause::equal, "equal"},
                                            {Cause::in_flight, "posts are under way"},
                                            {Cause::web_orders_not_imported, "web orders not imported"},
                                            {Cause::buffer, "the cart's buffer"},
                                            {Cause::clamped, "the store cannot go below zero"},
                                            {Cause::changed_at_store, "changed at the store"},
                                            {Cause::lost_at_store, "the store lost a change"},
                                            {Cause::rejected, "a post was rejected or cancelled"},
                                            {Cause::uncertain, "a post is in doubt"},
                                            {Cause::not_tracked, "not tracked"},
                                            {Cause::duplicate_sku, "the SKU is there more than once"},
                                            {Cause::case_differs, "upper and lower case differ"},
                                            {Cause::only_here, "the store does not know it"},
                                            {Cause::only_at_store, "the Order Manager does not know it"},
                                            {Cause::unaligned, "not made equal since the Order Manager counted or the cart was turned on"},
                                            {Cause::unknown, "the cause is not known"}}};
constexpr Words<Stage, 6> stages{{{Stage::none, ""},
                                  {Stage::posted, "posted"},
                                  {Stage::handed_out, "handed_out"},
                                  {Stage::to_replace, "to_replace"},
                                  {Stage::replaced, "replaced"},
                                  {Stage::to_read, "to_read"}}};

}  // namespace

std::string_view to_string(Kind kind) noexcept { return word_of(kinds, kind); }
std::optional<Kind> kind_from(std::string_view word) noexcept { return value_of(kinds, word); }
std::string_view in_words(Kind kind) noexcept { return word_of(kinds_in_words, kind); }
std::string_view to_string(State state) noexcept { return word_of(states, state); }
std::optional<State> state_from(std::string_view word) noexcept { return value_of(states, word); }
std::string_view to_string(ItemResult result) noexcept { return word_of(results, result); }
std::optional<ItemResult> item_result_from(std::string_view word) noexcept { return value_of(results, word); }
std::string_view to_string(Cause cause) noexcept { return word_of(causes, cause); }
std::optional<Cause> cause_from(std::string_view word) noexcept { return value_of(causes, word); }
std::string_view in_words(Cause cause) noexcept { return word_of(causes_in_words, cause); }

bool has_moved(Kind kind, const JobItem& line) noexcept {
    if (line.delta == 0) return false;
    if (line.post) return true;
    // An audit names a difference and moves it only by a post.
    return kind != Kind::audit &&
           (line.result == ItemResult::ok || line.result == ItemResult::new_ || line.result == ItemResult::different);
}

std::string_view to_string(Stage stage) noexcept { return word_of(stages, stage); }
std::optional<Stage> stage_from(std::string_view word) noexcept { return value_of(stages, word); }

}  // namespace stocktray::jobs
