// What a cart can be asked to do, and what came of it. Nothing here sends anything: a dialogue says which
// HTTP request comes next and is told the answer. The agent carries them by libcurl, the simulation by itself.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/cart/http/http_message.h"

namespace stocktray::cart {

// How a stock change is written down for the script (the Order Manager's GenericQOHChangeSendAsXML).
enum class Dialect { text, xml };
enum class Charset { utf_8, windows_1252 };

// How a cart is spoken to: by an import script (SETI), or by X-Cart 5's own REST interface.
enum class Kind { seti, xcart_rest };

// Which of X-Cart's REST interfaces a shop has.
enum class RestApi {
    module,    // X-Cart 5.0 to 5.4: the module REST API, at admin.php?target=RESTAPI
    platform,  // X-Cart 5.5 and later: built in, at /api
};

namespace xcart_rest {
struct Memory;
}

// Where a cart is and how to get in. `password` is kept out of every text that leaves this room.
struct Access {
    std::string url;
    std::string user;
    std::string password;
    std::string store_code;
    Charset charset{Charset::utf_8};
    http::PlainHttp plain_http{http::PlainHttp::refused};
    Milliseconds timeout{30'000};
    std::string agent;  // our id, told to a connector that knows the extension
    Kind kind{Kind::seti};
    // What dialogues with this cart tell one another while the program runs. None: each finds out by itself.
    std::shared_ptr<xcart_rest::Memory> memory;
};

// What a connector with our extension says of itself (second line of its answer to sendversion).
struct Extension {
    std::string store;          // made with its key table and lost with it
    Milliseconds keep{0};       // how long a key is kept at least
    std::int64_t seq{0};        // keys ever committed
    std::int64_t top{0};        // highest post number committed for this agent
    std::string engine;         // the database's table engine, in the connector's words
    std::string problem;        // why it announces no keys, if it said so; else empty
    std::string bound_to;       // the id of another agent that it obeys; empty: us, or nobody yet
    bool has_postid{false};
    bool has_batch{false};
    bool has_qohquery{false};
    bool has_moves{false};
    bool has_cursor{false};
    bool clamps{false};         // the store cannot hold a count below zero

    bool operator==(const Extension&) const = default;
};

// From where a cart's counts can be read.
enum class CountSource { unknown, qohquery, downloadqoh, downloadprods, none };

// What has been found out about a script; kept with the cart.
struct Learned {
    std::optional<Dialect> dialect;  // none: not found out, or the script has no live update
    CountSource counts{CountSource::unknown};
    std::optional<Extension> extension;
    bool lacks_readable_qoh{false};  // its answers to invupdate carry no usable number
    bool ignores_paging{false};
    bool clamps{false};              // the store cannot go below zero; stays known when the extension is gone
    std::optional<RestApi> rest;     // of an X-Cart shop that is spoken to without a script

    bool operator==(const Learned&) const = default;
};

// What came of a stock change.
enum class Outcome {
    applied,
    refused,   // certainly not applied; may be sent again later
    rejected,  // certainly not applied; sending it again would not help: a person looks
    unclear,   // may or may not have been applied
};

// Why, for programs; `core/stack/diagnosis.h` has a sentence and a hint for each.
enum class Cause {
    none,
    not_found,
    not_tracked,
    ambiguous,          // two products at the store bear this SKU
    invalid_product,    // the store refuses the whole product for another field of it
    changed_meanwhile,  // the count at the store moved while it was being changed
    unsendable_sku,     // the SKU cannot be written in this dialect or charset
    auth,
    unknown_function,
    bad_request,
    postid_conflict,
    postid_busy,
    other_agent,
    store_changed,
    busy,               // the store rolled it back and asks for later
    https_required,
    store_error,        // a SETIError that is not listed
    malformed,          // an answer of ours in part, not readable
    no_answer,          // empty body, or an item without a line
    truncated,
    too_large,
    forbidden_xml,
    not_a_script,       // a page, not a script's answer
    redirected,
    forbidden_page,     // 401, 403, 407 and no script's answer
    page_not_found,     // 404, 410 and no script's answer
    http_error,         // another status than 200
    rate_limited,
    name_lookup,
    connect,
    tls,                // a certificate that is none to believe
    no_tls,             // no TLS there, or none that is new enough
    plain_http,
    timeout,
    closed,
    not_http,           // what came back is no HTTP answer
    no_password,        // it is kept in a place that does not tell it at present
    local_failure,
};

enum class Warning { preamble, trailing_text, charset_fallback };

// The parts of an idempotency key (the extension's `postid`).
struct PostKey {
    std::string postid;
    std::int64_t number{0};
    std::string store;  // the connector's store id when the key was drawn
};

enum class Sending { first, repeat };

// One stock change of one SKU.
struct StockUpdate {
    std::string sku;  // the store's SKU, UTF-8
    std::int64_t delta{0};
    std::optional<PostKey> key;  // none: the script has no keys
};

struct UpdateResult {
    Outcome outcome{Outcome::unclear};
    Cause cause{Cause::none};
    std::optional<std::int64_t> qoh;         // the number in the answer, if it may be used
    std::optional<std::int64_t> clamped_to;  // the difference that the store could really apply
    bool is_key_confirmed{false};            // the answer bore our postid
    std::optional<std::int64_t> seq;
    std::optional<Milliseconds> retry_after;
    std::vector<Warning> warnings;
    int status{0};     // HTTP
    std::string text;  // what the store said, at most 1 KiB, secrets taken out

    bool operator==(const UpdateResult&) const = default;
};

struct BatchResult {
    std::vector<UpdateResult> items;  // in the order sent
};

// A count to be set, whatever the store holds now.
struct CountToSet {
    std::string sku;  // the store's SKU, UTF-8
    std::int64_t qoh{0};
};

// What the script says of one of them.
enum class ReplaceWord {
    ok,
    not_found,
    not_tracked,
    ambiguous,
    error,       // in words of its own
    no_answer,   // sent, and not a word about it
    unsendable,  // not sent
};
struct ReplaceItem {
    std::string sku;
    ReplaceWord word{ReplaceWord::no_answer};
    std::string text;  // of an error, or why it was not sent

    bool operator==(const ReplaceItem&) const = default;
};

// What came of setting counts, as the script believes: one says "Update Error" of what it has set, others OK
// of a SKU that they do not know. Only the counts read back afterwards are the truth.
struct ReplaceResult {
    bool is_complete{false};  // the answer was whole: each item has the script's last word
    bool is_refused{false};   // it was not, but nothing was set for certain
    Cause cause{Cause::none};
    std::vector<ReplaceItem> items;  // in the order given, whatever came of it
    std::vector<Warning> warnings;
    std::optional<Milliseconds> retry_after;
    int status{0};
    std::string text;
};

// Answer to sendversion.
struct VersionResult {
    bool is_script{false};
    Cause cause{Cause::none};
    std::string version;
    std::optional<Extension> extension;
    std::optional<Milliseconds> retry_after;
    int status{0};
    std::string text;
    std::vector<Warning> warnings;
};

// What `carts.test` tells.
struct ProbeProblem {
    Cause cause{Cause::none};
    std::string code;     // for programs
    std::string message;  // what
    std::string hint;     // what to do
};
struct ProbeResult {
    bool is_usable{false};
    VersionResult version;
    std::optional<std::int64_t> product_count;
    Learned learned;
    std::vector<ProbeProblem> problems;
    Milliseconds round_trip{0};  // of the sendversion
};

enum class CountWord { count, not_found, not_tracked, ambiguous, error };
struct ReadCount {
    std::string sku;
    CountWord word{CountWord::error};
    std::int64_t qoh{0};

    bool operator==(const ReadCount&) const = default;
};

// The answers of which a list was made, numbered from 1 in the order in which they came.
struct ListAnswers {
    bool may_overlap{false};           // a SKU may stand in two of them and be one product; in one answer it may not
    std::vector<std::int32_t> broken;  // those that broke off, in their order: what they gave was told again
};

// Counts of some SKUs or of the whole store. With a sink the items went there and `items` is empty.
struct CountsResult {
    bool is_complete{false};
    Cause cause{Cause::none};
    std::vector<ReadCount> items;
    std::int64_t distinct{0};           // SKUs seen; with a sink only about so many: it hears of some more than once
    ListAnswers answers;                // for whoever took what went into the sink (core/cart/sku_told.h)
    std::vector<std::string> bad;       // what could not be read at all, so it is among no items; in words
    std::optional<Milliseconds> retry_after;
    int status{0};
    std::string text;
};

// Takes the items of a download in portions of at most `most_at_once`, also where one answer holds a million.
// A SKU may come again, in this answer or another one: what that means is known when the list has ended.
class CountSink {
public:
    static constexpr std::size_t most_at_once = 250;

    virtual ~CountSink() = default;
    // `answer`: the number of the answer that the page stands in.
    virtual void take(const std::vector<ReadCount>& page, std::int32_t answer) = 0;
    // False: the rest of the answer may wait on its way.
    [[nodiscard]] virtual bool has_room() const { return true; }
};

// What the shop's own orders hold of a SKU (the extension's `moves`), in one snapshot with the count: those above the one that
// was named, and every one that is not finished, however old.
struct HeldByOrder {
    std::string order;  // its number; a name of the script's for one that has none yet
    std::int64_t pieces{0};

    bool operator==(const HeldByOrder&) const = default;
};
struct SkuMoves {
    ReadCount count;
    std::vector<HeldByOrder> orders;
    std::int64_t open{0};  // pieces in unfinished orders
    std::int64_t back{0};  // pieces given back in the last 48 hours

    bool operator==(const SkuMoves&) const = default;
};
struct MovesResult {
    bool is_complete{false};
    Cause cause{Cause::none};
    std::vector<SkuMoves> items;
    std::string top_order;  // the shop's highest order number
    std::optional<Milliseconds> retry_after;
    int status{0};
    std::string text;
};

struct OrderCountResult {
    bool is_answered{false};
    Cause cause{Cause::none};
    std::int64_t orders{0};
    std::optional<Milliseconds> retry_after;
    int status{0};
    std::string text;
};

using Done = std::variant<UpdateResult, BatchResult, ReplaceResult, VersionResult, ProbeResult, CountsResult,
                          MovesResult, OrderCountResult>;
using Step = std::variant<http::Request, Done>;

// One piece of work at a cart, of one or several requests. Used once: `begin`, then `answered` for each
// request it asked for, until it is done. A dialogue holds no timer and no socket; the caller may drop it.
class Dialogue {
public:
    virtual ~Dialogue() = default;
    [[nodiscard]] virtual Step begin() = 0;
    [[nodiscard]] virtual Step answered(const http::Reply& reply) = 0;
};

}  // namespace stocktray::cart
