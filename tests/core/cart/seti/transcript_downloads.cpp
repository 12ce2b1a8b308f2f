#include "transcript_checks.h"

#include <map>
#include <memory>

#include "core/cart/counts_collector.h"
#include "core/cart/seti/dialogues.h"
#include "core/cart/seti/read_counts.h"
#include "core/cart/seti/requests.h"
#include "core/cart/seti/script_answer.h"

namespace stocktray::cart::transcripts {
namespace {

struct PageRead {
    seti::CountsPage page;
    http::Transport transport{http::Transport::complete};
};

PageRead read_page(const Exchange& e) {
    const seti::Requests requests{access_of(e)};
    const auto what =
        e.field("setifunction") == "downloadqoh" ? seti::Download::qoh : seti::Download::products;
    auto reader = std::make_shared<seti::CountsReader>(what, "");
    seti::PageStart start;
    if (e.field("startnum").empty()) {
        start.cursor = e.field("after");
    } else {
        start.number = std::stoll(e.field("startnum"));
    }
    const auto request = requests.download(what, start, std::stoll(e.field("batchsize")), reader);
    CHECK(request.body == e.encoded_form());
    const auto reply = e.reply_to(request);
    PageRead read{reader->finish(http::header(reply, "content-type")), reply.transport};
    if (reply.transport != http::Transport::stopped_by_reader)
        if (const auto problem = seti::transport_problem(reply)) {
            read.page = {};
            read.page.cause = problem->cause;
        }
    return read;
}

// Gives the same answer to the dialogue that reads a whole store; what it passed on of it.
std::vector<ReadCount> check_whole_store(const Exchange& e, bool is_smaller_batch_expected) {
    class Gathering : public CountSink {
    public:
        void take(const std::vector<ReadCount>& page, std::int32_t answer) override {
            CHECK(page.size() <= most_at_once);
            collector_.take(page, answer);
        }
        // As if this answer were all that was read.
        [[nodiscard]] std::vector<ReadCount> items() const { return collector_.settle_all({}); }

    private:
        CountsCollector collector_{CountsCollector::Keep::all};
    };
    const auto sink = std::make_shared<Gathering>();
    Learned learned;
    learned.counts =
        e.field("setifunction") == "downloadqoh" ? CountSource::downloadqoh : CountSource::downloadprods;
    if (e.field("startnum").empty()) learned.extension.emplace().has_cursor = true;
    const std::int64_t batch = std::stoll(e.field("batchsize"));
    const auto dialogue = seti::read_all(access_of(e), learned, batch, sink);
    const auto step = dialogue->answered(e.reply_to(std::get<http::Request>(dialogue->begin())));
    if (!is_smaller_batch_expected) return sink->items();
    REQUIRE(std::holds_alternative<http::Request>(step));
    CHECK(std::get<http::Request>(step).body.find("batchsize=" + std::to_string(batch)) == std::string::npos);
    return sink->items();
}

}  // namespace

void check_download(const Exchange& e, const std::set<std::string>& seen_before,
                    std::set<std::string>& seen) {
    const auto [page, transport] = read_page(e);
    Expect expect{e};
    expect.question(page.cause, page.is_refused);
    expect.warnings(page.warnings);
    expect.text(seti::Redactor{"s3cret&Pw"}.keep(page.description));
    CHECK(expect.take("skipped").is_null() == (page.skipped == 0));
    for (const ReadCount& item : page.items) seen.insert(item.sku);
    if (const json next = expect.take("next"); !next.is_null()) CHECK(page.next == next.get<std::string>());
    if (const json end = expect.take("end"); !end.is_null()) {
        std::int64_t news = 0;
        const bool goes_on = e.field("startnum") != "1";
        for (const std::string& sku : seen) news += goes_on && seen_before.contains(sku) ? 0 : 1;
        const bool is_cursor = e.field("startnum").empty();
        CHECK(end == (is_cursor ? !page.next : page.code == 2 || page.products == 0 || news == 0));
        if (const json wanted = expect.take("new_items"); !wanted.is_null()) CHECK(wanted == news);
    }
    if (!expect.take("paging").is_null()) CHECK(page.products > std::stoll(e.field("batchsize")));
    if (const json form = expect.take("dialect"); !form.is_null())
        CHECK((form == "text") == (page.form == Dialect::text));
    const auto passed_on = check_whole_store(e, expect.take("retry") == "smaller_batch");
    if (const json count = expect.take("item_count"); !count.is_null()) {
        REQUIRE(page.items.size() == count.get<std::size_t>());
        check_count(page.items.front(), expect.take("first"));
        check_count(page.items.back(), expect.take("last"));
    } else if (expect.has("items") || page.cause != Cause::none) {
        check_counts(passed_on, expect);
    }
}

}  // namespace stocktray::cart::transcripts
