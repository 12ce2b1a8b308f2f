// Files of changes in a watched folder while the agent is away: what is saved, and where the files go.
#include <fmt/format.h>

#include "tests/agent/gateway/folder/a_folder.h"

namespace stocktray::gateway {
namespace {

namespace fs = std::filesystem;
using testing::AFolder;
using testing::holds;

}  // namespace

TEST_SUITE("folder worker") {
    TEST_CASE("a_good_file_is_saved_once_and_put_away_with_a_report") {
        AFolder folder;
        folder.write("a.csv", "SKU;Menge\r\n00012;-2\r\nB;3\r\n");
        folder.settle();
        REQUIRE(folder.saved().size() == 2);
        CHECK(folder.saved()[0].sku == "00012");
        CHECK(folder.saved()[0].delta == -2);
        CHECK(folder.saved()[0].reason_text == "a.csv, line 2");
        CHECK_FALSE(folder.has("a.csv"));
        CHECK(folder.has("done/a.csv"));
        CHECK(holds(folder.text("done/a.csv.report.txt"), "2 changes were taken."));
        CHECK(holds(folder.text("done/a.csv.report.txt"), "The agent does not answer just now."));
        CHECK(folder.worker->problems().empty());
        folder.settle();
        CHECK(folder.saved().size() == 2);
    }

    TEST_CASE("a_file_that_comes_behind_the_first_list_is_told") {
        using namespace std::chrono;
        AFolder folder;
        folder.start();
        (void)folder.worker->step(milliseconds{0});
        folder.write("a.csv", "sku,delta\nA,1\n");
        const auto begun = steady_clock::now();
        folder.worker->wait(seconds{60}, {});
        CHECK(steady_clock::now() - begun < seconds{50});  // otherwise it lies there for a whole minute
    }

    TEST_CASE("files_come_in_the_order_of_their_names") {
        AFolder folder;
        folder.write("2.csv", "sku,delta\nB,1\n");
        folder.write("1.csv", "sku,delta\nA,1\n");
        folder.write("3.csv", "sku,delta\nC,1\n");
        folder.settle();
        std::string skus;
        for (const auto& change : folder.saved()) skus += change.sku;
        CHECK(skus == "ABC");
    }

    TEST_CASE("a_bad_line_stops_the_file_which_goes_to_the_problems_with_each_line_named") {
        AFolder folder;
        folder.write("a.csv", "sku,delta\nA,1\n1E5,2\nB,x\n");
        folder.settle();
        CHECK(folder.saved().empty());
        CHECK(folder.has("problems/a.csv"));
        const auto report = folder.text("problems/a.csv.report.txt");
        CHECK(holds(report, "Nothing of this file was taken. 2 of 3 rows cannot be read"));
        CHECK(holds(report, "Line 3: The SKU “1E5” is a number that a spreadsheet program has shortened"));
        CHECK(holds(report, "Line 4: “x” is no whole number."));
        CHECK(holds(report, "What to do: "));
        auto problems = folder.worker->problems();
        REQUIRE(problems.size() == 1);
        CHECK(holds(problems[0].message, "a.csv in "));
        CHECK(holds(problems[0].message, "2 of 3 rows cannot be read"));
        CHECK(holds(problems[0].hint, ".report.txt"));
        folder.start();
        CHECK_MESSAGE(folder.worker->problems().size() == 1, "it stands there after a restart, too");
        fs::remove(folder.path / "problems/a.csv");
        CHECK(folder.worker->problems().empty());
    }

    TEST_CASE("a_file_that_somebody_accepts_is_taken_without_its_bad_lines") {
        AFolder folder;
        folder.write("a.csv", "sku,delta\nA,1\nB,x\n");
        folder.settle();
        CHECK(folder.saved().empty());
        fs::rename(folder.path / "problems/a.csv", folder.path / "accept/a.csv");
        folder.settle();
        CHECK(folder.saved().size() == 1);
        CHECK(holds(folder.text("done/a.csv.report.txt"), "Line 3: “x” is no whole number."));
    }

    TEST_CASE("the_same_content_again_is_a_problem_until_somebody_accepts_it") {
        AFolder folder;
        folder.write("a.csv", "sku,delta\nA,1\n");
        folder.settle();
        folder.write("b.csv", "sku,delta\nA,1\n");
        folder.settle();
        CHECK(folder.saved().size() == 1);
        CHECK(holds(folder.text("problems/b.csv.report.txt"), "The same content was taken as a.csv on "));
        fs::rename(folder.path / "problems/b.csv", folder.path / "accept/b.csv");
        folder.settle();
        CHECK(folder.saved().size() == 2);
        CHECK(folder.saved()[0].id != folder.saved()[1].id);
    }

    TEST_CASE("where_equal_files_are_new_ones_each_counts") {
        AFolder folder;
        folder.settings.wishes.consent.takes_again = true;
        for (int i = 1; i <= 3; ++i) {
            folder.write("till.csv", "sku,delta\nA,-1\n");
            folder.settle();
            CHECK(folder.saved().size() == static_cast<std::size_t>(i));
        }
        CHECK(folder.has("done/till (3).csv"));
        CHECK(folder.has("done/till (3).csv.report.txt"));
    }

    TEST_CASE("a_file_that_is_written_while_it_is_looked_at_counts_whole_and_once") {
        AFolder folder;
        folder.settings.wishes.recipe.trailer = "END";
        const std::string whole = "SKU;Delta\r\nA;-12;\r\n\"B;1\";100\r\nEND;2\r\n";
        folder.start();
        std::size_t taken_at = 0;
        for (std::size_t bytes = 1; bytes <= whole.size() && taken_at == 0; ++bytes) {
            folder.write("a.csv", whole.substr(0, bytes));
            folder.settle();
            const auto saved = folder.saved();
            if (!saved.empty()) taken_at = bytes;
            CHECK_MESSAGE((saved.empty() || saved.size() == 2), "cut at ", bytes);
        }
        REQUIRE(folder.saved().size() == 2);
        CHECK(folder.saved()[1].delta == 100);
        CHECK_MESSAGE(taken_at >= whole.size() - 4, "not before the trailer");
        CHECK(folder.has("done/a.csv"));
        CHECK(folder.worker->problems().empty());
    }

    TEST_CASE("a_half_file_waits_holds_up_the_next_and_is_a_problem_when_patience_ends") {
        AFolder folder;
        folder.write("a.csv", "sku,delta\nA,1\nB,1");
        folder.write("b.csv", "sku,delta\nC,1\n");
        folder.settle();
        CHECK(folder.has("a.csv"));
        CHECK(folder.has("b.csv"));
        CHECK(folder.saved().empty());
        folder.now += folder.settings.patience;
        folder.settle();
        CHECK(holds(folder.text("problems/a.csv.report.txt"), "Nothing of this file was taken. The last line has no line end."));
        CHECK(holds(folder.text("problems/a.csv.report.txt"), "The file is not whole."));
        REQUIRE(folder.saved().size() == 1);
        CHECK(folder.saved()[0].sku == "C");
    }

    TEST_CASE("a_file_that_somebody_still_has_open_is_left_alone") {
        AFolder folder;
        std::ofstream writer{folder.path / "a.csv"};
        writer << "sku,delta\nA,1\n" << std::flush;
        folder.settle();
        folder.settle();
        CHECK(folder.saved().empty());
        writer << "B,1\n";
        writer.close();
        folder.settle();
        folder.settle();
        CHECK(folder.saved().size() == 2);
    }

    TEST_CASE("a_program_that_ended_in_the_middle_goes_on_with_the_same_changes") {
        AFolder folder;
        const std::string text = "sku,delta\nA,1\nB,2\n";
        folder.start();
        (void)folder.worker->step(folder.now);
        // As it is left by a kill between claiming the file and saving its last change.
        folder.write("taking/a.csv", text);
        std::ifstream bytes{folder.path / "taking/a.csv", std::ios::binary};
        auto wishes = folder.settings.wishes;
        wishes.series = folder.path.string();
        const auto inspected = import::inspect(bytes, "a.csv", 0, wishes, *folder.ledger);
        REQUIRE(inspected);
        REQUIRE(folder.ledger->begin(inspected->entry));
        REQUIRE(folder.outbox->submit({stock_file::change_of(inspected->contents, 0, inspected->entry.fingerprint, 0)},
                                      std::chrono::milliseconds{0}));
        folder.start();
        folder.settle();
        CHECK(folder.saved().size() == 2);
        CHECK(folder.has("done/a.csv"));

        // And by one between the last change and putting the file away.
        folder.write("taking/a.csv", text);
        folder.start();
        folder.settle();
        CHECK(folder.saved().size() == 2);
        CHECK(holds(folder.text("done/a (2).csv.report.txt"), "taken as a whole"));
    }

    TEST_CASE("what_was_changed_while_it_was_taken_is_named_and_not_taken") {
        AFolder folder;
        folder.settle();
        folder.write("taking/a.csv", "sku,delta\nA,1\n");
        folder.settle();
        CHECK(folder.saved().empty());
        CHECK(holds(folder.text("problems/a.csv.report.txt"), "written to while it was taken"));
    }

    TEST_CASE("a_file_that_begins_with_one_that_was_taken_would_count_twice") {
        AFolder folder;
        folder.write("a.csv", "sku,delta\nA,1\nB,1\n");
        folder.settle();
        folder.write("b.csv", "sku,delta\nA,1\nB,1\nC,1\n");
        folder.settle();
        CHECK(folder.saved().size() == 2);
        CHECK(holds(folder.text("problems/b.csv.report.txt"), "It begins with the rows of a.csv"));
        fs::rename(folder.path / "problems/b.csv", folder.path / "accept/b.csv");
        folder.settle();
        REQUIRE(folder.saved().size() == 3);
        CHECK(folder.saved()[2].sku == "C");
    }

    TEST_CASE("two_folders_with_the_same_content_are_two_tills") {
        AFolder folder;
        folder.write("a.csv", "sku,delta\nA,-1\n");
        folder.settle();
        auto other = folder.settings;
        other.path = folder.dir.path() / "till-2";
        fs::create_directory(other.path);
        std::ofstream{other.path / "a.csv"} << "sku,delta\nA,-1\n";
        FolderWorker second{other, *folder.outbox, *folder.ledger};
        (void)second.step(Steady{0});
        while (second.step(other.age) == Steady{0}) {
        }
        CHECK(folder.saved().size() == 2);
    }

    TEST_CASE("a_folder_that_is_gone_is_named_and_comes_back") {
        AFolder folder;
        folder.start();
        fs::rename(folder.path, folder.dir.path() / "away");
        CHECK(folder.worker->step(folder.now) > Steady{0});
        REQUIRE(folder.worker->problems().size() == 1);
        CHECK(holds(folder.worker->problems()[0].message, folder.path.string()));
        fs::rename(folder.dir.path() / "away", folder.path);
        folder.write("a.csv", "sku,delta\nA,1\n");
        folder.settle();
        CHECK(folder.worker->problems().empty());
        CHECK(folder.saved().size() == 1);
    }

    TEST_CASE("links_that_somebody_lays_into_the_folder_lead_nowhere") {
        AFolder folder;
        folder.write("../secret.csv", "sku,delta\nSECRET,1\n");
        folder.write("../victim", "precious");
        folder.start();
        (void)folder.worker->step(folder.now);  // makes the folders in it
        fs::create_symlink(folder.dir.path() / "secret.csv", folder.path / "link.csv");
        fs::create_symlink(folder.dir.path() / "victim", folder.path / "done" / "a.csv.report.txt");
        folder.write("a.csv", "sku,delta\nA,1\n");
        folder.settle();
        REQUIRE(folder.saved().size() == 1);
        CHECK(folder.saved()[0].sku == "A");
        CHECK(folder.text("../victim") == "precious");
        CHECK(holds(folder.text("done/a.csv.report.txt"), "taken."));
        CHECK(fs::is_symlink(folder.path / "link.csv"));
    }

    TEST_CASE("a_name_that_is_no_text_does_no_harm") {
        AFolder folder;
        folder.write("\xFF\xFE\n.csv", "sku,delta\nA,1\n");
        folder.settle();
        REQUIRE(folder.saved().size() == 1);
        CHECK(folder.saved()[0].reason_text == "???.csv, line 2");
    }

    TEST_CASE("a_spreadsheet_is_named_as_long_as_it_lies_there_and_does_not_hold_up_the_others") {
        AFolder folder;
        folder.write("stock.XLSX", "PK");
        folder.write("~$stock.xlsx", "");  // Excel has it open
        folder.write("a.csv", "sku,delta\nA,1\n");
        folder.settle();
        CHECK(folder.has("done/a.csv"));
        CHECK(folder.has("stock.XLSX"));
        auto problems = folder.worker->problems();
        REQUIRE(problems.size() == 1);
        CHECK(holds(problems[0].message, "stock.XLSX in "));
        CHECK(holds(problems[0].message, "is a spreadsheet and is not taken"));
        fs::remove(folder.path / "stock.XLSX");
        folder.settle();
        CHECK(folder.worker->problems().empty());
    }
}

}  // namespace stocktray::gateway
