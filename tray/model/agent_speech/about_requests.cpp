// What the agent says of requests that it refuses, and of its own disk.
#include <array>

#include "tray/model/agent_speech/catalogue.h"
#include "tray/model/words.h"

namespace stocktray::tray {

std::span<const char* const> sentences_about_requests() noexcept {
    static constexpr std::array sentences{
        mark("The lists of SKUs of the cart {} are too long together: exclude and sku_map may have {} bytes."),
        mark("Another address than the cart's is only for an administrator to test."),
        mark("Adjustment"),
        mark("Backorder filled"),
        mark("Inventory imported"),
        mark("Other reason"),
        mark("Phone order"),
        mark("Purchase order received"),
        mark("Return"),
        mark("Web order imported"),
        mark("adjustment"),
        mark("return"),
        mark("A SKU may have at most 255 bytes and no control characters."),
        mark("A change needs a SKU."),
        mark("A change's id must be 1 to 64 printable ASCII characters."),
        mark("A report covers 400 days at most."),
        mark("Cancelling posts needs a reason; it is kept in the history."),
        mark("Changes are not taken until it can be."),
        mark("Differences of this SKU are not told for a while."),
        mark("Get QOH From Website"),
        mark("Give either post and applied, or cart and accept_proposals: true."),
        mark("Make room on the disk or repair it; nothing has to be entered twice."),
        mark("Name either posts or a cart."),
        mark("The agent could not do this; the log has more."),
        mark("The agent's data folder cannot be written to."),
        mark("The agent's database could not be written or read."),
        mark("The agent's database is damaged."),
        mark("The backup {} cannot be written."),
        mark("The change of {} comes from Get QOH: it needs origin_cart."),
        mark("The change of {} comes from a web order: it needs origin_cart."),
        mark("The change of {} comes from a web order: it needs the order's number."),
        mark("The change of {} moves no book: it must name its carts in only_carts."),
        mark("The change of {} must have either a delta or a qoh."),
        mark("The change of {} names an origin_listing without origin_cart."),
        mark("The change of {} says what was taken: that is for a qoh with order and origin_cart."),
        mark("The count of {} needs a version that grows with every change."),
        mark("The count of {} would move no book: send its difference."),
        mark("The database {} cannot be opened."),
        mark("The database {} cannot be used: {}"),
        mark("The database {} cannot be used: {} It was left as it is."),
        mark("The database {} was written by a newer version of Stocktray (format {}, this one knows "
             "{}). Install that version again, or restore a backup."),
        mark("The disk of the agent's data folder is full."),
        mark("The end must be later than the beginning."),
        mark("The file of passwords {} cannot be read. Remove it and enter the carts' passwords again."),
        mark("The id {} was used before for another call ({}); a new call needs a new id."),
        mark("The quantity of {} is beyond ±2,000,000,000."),
        mark("The request is not acknowledged; send it again with the same ids."),
        mark("There is no alert {}."),
        mark("There is no job {}."),
        mark("There is no method {}."),
        mark("There is no parameter {}."),
        mark("This agent has not given out that item: it was restored or is new. Pull without an "
             "acknowledgement, and send a snapshot when nothing is left to take over."),
        mark("This agent speaks protocol {}, not {}: update it."),
        mark("backorder filled"),
        mark("inventory imported"),
        mark("other reason"),
        mark("phone order"),
        mark("purchase order received"),
        mark("web order imported"),
        mark("{} is not known at {}."),
        mark("{} must be HH:MM-HH:MM, or empty for none."),
        mark("{} must be a whole number from {} to {}."),
        mark("{} must be true or false."),
        mark("{} was set to {}."),
    };
    return sentences;
}

}  // namespace stocktray::tray
