// A store's catalogue while it comes in. However the network cuts it into pieces it says the same, and half of it is
// never taken for another whole.
#include <algorithm>
#include <string_view>

#include "core/cart/seti/read_counts.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace stocktray::cart;
using namespace stocktray::cart::seti;
using stocktray::fuzz::must;

CountsPage read(Download what, std::string_view body, std::size_t piece) {
    CountsReader reader{what, {}};
    for (std::size_t at = 0; at < body.size(); at += piece)
        if (!reader.take(body.substr(at, piece))) break;
    return reader.finish("text/xml");
}

bool is_whole(const CountsPage& page) { return page.cause == Cause::none; }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const auto body = stocktray::fuzz::text_of(bytes, size);
    for (const auto what : {Download::qoh, Download::products}) {
        const auto whole = read(what, body, std::max<std::size_t>(size, 1));
        const auto pieces = read(what, body, 1 + size % 7);
        // What was read before its charset turned out wrong cannot be read again: then it is asked for once more.
        if (pieces.better_charset.empty()) must(is_whole(whole) == is_whole(pieces));
        if (is_whole(whole) && is_whole(pieces)) must(whole.items == pieces.items && whole.next == pieces.next && whole.skipped == pieces.skipped);
        const auto cut = read(what, body.substr(0, size - size / 3), 4'096);
        if (is_whole(whole) && is_whole(cut)) must(cut.rows == whole.rows);
    }
    return 0;
}
