#include "tray/link/worker.h"

#include <algorithm>
#include <utility>

#include "ipc/client/wait.h"

namespace stocktray::tray {
namespace {

using namespace std::chrono_literals;

// What the tray always hears. Single posts and the history only while a window wants them: under load they
// are thousands a second.
const std::vector<std::string> usual_words{"agent", "alert", "cart", "job", "parameter", "qoh", "stack"};

constexpr auto between_batches = 50ms;
constexpr auto reach_within = 1'000ms;  // how long a question waits for the connection
constexpr auto try_again_after = 20ms;  // while it does
constexpr auto read_again_after = 2'000ms;
constexpr std::size_t most_held = 20'000;  // news that nobody fetched; beyond it all is read anew

std::vector<std::string> with_usual(std::vector<std::string> words) {
    words.insert(words.end(), usual_words.begin(), usual_words.end());
    std::ranges::sort(words);
    words.erase(std::unique(words.begin(), words.end()), words.end());
    return words;
}

}  // namespace

Worker::Worker(std::string endpoint, Poster poster, Patience patience, ipc::Client client, ipc::Feed feed)
    : endpoint_{std::move(endpoint)},
      poster_{std::move(poster)},
      patience_{patience},
      client_{std::move(client)},
      feed_{std::move(feed)} {}

ipc::Expected<std::unique_ptr<Worker>> Worker::open(const std::string& endpoint, Poster poster,
                                                    Patience patience) {
    auto client = ipc::Client::open({.endpoint = endpoint, .reach_within = 0ms});
    if (!client) return ipc::Failure{std::move(client.error())};
    auto feed = ipc::Feed::open({.endpoint = endpoint, .words = with_usual({})});
    if (!feed) return ipc::Failure{std::move(feed.error())};
    return std::unique_ptr<Worker>{
        new Worker{endpoint, std::move(poster), patience, std::move(*client), std::move(*feed)}};
}

void Worker::start(Deliver deliver) {
    deliver_ = std::move(deliver);
    thread_ = std::thread{[this] { run(); }};
}

void Worker::stop() {
    {
        const std::lock_guard lock{mutex_};
        is_stopping_ = true;
    }
    wake_.set();
    if (thread_.joinable()) thread_.join();
}

void Worker::ask(Question question) {
    {
        const std::lock_guard lock{mutex_};
        inbox_.push_back(std::move(question));
    }
    wake_.set();
}

void Worker::listen_to(std::vector<std::string> words) {
    {
        const std::lock_guard lock{mutex_};
        wanted_words_ = std::move(words);
    }
    wake_.set();
}

void Worker::reconnect() {
    {
        const std::lock_guard lock{mutex_};
        wants_new_way_ = true;
    }
    wake_.set();
}

void Worker::run() {
    while (take_orders()) {
        bool is_moving = send_questions();
        client_.poll(0ms);
        is_moving = take_answers() || is_moving;
        is_moving = take_feed() || is_moving;
        watch_reading();
        watch_silence();
        is_moving = take_snapshot() || is_moving;
        hand_over();
        if (!is_moving) wait();
    }
}

// False when it is time to end.
bool Worker::take_orders() {
    wake_.clear();
    std::optional<std::vector<std::string>> words;
    bool is_new_way = false;
    {
        const std::lock_guard lock{mutex_};
        if (is_stopping_) return false;
        for (auto& question : inbox_) asked_.push_back({std::move(question), Clock::now()});
        inbox_.clear();
        words = std::exchange(wanted_words_, std::nullopt);
        is_new_way = std::exchange(wants_new_way_, false);
    }
    if (is_new_way) {
        // What was asked over the old way is answered there or never.
        for (auto& one : asked_)
            batch_.answers.emplace_back(one.question.id, ipc::fail(ipc::Code::no_answer, "This computer uses another agent now."));
        asked_.clear();
        if (auto client = ipc::Client::open({.endpoint = endpoint_, .reach_within = 0ms})) client_ = std::move(*client);
    }
    if (words) words_ = std::move(*words);
    if (words || is_new_way) begin_anew();
    return true;
}

// The words of a feed are fixed; another one begins with a status of its own.
void Worker::begin_anew() {
    end_reading();
    held_.clear();
    if (auto feed = ipc::Feed::open({.endpoint = endpoint_, .words = with_usual(words_)})) feed_ = std::move(*feed);
}

bool Worker::send_questions() {
    bool has_sent = false;
    const auto now = Clock::now();
    for (auto& one : asked_) {
        if (one.msgid) continue;
        auto sent = client_.send_raw(one.question.method, one.question.params);
        if (sent) {
            one.msgid = *sent;
            one.asked_at = now;
            has_sent = true;
        } else if (sent.error().code != ipc::Code::no_agent || now - one.asked_at > reach_within) {
            // Where it was looked for is no word for a shop's people.
            if (sent.error().code == ipc::Code::no_agent)
                sent.error().message = "The agent is not reached. Nothing was done; please try again when it is there.";
            batch_.answers.emplace_back(one.question.id, ipc::Failure{std::move(sent.error())});
            one.question.id = 0;
        } else {
            break;
        }
    }
    std::erase_if(asked_, [](const Asked& one) { return one.question.id == 0; });
    return has_sent;
}

bool Worker::take_answers() {
    const auto now = Clock::now();
    bool has_taken = false;
    for (auto& one : asked_) {
        if (!one.msgid) continue;
        auto answer = client_.take_raw(*one.msgid);
        if (answer) heard_at_ = now;
        if (!answer && now - one.asked_at >= one.question.within) {
            client_.forget(*one.msgid);
            answer = ipc::fail(ipc::Code::no_answer,
                               "The agent did not answer in time. Whether it has done it is not known.");
        }
        if (!answer) continue;
        batch_.answers.emplace_back(one.question.id, std::move(*answer));
        one.question.id = 0;
        has_taken = true;
    }
    std::erase_if(asked_, [](const Asked& one) { return one.question.id == 0; });
    return has_taken;
}

void Worker::hold(ipc::ReceivedEvent event) {
    // Who defines a cart changes more than the event tells.
    const bool is_definition = event.numbers.topic == "cart.changed";
    if (reader_.is_reading())
        held_.push_back(std::move(event));
    else
        batch_.news.emplace_back(std::move(event));
    if (is_definition || batch_.news.size() + held_.size() > most_held) {
        if (!is_definition) {
            batch_.news.clear();
            held_.clear();
        }
        begin_reading(std::nullopt);
    }
}

bool Worker::take_feed() {
    bool has_taken = false;
    while (auto item = feed_.next(0ms)) {
        has_taken = true;
        heard_at_ = Clock::now();
        if (auto* event = std::get_if<ipc::ReceivedEvent>(&*item)) {
            hold(std::move(*event));
        } else if (auto* status = std::get_if<ipc::agent::StatusResult>(&*item)) {
            held_.clear();
            begin_reading(std::move(*status));
        } else if (auto* lost = std::get_if<ipc::AgentLost>(&*item)) {
            end_reading();
            held_.clear();
            is_here_ = false;
            if (lost->why.code == ipc::Code::bad_answer)
                batch_.news.emplace_back(OtherVersion{});
            else
                batch_.news.emplace_back(std::move(*lost));
        }
        // Where events are missing, statuses come in their place: the picture stays true without a word.
    }
    return has_taken;
}

void Worker::begin_reading(std::optional<ipc::agent::StatusResult> status) {
    read_until_ = Clock::now() + patience_.reading;
    read_again_at_.reset();
    reader_.begin(client_, std::move(status));
}

void Worker::end_reading() {
    read_again_at_.reset();
    reader_.give_up(client_);
}

// The feed begins a reading once; an agent that was busy then, or that did not answer, is asked again.
void Worker::watch_reading() {
    const auto now = Clock::now();
    if (reader_.is_reading() && now >= read_until_) {
        end_reading();
        is_here_ = false;
        batch_.news.emplace_back(
            ipc::AgentLost{{ipc::Code::no_answer, "The agent does not answer.", std::nullopt}});
        read_again_at_ = now + read_again_after;
    }
    if (read_again_at_ && *read_again_at_ <= now) begin_reading(std::nullopt);
}

// When an agent that says nothing has to show that it lives; none: no word of it is due.
std::optional<Worker::Clock::time_point> Worker::silence_ends() const {
    if (!is_here_ || reader_.is_reading()) return std::nullopt;
    auto end = heard_at_ + patience_.quiet;
    for (const auto& one : asked_)
        if (one.msgid && heard_at_ <= one.asked_at) end = std::min(end, one.asked_at + patience_.unanswered);
    return end;
}

void Worker::watch_silence() {
    if (const auto end = silence_ends(); end && *end <= Clock::now()) begin_reading(std::nullopt);
}

bool Worker::take_snapshot() {
    if (!reader_.is_reading()) return false;
    client_.poll(0ms);
    auto taken = reader_.take(client_);
    client_.poll(0ms);  // an answer that came while asking would wake nobody
    if (!taken) taken = reader_.take(client_);
    if (!taken) return false;
    heard_at_ = Clock::now();
    is_here_ = std::holds_alternative<Snapshot>(*taken);
    if (auto* snapshot = std::get_if<Snapshot>(&*taken)) {
        std::erase_if(held_, [&](const ipc::ReceivedEvent& event) {
            return event.numbers.run == snapshot->status.run && event.numbers.seq <= snapshot->status.seq;
        });
        batch_.news.emplace_back(std::move(*snapshot));
    } else if (auto* other = std::get_if<OtherVersion>(&*taken)) {
        batch_.news.emplace_back(std::move(*other));
    } else {
        batch_.news.emplace_back(std::move(std::get<ipc::AgentLost>(*taken)));
        read_again_at_ = Clock::now() + read_again_after;
    }
    for (auto& event : held_) batch_.news.emplace_back(std::move(event));
    held_.clear();
    return true;
}

// Answers go at once; news alone wait until the last batch is long enough ago.
void Worker::hand_over() {
    if (batch_.answers.empty() && batch_.news.empty()) return;
    const auto now = Clock::now();
    if (batch_.answers.empty() && now - handed_over_at_ < between_batches) return;
    handed_over_at_ = now;
    auto batch = std::make_shared<Batch>(std::exchange(batch_, {}));
    poster_([deliver = deliver_, batch] { deliver(std::move(*batch)); });
}

// When there is something to do although nothing came; none: never.
std::optional<Worker::Clock::time_point> Worker::next_look() const {
    std::optional<Clock::time_point> next;
    const auto at = [&](Clock::time_point time) { next = next ? std::min(*next, time) : time; };
    const auto now = Clock::now();
    for (const auto& one : asked_) at(one.msgid ? one.asked_at + one.question.within : now + try_again_after);
    if (reader_.is_reading()) at(read_until_);
    if (read_again_at_) at(*read_again_at_);
    if (const auto end = silence_ends()) at(*end);
    if (reader_.waits_for_connection()) at(now + try_again_after);
    if (!batch_.news.empty()) at(handed_over_at_ + between_batches);
    if (const auto patience = feed_.patience()) at(now + *patience);
    return next;
}

void Worker::wait() {
    std::vector<ipc::Descriptor> watched{wake_.descriptor(), client_.descriptor()};
    for (const auto descriptor : feed_.descriptors()) watched.push_back(descriptor);
    ipc::wait_readable(watched, next_look().value_or(Clock::time_point::max()));
}

}  // namespace stocktray::tray
