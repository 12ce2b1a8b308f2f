// Rows as a database driver gives them, and what the agent is told of them. A line is a row, tabs part its cells, and
// NULL is none. What is read the agent takes; an agent that answers as it likes at first is in step with the rows at last.
#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "agent/gateway/database/cell.h"
#include "ipc/codec/decode.h"
#include "ipc/codec/encode.h"
#include "ipc/codec/utf8.h"
#include "ipc/messages/qoh.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace stocktray;
using namespace stocktray::gateway::database;
using fuzz::must;

// An agent that knows one SKU.
struct Agent {
    std::optional<std::int64_t> book{};
    unsigned moods{0};  // a bit an answer: does it refuse?

    bool refuses() { return (std::exchange(moods, moods >> 1U) & 1U) != 0; }
};

std::string_view cut(std::string_view& rest, char separator) {
    const auto end = std::min(rest.find(separator), rest.size());
    const auto part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return part;
}

Cell cell_of(std::string_view text) { return text == "NULL" ? Cell{} : Cell{text}; }

RawRow row_of(std::string_view line) {
    RawRow row{.sku = cell_of(cut(line, '\t')), .qoh = cell_of(cut(line, '\t'))};
    if (!line.empty()) row.name = cell_of(cut(line, '\t'));
    if (!line.empty()) row.tracked = cell_of(cut(line, '\t'));
    return row;
}

// One step of the watch; false: nothing is left to do.
bool step(Watched& watched, const Counted& counted, Agent& agent, std::int64_t now) {
    switch (step_for(watched, counted, now)) {
        case Step::nothing: return false;
        case Step::rest: return true;
        case Step::ask: (void)asked(watched, agent.book); [[fallthrough]];
        case Step::describe:
            if (!watched.told || step_for(watched, counted, now) == Step::describe) {
                agent.book = counted.qoh;
                snapshot_taken(watched, counted);
            }
            return true;
        case Step::offer: {
            const auto last = watched.version;
            make_offer(watched, counted, now);
            must(watched.offer->version > last && watched.offer->expected == *watched.told);
            return true;
        }
        case Step::repeat:
            if (agent.refuses() || agent.book != watched.offer->expected) {
                not_accepted(watched, "no", now);
            } else {
                agent.book = watched.offer->qoh;
                accepted(watched);
            }
            return true;
    }
    return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    auto rest = fuzz::text_of(bytes, size);
    if (!ipc::is_utf8(rest)) return 0;  // drivers are asked for UTF-16
    std::map<std::string, std::pair<Watched, Agent>> all;
    std::int64_t now = 1'700'000'000'000;
    while (!rest.empty()) {
        const auto line = cut(rest, '\n');
        const auto row = read_row(row_of(line));
        if (!row) {
            must(!row.error().why.empty());
            continue;
        }
        const ipc::qoh::SnapshotItem item{.sku = row->sku, .qoh = row->qoh, .name = row->name, .tracked = row->is_tracked};
        const std::string encoded = ipc::encode(item);
        const auto document = ipc::Document::parse(encoded);
        must(ipc::decode<ipc::qoh::SnapshotItem>(document.root()).has_value());
        auto& [watched, agent] = all[row->sku];
        agent.moods = static_cast<unsigned>(line.size());
        int steps = 0;
        for (; steps < 200 && step(watched, *row, agent, now); ++steps) now += 600'000;
        must(steps < 200);
        // The count of what is not tracked is nobody's.
        must(!row->is_tracked || (agent.book == row->qoh && watched.told == row->qoh));
    }
    return 0;
}
