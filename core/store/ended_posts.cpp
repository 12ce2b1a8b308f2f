#include <algorithm>

#include "core/store/database.h"
#include "core/store/posts.h"

namespace stocktray::store {

// The index posts_finished leads: what else there is in the table is not looked at.
bool Posts::each_ended(WallTime from, WallTime until, std::int64_t most,
                       const std::function<void(const EndedPost&)>& take) const {
    Query q = database_.query(
        "SELECT post, cart, state, doubt, finished_at, created_at FROM posts"
        " WHERE finished_at IS NOT NULL AND finished_at >= ? AND finished_at < ?"
        " ORDER BY finished_at DESC LIMIT ?",
        to_ms(from), to_ms(until), most + 1);
    for (std::int64_t taken = 0; q.next(); ++taken) {
        if (taken == most) return false;
        EndedPost post;
        post.id = q.integer(0);
        post.cart = q.integer(1);
        post.state = stack::state_from(q.view(2)).value_or(stack::State::confirmed);
        post.doubt = stack::doubt_from(q.view(3));
        post.finished_at = wall_from_ms(q.integer(4));
        // The wall clock may have been set back between the two.
        post.took = Milliseconds{std::max<std::int64_t>(0, q.integer(4) - q.integer(5))};
        take(post);
    }
    return true;
}

}  // namespace stocktray::store
