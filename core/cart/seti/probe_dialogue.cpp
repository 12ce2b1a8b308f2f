#include <utility>

#include "core/cart/seti/dialogues.h"
#include "core/cart/seti/payload.h"
#include "core/cart/seti/probe_problems.h"
#include "core/cart/seti/read_invupdate.h"
#include "core/cart/seti/read_number.h"
#include "core/cart/seti/read_version.h"
#include "core/cart/seti/requests.h"
#include "core/cart/seti/script_answer.h"

namespace stocktray::cart::seti {
namespace {

class ProbeDialogue final : public Dialogue {
public:
    ProbeDialogue(const Access& access, const std::string& random_text) : requests_{access} {
        nobody_.sku = "STOCKTRAY-PROBE-" + random_text;
    }

    Step begin() override { return requests_.extension(); }

    Step answered(const http::Reply& reply) override {
        switch (asked_) {
            case Asked::extension:
                return heard_extension(reply);
            case Asked::version:
                return heard_version(reply);
            case Asked::products_count:
                return heard_products_count(reply);
            case Asked::qoh_page:
            case Asked::products_page:
                return heard_page(reply);
            case Asked::text_update:
                return heard_update(reply, Dialect::text);
            case Asked::xml_update:
                return heard_update(reply, Dialect::xml);
        }
        return finish();
    }

private:
    enum class Asked { extension, version, products_count, qoh_page, products_page, text_update, xml_update };

    Step ask(Asked what, http::Request request) {
        asked_ = what;
        return request;
    }

    Done finish() {
        result_.is_usable = result_.version.cause == Cause::none && has_counted_ &&
                            result_.learned.dialect.has_value();
        return std::move(result_);
    }

    Done finish_with(Cause cause, std::string_view said) {
        result_.problems.push_back(problem_of(cause, said));
        return finish();
    }

    Step heard_extension(const http::Reply& reply) {
        result_.round_trip = reply.took;
        result_.version = read_version(reply, redactor_);
        // A strict script may stumble over fields that it does not know.
        const bool is_understood = result_.version.is_script || reply.transport != http::Transport::complete;
        if (!is_understood) return ask(Asked::version, requests_.version());
        return go_on_from_version();
    }

    Step heard_version(const http::Reply& reply) {
        result_.version = read_version(reply, redactor_);
        return go_on_from_version();
    }

    Step go_on_from_version() {
        const VersionResult& version = result_.version;
        if (version.cause != Cause::none) return finish_with(version.cause, version.text);
        result_.learned.extension = version.extension;
        if (version.extension) {
            if (!version.extension->bound_to.empty())
                result_.problems.push_back(problem_of(Finding::other_agent, {}));
            if (!version.extension->has_postid)
                result_.problems.push_back(problem_of(Finding::no_keys, version.extension->problem));
        }
        return ask(Asked::products_count, requests_.products_count());
    }

    Step heard_products_count(const http::Reply& reply) {
        const auto count = read_number(reply, "itemcount");
        // It only tells people how much there is. Where the end of the answer may be missing nobody is told; that is no
        // reason not to go on.
        const bool may_be_cut = !count && count.error().cause == Cause::truncated && count.error().is_script;
        if (!count && !may_be_cut) return finish_with(count.error().cause, redactor_.keep(count.error().text));
        has_counted_ = true;
        if (count) result_.product_count = *count;
        return ask_page(Asked::qoh_page, Download::qoh);
    }

    Step ask_page(Asked what, Download download) {
        // A script that ignores paging sends a million of them: that they are there is all we want to know.
        reader_ = std::make_shared<CountsReader>(download, "", [](const std::vector<ReadCount>&) {});
        return ask(what, requests_.download(download, PageStart{}, 1, reader_));
    }

    Step heard_page(const http::Reply& reply) {
        const bool is_qoh = asked_ == Asked::qoh_page;
        if (!reader_->has_taken() && !reply.body.empty()) static_cast<void>(reader_->take(reply.body));
        const CountsPage page = reader_->finish(http::header(reply, "content-type"));
        const Problem problem = page_problem(reply, page);
        if (problem.cause == Cause::none) {
            learn_counts(is_qoh ? CountSource::downloadqoh : CountSource::downloadprods, page);
            return ask_update(Asked::text_update, Dialect::text);
        }
        // A function that is not there is denied, or met by an empty page or one for people.
        const bool is_denied = problem.cause == Cause::unknown_function;
        const bool may_be_missing =
            is_denied || (reply.status == 200 &&
                          (problem.cause == Cause::no_answer || problem.cause == Cause::not_a_script));
        if (is_qoh && may_be_missing) {
            is_qoh_denied_ = is_denied;
            return ask_page(Asked::products_page, Download::products);
        }
        // Only two clear words make a script that tells no counts: a fault of the moment would be kept for
        // good.
        const std::string said = redactor_.keep(problem.text);
        const bool has_none = !is_qoh && is_qoh_denied_ && is_denied;
        if (has_none) result_.learned.counts = CountSource::none;
        result_.problems.push_back(has_none ? problem_of(Finding::no_counts, said)
                                            : counts_unread(problem.cause, said));
        return ask_update(Asked::text_update, Dialect::text);
    }

    static Problem page_problem(const http::Reply& reply, const CountsPage& page) {
        if (reply.transport != http::Transport::stopped_by_reader)
            if (auto problem = transport_problem(reply)) return *std::move(problem);
        if (reply.status != 200) {
            auto answer = read_script_answer(reply);
            return answer ? Problem{status_cause(reply.status), false, true, {}} : std::move(answer).error();
        }
        return {page.cause, page.is_refused, true, page.description};
    }

    void learn_counts(CountSource source, const CountsPage& page) {
        const auto& extension = result_.learned.extension;
        result_.learned.counts = extension && extension->has_qohquery ? CountSource::qohquery : source;
        result_.learned.ignores_paging = page.products > 1;
        if (result_.learned.ignores_paging)
            result_.problems.push_back(problem_of(Finding::paging_ignored, {}));
    }

    Step ask_update(Asked what, Dialect dialect) {
        const auto payload = write_difference(nobody_, dialect, requests_.access().charset);
        if (!payload) return finish_with(Cause::unsendable_sku, payload.error().message);
        return ask(what, requests_.invupdate(*payload, std::nullopt, Sending::first));
    }

    Step heard_update(const http::Reply& reply, Dialect dialect) {
        const UpdateResult update = read_invupdate(reply, nobody_, result_.learned, redactor_);
        if (update.cause == Cause::not_found) {
            result_.learned.dialect = dialect;
            return finish();
        }
        if (update.outcome == Outcome::applied) {
            result_.problems.push_back(problem_of(Finding::says_yes_to_anything, update.text));
            return finish();
        }
        const bool is_about_access = update.cause == Cause::auth || update.cause == Cause::https_required ||
                                     update.cause == Cause::other_agent;
        if (is_about_access) return finish_with(update.cause, update.text);
        if (dialect == Dialect::text) return ask_update(Asked::xml_update, Dialect::xml);
        result_.problems.push_back(problem_of(Finding::no_live_update, update.text));
        return finish();
    }

    Requests requests_;
    Redactor redactor_{requests_.redactor()};
    StockUpdate nobody_;
    Asked asked_{Asked::extension};
    std::shared_ptr<CountsReader> reader_;
    bool has_counted_{false};
    bool is_qoh_denied_{false};
    ProbeResult result_;
};

}  // namespace

std::unique_ptr<Dialogue> probe(Access access, std::string random_text) {
    return std::make_unique<ProbeDialogue>(access, random_text);
}

}  // namespace stocktray::cart::seti
