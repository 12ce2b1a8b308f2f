#include "core/cart/seti/probe_problems.h"

#include <utility>

#include "core/stack/diagnosis.h"

namespace stocktray::cart::seti {

ProbeProblem problem_of(Cause cause, std::string_view said) {
    auto [message, hint] = stack::diagnose(cause, said);
    return {cause, std::string{stack::to_string(cause)}, std::move(message), std::move(hint)};
}

ProbeProblem problem_of(Finding finding, std::string_view said) {
    const auto told = [said](Cause cause, std::string code, std::string message, std::string hint) {
        if (!said.empty()) message += " It said: “" + std::string{said} + "”";
        return ProbeProblem{cause, std::move(code), std::move(message), std::move(hint)};
    };
    switch (finding) {
        case Finding::no_live_update:
            return told(
                Cause::unknown_function, "no_live_update",
                "The script understands no form of a live stock update.",
                "Changes cannot be posted to this cart. Ask the shop's developer for an import script with "
                "invupdate, or install the X-Cart connector.");
        case Finding::says_yes_to_anything:
            return told(Cause::store_error, "says_yes_to_anything",
                        "The script says OK to a change of a product that does not exist.",
                        "Its answers prove nothing, so no changes are posted. Ask the shop's developer to "
                        "repair it.");
        case Finding::no_counts:
            return told(
                Cause::unknown_function, "no_counts", "The script does not tell the counts of its products.",
                "Changes can be posted, but Get QOH, repair and audit are not possible for this cart.");
        case Finding::paging_ignored:
            return told(Cause::none, "paging_ignored",
                        "The script sends its whole catalogue whenever it is asked for a part of it.",
                        "This works, but reading counts takes longer than it should.");
        case Finding::no_keys:
            return told(
                Cause::none, "no_keys", "The connector cannot remember which changes it has applied already.",
                "An unclear change then needs a comparison of counts. Converting the shop's stock tables to "
                "InnoDB, or installing the connector's tables, ends this.");
        case Finding::other_agent:
            return told(Cause::other_agent, "other_agent",
                        "Another Stocktray agent keeps this store's counts.",
                        "Stop the other agent, or take the store over if it no longer lives.");
    }
    return {};
}

ProbeProblem counts_unread(Cause cause, std::string_view said) {
    auto [message, hint] = stack::diagnose(cause, said);
    return {cause, "counts_unread", "The counts of its products could not be read: " + message,
            std::move(hint)};
}

}  // namespace stocktray::cart::seti
