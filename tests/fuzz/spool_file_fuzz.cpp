// A spool of which some bytes are not what was written: three bytes of input are a place (two) and what stands there now.
// It opens or says why not; what it still gives as waiting is what was submitted; mended, it is whole and takes more.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "ipc/spool/repair.h"
#include "ipc/spool/spool.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/temp_dir.h"

namespace {

using namespace stocktray;
using namespace stocktray::ipc;
using fuzz::must;
namespace fs = std::filesystem;

std::vector<qoh::Change> submitted() {
    std::vector<qoh::Change> changes;
    for (int i = 0; i < 40; ++i) {
        auto& change = changes.emplace_back();
        change.id = "id-" + std::to_string(i);
        change.sku = "SKU-" + std::to_string(i % 7);
        change.delta = i - 20;
    }
    return changes;
}

const tests::TempDir& folder() {
    static const tests::TempDir dir;
    return dir;
}

std::string good_spool() {
    const auto file = folder().path() / "good.db";
    {
        auto spool = Spool::open(file, "fuzz");
        must(spool && spool->append(submitted(), 1'000).has_value());
    }  // closed: everything stands in the one file
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

void must_be_what_was_submitted(Spool& spool) {
    static const auto changes = submitted();
    const auto waiting = spool.list(SpoolState::waiting, 0, 1'000);
    if (!waiting) return;
    for (const auto& entry : *waiting) {
        if (entry.state != SpoolState::waiting) continue;  // doubtful: it is named
        const auto change = entry.change();
        must(change && std::ranges::find(changes, *change) != changes.end());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static const std::string good = good_spool();
    std::string image = good;
    for (std::size_t i = 0; i + 2 < size; i += 3)
        image[(bytes[i] * 256U + bytes[i + 1]) % image.size()] = static_cast<char>(bytes[i + 2]);
    const auto here = folder().path() / "one";
    fs::remove_all(here);
    fs::create_directory(here);
    const auto file = here / "spool.db";
    std::ofstream{file, std::ios::binary} << image;
    if (auto spool = Spool::open(file, "fuzz", Spool::OnDamage::tell)) {
        must_be_what_was_submitted(*spool);
        (void)spool->check();
    }
    auto repaired = repair_spool(file);
    if (!repaired) {
        // It looks like one of a newer version, or one that may only be read: then nothing was done with it.
        must(!Spool::open(file, "fuzz", Spool::OnDamage::tell));
        must(fs::exists(file) && fs::file_size(file) == image.size());
        return 0;
    }
    auto spool = Spool::open(file, "fuzz", Spool::OnDamage::tell);
    must(spool.has_value());
    must_be_what_was_submitted(*spool);
    const auto problems = spool->check();
    must(problems && problems->empty());
    qoh::Change more;
    more.id = "more";
    more.sku = "A";
    more.delta = 1;
    must(spool->append({&more, 1}, 2'000).has_value());
    return 0;
}
