// Jobs in the words of the Order Manager's users, in their language.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "ipc/messages/jobs.h"
#include "tray/model/job_tally.h"

namespace stocktray::tray {

// "Get QOH From Website".
[[nodiscard]] std::string kind_words(ipc::JobKind kind);
[[nodiscard]] std::string job_state_words(ipc::JobState state);
// What a job says of a SKU, for a column: "differs".
[[nodiscard]] std::string result_words(ipc::JobResult result);
[[nodiscard]] std::string cause_words(ipc::Cause cause);
// What is being waited for, as the rest of "it waits for …".
[[nodiscard]] std::string awaited_words(ipc::WaitingFor waiting);

// Why, for a column: the cause, or where there is none the agent's sentence.
[[nodiscard]] std::string why_words(const ipc::jobs::ResultItem& item);

// "Send QOH To Website, Main Store": what is going on.
[[nodiscard]] std::string job_title(const ipc::jobs::Job& job, std::string_view cart);

// "120 of 200 SKUs. 60 a second, 1 second left." What it waits for, if it does.
[[nodiscard]] std::string progress_words(const ipc::jobs::Job& job, std::int64_t now);

// "2 SKUs wait for web orders to be imported." Empty: none waits.
[[nodiscard]] std::string waits_words(const JobTally& tally);

// How a job ended, a sentence a line: what was done, what waits, what needs a person.
[[nodiscard]] std::vector<std::string> summary_words(const ipc::jobs::Job& job, const JobTally& tally,
                                                     std::string_view cart, std::int64_t now);

// "Replace 214 counts in Main Store? 9 become 0. 2 SKUs wait for …"; nothing changes and nothing waits:
// empty.
[[nodiscard]] std::string question_words(const ipc::jobs::Job& preview, const JobTally& tally,
                                         std::string_view cart);

// Why the guard stops a job, with its numbers.
[[nodiscard]] std::string guard_words(const ipc::jobs::Blocked& blocked);

}  // namespace stocktray::tray
