// Posts, changes and entries of the history in a person's words: what stands in the cells of lists.
#pragma once
#include <cstdint>
#include <string>

#include "ipc/messages/history.h"
#include "ipc/messages/stack.h"

namespace stocktray::tray {

// A difference with its sign: "+12", "−2".
[[nodiscard]] std::string pieces_words(std::int64_t delta);

// "Waiting", "Refused by the store".
[[nodiscard]] std::string state_words(const ipc::stack::Post& post);

// What it waits for: "an earlier post of the same SKU"; a dash where it waits for nothing.
[[nodiscard]] std::string waiting_words(const ipc::stack::Post& post);

// When it is tried again: "in 20 seconds", "14:05"; a dash where that is not known.
[[nodiscard]] std::string next_try_words(const ipc::stack::Post& post, std::int64_t now);

// Why it is not confirmed, in one line; may be empty.
[[nodiscard]] std::string cause_words(const ipc::stack::Post& post);

// How often it was sent in vain: the sending that is on its way or unclear is not counted.
[[nodiscard]] std::int64_t failed_attempts(const ipc::stack::Post& post) noexcept;

// Everything about it, a line each: for the pane below a list and the clipboard.
// The store's count beside a decision: when it was read, or that nobody has read it since the post was sent. A count
// from before says nothing about the post, and is not shown. `read_at`: none where it is not known.
[[nodiscard]] std::string store_count_words(const ipc::stack::Post& post, std::optional<std::int64_t> count,
                                            std::optional<std::int64_t> read_at, std::int64_t now);

[[nodiscard]] std::string details_words(const ipc::stack::Post& post, const std::string& cart_name,
                                        std::int64_t now);

[[nodiscard]] std::string kind_words(ipc::HistoryKind kind);

// Why a count was changed: the shop's own words where it gave some, else the reason's name.
[[nodiscard]] std::string reason_words(const ipc::history::Entry& change);

// "Ann (till 3)"; empty where nobody is named.
[[nodiscard]] std::string who_words(const ipc::history::Entry& entry);

}  // namespace stocktray::tray
