// What follows when synchronization is turned on or off, or a cart is defined otherwise.
#pragma once
#include <functional>
#include <optional>
#include <utility>

#include "core/cart/cart_config.h"
#include "core/journal.h"
#include "core/result.h"
#include "core/stack/cart_board.h"
#include "core/stack/post_queue.h"
#include "core/stack/cart_standing.h"
#include "core/store/store.h"
#include "core/sync/doubts.h"

namespace stocktray::sync {

enum class SameStore { yes, no };
enum class Credentials { unchanged, changed };

class Switching {
public:
    Switching(store::Store& store, stack::CartBoard& board, stack::PostQueue& queue, stack::CartStanding& standing,
              Doubts& doubts, Journal& journal, std::function<void(stack::CartState&)> turned_off) noexcept
        : store_{store},
          board_{board},
          queue_{queue},
          standing_{standing},
          doubts_{doubts},
          journal_{journal},
          was_turned_off_{std::move(turned_off)} {}

    // Sets a parameter that has been checked.
    void set_parameter(const std::string& name, const store::ParameterValue& value, Now now);

    [[nodiscard]] Result<void> create(const cart::CartConfig& config, Now now);
    [[nodiscard]] Result<void> update(const cart::CartConfig& config, SameStore same_store, Credentials credentials,
                                      Now now);
    // With unfinished posts only if they may be cancelled, for the reason given.
    [[nodiscard]] Result<void> remove(const std::string& id, const std::optional<std::string>& cancel_reason, Now now);

    // A changed buffer goes to the listings slice by slice: what they may show, and its difference, in one turn. So do the
    // posts of a cart that was turned off.
    [[nodiscard]] bool has_more(const stack::CartState& cart) const noexcept {
        return cart.cart.buffer_change || cart.cart.fold_to;
    }
    void go_on(stack::CartState& cart, Now now);

private:
    [[nodiscard]] Result<void> check(const cart::CartConfig& config) const;
    void change_buffer(stack::CartState& cart, Now now);
    void turned_on(stack::CartState& cart, Now now);
    void turned_off(stack::CartState& cart, Now now);
    void follow_mapping(stack::CartState& cart, Now now);
    void forget_store(stack::CartState& cart, Now now);

    store::Store& store_;
    stack::CartBoard& board_;
    stack::PostQueue& queue_;
    stack::CartStanding& standing_;
    Doubts& doubts_;
    Journal& journal_;
    std::function<void(stack::CartState&)> was_turned_off_;
};

}  // namespace stocktray::sync
