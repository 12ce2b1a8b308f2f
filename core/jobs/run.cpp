#include "core/jobs/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "core/stack/diagnosis.h"

namespace stocktray::jobs {

using sync::Orders;
using sync::QuietRound;
using sync::QuietSteps;

namespace {

constexpr std::size_t most_rounds = 64;
constexpr std::int64_t most_failures = 3;
// A person who names so few SKUs has looked at them: they are read one by one, and the guard does not ask.
constexpr std::int64_t few_skus = 25;
// A count that is to be replaced must not be older.
constexpr Milliseconds replace_within{60'000};
constexpr Milliseconds failure_pause{2'000};

std::int64_t sum_of(const Counts& counts) {
    std::int64_t sum = 0;
    for (const auto& [result, skus] : counts) sum += skus;
    return sum;
}

std::string said_by_script(const cart::ReplaceItem& item) {
    switch (item.word) {
        case cart::ReplaceWord::ok: return {};
        case cart::ReplaceWord::not_found: return " The script does not know it.";
        case cart::ReplaceWord::not_tracked: return " The script does not count it.";
        case cart::ReplaceWord::ambiguous: return " The script has it more than once.";
        case cart::ReplaceWord::error: return fmt::format(" The script says: {}.", item.text);
        case cart::ReplaceWord::no_answer: return " The script did not answer for it.";
        case cart::ReplaceWord::unsendable: return fmt::format(" It was not sent: {}", item.text);
    }
    return {};
}

}  // namespace

Run::Run(Tools& tools, Job job, std::vector<JobId> older, std::int64_t& tickets)
    : tools_{tools},
      deeds_{tools, older},
      job_{std::move(job)},
      has_older_{!older.empty()},
      tickets_{tickets} {}

bool Run::can_ask_some(const stack::CartState& cart) const noexcept {
    return cart.has_moves() || cart.cart.learned.counts == cart::CountSource::qohquery;
}

void Run::save() {
    const auto counts = tools_.store.jobs.counts(job_.id);
    job_.done = sum_of(counts);
    job_.total = std::max(job_.total, job_.done);
    tools_.store.jobs.save(job_);
    tools_.journal.tell(JobNotice{job_.id});
}

void Run::finish(State state, Now now) {
    if (const auto waiting = tools_.store.pulls.count(); waiting > 0) tools_.journal.tell(PullNotice{waiting});
    job_.state = state;
    job_.finished_at = now.wall;
    phase_ = Phase::begin;
    has_more_ = false;
    save();
}

void Run::ask(stack::CartState& cart, Asked asked, stack::What what, Now now) {
    asked_ = asked;
    ticket_ = ++tickets_;
    tools_.exchanges.ask(cart.cart.key, std::move(what), stack::ForJob{job_.id, ticket_}, now.steady);
}

Run::Doing Run::doing() const noexcept {
    if (is_held_ || is_over()) return {};
    const auto words = [&]() -> std::string_view {
        switch (phase_) {
            case Phase::begin: return "begins";
            case Phase::listing:
                if (resume_at_) return "waits before it reads the store's counts again";
                return "reads the store's counts";
            case Phase::weighing: return "weighs what would change";
            case Phase::acting:
            case Phase::missing:
            case Phase::selecting:
            case Phase::rounds:
                if (resume_at_) return "waits before it looks at the counts again";
                return "compares the counts";
            case Phase::undoing: return "takes back";
            case Phase::replacing: return "replaces counts";
            case Phase::posting: return "waits for its posts";
            case Phase::reading_back: return "reads back what the store has";
        }
        return {};
    }();
    return {words, resume_at_};
}

void Run::hold() {
    if (is_over()) return;
    is_held_ = true;
    if (job_.state == State::waiting) return;
    job_.state = State::waiting;
    save();
}

void Run::advance(stack::CartState& cart, Now now) {
    if (is_over()) return;
    is_held_ = false;
    has_more_ = false;
    if (resume_at_ && *resume_at_ > now.steady) return;
    resume_at_.reset();
    if (job_.state != State::running) {
        job_.state = State::running;
        save();
    }
    switch (phase_) {
        case Phase::begin: begin(cart); break;
        case Phase::listing: go_on_listing(cart, now); break;
        case Phase::weighing: weigh_slice(cart, now); break;
        case Phase::acting:
            if (rounds_.size() < most_rounds) act_slice(cart, now);
            work_rounds(cart, now);
            break;
        case Phase::selecting:
            if (rounds_.size() < most_rounds) select_slice(cart, now);
            work_rounds(cart, now);
            break;
        case Phase::missing: miss_slice(cart); break;
        case Phase::rounds:
            work_rounds(cart, now);
            if (rounds_.empty() && asked_ == Asked::nothing) {
                phase_ = Phase::replacing;
                later_ = {};
                cursor_.clear();
                has_more_ = true;
            }
            break;
        case Phase::undoing: undo_slice(cart, now); break;
        case Phase::replacing: replace_slice(cart, now); break;
        case Phase::posting: post_slice(cart, now); break;
        case Phase::reading_back: read_back_slice(cart, now); break;
    }
}

void Run::begin(stack::CartState& cart) {
    has_more_ = true;
    tools_.store.jobs.forget_equal(job_.id);
    if (job_.kind == Kind::undo) {
        phase_ = Phase::undoing;
        return;
    }
    if (cart.has_moves()) {
        orders_ = Orders::by_moves;
    } else if (job_.options.allows_pending) {
        orders_ = Orders::unasked;
    } else if (cart.cart.import_complete.value_or(false)) {
        orders_ = Orders::imported;
    } else {
        orders_ = Orders::unasked;
        can_conclude_ = false;
        cannot_conclude_ = cart.cart.imports == 0
                               ? "The Order Manager has not told yet which web orders it has imported."
                               : "The last import of web orders is not complete.";
    }
    import_ = cart.cart.import_news;
    // What was to be replaced when the program ended is judged anew: its count is old by now.
    for (auto& line : tools_.store.jobs.staged(job_.id, Stage::to_replace, {}, std::numeric_limits<std::int32_t>::max())) {
        line.stage = Stage::none;
        tools_.store.jobs.put(line);
    }
    const auto selected = job_.is_selection ? tools_.store.jobs.selection_size(job_.id) : std::int64_t{0};
    if (job_.is_selection && can_conclude_ && selected <= few_skus) {
        job_.total = selected;
        phase_ = Phase::selecting;
        save();
        return;
    }
    list_.emplace(tools_, cart.cart.key);
    // Where the connector tells of orders per SKU, the list only shows which SKUs have to be looked at.
    steps_.emplace(orders_ == Orders::imported ? Orders::imported : Orders::unasked, cart.cart.import_news);
    phase_ = Phase::listing;
}

// --- the store's list ------------------------------------------------------------------------------------

void Run::go_on_listing(stack::CartState& cart, Now now) {
    if (asked_ != Asked::nothing) return;
    const bool one_look = is_preview() || orders_ == Orders::by_moves || !can_conclude_;
    if (steps_->step() == QuietSteps::Step::pause) {
        if (one_look) {
            phase_ = Phase::weighing;
            cursor_.clear();
            has_more_ = true;
            return;
        }
        steps_->resume(now.steady);
        if (steps_->step() == QuietSteps::Step::pause) {
            resume_at_ = steps_->resume_at();
            return;
        }
    }
    if (steps_->step() == QuietSteps::Step::finished) {
        phase_ = Phase::weighing;
        cursor_.clear();
        has_more_ = true;
        return;
    }
    if (steps_->step() == QuietSteps::Step::failed) {
        const bool has_list = list_->was_read();
        if (steps_->failure() == QuietSteps::Failure::no_answer && ++failures_ < most_failures) {
            steps_.emplace(orders_, cart.cart.import_news);
            resume_at_ = now.steady + failure_pause;
            return;
        }
        can_conclude_ = false;
        switch (steps_->failure()) {
            case QuietSteps::Failure::orders_came:
                cannot_conclude_ = fmt::format("{} web order{} of the store {} not been imported by the Order Manager.",
                                               steps_->orders_since(), steps_->orders_since() == 1 ? "" : "s",
                                               steps_->orders_since() == 1 ? "has" : "have");
                break;
            case QuietSteps::Failure::lastorder_ignored:
            case QuietSteps::Failure::no_answer:
            case QuietSteps::Failure::none:
                cannot_conclude_ = "The store's script does not tell whether web orders wait to be imported.";
                break;
        }
        failures_ = 0;
        if (has_list) {
            phase_ = Phase::weighing;
            cursor_.clear();
        } else {
            steps_.emplace(Orders::unasked, cart.cart.import_news);
        }
        has_more_ = true;
        return;
    }
    if (steps_->asks_for_orders()) {
        ask(cart, Asked::list, steps_->order_question(cart.cart), now);
        return;
    }
    list_->begin(steps_->step() == QuietSteps::Step::first ? StoreList::Look::first : StoreList::Look::second);
    ask(cart, Asked::list, stack::AskAllCounts{}, now);
}

void Run::page(stack::CartState& cart, const std::vector<cart::ReadCount>& page, Now now) {
    if (!list_) return;
    list_->take(cart, page, now);
    tools_.journal.tell(JobNotice{job_.id});
}

void Run::listed(stack::CartState& cart, const cart::CountsResult& counts, Now now) {
    if (!counts.is_complete) {
        // Begun anew as a whole: half a list says nothing of what is missing in it.
        steps_.emplace(steps_->orders(), cart.cart.import_news);
        resume_at_ = now.steady + counts.retry_after.value_or(failure_pause);
        if (stack::is_failure_to_reach(counts.cause) || ++failures_ < most_failures) return;
        job_.code = stack::to_string(counts.cause);
        const auto words = stack::diagnose(counts.cause, counts.text);
        job_.message = fmt::format("The counts of {} could not be read. {} {}", cart.config().name, words.message, words.hint);
        finish(State::failed, now);
        return;
    }
    reach_.listed = counts.distinct;
    reach_.listed_before = cart.cart.listed;
    job_.total = std::max(job_.total, counts.distinct);
    is_list_whole_ = counts.bad.empty();
    for (const auto& bad : counts.bad) {
        JobItem line;
        line.job = job_.id;
        line.store_sku = bad.substr(0, 200);
        line.sku = "?";
        line.result = ItemResult::error;
        line.cause = Cause::unknown;
        line.text = bad;
        tools_.store.jobs.put(line);
    }
    if (counts.distinct < cart.cart.listed && !was_read_again_) {
        // Pages may leave gaps while a catalogue changes: once more before anything is called missing.
        was_read_again_ = true;
        steps_.emplace(steps_->orders(), cart.cart.import_news);
        return;
    }
    list_->finished_look();
    listed_at_ = now.steady;
    steps_->looked(now.steady, tools_.times.between_reads);
    save();
}

// --- the guard -------------------------------------------------------------------------------------------

void Run::weigh_slice(stack::CartState& cart, Now now) {
    has_more_ = true;
    if (job_.kind == Kind::audit) cursor_.clear();
    const auto rows = job_.kind == Kind::audit ? std::vector<store::ComparedListing>{}
                                               : tools_.store.listings.compare(cart.cart.key, cursor_, Slice::most_rows);
    for (const auto& row : rows) {
        cursor_ = row.listing.store_sku;
        const auto item = row.listing.item ? tools_.store.items.get(*row.listing.item) : std::nullopt;
        if (!is_mine(item) || !item || !item->is_tracked || !item->has_baseline || !row.listing.store_qoh ||
            row.listing.word != cart::CountWord::count || !list_->was_seen(row.listing.key))
            continue;
        cart::SkuMoves look;
        look.count = {row.listing.store_sku, cart::CountWord::count, *row.listing.store_qoh};
        if (const auto evidence = tools_.scales.weigh(cart, row.listing, *item, look, Orders::imported)) {
            const auto change = deeds_.change_of(cart, job_, *evidence);
            reach_.add(change.before, change.after);
        }
    }
    if (!rows.empty()) return;
    job_.data = to_json(reach_);
    if (ask_guard(cart, reach_, now)) return;
    if (!is_preview() && is_list_whole_) {
        cart.cart.listed = reach_.listed;
        tools_.board.save(cart);
    }
    phase_ = Phase::acting;
    cursor_.clear();
    save();
}

bool Run::ask_guard(stack::CartState& cart, const Reach& reach, Now now) {
    const auto words = guard(reach, tools_.board.settings().wipe_guard_percent);
    if (!words) return false;
    if (is_preview()) {
        // It changes nothing, so it goes on; what the job itself would meet is said.
        job_.code = words->code;
        job_.message = words->message;
        return false;
    }
    if (job_.options.overrides_guard) {
        if (!std::exchange(is_override_told_, true))
            tools_.journal.record(
                {.at = now.wall,
                 .kind = "guard_override",
                 .by = job_.options.by,
                 .cart = cart.id(),
                 .text = fmt::format("{} goes on although: {}{}", in_words(job_.kind), words->message,
                                     job_.options.reason.empty() ? "" : " Reason: " + job_.options.reason)});
        return false;
    }
    job_.code = words->code;
    job_.data = to_json(reach);
    const bool has_begun = tools_.store.jobs.can_be_undone(job_.id);
    job_.message = fmt::format("{} {}", words->message, has_begun ? "Nothing more is changed." : "Nothing was changed.");
    tools_.journal.raise(
        {.kind = "guard",
         .severity = store::Severity::warning,
         .cart = cart.id(),
         .since = now.wall,
         .message = fmt::format("{} of {} stopped before it changed anything{}: {}", in_words(job_.kind),
                                cart.config().name, has_begun ? " more" : "", words->message),
         .hint = "Look at the preview. If it is what you want, start the job again and confirm it.",
         .action = "open_job"});
    finish(State::blocked, now);
    return true;
}

// Hours may lie between the list and a later reading, and another store may answer by then. What later
// readings show adds up, against all counts that the list had.
bool Run::ask_guard_again(stack::CartState& cart, const Reach& shown, Now now) {
    later_.compared += shown.compared;
    later_.changed += shown.changed;
    later_.by_half += shown.by_half;
    later_.to_zero += shown.to_zero;
    Reach reach = later_;
    reach.compared = std::max(reach.compared, reach_.compared);
    return ask_guard(cart, reach, now);
}

// --- acting ----------------------------------------------------------------------------------------------

void Run::act_slice(stack::CartState& cart, Now now) {
    const auto rows = tools_.store.listings.compare(cart.cart.key, cursor_, portion_.rows());
    std::int64_t equal = 0;
    Slice slice{tools_.store};
    for (const auto& row : rows) {
        cursor_ = row.listing.store_sku;
        act_on(cart, row, equal, now);
        if (!slice.goes_on() || rounds_.size() >= most_rounds) break;
    }
    portion_.took(slice);
    tools_.store.jobs.add_equal(job_.id, equal);
    has_more_ = rounds_.size() < most_rounds;
    if (rows.empty()) {
        start_round(cart);
        cursor_.clear();
        phase_ = Phase::missing;
        has_more_ = true;
    }
    save();
}

void Run::act_on(stack::CartState& cart, const store::ComparedListing& row, std::int64_t& equal, Now now) {
    const auto& listing = row.listing;
    const auto item = listing.item ? tools_.store.items.get(*listing.item) : std::nullopt;
    if (!is_mine(item)) return;
    // Before a restart it was dealt with already.
    if (const auto line = tools_.store.jobs.item(job_.id, listing.store_sku); line && line->is_dealt_with()) return;
    if (!item) return act_on_unknown(cart, listing, now);
    if (deeds_.leave_out(cart, job_, listing, *item)) return;
    if (!list_->was_seen(listing.key))
        return deeds_.act_on_word(cart, job_, listing, is_list_whole_ ? cart::CountWord::not_found : cart::CountWord::error, now);
    if (listing.word != cart::CountWord::count || !listing.store_qoh)
        return deeds_.act_on_word(cart, job_, listing, listing.word.value_or(cart::CountWord::error), now);
    if (row.is_busy) fold_unsent(cart, listing, now);

    cart::SkuMoves look;
    look.count = {listing.store_sku, cart::CountWord::count, *listing.store_qoh};
    const auto seen = item->has_baseline ? tools_.scales.weigh(cart, listing, *item, look, Orders::imported) : std::nullopt;
    const bool is_plainly_equal = seen && seen->gap.pieces == 0 && seen->not_imported.pieces == 0 && listing.is_aligned &&
                                  !row.has_stuck && !row.has_pull && !row.is_busy;
    if (is_plainly_equal) {
        const auto line = tools_.store.jobs.item(job_.id, listing.store_sku);
        if (line) deeds_.skip(job_, listing, *item, ItemResult::ok, Cause::equal, "Equal.");
        else if (has_older_) deeds_.count_equal(job_, listing.store_sku);
        else ++equal;
        return;
    }
    if (const auto unquiet = tools_.scales.unquiet(cart, listing, *item, now))
        return deeds_.wait(job_, listing, item, *unquiet);
    if (orders_ == Orders::by_moves) return candidate(cart, listing, item->book_version);
    if (!seen) return deeds_.wait(job_, listing, item, sync::Unquiet::unclear_line);
    if (!can_conclude_)
        return deeds_.wait(job_, listing, item, Cause::web_orders_not_imported, cannot_conclude_);
    if (import_ != cart.cart.import_news)
        return deeds_.wait(job_, listing, item, Cause::web_orders_not_imported, "Web orders were imported meanwhile.");
    if (list_->was_touched(listing.key) || (!is_preview() && !list_->is_same(listing.key)))
        return deeds_.wait(job_, listing, item, Cause::in_flight, "It moved while it was read.");
    deeds_.act(cart, job_, *seen, orders_, now);
}

// A listing that only the store knows.
void Run::act_on_unknown(stack::CartState& cart, const store::Listing& listing, Now now) {
    if (!list_->was_seen(listing.key)) return;
    if (listing.word && *listing.word != cart::CountWord::count) return deeds_.act_on_word(cart, job_, listing, *listing.word, now);
    if (!deeds_.is_to_be_created(job_, listing)) return deeds_.act_on_stranger(cart, job_, listing, {}, now);
    if (orders_ == Orders::by_moves) return candidate(cart, listing, 0);
    if (!can_conclude_ || import_ != cart.cart.import_news || (!is_preview() && !list_->is_same(listing.key)))
        return deeds_.wait(job_, listing, std::nullopt, Cause::web_orders_not_imported,
                           can_conclude_ ? "It moved while it was read." : cannot_conclude_);
    deeds_.act_on_stranger(cart, job_, listing, deeds_.imported(cart, listing.store_sku), now);
}

// Posts that would be sent as differences to a script that takes them as counts: their pieces are in the count that
// replaces what is there.
void Run::fold_unsent(stack::CartState& cart, const store::Listing& listing, Now now) {
    const bool sends = job_.kind == Kind::send_qoh || job_.kind == Kind::undo;
    if (!sends || is_preview() || Deeds::takes_differences(cart)) return;
    for (auto& post : tools_.store.posts.waiting_of(listing.key)) {
        if (post.state != stack::State::queued) continue;
        tools_.queue.move(cart, post, stack::On::switched_off, now);
        auto unaligned = listing;
        unaligned.is_aligned = false;
        tools_.store.listings.save(unaligned);
    }
}

bool Run::is_mine(const std::optional<store::Item>& item) const {
    return !job_.is_selection || (item && tools_.store.jobs.is_selected(job_.id, item->sku));
}

// SKUs that the store does not list at all: of a selection each has its line, whatever there is to say.
void Run::miss_slice(stack::CartState& cart) {
    has_more_ = true;
    Slice slice{tools_.store};
    const auto before = cursor_;
    if (job_.is_selection) {
        for (const auto& sku : tools_.store.jobs.selection(job_.id, cursor_, Slice::most_rows)) {
            if (!slice.goes_on()) break;
            cursor_ = sku;
            deeds_.miss(cart, job_, sku);
        }
    } else {
        for (const auto& item : tools_.store.items.list(cursor_, Slice::most_rows)) {
            if (!slice.goes_on()) break;
            cursor_ = item.sku;
            const bool is_due =
                item.is_tracked && item.has_baseline && !cart::listings_of(cart.config(), item.sku).empty();
            if (is_due) deeds_.miss(cart, job_, item.sku);
        }
    }
    if (cursor_ != before) return;
    cursor_.clear();
    phase_ = Phase::rounds;
    save();
}

void Run::select_slice(stack::CartState& cart, Now now) {
    const auto skus = tools_.store.jobs.selection(job_.id, cursor_, Slice::most_rows);
    Slice slice{tools_.store};
    for (const auto& sku : skus) {
        if (!slice.goes_on()) break;
        cursor_ = sku;
        const auto item = tools_.store.items.find(sku);
        const auto names = item ? cart::listings_of(cart.config(), sku) : std::vector<std::string>{};
        if (names.empty()) deeds_.miss(cart, job_, sku);
        for (const auto& store_sku : names) {
            if (const auto line = tools_.store.jobs.item(job_.id, store_sku); line && line->is_dealt_with()) continue;
            auto listing = tools_.store.listings.find(cart.cart.key, store_sku).value_or(store::Listing{});
            if (listing.key == 0 || listing.item != item->key) {
                listing.cart = cart.cart.key;
                listing.store_sku = store_sku;
                listing.item = item->key;
                tools_.store.listings.save(listing);
            }
            if (deeds_.leave_out(cart, job_, listing, *item)) continue;
            fold_unsent(cart, listing, now);
            if (const auto unquiet = tools_.scales.unquiet(cart, listing, *item, now))
                deeds_.wait(job_, listing, item, *unquiet);
            else
                candidate(cart, listing, item->book_version);
        }
    }
    has_more_ = rounds_.size() < most_rounds;
    if (!skus.empty()) return;
    start_round(cart);
    phase_ = Phase::rounds;
    has_more_ = true;
}

// --- rounds of quiet reads -------------------------------------------------------------------------------

void Run::candidate(stack::CartState& cart, const store::Listing& listing, std::int64_t book_version) {
    candidates_.push_back({listing.key, listing.store_sku, book_version});
    if (candidates_.size() == QuietRound::largest) start_round(cart);
}

void Run::start_round(stack::CartState& cart) {
    if (candidates_.empty()) return;
    std::vector<stack::ListingKey> keys;
    for (const auto& candidate : candidates_) keys.push_back(candidate.listing);
    rounds_.push_back({{orders_, cart.cart.import_news, std::exchange(candidates_, {}),
                        tools_.queue.watch(cart.cart.key, std::move(keys))}});
}

// A preview takes its first look for good.
bool Run::is_read(const Round& round) const noexcept {
    return round.reading.steps().step() == QuietSteps::Step::finished || (is_preview() && round.reading.is_paused());
}

// While the store answers for one round, what another one has shown is worked off.
void Run::work_rounds(stack::CartState& cart, Now now) {
    std::optional<AgentTime> next;
    for (auto it = rounds_.begin(); it != rounds_.end() && asked_ == Asked::nothing; ++it) {
        if (is_read(*it)) continue;
        auto& round = it->reading;
        round.resume(now.steady);
        auto also = round.steps().reads() ? tools_.scales.open_orders(cart, round) : std::vector<std::string>{};
        if (auto what = round.question(cart.cart, std::move(also))) {
            asked_round_ = it;
            ask(cart, Asked::round, std::move(*what), now);
        } else if (round.is_paused() && (!next || round.steps().resume_at() < *next)) {
            next = round.steps().resume_at();
        }
    }
    conclude_some(cart, now);
    if (has_more_ || is_over() || asked_ != Asked::nothing) return;
    resume_at_ = next;
    if (next) tools_.journal.tell(JobNotice{job_.id});
}

void Run::conclude_some(stack::CartState& cart, Now now) {
    const auto round = std::ranges::find_if(rounds_, [&](const auto& one) { return is_read(one); });
    if (round == rounds_.end()) return;
    const auto& all = round->reading.watched();
    has_more_ = true;
    Slice slice{tools_.store};
    // The guard is asked before the first of them is done.
    while (is_guarded() && round->weighed < all.size()) {
        const auto change = deeds_.change_of(cart, job_, round->reading, all[round->weighed++], now);
        if (change) round->shown.add(change->before, change->after);
        if (round->weighed == all.size() && ask_guard_again(cart, round->shown, now)) return;
        if (!slice.goes_on()) return;
    }
    while (round->concluded < all.size()) {
        deeds_.judge(cart, job_, round->reading, all[round->concluded++], now);
        if (!slice.goes_on()) break;
    }
    if (round->concluded == all.size()) rounds_.erase(round);
    save();
}

void Run::give_up_round(const QuietRound& round, Cause cause, const std::string& why) {
    for (const auto& watched : round.watched()) {
        const auto listing = tools_.store.listings.get(watched.listing);
        if (!listing) continue;
        deeds_.wait(job_, *listing, listing->item ? tools_.store.items.get(*listing->item) : std::nullopt, cause, why);
    }
    save();
}

// --- taking back -----------------------------------------------------------------------------------------

void Run::undo_slice(stack::CartState& cart, Now now) {
    has_more_ = true;
    const auto undone = tools_.store.jobs.get(job_.options.undoes.value_or(0));
    const auto lines = tools_.store.jobs.items(job_.options.undoes.value_or(0), std::nullopt, cursor_, portion_.rows());
    Slice slice{tools_.store};
    for (const auto& line : lines) {
        if (!slice.goes_on()) break;
        cursor_ = line.store_sku;
        const bool has_changed = line.delta != 0 && (line.result == ItemResult::ok || line.result == ItemResult::new_ ||
                                                     line.result == ItemResult::different || line.post);
        if (undone && has_changed && !tools_.store.jobs.was_undone(undone->id, line.store_sku))
            deeds_.undo(cart, job_, *undone, line, now);
    }
    portion_.took(slice);
    save();
    if (!lines.empty()) return;
    cursor_.clear();
    phase_ = Phase::posting;
}

// --- replacing, posting, reading back ----------------------------------------------------------------------

void Run::replace_slice(stack::CartState& cart, Now now) {
    if (asked_ != Asked::nothing) return;
    auto lines = tools_.store.jobs.staged(job_.id, Stage::to_replace, {}, cart.config().items_per_send);
    if (lines.empty()) {
        phase_ = Phase::posting;
        cursor_.clear();
        has_more_ = true;
        return;
    }
    if (!listed_at_ || now.steady - *listed_at_ > replace_within) {
        // Law 5: what was sold since the last look would be overwritten.
        if (!list_) list_.emplace(tools_, cart.cart.key);
        list_->begin(StoreList::Look::first);
        ask(cart, Asked::read_anew, stack::AskAllCounts{}, now);
        return;
    }
    std::vector<JobItem> due;
    Reach shown;
    for (auto& line : lines) {
        const auto listing = line.listing ? tools_.store.listings.get(*line.listing) : std::nullopt;
        const auto item = listing && listing->item ? tools_.store.items.get(*listing->item) : std::nullopt;
        line.stage = Stage::none;
        tools_.store.jobs.put(line);
        if (!item || !listing->store_qoh || listing->word != cart::CountWord::count) continue;
        if (list_ && list_->was_read() && list_->was_touched(listing->key)) {
            deeds_.wait(job_, *listing, item, Cause::in_flight, "It moved while it was read.");
            continue;
        }
        if (const auto unquiet = tools_.scales.unquiet(cart, *listing, *item, now)) {
            deeds_.wait(job_, *listing, item, *unquiet);
            continue;
        }
        cart::SkuMoves look;
        look.count = {line.store_sku, cart::CountWord::count, *listing->store_qoh};
        const auto evidence = tools_.scales.weigh(cart, *listing, *item, look, Orders::imported);
        if (!evidence || evidence->gap.pieces == 0) {
            if (evidence) deeds_.act(cart, job_, *evidence, orders_, now);
            continue;
        }
        line.before = evidence->count;
        line.delta = evidence->gap.pieces;
        line.after = evidence->count + line.delta;
        shown.add(*line.before, *line.after);
        due.push_back(std::move(line));
    }
    if (is_guarded() && ask_guard_again(cart, shown, now)) return;
    stack::AskReplace replace;
    replacing_.clear();
    for (auto& line : due) {
        // Said once and never repeated by itself; what the script made of it shows in the read-back.
        line.stage = Stage::to_read;
        line.result = ItemResult::waiting;
        tools_.store.jobs.put(line);
        replace.counts.push_back({line.store_sku, *line.after});
        replacing_.push_back(std::move(line));
    }
    save();
    has_more_ = true;
    if (!replace.counts.empty()) ask(cart, Asked::replace, std::move(replace), now);
}

void Run::post_slice(stack::CartState& cart, Now now) {
    const auto lines = tools_.store.jobs.staged(job_.id, Stage::posted, cursor_, portion_.rows());
    Slice slice{tools_.store};
    // In the order in which they were posted: the first that is under way is what the job waits for.
    for (const auto& line : lines) {
        if (!slice.goes_on()) break;
        if (cart.cart.stop == cart::Stop::absolute_script) {
            const auto post = line.post ? tools_.store.posts.get(*line.post) : std::nullopt;
            if (post && post->state == stack::State::queued) {
                // It has turned out that this script takes differences as counts.
                if (const auto listing = tools_.store.listings.get(post->listing)) fold_unsent(cart, *listing, now);
                auto replaced = line;
                if (job_.kind != Kind::send_qoh) {
                    replaced.stage = Stage::none;
                    replaced.result = ItemResult::error;
                    replaced.delta = 0;
                    replaced.text += " This script takes differences as counts: it was not sent.";
                    tools_.store.jobs.put(replaced);
                    cursor_ = line.store_sku;
                    continue;
                }
                replaced.stage = Stage::to_replace;
                replaced.result = ItemResult::waiting;
                replaced.delta = 0;
                replaced.post.reset();
                replaced.text = "This script takes differences as counts: its count is replaced.";
                tools_.store.jobs.put(replaced);
                listed_at_.reset();  // what was read before that is not to be built on
                cursor_ = line.store_sku;
                continue;
            }
        }
        if (deeds_.follow(job_, line) == Deeds::Followed::under_way) {
            save();
            return;
        }
        cursor_ = line.store_sku;
    }
    portion_.took(slice);
    if (!lines.empty()) {
        save();
        has_more_ = true;
        return;
    }
    end_posting(cart, now);
}

void Run::end_posting(stack::CartState& cart, Now now) {
    cursor_.clear();
    if (!tools_.store.jobs.staged(job_.id, Stage::to_replace, {}, 1).empty()) {
        phase_ = Phase::replacing;
        later_ = {};
        has_more_ = true;
        return;
    }
    if (tools_.store.jobs.staged(job_.id, Stage::to_read, {}, 1).empty()) {
        conclude_done(cart, now);
        return;
    }
    failures_ = 0;
    phase_ = Phase::reading_back;
    has_more_ = true;
    if (can_ask_some(cart)) return;
    list_.emplace(tools_, cart.cart.key);
    list_->begin(StoreList::Look::first);
    ask(cart, Asked::read_back, stack::AskAllCounts{}, now);
}

void Run::read_back_slice(stack::CartState& cart, Now now) {
    if (asked_ != Asked::nothing) return;
    reading_back_ = tools_.store.jobs.staged(job_.id, Stage::to_read, {}, static_cast<std::int64_t>(QuietRound::largest));
    if (reading_back_.empty()) {
        conclude_done(cart, now);
        return;
    }
    if (!can_ask_some(cart) && !list_) {
        phase_ = Phase::posting;  // the script can do less than before: its list is read
        has_more_ = true;
        return;
    }
    if (!can_ask_some(cart)) {
        for (auto& line : reading_back_) {
            const auto listing = line.listing ? tools_.store.listings.get(*line.listing) : std::nullopt;
            cart::SkuMoves look;
            look.count.word = cart::CountWord::error;
            // What we only believe of it is no reading.
            if (listing && listing->word && list_->was_read() && list_->was_seen(listing->key))
                look.count = {line.store_sku, *listing->word, listing->store_qoh.value_or(0)};
            check_back(cart, std::move(line), look, now);
        }
        has_more_ = true;
        save();
        return;
    }
    std::vector<QuietRound::Watched> watched;
    for (const auto& line : reading_back_) watched.push_back({line.listing.value_or(0), line.store_sku});
    rounds_.clear();
    rounds_.push_back({{cart.has_moves() ? Orders::by_moves : Orders::unasked, cart.cart.import_news, std::move(watched), nullptr}});
    asked_round_ = rounds_.begin();
    const auto& round = asked_round_->reading;
    if (auto what = round.question(cart.cart, tools_.scales.open_orders(cart, round)))
        ask(cart, Asked::read_back, std::move(*what), now);
}

// What the script said and what is true, told apart.
void Run::check_back(stack::CartState& cart, JobItem line, const cart::SkuMoves& look, Now now) {
    const auto listing = line.listing ? tools_.store.listings.get(*line.listing) : std::nullopt;
    const auto item = listing && listing->item ? tools_.store.items.get(*listing->item) : std::nullopt;
    const bool was_replaced = !line.post;
    const auto due = line.before.value_or(0) + line.delta;
    line.stage = Stage::none;
    if (!item || look.count.word != cart::CountWord::count) {
        // Of a post the store has said that it was applied; of a replaced count nobody knows.
        line.result = was_replaced ? ItemResult::different : ItemResult::ok;
        line.text += " It could not be read back.";
    } else if (tools_.scales.unquiet(cart, *listing, *item, now)) {
        line.result = was_replaced ? ItemResult::different : ItemResult::ok;
        line.text += " It has moved on before it could be read back.";
    } else {
        const auto orders = cart.has_moves() ? Orders::by_moves : Orders::imported;
        const auto evidence = tools_.scales.weigh(cart, *listing, *item, look, orders);
        line.after = look.count.qoh;
        const bool is_right = job_.kind == Kind::undo ? look.count.qoh == due : evidence && evidence->gap.pieces == 0;
        // A store that remembers keys has applied its post for certain: what is less was sold since.
        const bool is_proven = line.post && cart.has_keys() && look.count.qoh < due && orders != Orders::by_moves;
        if (is_proven) line.text += fmt::format(" The store has {} now: it was sold meanwhile.", look.count.qoh);
        if (is_right || is_proven || look.count.qoh == due) {
            line.result = ItemResult::ok;
            if (evidence && evidence->gap.pieces == 0 && was_replaced)
                (void)tools_.door.send(cart, *evidence, sync::Sender::send_qoh, now);
        } else if (job_.kind == Kind::undo) {
            line.result = ItemResult::ok;
            line.text += fmt::format(" The store has {} now.", look.count.qoh);
        } else {
            line.result = ItemResult::different;
            line.cause = evidence ? tools_.repairs.cause_of(cart, *evidence, orders) : Cause::unknown;
            line.text += fmt::format(" Read back: the store has {} where {} were due{}.", look.count.qoh, due,
                                     orders == Orders::by_moves ? "" : " (sold meanwhile, or the script did not do it)");
        }
    }
    tools_.store.jobs.put(line);
}

// One notice for a whole audit. It goes only when nothing of it is open any more.
void tell_drift(Tools& tools, const stack::CartState& cart, const Job& job, Now now) {
    if (job.kind != Kind::audit || job.options.is_dry_run || job.is_selection) return;
    const auto counts = tools.store.jobs.counts(job.id);
    const auto count = [&](ItemResult result) {
        const auto found = counts.find(result);
        return found == counts.end() ? std::int64_t{0} : found->second;
    };
    const auto different = count(ItemResult::different);
    if (different > 0)
        tools.journal.raise({.kind = "drift",
                             .severity = store::Severity::warning,
                             .cart = cart.id(),
                             .since = now.wall,
                             .message = fmt::format("{} SKU{} of {} differ{}.", different, different == 1 ? "" : "s",
                                                    cart.config().name, different == 1 ? "s" : ""),
                             .hint = "Look at the audit's list; then Get QOH or Send QOH for the SKUs that are wrong.",
                             .action = "open_job",
                             .count = different});
    else if (count(ItemResult::waiting) == 0)
        tools.journal.clear("drift", cart.id(), "");
}

void Run::conclude_done(stack::CartState& cart, Now now) {
    if (!is_preview() && job_.kind == Kind::send_qoh && !Deeds::takes_differences(cart))
        deeds_.let_go(job_.id, ItemResult::error, std::string{Deeds::only_by_hand});
    const auto counts = tools_.store.jobs.counts(job_.id);
    tell_drift(tools_, cart, job_, now);
    if (!is_preview()) {
        if (job_.kind != Kind::audit) tools_.journal.clear("guard", cart.id(), "");
        std::string text = fmt::format("{} of {}:", in_words(job_.kind), cart.config().name);
        for (const auto& [result, skus] : counts)
            if (skus > 0) text += fmt::format(" {} {},", skus, to_string(result));
        text.back() = '.';
        tools_.journal.record({.at = now.wall, .kind = "job", .by = job_.options.by, .cart = cart.id(), .text = std::move(text)});
    }
    finish(State::done, now);
}

// --- answers ---------------------------------------------------------------------------------------------

void Run::answered(stack::CartState& cart, const cart::Done& done, Now now) {
    const auto asked = std::exchange(asked_, Asked::nothing);
    has_more_ = true;
    if (is_over()) return;
    switch (asked) {
        case Asked::nothing: return;
        case Asked::list:
            if (const auto* orders = std::get_if<cart::OrderCountResult>(&done)) steps_->orders_told(*orders, cart.cart);
            else if (const auto* counts = std::get_if<cart::CountsResult>(&done)) listed(cart, *counts, now);
            return;
        case Asked::round: {
            auto& round = asked_round_->reading;
            const auto before = round;  // a round that failed to be answered is asked again as it stood
            round.answered(done, cart.cart, now.steady, tools_.times.between_reads);
            const auto& steps = round.steps();
            if (steps.step() == QuietSteps::Step::failed) {
                if (steps.failure() == QuietSteps::Failure::no_answer && ++failures_ < most_failures) {
                    round = before;
                    resume_at_ = now.steady + failure_pause;
                    return;
                }
                failures_ = 0;
                if (steps.failure() == QuietSteps::Failure::orders_came)
                    give_up_round(round, Cause::web_orders_not_imported,
                                  fmt::format("{} web orders of the store have not been imported by the Order Manager.",
                                              steps.orders_since()));
                else if (steps.failure() == QuietSteps::Failure::lastorder_ignored)
                    give_up_round(round, Cause::web_orders_not_imported,
                                  "The store's script does not tell whether web orders wait to be imported.");
                else
                    give_up_round(round, Cause::unknown, "The store did not answer.");
                rounds_.erase(asked_round_);
                return;
            }
            failures_ = 0;
            return;
        }
        case Asked::replace: {
            const auto* result = std::get_if<cart::ReplaceResult>(&done);
            for (std::size_t i = 0; i < replacing_.size(); ++i) {
                auto line = replacing_[i];
                line.result = ItemResult::ok;
                if (result != nullptr && result->is_refused) {
                    line.stage = Stage::none;
                    line.result = ItemResult::error;
                    line.text += " The store refused it; nothing was changed: " +
                                 stack::diagnose(result->cause, result->text).message;
                } else if (result == nullptr || i >= result->items.size()) {
                    line.text += " The script did not answer for it.";
                } else {
                    line.text += said_by_script(result->items[i]);
                    const bool was_sent = result->items[i].word != cart::ReplaceWord::unsendable;
                    if (!was_sent) line.stage = Stage::none;
                    if (!was_sent) line.result = ItemResult::error;
                }
                tools_.store.jobs.put(line);
            }
            save();
            return;
        }
        case Asked::read_anew: {
            const auto* counts = std::get_if<cart::CountsResult>(&done);
            if (counts != nullptr && counts->is_complete) {
                list_->finished_look();
                listed_at_ = now.steady;
            } else if (counts != nullptr && !stack::is_failure_to_reach(counts->cause) && ++failures_ >= most_failures) {
                job_.message = "The counts could not be read again before they were to be replaced.";
                finish(State::failed, now);
            } else {
                resume_at_ = now.steady + failure_pause;
            }
            return;
        }
        case Asked::read_back: {
            if (const auto* counts = std::get_if<cart::CountsResult>(&done); counts != nullptr && !can_ask_some(cart) && list_) {
                if (counts->is_complete) {
                    list_->finished_look();
                } else if (++failures_ < most_failures) {
                    list_->begin(StoreList::Look::first);
                    ask(cart, Asked::read_back, stack::AskAllCounts{}, now);
                }
                return;
            }
            if (rounds_.empty()) return;
            auto& round = asked_round_->reading;
            round.answered(done, cart.cart, now.steady, tools_.times.between_reads);
            const bool has_answer = round.steps().step() != QuietSteps::Step::failed;
            if (!has_answer && ++failures_ < most_failures) {
                resume_at_ = now.steady + failure_pause;
                return;
            }
            failures_ = 0;
            for (std::size_t i = 0; i < reading_back_.size(); ++i) {
                const auto& first = round.watched()[i].first;
                check_back(cart, reading_back_[i], first.value_or(cart::SkuMoves{}), now);
            }
            rounds_.clear();
            save();
            return;
        }
    }
}

}  // namespace stocktray::jobs
