#include <doctest/doctest.h>

#include <fstream>

#include "agent/gateway/folder/folder_configuration.h"
#include "tests/support/temp_dir.h"

namespace stocktray::gateway {
namespace {

Result<FolderSettings> read(const std::string& text) {
    const tests::TempDir dir;
    const auto path = dir.path() / "gateway.toml";
    std::ofstream{path} << text;
    const auto file = settings::File::read(path);
    REQUIRE(file);
    return read_folder(*file, *(*file->root().get_as<toml::array>("folder"))[0].as_table());
}

}  // namespace

TEST_SUITE("folder configuration") {
    TEST_CASE("a_path_is_enough") {
        const auto folder = read("[[folder]]\npath = \"/srv/counts\"\n");
        REQUIRE(folder);
        CHECK(folder->path == "/srv/counts");
        CHECK(folder->age == std::chrono::seconds{5});
        CHECK_FALSE(folder->wishes.recipe.kind);
        CHECK_FALSE(folder->wishes.consent.takes_again);
    }

    TEST_CASE("each_setting_is_read") {
        const auto folder = read(R"([[folder]]
path = "/srv/counts"
files = ["stock-*.csv"]
kind = "counts"
columns = { sku = "Artikelnummer", qoh = 3 }
header = false
separator = "tab"
charset = "windows-1252"
decimal = ","
trailer = "ENDE"
open_end = true
trust_skus = true
reason = "phone_order"
skip_bad = true
equal_files = "new"
fewest_percent = 50
age_seconds = 1
patience_seconds = 2
poll_seconds = 3
watch = "polling"
)");
        REQUIRE_MESSAGE(folder, folder.error().message);
        const auto& recipe = folder->wishes.recipe;
        CHECK(folder->files == std::vector<std::string>{"stock-*.csv"});
        CHECK(recipe.kind == stock_file::Kind::counts);
        REQUIRE(recipe.columns.size() == 2);
        for (const auto& choice : recipe.columns) {
            CHECK((choice.column == stock_file::Column::sku || choice.column == stock_file::Column::qoh));
            CHECK(choice.where == (choice.column == stock_file::Column::sku ? "Artikelnummer" : "3"));
        }
        CHECK_FALSE(recipe.has_header);
        CHECK(recipe.separator == '\t');
        CHECK(recipe.encoding == stock_file::Encoding::windows_1252);
        CHECK(recipe.decimal == ',');
        CHECK(recipe.trailer == "ENDE");
        CHECK(recipe.may_end_within_a_line);
        CHECK(recipe.sku_trust == stock_file::SkuTrust::as_written);
        CHECK(recipe.reason == ipc::Reason::phone_order);
        CHECK(folder->wishes.consent.skips_bad_lines);
        CHECK(folder->wishes.consent.takes_again);
        CHECK(folder->wishes.fewest_percent == 50);
        CHECK(folder->age == std::chrono::seconds{1});
        CHECK(folder->patience == std::chrono::seconds{2});
        CHECK(folder->poll_every == std::chrono::seconds{3});
        CHECK(folder->watch == WatchBy::polling);
    }

    TEST_CASE("what_is_wrong_is_named_with_its_line") {
        for (const char* wrong : {"kind = \"both\"", "columns = { colour = 1 }", "columns = { sku = 0 }", "columns = { sku = \"\" }",
                                  "separator = \";;\"", "charset = \"ebcdic\"", "decimal = \";\"", "reason = \"get_qoh\"",
                                  "fewest_percent = 101", "age_seconds = -1", "unknown = 1", "files = []", "equal_files = true"}) {
            const auto folder = read(std::string{"[[folder]]\npath = \"/srv/counts\"\n"} + wrong + "\n");
            REQUIRE_MESSAGE(!folder, wrong);
            CHECK(folder.error().code == ErrorCode::invalid);
            CHECK_MESSAGE(folder.error().message.find("line ") != std::string::npos, folder.error().message);
        }
        CHECK_FALSE(read("[[folder]]\nkind = \"counts\"\n"));
        CHECK_FALSE(read("[[folder]]\npath = \"counts\"\n"));
    }
}

}  // namespace stocktray::gateway
