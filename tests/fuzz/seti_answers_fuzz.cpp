// What a store's script answers, through the readers of its text answers. A store may say anything; it may not make us
// keep a password, believe two things of one post, or take a number from an answer that was cut.
#include <string>
#include <string_view>
#include <vector>

#include "core/cart/seti/answer_text.h"
#include "core/cart/seti/read_batch.h"
#include "core/cart/seti/read_counts.h"
#include "core/cart/seti/read_invupdate.h"
#include "core/cart/seti/read_item_lines.h"
#include "core/cart/seti/read_moves.h"
#include "core/cart/seti/read_number.h"
#include "core/cart/seti/read_qohreplace.h"
#include "core/cart/seti/read_version.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace stocktray;
using namespace stocktray::cart::seti;
using cart::Cause;
using cart::Outcome;
using fuzz::must;

const std::vector<std::string> skus{"ABC-1", "Q=1;X", "A B"};
const Redactor redactor{"s3cret&Pw"};

http::Reply reply_of(std::string_view body, bool is_close_framed) {
    http::Reply reply;
    reply.status = 200;
    reply.headers = {{"content-type", "text/html"}};
    reply.body = body;
    reply.is_close_framed = is_close_framed;
    return reply;
}

void must_be_kept_well(const std::string& text) {
    must(text.size() <= kept_text_limit);
    must(text.find("s3cret&Pw") == std::string::npos);
}

cart::UpdateResult update(const http::Reply& reply, const cart::StockUpdate& asked, bool lacks_qoh) {
    cart::Learned learned;
    learned.lacks_readable_qoh = lacks_qoh;
    auto result = read_invupdate(reply, asked, learned, redactor);
    must_be_kept_well(result.text);
    must((result.outcome == Outcome::applied) == (result.cause == Cause::none));
    must(!result.qoh || result.outcome == Outcome::applied);
    must(!result.is_key_confirmed || asked.key.has_value());
    return result;
}

bool is_certain_no(Outcome outcome) { return outcome == Outcome::refused || outcome == Outcome::rejected; }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const auto body = fuzz::text_of(bytes, size);
    const auto found = find_answer(body, "text/html");
    if (found) {
        must(body.size() * 4 >= found->text.size());
        (void)read_item_lines(found->text, skus);
    }
    const cart::PostKey key{"0123456789abcdef01234567", 7, "0123456789abcdef"};
    const http::Reply reply = reply_of(body, false);
    for (const bool lacks_qoh : {false, true}) {
        (void)update(reply, {skus[0], -2, {}}, lacks_qoh);
        (void)update(reply, {skus[1], -2, key}, lacks_qoh);
        // Of an answer whose end is not marked, the beginning must not say yes where the whole says no, or another number.
        const auto whole = update(reply_of(body, true), {skus[0], -2, {}}, lacks_qoh);
        const auto cut = update(reply_of(body.substr(0, size - size / 3), true), {skus[0], -2, {}}, lacks_qoh);
        must(!(cut.outcome == Outcome::applied && is_certain_no(whole.outcome)));
        must(!(whole.outcome == Outcome::applied && is_certain_no(cut.outcome)));
        must(!cut.qoh || !whole.qoh || cut.qoh == whole.qoh);
    }
    const auto batch = read_batch(reply, {{skus[0], -1, key}, {skus[2], 3, key}}, redactor);
    must(batch.size() == 2);
    const auto replaced = read_qohreplace(reply, skus, redactor);
    must(replaced.items.size() == skus.size() && !(replaced.is_complete && replaced.is_refused));
    must_be_kept_well(replaced.text);
    for (const auto& item : replaced.items) must_be_kept_well(item.text);
    must_be_kept_well(read_version(reply, redactor).text);
    if (const auto counts = read_qohquery(reply, skus)) must(counts->size() == skus.size());
    if (const auto moves = read_salesquery(reply, skus)) must(moves->items.size() == skus.size());
    const auto orders = read_number(reply, "ordercount");
    must(!orders || *orders >= 0);
    return 0;
}
