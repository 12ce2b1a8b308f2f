#include "agent/gateway/folder/folder_configuration.h"

#include <array>
#include <optional>

namespace stocktray::gateway {
namespace {

using stock_file::Column;
using stock_file::Encoding;
using stock_file::Kind;

// A word of an enumeration, for a value that may be left open.
template <class T, std::size_t n>
settings::Setter one_of_if_given(std::optional<T>& into, std::array<std::pair<std::string_view, T>, n> words) {
    return [&into, words](const toml::node& node) {
        T value{};
        if (!settings::one_of(value, words)(node)) return false;
        into = value;
        return true;
    };
}

settings::Setter reason(ipc::Reason& into) {
    return [&into](const toml::node& node) {
        const auto text = node.value_exact<std::string>();
        const auto word = text ? ipc::from_string<ipc::Reason>(*text) : std::nullopt;
        // These two cannot be true of all lines of a file.
        if (!word || *word == ipc::Reason::get_qoh || *word == ipc::Reason::web_order_imported) return false;
        into = *word;
        return true;
    };
}

// columns = { sku = "Artikelnummer", qoh = 3 }
settings::Setter columns(std::vector<stock_file::ColumnChoice>& into) {
    return [&into](const toml::node& node) {
        const auto* table = node.as_table();
        if (table == nullptr) return false;
        for (const auto& [key, value] : *table) {
            const auto column = ipc::from_string<Column>(key.str());
            const auto name = value.value_exact<std::string>();
            const auto number = value.value_exact<std::int64_t>();
            if (!column || (!name && !number) || (name && name->empty()) || (number && *number < 1)) return false;
            into.push_back({*column, name ? *name : std::to_string(*number)});
        }
        return true;
    };
}

settings::Setter separator(std::optional<char>& into) {
    return [&into](const toml::node& node) {
        const auto text = node.value_exact<std::string>();
        if (!text || (text->size() != 1 && *text != "tab")) return false;
        into = *text == "tab" ? '\t' : text->front();
        return true;
    };
}

settings::Setter percent(int& into) {
    return [&into](const toml::node& node) {
        std::int64_t value = 0;
        if (!settings::number(value, 0, 100)(node)) return false;
        into = static_cast<int>(value);
        return true;
    };
}

template <class T>
using Words = std::pair<std::string_view, T>;

}  // namespace

Result<FolderSettings> read_folder(const settings::File& file, const toml::table& table) {
    FolderSettings folder;
    auto& wishes = folder.wishes;
    auto& recipe = wishes.recipe;
    bool trusts_skus = false;
    const settings::Setters setters{
        {"path", settings::path(folder.path)},
        {"files", settings::texts(folder.files)},
        {"kind", one_of_if_given(recipe.kind, std::array<Words<Kind>, 2>{{{"changes", Kind::changes}, {"counts", Kind::counts}}})},
        {"columns", columns(recipe.columns)},
        {"header", settings::yes_or_no(recipe.has_header)},
        {"separator", separator(recipe.separator)},
        {"charset", one_of_if_given(recipe.encoding, std::array<Words<Encoding>, 4>{{{"utf-8", Encoding::utf_8},
                                                                                     {"utf-16le", Encoding::utf_16le},
                                                                                     {"utf-16be", Encoding::utf_16be},
                                                                                     {"windows-1252", Encoding::windows_1252}}})},
        {"decimal", one_of_if_given(recipe.decimal, std::array<Words<char>, 2>{{{".", '.'}, {",", ','}}})},
        {"trailer", settings::text(recipe.trailer)},
        {"open_end", settings::yes_or_no(recipe.may_end_within_a_line)},
        {"trust_skus", settings::yes_or_no(trusts_skus)},
        {"reason", reason(recipe.reason)},
        {"skip_bad", settings::yes_or_no(wishes.consent.skips_bad_lines)},
        {"equal_files", settings::one_of(wishes.consent.takes_again,
                                         std::array<Words<bool>, 2>{{{"same", false}, {"new", true}}})},
        {"fewest_percent", percent(wishes.fewest_percent)},
        {"age_seconds", settings::seconds(folder.age)},
        {"patience_seconds", settings::seconds(folder.patience)},
        {"poll_seconds", settings::seconds(folder.poll_every)},
        {"watch", settings::one_of(folder.watch, std::array<Words<WatchBy>, 2>{{{"automatic", WatchBy::automatic},
                                                                                {"polling", WatchBy::polling}}})}};
    if (auto applied = file.apply(table, "folder.", setters); !applied) return Failure{std::move(applied.error())};
    if (folder.path.empty() || !folder.path.is_absolute()) return file.wrong(table, "A folder needs its whole path: path = \"/srv/counts\".");
    if (folder.files.empty()) return file.wrong(table, "A folder needs patterns of its files: files = [\"*.csv\"].");
    recipe.sku_trust = trusts_skus ? stock_file::SkuTrust::as_written : stock_file::SkuTrust::strict;
    return folder;
}

}  // namespace stocktray::gateway
