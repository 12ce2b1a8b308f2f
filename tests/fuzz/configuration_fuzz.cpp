// agent.toml and gateway.toml as somebody typed them. What is wrong is said with the file and the line; what is taken
// keeps its bounds, and never lets passwords cross a network in clear by mistake.
#include <fstream>
#include <vector>

#include "agent/configuration.h"
#include "agent/gateway/configuration.h"
#include "agent/gateway/script/script_options.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/temp_dir.h"

namespace {

using namespace stocktray;
using fuzz::must;
namespace fs = std::filesystem;

void must_be_told(const Error& error, const fs::path& file) {
    must(error.code == ErrorCode::invalid && error.message.starts_with(file.string() + ", line "));
}

void check_script(const settings::File& file, const toml::table& table) {
    const auto options = gateway::read_script_options(file, table);
    if (!options) return must_be_told(options.error(), file.path());
    must(options->port > 0 && options->certificate.empty() == options->key.empty());
    must(options->is_https() || options->allows_plain_http || options->address == "::1" || options->address.starts_with("127."));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static const tests::TempDir folder;
    const auto file = folder.path() / "a.toml";
    std::ofstream{file, std::ios::binary} << fuzz::text_of(bytes, size);
    if (const auto agent = agent::read_configuration(file, agent::Presence::required))
        must(agent->retry.cap.count() >= 0 && agent->doubts.between_reads.count() >= 0);
    else
        must_be_told(agent.error(), file);
    const std::vector<gateway::DoorKind> kinds{{"script", {}}, {"folder", {}}, {"database", {}}};
    const auto gateway = gateway::read_gateway_file(file, kinds);
    if (!gateway)
        must_be_told(gateway.error(), file);
    else if (const auto* table = gateway->file.root()["script"].as_table())
        check_script(gateway->file, *table);
    return 0;
}
