// Get QOH on its way into a real database, and into files: added once, whatever ends in between.
#include "agent/gateway/database/handback.h"

#include <doctest/doctest.h>

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/agent/gateway/database/servers.h"
#include "tests/support/temp_dir.h"

using namespace stocktray;
using namespace stocktray::tests;
using namespace stocktray::gateway::database;

namespace {

namespace fs = std::filesystem;
struct Killed {};

// What was synced, in order, and how many bytes it had then.
struct Synced {
    fs::path file;
    std::uintmax_t bytes;
};
std::vector<Synced> synced;

// What waits at an agent to be taken over.
class Queue final : public Book {
public:
    std::vector<ipc::qoh::PullItem> items{};
    std::vector<std::string> added{};    // SKUs whose takeover was acknowledged
    std::vector<std::string> skipped{};  // SKUs that were named instead
    bool dies_at_ack{false};

    void put(const std::string& sku, std::int64_t delta) {
        ipc::qoh::PullItem item;
        item.cursor = "3f2a." + std::to_string(++last_);
        item.sku = sku;
        item.delta = delta;
        item.qoh = 100;
        item.cart = "main";
        items.push_back(item);
    }
    ipc::Expected<ipc::qoh::PullResult> pull(ipc::qoh::Pull request) override {
        if (request.ack && dies_at_ack) throw Killed{};
        while (request.ack && !items.empty()) {
            const auto item = items.front();
            const bool was_skipped = request.skipped && request.skipped->front().cursor == item.cursor;
            if (!knows(*request.ack)) break;
            (was_skipped ? skipped : added).push_back(item.sku);
            items.erase(items.begin());
            if (item.cursor == *request.ack) break;
        }
        const auto count = std::min(items.size(), static_cast<std::size_t>(request.limit));
        return ipc::qoh::PullResult{{items.begin(), items.begin() + static_cast<std::ptrdiff_t>(count)}, items.size() > count};
    }
    ipc::Expected<ipc::agent::HelloResult> hello() override { return none(); }
    ipc::Expected<Counts> counts_of(const std::vector<std::string>&) override { return none(); }
    ipc::Expected<Page> page(const std::string&) override { return none(); }
    ipc::Expected<ipc::qoh::SubmitResult> offer(std::vector<ipc::qoh::Change>) override { return none(); }
    ipc::Expected<ipc::qoh::SnapshotResult> snapshot(ipc::qoh::Snapshot) override { return none(); }

private:
    [[nodiscard]] bool knows(const std::string& cursor) const {
        return std::any_of(items.begin(), items.end(), [&](const auto& item) { return item.cursor == cursor; });
    }
    static ipc::Failure none() { return ipc::fail(ipc::Code::unsupported, "It only hands out."); }
    int last_{0};
};

struct Bench {
    std::unique_ptr<Server> server{sqlite_server()};
    TempDir dir{};
    Settings settings{};
    Queue queue{};
    std::unique_ptr<State> state{State::open(dir.path() / "erp.db").value()};

    Bench() {
        settings.name = "erp";
        settings.connection = server->owners_connection();
        server->run("CREATE TABLE item (code TEXT, stock INTEGER)");
        server->run("INSERT INTO item VALUES ('A', 10), ('B', 20), ('TWICE', 1), ('TWICE', 1)");
    }
    void by_statement() {
        server->run("CREATE TABLE place (cursor TEXT)");
        server->run("INSERT INTO place VALUES (NULL)");
        settings.handback.statement = "UPDATE item SET stock = stock + ? WHERE code = ?";
        settings.handback.store_cursor = "UPDATE place SET cursor = ?";
        settings.handback.read_cursor = "SELECT cursor FROM place";
    }
    void by_file() {
        fs::create_directories(folder());
        settings.handback.folder = folder();
    }
    [[nodiscard]] Result<void> step() { return make_handback(settings)->step(queue, *state); }  // each a new program
    [[nodiscard]] std::string stock(const std::string& sku) {
        return server->run("SELECT stock FROM item WHERE code = '" + sku + "'");
    }
    [[nodiscard]] fs::path folder() const { return dir.path() / "get"; }
    [[nodiscard]] std::vector<fs::path> files() const {
        std::vector<fs::path> found;
        for (const auto& entry : fs::directory_iterator{folder()})
            if (entry.is_regular_file()) found.push_back(entry.path());
        return found;
    }
};

std::string text_of(const fs::path& file) {
    std::ostringstream text;
    text << std::ifstream{file}.rdbuf();
    return text.str();
}

}  // namespace

TEST_SUITE("HandbackByStatement") {
    TEST_CASE("the pieces are added, and each item is acknowledged when they are") {
        Bench bench;
        bench.by_statement();
        bench.queue.put("A", +5);
        bench.queue.put("B", -3);
        bench.queue.put("A", +1);
        REQUIRE(bench.step());
        CHECK(bench.stock("A") == "16\n");
        CHECK(bench.stock("B") == "17\n");
        CHECK(bench.queue.added == std::vector<std::string>{"A", "B", "A"});
        CHECK(bench.server->run("SELECT cursor FROM place") == "3f2a.3\n");
    }

    TEST_CASE("pieces that were added before the program ended are not added again") {
        Bench bench;
        bench.by_statement();
        bench.queue.put("A", +5);
        bench.queue.put("B", +1);
        bench.queue.dies_at_ack = true;
        for (int n = 0; n < 3; ++n) CHECK_THROWS_AS((void)bench.step(), Killed);
        CHECK(bench.stock("A") == "15\n");
        CHECK(bench.queue.added.empty());
        bench.queue.dies_at_ack = false;
        REQUIRE(bench.step());
        CHECK(bench.stock("A") == "15\n");
        CHECK(bench.stock("B") == "21\n");
        CHECK(bench.queue.added == std::vector<std::string>{"A", "B"});
    }

    TEST_CASE("a SKU that is not there, or more than once, is skipped and changes nothing") {
        Bench bench;
        bench.by_statement();
        bench.queue.put("X", +5);
        bench.queue.put("TWICE", +5);
        bench.queue.put("A", +1);
        REQUIRE(bench.step());
        CHECK(bench.queue.skipped == std::vector<std::string>{"X", "TWICE"});
        CHECK(bench.queue.added == std::vector<std::string>{"A"});
        CHECK(bench.stock("TWICE") == "1\n1\n");
    }

    TEST_CASE("without the cursor's row nothing is added") {
        Bench bench;
        bench.by_statement();
        bench.server->run("DELETE FROM place");
        bench.queue.put("A", +5);
        const auto done = bench.step();
        REQUIRE_FALSE(done);
        CHECK(done.error().message == "get_qoh_read_cursor must answer exactly one row, and answers none: insert one.");
        CHECK(bench.stock("A") == "10\n");
        CHECK(bench.queue.items.size() == 1);
    }

    TEST_CASE("the test of the set-up leaves the cursor as it was") {
        Bench bench;
        bench.by_statement();
        bench.server->run("UPDATE place SET cursor = '3f2a.9'");
        const auto findings = make_handback(bench.settings)->test();
        REQUIRE(findings.size() == 1);
        CHECK_MESSAGE(findings.front().is_good, findings.front().text);
        CHECK(bench.server->run("SELECT cursor FROM place") == "3f2a.9\n");
    }
}

// This program's own, in place of the system's: the disk cannot be asked what it holds.
extern "C" int fsync(int file) {
    std::error_code ignored;
    const auto path = fs::read_symlink("/proc/self/fd/" + std::to_string(file), ignored);
    synced.push_back({path, fs::is_regular_file(path, ignored) ? fs::file_size(path, ignored) : 0});
    return static_cast<int>(::syscall(SYS_fsync, file));
}

TEST_SUITE("HandbackByFile") {
    TEST_CASE("a file is whole on the disk before it bears its name, and then its name is") {
        Bench bench;
        bench.by_file();
        bench.queue.put("A", +5);
        synced.clear();
        REQUIRE(bench.step());
        REQUIRE(bench.files().size() == 1);
        const auto file = bench.files().front();
        const auto data = std::ranges::find(synced, fs::path{file.string() + ".part"}, &Synced::file);
        REQUIRE(data != synced.end());
        CHECK(data->bytes == fs::file_size(file));
        CHECK(std::ranges::find(data, synced.end(), bench.folder(), &Synced::file) != synced.end());
    }

    TEST_CASE("a file is acknowledged when it stands in done, and not before") {
        Bench bench;
        bench.by_file();
        bench.queue.put("A", +5);
        bench.queue.put("B", -3);
        for (int n = 0; n < 3; ++n) REQUIRE(bench.step());
        REQUIRE(bench.files().size() == 1);
        const auto file = bench.files().front();
        CHECK(text_of(file) == "sku,add,count_then,new_product,name,cart\r\nA,5,100,no,,main\r\nB,-3,100,no,,main\r\n");
        CHECK(bench.queue.added.empty());
        bench.queue.put("A", +1);  // waits for the next file
        REQUIRE(bench.step());
        CHECK(bench.files().size() == 1);
        fs::rename(file, bench.folder() / "done" / file.filename());
        REQUIRE(bench.step());
        CHECK(bench.queue.added == std::vector<std::string>{"A", "B"});
        REQUIRE(bench.files().size() == 1);
        CHECK(text_of(bench.files().front()).find("A,1,") != std::string::npos);
    }

    TEST_CASE("a file that was deleted comes back as it was; one that was acknowledged elsewhere does not") {
        Bench bench;
        bench.by_file();
        bench.queue.put("A", +5);
        REQUIRE(bench.step());
        const auto file = bench.files().front();
        const auto before = text_of(file);
        bench.queue.put("B", +1);
        fs::remove(file);
        REQUIRE(bench.step());
        CHECK(bench.files() == std::vector{file});
        CHECK(text_of(file) == before);
        fs::remove(file);
        bench.queue.items.clear();
        REQUIRE(bench.step());
        CHECK(bench.files().empty());
    }

    TEST_CASE("a program that ends before the acknowledgement gives it once more") {
        Bench bench;
        bench.by_file();
        bench.queue.put("A", +5);
        REQUIRE(bench.step());
        const auto file = bench.files().front();
        fs::rename(file, bench.folder() / "done" / file.filename());
        bench.queue.dies_at_ack = true;
        CHECK_THROWS_AS((void)bench.step(), Killed);
        bench.queue.dies_at_ack = false;
        REQUIRE(bench.step());
        CHECK(bench.queue.added == std::vector<std::string>{"A"});
        REQUIRE(bench.step());
        CHECK(bench.files().empty());
    }

    TEST_CASE("a link that somebody lays in the way of a file leads nowhere") {
        Bench bench;
        bench.by_file();
        bench.queue.put("A", +5);
        for (int n = 0; n < 3; ++n) REQUIRE(bench.step());
        REQUIRE(bench.files().size() == 1);
        const auto file = bench.files().front();
        const TempDir elsewhere;
        std::ofstream{elsewhere.path() / "victim"} << "precious";
        fs::remove(file);
        fs::create_symlink(elsewhere.path() / "victim", file.string() + ".part");
        REQUIRE(bench.step());
        CHECK(text_of(file).find("A,5,") != std::string::npos);
        CHECK(!fs::is_symlink(file));
        CHECK(text_of(elsewhere.path() / "victim") == "precious");
    }

    TEST_CASE("a folder that cannot be written is named") {
        Bench bench;
        bench.settings.handback.folder = bench.dir.path() / "none";
        CHECK_FALSE(make_handback(bench.settings)->test().front().is_good);
        std::ofstream{bench.dir.path() / "none"};
        bench.queue.put("A", +5);
        const auto done = bench.step();
        REQUIRE_FALSE(done);
        CHECK(done.error().message.find("cannot be written into") != std::string::npos);
        CHECK(bench.queue.items.size() == 1);
    }
}
