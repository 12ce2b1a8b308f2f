// What a reading of a whole store has brought in so far: passes each SKU on once, unless there is something
// new to say of it, and remembers what could not be read.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/cart/cart_client.h"
#include "core/cart/seti/redact.h"
#include "core/cart/seti/seen_skus.h"

namespace stocktray::cart::seti {

class Harvest {
public:
    using Overlap = SeenSkus::Overlap;

    // `sink` may be null: then everything is kept for the result.
    Harvest(std::shared_ptr<CountSink> sink, Redactor redactor)
        : sink_{std::move(sink)}, redactor_{std::move(redactor)} {}

    // What `take` gets from now on stands in another answer. If the one before was not called whole, it
    // broke: what it gave stays given, and what its repetition says of it holds.
    void begin_answer(Overlap overlap);
    void take(std::vector<ReadCount> items);
    [[nodiscard]] bool has_room() const { return !sink_ || sink_->has_room(); }
    void end_whole_answer() noexcept { is_open_ = false; }

    void add_bad(std::string_view problem);

    [[nodiscard]] std::int64_t distinct() const noexcept { return seen_.size(); }
    [[nodiscard]] const Redactor& redactor() const noexcept { return redactor_; }
    void move_into(CountsResult& result);

private:
    void keep(ReadCount item);

    std::shared_ptr<CountSink> sink_;
    Redactor redactor_;
    SeenSkus seen_;
    std::uint8_t answer_{0};
    Overlap overlap_{Overlap::possible};
    bool is_open_{false};  // it gave something and is not known to be whole
    std::vector<ReadCount> items_;
    std::vector<std::string> bad_;
};

}  // namespace stocktray::cart::seti
