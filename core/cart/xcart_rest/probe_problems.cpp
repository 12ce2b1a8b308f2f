#include "core/cart/xcart_rest/probe_problems.h"

#include <string>
#include <utility>

namespace stocktray::cart::xcart_rest {

ProbeProblem problem_of(Finding finding, std::string_view said) {
    const auto told = [said](Cause cause, std::string code, std::string message, std::string hint) {
        if (!said.empty()) message += " It said: “" + std::string{said} + "”";
        return ProbeProblem{cause, std::move(code), std::move(message), std::move(hint)};
    };
    switch (finding) {
        case Finding::not_found:
            return told(Cause::page_not_found, "rest_not_found",
                        "X-Cart's REST interface does not answer at this address.",
                        "Enter the shop's own address, as in the browser. X-Cart 5.0 to 5.4 need the module "
                        "REST API.");
        case Finding::wrong_key:
            return told(Cause::auth, "auth", "The shop does not accept this key.",
                        "Enter the key as the password: X-Cart 5.5 shows it under Settings, API; X-Cart 5.0 "
                        "to 5.4 in the "
                        "settings of the module REST API. Make one for Stocktray alone.");
        case Finding::read_only_key:
            return told(Cause::none, "read_only_key",
                        "This key may only read: changes cannot be posted with it.",
                        "Use the shop's key that may read and write. Get QOH and audits work with this one.");
        case Finding::no_orders:
            return told(Cause::none, "no_orders",
                        "The shop's orders cannot be read with this key, so a sale in the moment of a change "
                        "would go "
                        "unnoticed: changes are not posted.",
                        "Use a key that may read orders, too, or install the X-Cart connector.");
        case Finding::no_clock:
            return told(Cause::none, "no_clock",
                        "The shop's answers do not carry the time, so sales in the moment of a change could "
                        "not be found: "
                        "changes are not posted.",
                        "Have the web server send the header Date, or install the X-Cart connector.");
        case Finding::unreadable_product:
            return told(Cause::none, "unreadable_product",
                        "X-Cart cannot list all of its products: most likely one of them has no SKU.",
                        "Give each product a SKU. Until then reading the counts takes longer; the reading "
                        "names the place.");
        case Finding::sales_may_be_lost:
            return told(Cause::none, "sales_may_be_lost",
                        "X-Cart's REST interface can only set a count, not add to it. A sale in the same "
                        "instant as a change "
                        "can be overwritten. Stocktray looks at the count and at the orders around each "
                        "change and names "
                        "what does not add up, but an order that a person edits or cancels in that instant "
                        "goes unnoticed.",
                        "The X-Cart connector has no such gap and needs one request in place of four: "
                        "install it if you may "
                        "put a file on the server. Otherwise compare the counts weekly.");
        case Finding::variants_are_slow:
            return told(Cause::none, "variants_are_slow",
                        "This shop has variants, and tells them only product by product: reading all counts "
                        "takes one "
                        "request for each product.",
                        "Plan Get QOH and audits for quiet hours, or install the X-Cart connector.");
        case Finding::orders_uncounted:
            return told(Cause::none, "orders_uncounted",
                        "This X-Cart tells neither how many products nor how many orders it has.",
                        "Nothing is lost by it; reading all counts shows no progress in percent.");
    }
    return {};
}

}  // namespace stocktray::cart::xcart_rest
