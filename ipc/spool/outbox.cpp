#include "ipc/spool/outbox.h"

#include <fmt/format.h>
#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <random>
#include <stop_token>
#include <thread>

#include "ipc/client/client.h"
#include "ipc/codec/encode.h"
#include "ipc/messages/agent.h"
#include "ipc/random_id.h"
#include "ipc/spool/appender.h"
#include "ipc/spool/place.h"
#include "ipc/wall_clock.h"
#include "ipc/whoami.h"

namespace stocktray::ipc {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds first_pause{200};
constexpr milliseconds longest_pause{1'000};
constexpr std::size_t most_notices = 1'000;
constexpr milliseconds prune_every{6 * 3'600 * 1'000};

// As the agent would read it: what it would refuse for its form never comes into the spool.
template <Message T>
Expected<void> check(const T& message, const std::string& what) {
    const Document document = Document::parse(encode(message));
    if (auto read = decode<T>(document.root()); !read)
        return fail(Code::invalid_params, fmt::format("{}: {}", what, read.error().message));
    return {};
}

std::string waiting_in_words(std::int64_t waiting) {
    return fmt::format("{} {} on this computer", waiting, waiting == 1 ? "change waits" : "changes wait");
}

// Of the one connection; nothing of this one was sent.
Failure fail_under_way() { return fail_busy("Another call of this program is under way.", 100); }

// The agent's word that it will not have what it is sent, until a person does something. Everything else may pass.
bool is_for_a_person(Code code) {
    switch (code) {
        case Code::busy:
        case Code::storage:
        case Code::internal:
        case Code::no_agent:
        case Code::no_answer: return false;
        case Code::invalid_request:
        case Code::unknown_method:
        case Code::invalid_params:
        case Code::not_found:
        case Code::conflict:
        case Code::unauthorized:
        case Code::unsupported:
        case Code::too_large:
        case Code::bad_answer: return true;
    }
    return true;
}

// An agent that could not say that it has it may have it all the same.
bool may_have_been_taken(Code code) { return code == Code::storage || code == Code::internal || code == Code::bad_answer; }

std::string_view topic_of(SpoolNotice::Kind kind) {
    switch (kind) {
        case SpoolNotice::Kind::refused: return "spool.refused";
        case SpoolNotice::Kind::doubtful: return "spool.doubtful";
        case SpoolNotice::Kind::offered_again: return "spool.offered_again";
        case SpoolNotice::Kind::import_incomplete: return "spool.import_incomplete";
    }
    return "spool";
}

}  // namespace

struct Outbox::State {
    Options options;
    std::string endpoint;
    std::string source;

    std::mutex spool_mutex;  // over `spool`: the callers'; the thread has one of its own
    Spool spool;
    Appender appender{spool, spool_mutex};
    std::timed_mutex call_mutex;  // over `client`: one call at a time
    Client client;

    std::mutex mutex;  // over everything below
    std::condition_variable_any wake;    // the thread's: something to do
    std::condition_variable_any ended;   // the callers': entries have ended
    bool has_work{true};                 // what an earlier run left
    std::int64_t appended{0};            // the last entry of ours
    std::int64_t over{0};                // up to this entry everything of ours has ended
    std::uint64_t batches{0};
    std::deque<Notice> notices{};
    std::optional<Error> trouble{};
    bool is_away{false};     // nobody was at the endpoint when it was tried last
    bool is_refused{false};  // somebody was, who will have nothing of us
    std::uint64_t refused_in{0};  // which run found that
    std::uint64_t tries{0};       // runs that were begun
    std::string told_refusal{};                     // the cause of which people know
    std::optional<Clock::time_point> refused_at{};  // since when the agent answers, and takes nothing
    Clock::time_point heard_at{Clock::now()};
    std::int64_t heard_at_ms{now_ms()};
    bool is_silent{false};

    std::jthread thread{};

    State(Options chosen, std::string at, Spool callers, Client calls)
        : options{std::move(chosen)},
          endpoint{std::move(at)},
          source{callers.source()},
          spool{std::move(callers)},
          client{std::move(calls)} {}

    void work(std::stop_token stop, Spool own, Client own_client);
    [[nodiscard]] Delivery::Report run(Delivery& delivery, std::stop_token stop, Delivery::Greeting greeting);
    void take(const Delivery::Report& report, seconds lateness, std::int64_t waiting);
    void look_at_refusal(const Delivery::Report& report, seconds lateness, std::int64_t waiting);
    [[nodiscard]] bool is_refused_since(std::uint64_t begun) const { return is_refused && refused_in > begun; }
    void tell(Notice notice);
    void tell_undecided();
    void wake_up(std::int64_t seq);
    void told_over(std::int64_t seq);
    // Of entries that are on the disk.
    [[nodiscard]] std::vector<Outcome> outcomes_of(const std::vector<std::int64_t>& seqs);
    [[nodiscard]] std::vector<Outcome> wait_for(const std::vector<std::int64_t>& seqs, Clock::time_point until);
    [[nodiscard]] Expected<std::vector<Outcome>> submit_directly(qoh::Submit submit, Duration wait);
};

void Outbox::State::tell(Notice notice) {
    if (notices.size() == most_notices) notices.pop_front();
    notices.push_back(std::move(notice));
}

// What was told before may have been told to a program that is gone, or to nobody.
void Outbox::State::tell_undecided() {
    const auto counts = spool.counts();
    if (!counts) return;
    const auto changes = [](std::int64_t count) { return count == 1 ? "change waits" : "changes wait"; };
    if (counts->refused > 0)
        tell({.topic = "spool.refused",
              .message = fmt::format("{} {} for a person's decision: the agent has refused {}. Look at the spool: offer again, or leave.",
                                     counts->refused, changes(counts->refused), counts->refused == 1 ? "it" : "them"),
              .count = counts->refused});
    if (counts->doubtful > 0)
        tell({.topic = "spool.doubtful",
              .message = fmt::format("{} {} for a person's decision: nobody knows whether {} counted. Look at the spool: offer again, "
                                     "or leave.",
                                     counts->doubtful, changes(counts->doubtful), counts->doubtful == 1 ? "it has" : "they have"),
              .count = counts->doubtful});
}

void Outbox::State::wake_up(std::int64_t seq) {
    {
        const std::lock_guard lock{mutex};
        has_work = true;
        appended = std::max(appended, seq);
    }
    wake.notify_one();
}

void Outbox::State::told_over(std::int64_t seq) {
    {
        const std::lock_guard lock{mutex};
        ++batches;
        over = std::max(over, seq);
    }
    ended.notify_all();
}

// Whatever it meets, such as a lack of memory, passes, and the program around it goes on.
Delivery::Report Outbox::State::run(Delivery& delivery, std::stop_token stop, Delivery::Greeting greeting) {
    try {
        return delivery.run(std::move(stop), greeting, [this](std::int64_t seq) { told_over(seq); });
    } catch (const std::exception& error) {
        Delivery::Report report;
        report.trouble = Error{Code::internal, fmt::format("What waits in the spool could not be delivered: {}.", error.what()), {}};
        return report;
    }
}

// The thread: delivers, and without work looks now and then whether the agent is still there.
void Outbox::State::work(std::stop_token stop, Spool own, Client own_client) {
    Delivery delivery{own, own_client, {.client = options.client}};
    milliseconds pause = first_pause;
    Clock::time_point prune_at = Clock::now();
    auto greeting = Delivery::Greeting::whole;
    while (!stop.stop_requested()) {
        std::int64_t mine = 0;
        {
            const std::lock_guard lock{mutex};
            has_work = false;
            mine = appended;
            ++tries;
        }
        const auto report = run(delivery, stop, greeting);
        if (stop.stop_requested()) return;
        // Nothing waits any more; it may have been another process that has delivered it.
        if (!report.trouble) told_over(mine);
        if (Clock::now() >= prune_at) {
            (void)own.prune(now_ms());  // what stays a little longer does no harm
            prune_at = Clock::now() + prune_every;
        }
        const seconds lateness{delivery.lateness_seconds()};
        const auto counts = report.trouble ? own.counts() : Expected<SpoolCounts>{};
        take(report, lateness, counts ? counts->waiting : 0);
        // A third of the time after which silence is told; and then as often as is polite.
        const milliseconds looks_every = std::clamp<milliseconds>(lateness / 3, seconds{1}, seconds{60});
        pause = report.trouble ? std::min(pause * 2, longest_pause) : first_pause;
        const milliseconds rest = report.trouble ? report.retry_after.value_or(pause) : looks_every;
        std::unique_lock lock{mutex};
        const auto until = Clock::now() + std::min(rest, looks_every);
        // Nobody is hurried by work while the agent cannot be reached: it was asked for this a moment ago.
        const bool is_work = wake.wait_until(lock, stop, until, [&] { return has_work && !report.trouble; });
        greeting = is_work ? Delivery::Greeting::brief : Delivery::Greeting::whole;
    }
}

// A silence is told when two thirds of the time are over: with the look that found it that is within LatenessSeconds.
void Outbox::State::take(const Delivery::Report& report, seconds lateness, std::int64_t waiting) {
    const std::lock_guard lock{mutex};
    for (const auto& notice : report.notices)
        tell({std::string{topic_of(notice.kind)}, notice.message, notice.id, notice.sku, notice.code, notice.count, 0});
    trouble = report.trouble;
    is_away = trouble && trouble->code == Code::no_agent;
    is_refused = trouble && report.is_refused && is_for_a_person(trouble->code);
    if (is_refused) refused_in = tries;
    if (is_away || is_refused) ended.notify_all();
    look_at_refusal(report, lateness, waiting);
    if (report.has_heard_agent) {
        heard_at = Clock::now();
        heard_at_ms = now_ms();
        if (is_silent) tell({.topic = "agent.heard", .message = "The agent answers again."});
        is_silent = false;
    } else if (!is_silent && Clock::now() - heard_at >= lateness * 2 / 3) {
        is_silent = true;
        tell({.topic = "agent.silent",
              .message = fmt::format("The agent has not answered for {} seconds. {} and {} delivered when it answers.",
                                     std::chrono::duration_cast<seconds>(Clock::now() - heard_at).count(),
                                     waiting_in_words(waiting), waiting == 1 ? "is" : "are"),
              .count = waiting,
              .since = heard_at_ms});
    }
}

// It answers, and still nothing is delivered. What a person has to end is told at once, what may pass by itself when
// it has lasted as long as a silence may; each cause once.
void Outbox::State::look_at_refusal(const Delivery::Report& report, seconds lateness, std::int64_t waiting) {
    if (!trouble) {
        refused_at.reset();
        told_refusal.clear();
    }
    if (!trouble || !report.is_refused) return;
    if (!refused_at) refused_at = Clock::now();
    const bool has_lasted = Clock::now() - *refused_at >= lateness * 2 / 3;
    if ((!is_refused && !has_lasted) || told_refusal == trouble->message) return;
    told_refusal = trouble->message;
    tell({.topic = "agent.refuses",
          .message = waiting == 0 ? trouble->message
                                  : fmt::format("{} {} until then.", trouble->message, waiting_in_words(waiting)),
          .code = std::string{to_string(trouble->code)},
          .count = waiting});
}

std::vector<Outbox::Outcome> Outbox::State::outcomes_of(const std::vector<std::int64_t>& seqs) {
    Error refusal{};
    {
        const std::lock_guard lock{mutex};
        if (is_refused) refusal = *trouble;
    }
    const std::lock_guard lock{spool_mutex};
    std::vector<Outcome> outcomes;
    for (const std::int64_t seq : seqs) {
        auto entry = spool.find(seq);
        Outcome& outcome = outcomes.emplace_back(Outcome{Place::spooled, refusal});
        // It is on the disk, whatever becomes of that: who is told that it is not saved enters it again.
        if (!entry) outcome.error = std::move(entry.error());
        if (!entry) continue;
        if (*entry && ((*entry)->state == SpoolState::doubtful || (*entry)->code == Spool::left))
            outcome = {Place::refused, {Code::conflict, (*entry)->message, {}}};
        else if (!*entry || (*entry)->state == SpoolState::delivered)
            outcome = {Place::at_agent, {}};
        else if ((*entry)->state == SpoolState::refused)
            outcome = {Place::refused, {from_string<Code>((*entry)->code).value_or(Code::internal), (*entry)->message, {}}};
    }
    return outcomes;
}

std::vector<Outbox::Outcome> Outbox::State::wait_for(const std::vector<std::int64_t>& seqs, Clock::time_point until) {
    const std::int64_t last = std::ranges::max(seqs);
    std::uint64_t begun = 0;
    {
        const std::lock_guard lock{mutex};
        begun = tries;
    }
    // An old refusal may have ended by now: it is the next try that tells.
    const auto is_no_use = [&] { return is_away || is_refused_since(begun); };
    for (;;) {
        std::uint64_t seen = 0;
        {
            std::unique_lock lock{mutex};
            ended.wait_until(lock, until, [&] { return over >= last || is_no_use(); });
            seen = batches;
        }
        auto outcomes = outcomes_of(seqs);
        const bool is_over = std::ranges::none_of(outcomes, [](const Outcome& outcome) { return outcome.place == Place::spooled; });
        if (is_over || Clock::now() >= until) return outcomes;
        std::unique_lock lock{mutex};
        ended.wait_until(lock, until, [&] { return batches != seen || is_no_use(); });
        if (batches == seen && is_no_use()) return outcomes;
    }
}

Expected<std::vector<Outbox::Outcome>> Outbox::State::submit_directly(qoh::Submit submit, Duration wait) {
    const auto whole = std::max<Duration>(wait, seconds{1});
    const auto until = Clock::now() + whole;
    const std::unique_lock lock{call_mutex, until};
    if (!lock) return fail_under_way();
    auto result = client.call_within(submit, std::chrono::duration_cast<Duration>(until - Clock::now()));
    if (!result) return Failure{std::move(result.error())};
    std::vector<Outcome> outcomes(submit.changes.size(), Outcome{Place::at_agent, {}, false});
    for (const auto& rejected : result->rejected)
        if (const auto index = static_cast<std::size_t>(rejected.index); index < outcomes.size())
            outcomes[index] = {Place::refused,
                               {from_string<Code>(rejected.code).value_or(Code::internal), rejected.message, {}},
                               false};
    return outcomes;
}

Outbox::Outbox(std::unique_ptr<State> state) : state_{std::move(state)} {}
Outbox::~Outbox() = default;

Expected<std::unique_ptr<Outbox>> Outbox::open(const Options& options) {
    Options chosen = options;
    if (chosen.spool.empty()) chosen.spool = default_spool();
    // It goes with each greeting, and an agent that cannot read it takes nothing of us.
    if (!check(agent::Hello{chosen.client, 1}, ""))
        return fail(Code::invalid_params, "The program's name must be one line of UTF-8 text, of 1 to 255 bytes.");
    const std::string endpoint = chosen.endpoint;
    const auto client_options = Client::Options{.endpoint = endpoint};
    auto client = Client::open(client_options);
    if (!client) return Failure{std::move(client.error())};
    auto own_client = Client::open(client_options);
    if (!own_client) return Failure{std::move(own_client.error())};
    auto spool = Spool::open(chosen.spool, chosen.client, chosen.on_damage);
    if (!spool) return Failure{std::move(spool.error())};
    auto own = Spool::open(chosen.spool, chosen.client, chosen.on_damage);
    if (!own) return Failure{std::move(own.error())};
    const std::string found = spool->found();
    auto state = std::make_unique<State>(std::move(chosen), endpoint, std::move(*spool), std::move(*client));
    if (!found.empty()) state->tell({.topic = "spool.damaged", .message = found});
    state->tell_undecided();
    state->thread = std::jthread{[raw = state.get(), own_spool = std::move(*own), carrier = std::move(*own_client)](
                                     std::stop_token stop) mutable {
        raw->work(std::move(stop), std::move(own_spool), std::move(carrier));
    }};
    return std::unique_ptr<Outbox>{new Outbox{std::move(state)}};
}

Expected<std::vector<Outbox::Outcome>> Outbox::submit(std::vector<qoh::Change> changes, Duration wait) {
    const std::int64_t now = now_ms();
    for (std::size_t i = 0; i < changes.size(); ++i) {
        qoh::Change& change = changes[i];
        if (change.id.empty()) change.id = random_id();
        if (!change.at) change.at = now;
        if (!change.workstation) change.workstation = host_name();
        if (auto good = check(change, fmt::format("Change {} ({})", i + 1, change.sku)); !good)
            return Failure{std::move(good.error())};
        if (change.delta.has_value() == change.qoh.has_value())
            return fail(Code::invalid_params, fmt::format("Change {} ({}): give either the pieces up or down, or the count with "
                                                          "its version.",
                                                          i + 1, change.sku));
        if (change.expected && changes.size() > 1)
            return fail(Code::invalid_params, "A change with an expected count must be submitted alone.");
    }
    if (changes.empty()) return std::vector<Outcome>{};
    const auto until = Clock::now() + wait;
    if (changes.front().expected) {
        auto is_flushed = flush(wait);
        if (!is_flushed) return Failure{std::move(is_flushed.error())};
        if (!*is_flushed)
            return fail(Code::no_agent, "Earlier changes have not reached the agent yet, so the count cannot be compared.");
        return state_->submit_directly({state_->source, std::move(changes)}, wait);
    }
    const auto seqs = state_->appender.append(changes, now);
    if (!seqs && seqs.error().code == Code::storage) {
        // The last resort of a disk that is full: straight to the agent, or nothing was taken.
        auto outcomes = state_->submit_directly({state_->source, std::move(changes)}, wait);
        if (outcomes || outcomes.error().code == Code::no_answer) return outcomes;
        if (may_have_been_taken(outcomes.error().code)) return fail(Code::no_answer, outcomes.error().message);
        return Failure{seqs.error()};
    }
    if (!seqs) return Failure{seqs.error()};
    state_->wake_up(std::ranges::max(*seqs));
    return state_->wait_for(*seqs, until);
}

Expected<Outbox::Outcome> Outbox::imported(orders::Imported orders, Duration wait) {
    if (orders.at == 0) orders.at = now_ms();
    if (auto good = check(orders, fmt::format("The import of {}", orders.cart)); !good)
        return Failure{std::move(good.error())};
    const auto until = Clock::now() + wait;
    Expected<std::int64_t> seq;
    {
        const std::lock_guard lock{state_->spool_mutex};
        seq = state_->spool.append(orders, now_ms());
    }
    if (!seq) return Failure{std::move(seq.error())};
    state_->wake_up(*seq);
    return state_->wait_for({*seq}, until).front();
}

Expected<bool> Outbox::flush(Duration wait) {
    const auto until = Clock::now() + wait;
    state_->wake_up(0);
    std::optional<std::uint64_t> begun;
    for (;;) {
        std::uint64_t seen = 0;
        std::optional<Error> refusal;
        {
            const std::lock_guard lock{state_->mutex};
            seen = state_->batches;
            if (!begun) begun = state_->tries;
            if (state_->is_refused_since(*begun)) refusal = state_->trouble;
        }
        Expected<SpoolCounts> counts;
        {
            const std::lock_guard lock{state_->spool_mutex};
            counts = state_->spool.counts();
        }
        if (!counts) return Failure{std::move(counts.error())};
        if (counts->waiting == 0) return true;
        if (refusal) return Failure{std::move(*refusal)};
        if (Clock::now() >= until) return false;
        std::unique_lock lock{state_->mutex};
        // Another process may be the one that delivers: it does not wake anybody here.
        const auto look_at = std::min<Clock::time_point>(until, Clock::now() + milliseconds{100});
        state_->ended.wait_until(lock, look_at, [&] { return state_->batches != seen; });
    }
}

Expected<RawAnswer> Outbox::call(std::string_view method, std::string_view params, Duration timeout) {
    const auto until = Clock::now() + timeout;
    const std::unique_lock lock{state_->call_mutex, until};
    if (!lock) return fail_under_way();
    return state_->client.call_raw_within(method, params, std::chrono::duration_cast<Duration>(until - Clock::now()));
}

Expected<Outbox::Standing> Outbox::standing() {
    Standing standing;
    {
        const std::lock_guard lock{state_->spool_mutex};
        auto counts = state_->spool.counts();
        if (!counts) return Failure{std::move(counts.error())};
        standing.spooled = *counts;
    }
    const std::lock_guard lock{state_->mutex};
    if (state_->trouble) standing.trouble = state_->trouble->message;
    if (state_->is_silent) standing.silent_since = state_->heard_at_ms;
    return standing;
}

std::optional<Error> Outbox::trouble() {
    const std::lock_guard lock{state_->mutex};
    return state_->trouble;
}

std::optional<Outbox::Notice> Outbox::next_notice() {
    const std::lock_guard lock{state_->mutex};
    if (state_->notices.empty()) return std::nullopt;
    Notice notice = std::move(state_->notices.front());
    state_->notices.pop_front();
    return notice;
}

const std::string& Outbox::source() const noexcept { return state_->source; }
const std::string& Outbox::endpoint() const noexcept { return state_->endpoint; }

}  // namespace stocktray::ipc
