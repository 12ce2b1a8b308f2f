#include "ipc/client/continuity.h"

#include <algorithm>

namespace stocktray::ipc {

namespace {

std::int64_t number_of(const std::map<std::string, std::int64_t>& numbers, const std::string& word) {
    const auto at = numbers.find(word);
    return at == numbers.end() ? 0 : at->second;
}

}  // namespace

bool Continuity::agrees(const events::Welcome& welcome) const {
    if (welcome.run != run_) return false;
    if (words_.empty()) return welcome.seq == seq_;
    return std::ranges::all_of(words_, [&](const std::string& word) {
        return number_of(welcome.topic_seqs, word) == number_of(topic_seqs_, word);
    });
}

Continuity::Verdict Continuity::hear(const events::Welcome& welcome) {
    if (agrees(welcome)) return Verdict::known;
    if (welcome.run != run_) status_seq_ = 0;
    run_ = welcome.run;
    seq_ = welcome.seq;
    topic_seqs_ = welcome.topic_seqs;
    return Verdict::missed;
}

Continuity::Verdict Continuity::hear(const EventNumbers& event) {
    const bool is_same_run = event.run == run_;
    if (!is_same_run) {
        run_ = event.run;
        seq_ = status_seq_ = 0;
        topic_seqs_.clear();
    }
    std::int64_t& heard_here = topic_seqs_[std::string{event.topic.substr(0, event.topic.find('.'))}];
    const bool by_seq = words_.empty();
    const std::int64_t heard = by_seq ? seq_ : heard_here;
    const std::int64_t now = by_seq ? event.seq : event.topic_seq;
    seq_ = std::max(seq_, event.seq);
    heard_here = std::max(heard_here, event.topic_seq);
    if (!is_same_run || now > heard + 1) return Verdict::missed;
    return now <= heard || event.seq <= status_seq_ ? Verdict::known : Verdict::news;
}

bool Continuity::read_status(std::string_view run, std::int64_t seq) {
    if (run != run_) return false;
    status_seq_ = std::max(status_seq_, seq);
    // What the status contains need not be heard any more: leaving it out is no gap.
    if (words_.empty()) seq_ = std::max(seq_, seq);
    return true;
}

}  // namespace stocktray::ipc
