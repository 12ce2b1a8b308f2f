// What the script door must still know after a crash: posts and whether their answers were read, the web orders that passed by,
// and how the carts and their passwords looked when the agent or the store could last be asked.
//
// One file in the gateway's data folder, private to its user. All functions may be called from any thread; what they
// return is on the disk.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/gateway/script/order_reader.h"
#include "core/result.h"

namespace stocktray::gateway {

// How far the answer to a post has come. Whether its repeat is a repeat depends on nothing else.
enum class Answer {
    arrived,     // not begun: nobody can have read it
    begun,       // perhaps written, perhaps not: only a crash, or a disk that failed then, leaves a post so
    written,     // handed to the network, and nothing says that it was not read
    unread,      // the client was gone before it was written, or it could not be written
    doubtful,    // written, but the connection then broke in a way that leaves it open
};

// What is the same about a post and its repeat (a repeat of another client is another post).
struct PostKey {
    std::string client;  // its address
    std::string cart;
    std::string sku;
    std::int64_t delta{0};
};

// Pieces of a post that an order at another cart has taken there already.
struct Claim {
    std::string cart;
    std::string order;
    std::int64_t pieces{0};
};

struct Arrived {
    enum class As {
        new_post,
        repeat,           // of one whose answer nobody read: it is counted already and must not be again
        doubtful_repeat,  // perhaps of one whose answer was perhaps read: counted, and named
        too_early,        // the same post is being answered just now: nothing was kept, ask again in a moment
    };
    std::string id;  // of the post, drawn for a new one; a prefix of its changes' ids
    As as{As::new_post};
    std::vector<Claim> claims{};
    std::optional<std::int64_t> since{};  // when it was kept first, of one that is taken up again
};

// A post that was kept and of which a crash left open whether its changes were submitted.
struct Unsubmitted {
    PostKey key;
    Arrived arrived;  // as it is taken up again
};

// An order that the Order Manager has imported by now.
struct ImportedOrder {
    std::string number;
    std::vector<PassedLine> lines;
    bool is_claimed{false};      // posts have taken all its pieces
    std::int64_t imported_at{0};
    std::int64_t passed_at{0};  // the first time: its pieces were not taken before
};
struct ImportNews {
    std::string last_order;
    std::vector<ImportedOrder> orders;  // not reported yet
};

class Ledger {
public:
    [[nodiscard]] static Result<Ledger> open(const std::filesystem::path& file);
    Ledger(Ledger&&) noexcept;
    Ledger& operator=(Ledger&&) noexcept;
    ~Ledger();

    // --- posts ---

    // Keeps a post before anything is done for it. One that was kept and never got further (its changes could not be
    // submitted, and the client was told so) is taken up again under its id, as what it was. A repeat is absorbed once: as soon as its answer
    // is noted. With `claims_orders` pieces that leave (a negative difference) are laid against the orders of other carts that
    // passed by, oldest first, each piece once.
    // Because: the Order Manager posts the import of another cart's order like any other change, and that cart has
    // taken the pieces already.
    [[nodiscard]] Result<Arrived> arrive(const PostKey& key, bool claims_orders, std::int64_t now);
    [[nodiscard]] Result<void> note(const std::string& id, Answer answer);
    // At a start: posts that nobody may have submitted. They are `unread` from now on, those that were `begun` are `doubtful`.
    [[nodiscard]] Result<std::vector<Unsubmitted>> recover();

    // --- web orders ---

    // Orders that the Order Manager was given; one that was given before and is not imported yet has its lines replaced.
    // Returned are the numbers of those that it had imported before they could pass by here: they are not kept.
    // Because: a last order that somebody sets back brings orders again whose pieces were counted long ago.
    [[nodiscard]] Result<std::vector<std::string>> passed(std::string_view cart, const std::vector<PassedOrder>& orders,
                                                          std::int64_t now);
    // The Order Manager has named the last order that it has: those up to it are imported. By number where both are numbers,
    // else by the order in which they passed by; then it must be one of them. None: it says nothing ("All", or nothing).
    // What is named before the first order passes by was imported before.
    [[nodiscard]] Result<std::optional<ImportNews>> imported(std::string_view cart, std::string_view last_order,
                                                              std::int64_t now);
    // They were handed on; not told again.
    [[nodiscard]] Result<void> reported(std::string_view cart, const std::vector<ImportedOrder>& orders);

    // --- what was known when somebody could be asked ---

    [[nodiscard]] Result<std::optional<std::string>> remembered(std::string_view name);
    [[nodiscard]] Result<void> remember(std::string_view name, std::string_view value);

    // Forgets posts older than 30 days and orders older than 90; that these were imported is still known.
    [[nodiscard]] Result<void> prune(std::int64_t now);

private:
    struct State;
    explicit Ledger(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace stocktray::gateway
