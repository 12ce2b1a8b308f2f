// A file of changes or counts from a stranger's program. What is taken from it the agent takes, too; every row is good or
// bad and never both; and a file that is cut within a line is never whole.
#include <sstream>
#include <string>

#include "ipc/codec/decode.h"
#include "ipc/codec/encode.h"
#include "ipc/stock_file/stock_file.h"
#include "ipc/stock_file/survey.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace stocktray;
using namespace stocktray::stock_file;
using fuzz::must;

template <ipc::Message T>
void must_be_taken(const T& told) {
    const std::string encoded = ipc::encode(told);
    const auto document = ipc::Document::parse(encoded);
    const auto heard = ipc::decode<T>(document.root());
    must(heard && *heard == told);
}

void check(const std::string& bytes, const Recipe& recipe, Encoding encoding) {
    std::istringstream in{bytes};
    const auto read = read_stock_file(in, recipe, encoding);
    if (!read) return must(!read.error().sentence.empty());
    const bool is_bytewise = encoding == Encoding::utf_8 || encoding == Encoding::windows_1252;
    if (is_bytewise && recipe.trailer.empty()) must(bytes.ends_with('\n'));
    must(read->rows == read->changes.size() + read->counts.size() + read->bad_rows);
    must(read->counts.size() == read->count_lines.size());
    for (std::size_t i = 0; i < read->changes.size(); ++i) must_be_taken(change_of(*read, i, std::string(40, 'f'), 1));
    for (const auto& count : read->counts) must_be_taken(count);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string file{fuzz::text_of(bytes, size)};
    std::istringstream in{file};
    const auto survey = stock_file::survey(in);
    if (!survey) return 0;
    must(survey->bytes == size && survey->fingerprint.size() == 40);
    check(file, {}, survey->encoding);
    check(file, {.kind = Kind::counts}, survey->encoding);
    check(file, {.kind = Kind::changes, .columns = {{Column::sku, "1"}, {Column::delta, "2"}}, .has_header = false,
                 .sku_trust = SkuTrust::as_written}, Encoding::windows_1252);
    check(file, {.trailer = "END"}, survey->encoding);
    return 0;
}
