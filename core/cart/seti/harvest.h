// What a reading of a whole store has brought in so far: passes everything on, and remembers which SKUs it has met,
// which answers broke and what could not be read.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/cart/cart_client.h"
#include "core/cart/seti/met_skus.h"
#include "core/cart/seti/redact.h"

namespace stocktray::cart::seti {

class Harvest {
public:
    // May a SKU stand in two answers although it is one product?
    enum class Overlap { possible, impossible };

    Harvest(std::shared_ptr<CountSink> sink, Redactor redactor)
        : sink_{std::move(sink)}, redactor_{std::move(redactor)} {}

    // What `take` gets from now on stands in another answer. If the one before was not called whole, it
    // broke: what it gave stays given, and what its repetition says of it holds.
    void begin_answer(Overlap overlap);
    void take(std::vector<ReadCount> items);
    [[nodiscard]] bool has_room() const { return sink_->has_room(); }
    void end_whole_answer() noexcept { is_open_ = false; }

    void add_bad(std::string_view problem);

    // SKUs, but for the few that are taken for others.
    [[nodiscard]] std::int64_t distinct() const noexcept { return met_.size(); }
    [[nodiscard]] const Redactor& redactor() const noexcept { return redactor_; }
    void move_into(CountsResult& result);

private:
    void note_broken();

    std::shared_ptr<CountSink> sink_;
    Redactor redactor_;
    MetSkus met_;
    ListAnswers answers_;
    std::int32_t answer_{0};
    bool is_open_{false};  // it gave something and is not known to be whole
    std::vector<std::string> bad_;
};

}  // namespace stocktray::cart::seti
