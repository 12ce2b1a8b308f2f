// What a client has submitted, on its own disk: waiting for the agent, and then kept for an agent that loses
// it (it was restored from a copy). One SQLite file that the processes of one user share.
//
// One thread uses a Spool; threads and processes that share the file open one each. Every writing function
// returns when the change is on the disk (WAL, synchronous=FULL), but for `offered` and `end`, or with `storage` and
// nothing changed. A file that could not be written is opened anew at the next use: its disk may be writable again.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ipc/error.h"
#include "ipc/messages/orders.h"
#include "ipc/messages/qoh.h"
#include "ipc/words.h"

namespace stocktray::ipc {

// Orders (`orders.imported`) lie between the changes that they vouch for, so that both arrive in order.
enum class SpoolKind { change, orders };

enum class SpoolState {
    waiting,    // for the agent
    delivered,  // acknowledged
    refused,    // the agent will not have it: for a person
    doubtful,   // offered without an answer to an agent that has been replaced: for a person
};

template <>
struct Words<SpoolKind> {
    static constexpr std::string_view name = "SpoolKind";
    static constexpr Word<SpoolKind> table[] = {{SpoolKind::change, "change"}, {SpoolKind::orders, "orders"}};
};
template <>
struct Words<SpoolState> {
    static constexpr std::string_view name = "SpoolState";
    static constexpr Word<SpoolState> table[] = {{SpoolState::waiting, "waiting"},
                                                 {SpoolState::delivered, "delivered"},
                                                 {SpoolState::refused, "refused"},
                                                 {SpoolState::doubtful, "doubtful"}};
};

struct SpoolEntry {
    std::int64_t seq{0};  // grows in the order of submission
    SpoolKind kind{SpoolKind::change};
    std::string id{};       // the change's; drawn for orders
    std::string body{};     // MessagePack: a qoh::Change, or the params of orders.imported
    std::int64_t at{0};     // when it was spooled; milliseconds since the epoch
    SpoolState state{SpoolState::waiting};
    std::string code{};        // of a refusal: one of the error codes
    std::string message{};     // of a refusal or a doubt: a sentence
    std::string offered_to{};  // the agent that may have taken it; empty: none
    bool is_damaged{false};    // what stands there is not what was written

    [[nodiscard]] Expected<qoh::Change> change() const;
    [[nodiscard]] Expected<orders::Imported> imported() const;
};

// How an entry ended.
struct SpoolVerdict {
    std::int64_t seq{0};
    SpoolState state{SpoolState::delivered};
    std::string code{};
    std::string message{};
};

struct SpoolCounts {
    std::int64_t waiting{0};
    std::int64_t refused{0};
    std::int64_t doubtful{0};
    std::int64_t delivered{0};                   // and kept
    std::optional<std::int64_t> oldest_waiting;  // when it was spooled
};

// What was learned of the agent when it answered last.
struct KnownAgent {
    std::string incarnation{};         // drawn with its database; empty: none has answered yet
    std::string offered_again_to{};    // the run of a restored agent that has been offered everything again
    std::int64_t lateness_seconds{120};
};

class Spool {
public:
    // What becomes of a file that is found damaged when it is opened.
    enum class OnDamage {
        mend,  // set aside, and what can be read of it goes on, as by `repair_spool`
        tell,  // `storage`, and nothing is touched
    };

    // The code of an entry that a person has left undelivered.
    static constexpr std::string_view left = "left";
    static constexpr std::int64_t kept_for_ms = std::int64_t{30} * 24 * 3'600 * 1'000;

    // Makes the file (mode 0600) and its folder where they are missing, and draws the source: `client`, made
    // printable, and a random part. `found` tells of a damaged file that was mended. `storage`: it cannot be
    // opened, or is damaged and in use elsewhere. `unsupported`: a newer version has written it. `invalid_params`: it
    // is another program's database. A file that was cut to nothing is a damaged one.
    [[nodiscard]] static Expected<Spool> open(const std::filesystem::path& file, std::string_view client,
                                              OnDamage on_damage = OnDamage::mend);

    Spool(Spool&&) noexcept;
    Spool& operator=(Spool&&) noexcept;
    ~Spool();

    // Whose changes these are: the `source` of every submit.
    [[nodiscard]] const std::string& source() const noexcept;
    // A sentence, if the file was found damaged and set aside when it was opened.
    [[nodiscard]] const std::string& found() const noexcept;

    // All of them or none. The sequence numbers; those of entries that stood there before where the ids are
    // known and mean the same; `conflict` where one means something else. One that was damaged meanwhile is put right.
    using Appended = Expected<std::vector<std::int64_t>>;
    [[nodiscard]] Appended append(std::span<const qoh::Change> changes, std::int64_t now);
    // Several submissions in one commit, each of them taken whole or refused alone.
    using Submission = std::span<const qoh::Change>;
    [[nodiscard]] Expected<std::vector<Appended>> append(std::span<const Submission> submissions, std::int64_t now);
    [[nodiscard]] Expected<std::int64_t> append(const orders::Imported& orders, std::int64_t now);

    // The oldest that wait behind `after`, in order; all of one kind, at most `most` and some megabytes together. What is
    // damaged among them is set aside as doubtful.
    struct Waiting {
        std::vector<SpoolEntry> entries{};
        std::int64_t damaged{0};  // how many
    };
    [[nodiscard]] Expected<Waiting> next_waiting(std::int64_t after, std::size_t most);
    // These go to that agent now. Without an answer, only that one can be asked again. Like their end it outlives this
    // process, but is not synced: an end that a power cut takes back is found out again, because the agent knows the
    // id, and an offer matters only where the agent was replaced as well.
    [[nodiscard]] Expected<void> offered(std::span<const SpoolEntry> entries, std::string_view incarnation);
    [[nodiscard]] Expected<void> end(std::span<const SpoolVerdict> verdicts, std::int64_t now);

    // Another agent answers from now on: what was offered to the one before and has no answer is doubtful.
    // How many those are.
    [[nodiscard]] Expected<std::int64_t> meets(std::string_view incarnation);
    [[nodiscard]] Expected<KnownAgent> known_agent();
    [[nodiscard]] Expected<void> remember(const KnownAgent& agent);

    // Changes that were delivered less than 30 days ago, behind `after`, in order.
    [[nodiscard]] Expected<std::vector<SpoolEntry>> delivered_since(std::int64_t now, std::int64_t after, std::size_t most);
    // Forgets what was delivered more than 30 days ago.
    [[nodiscard]] Expected<void> prune(std::int64_t now);

    [[nodiscard]] Expected<SpoolCounts> counts();
    // In order, behind `after`; of all states when `state` is empty.
    [[nodiscard]] Expected<std::vector<SpoolEntry>> list(std::optional<SpoolState> state, std::int64_t after,
                                                         std::size_t most);
    [[nodiscard]] Expected<std::optional<SpoolEntry>> find(std::int64_t seq);
    // A person's word on one that is refused or doubtful: offer it again, or leave it.
    [[nodiscard]] Expected<void> offer_again(std::int64_t seq);
    [[nodiscard]] Expected<void> leave(std::int64_t seq, std::string_view reason, std::int64_t now);

    // Reads everything: the sentences of what is wrong, none if all is well.
    [[nodiscard]] Expected<std::vector<std::string>> check();

private:
    struct State;
    explicit Spool(std::unique_ptr<State> state);

    std::unique_ptr<State> state_;
};

}  // namespace stocktray::ipc
