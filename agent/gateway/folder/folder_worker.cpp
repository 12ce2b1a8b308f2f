#include "agent/gateway/folder/folder_worker.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <fstream>

#include "agent/gateway/ask.h"
#include "agent/gateway/folder/folder_report.h"
#include "ipc/messages/carts.h"
#include "ipc/wall_clock.h"

namespace stocktray::gateway {
namespace {

namespace fs = std::filesystem;
using import::Inspected;
using import::NotInspected;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Steady at_once{0};
constexpr Steady after_trouble = seconds{10};
constexpr Steady looks_at_least_every = seconds{60};  // for what nobody tells, such as a folder that was put in its place
constexpr milliseconds answer_to_count_within = seconds{10};

// Somebody has looked at the file and wants what it says.
constexpr import::Consent accepted{.skips_bad_lines = true, .takes_fewer = true, .takes_again = true, .takes_only_new = true};

std::string moment_now() {
    using namespace std::chrono;
    return import::moment(duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count());
}

// When the file was written: its time stamp is of another clock if a share keeps it, and may lie ahead.
std::int64_t written_at(const std::optional<Seen>& seen, Steady unchanged_for) {
    return seen ? std::min(seen->changed_ns / 1'000'000, ipc::now_ms() - unchanged_for.count()) : 0;
}

bool was_changed(const fs::path& file, const Seen& as_read) {
    const auto now = look_at(file);
    return !now || now->bytes != as_read.bytes || now->changed_ns != as_read.changed_ns;
}

}  // namespace

FolderWorker::FolderWorker(FolderSettings settings, ipc::Outbox& outbox, import::Ledger& ledger)
    : settings_{std::move(settings)},
      outbox_{outbox},
      ledger_{ledger},
      filing_{settings_.path},
      arrivals_{settings_.age, settings_.patience} {
    settings_.wishes.series = settings_.path.string();
}

Steady FolderWorker::steady_now() {
    return std::chrono::duration_cast<Steady>(std::chrono::steady_clock::now().time_since_epoch());
}

void FolderWorker::watch() {
    if (!watch_ && settings_.watch == WatchBy::automatic) watch_ = watch_folder(settings_.path);
    if (!watch_) watch_ = poll_folder(settings_.poll_every);
}

void FolderWorker::wait(Steady at_most, std::stop_token stop) {
    watch();
    watch_->wait(std::min(at_most, looks_at_least_every), std::move(stop));
}

Steady FolderWorker::stuck(std::string message, std::string hint) {
    of_folder_.push_back({std::move(message), std::move(hint)});
    return after_trouble;
}

FolderWorker::Turn FolderWorker::stuck_file(std::string message, std::string hint) {
    (void)stuck(std::move(message), std::move(hint));
    return Turn::again_later;
}

Steady FolderWorker::step(Steady now) {
    of_folder_.clear();
    if (auto opened = filing_.open(); !opened) {
        watch_.reset();  // it may be another folder that comes back
        return stuck(fmt::format("The folder of files cannot be used. {}", opened.error().message),
                     "Connect the drive or share, or let this user read and write there.");
    }
    watch();  // before it is listed: what comes behind the list is told
    look_for_spreadsheets();
    const auto turn_in = [&](const fs::path& in) { return filing_.list(in, settings_.files); };
    auto begun = turn_in(filing_.taking());
    auto agreed = turn_in(filing_.accept());
    auto arrived = turn_in(settings_.path);
    for (const auto* listed : {&begun, &agreed, &arrived})
        if (!*listed)
            return stuck(fmt::format("The folder of files cannot be read. {}", listed->error().message),
                         "Let this user read there, or connect the share again.");
    if (!begun->empty()) return go_on(filing_.taking() / begun->front().name) == Turn::over ? at_once : after_trouble;
    if (!agreed->empty())
        return take_up(filing_.accept() / agreed->front().name, accepted, now) == Turn::over ? at_once : after_trouble;
    const auto turn = arrivals_.look(std::move(*arrived), now);
    for (const auto& name : turn.passed_over)
        of_folder_.push_back({fmt::format("{} in {} is written to again and again, so it is not taken.", name, settings_.path.string()),
                              "Let the program write the file under another name and rename it when it is done."});
    if (turn.ready) {
        const auto result = take_up(settings_.path / *turn.ready, settings_.wishes.consent, now);
        // A file that is not whole is looked at again when its time has come.
        if (result == Turn::over) return at_once;
        if (!of_folder_.empty()) return after_trouble;
        return std::clamp(settings_.age, Steady{10}, after_trouble);
    }
    return turn.look_again.value_or(looks_at_least_every);
}

tl::expected<Inspected, NotInspected> FolderWorker::inspect(const fs::path& file, const Consent& consent, Steady unchanged_for) {
    std::ifstream bytes{file, std::ios::binary};
    if (!bytes) return tl::unexpected{NotInspected{NotInspected::Why::storage, fmt::format("{} cannot be read.", file.string())}};
    auto wishes = settings_.wishes;
    wishes.consent = consent;
    return import::inspect(bytes, file.filename().string(), written_at(look_at(file), unchanged_for), wishes, ledger_);
}

// A file that lies in the folder and that nobody seems to write to.
FolderWorker::Turn FolderWorker::take_up(const fs::path& file, const Consent& consent, Steady now) {
    const auto seen = look_at(file);
    if (!seen) return Turn::over;
    const bool has_arrived = file.parent_path() == settings_.path;
    const auto unchanged_for = has_arrived ? arrivals_.unchanged_for(seen->name, now) : std::nullopt;
    auto inspected = inspect(file, consent, unchanged_for.value_or(Steady{0}));
    if (was_changed(file, *seen)) return Turn::again_later;  // read while it was written
    if (!inspected) {
        const auto& problem = inspected.error();
        if (problem.why == NotInspected::Why::storage) return stuck_file(problem.sentence, "Look at the disk and at the rights of this user.");
        if (problem.why == NotInspected::Why::half && has_arrived && !arrivals_.put_off(seen->name, now)) {
            spdlog::info("{} is not whole yet, and those behind it wait: {}", file.string(), problem.sentence);
            return Turn::again_later;
        }
        spdlog::warn("{}: {}", file.string(), problem.sentence);
        return put_away(file, filing_.problems(), report_of_unreadable(seen->name, problem, moment_now()));
    }
    // A file that was begun was without objections then.
    if (!inspected->objections.empty() && !inspected->is_resumed) {
        spdlog::warn("{}: {}", file.string(), inspected->objections.front().sentence);
        return put_away(file, filing_.problems(), report_of_refused(*inspected, moment_now()));
    }
    // The agent would refuse such a line for good; the file is whole still, and its people are here. One that was accepted
    // has been looked at.
    if (!inspected->is_resumed && !consent.skips_bad_lines)
        if (const auto unknown = unknown_cart_in(*inspected)) {
            spdlog::warn("{}: there is no cart {}", file.string(), unknown->cart);
            return put_away(file, filing_.problems(), report_of_unknown_cart(seen->name, unknown->line, unknown->cart, moment_now()));
        }
    // From here on it is known to be under way: a file in taking/ always stands in the ledger.
    if (auto noted = ledger_.begin(inspected->entry); !noted)
        return stuck_file(noted.error().message, "Look at the disk and at the rights of this user.");
    const auto claimed = filing_.move(file, filing_.taking());
    if (!claimed)
        return stuck_file(fmt::format("A file cannot be moved. {}", claimed.error().message), "Let this user write in the folder.");
    return take(*claimed, *seen, *inspected);
}

// A file that was claimed before this program was ended, or before the agent went away.
FolderWorker::Turn FolderWorker::go_on(const fs::path& claimed) {
    const auto seen = look_at(claimed);
    if (!seen) return Turn::over;
    auto consent = accepted;
    consent.takes_again = false;
    const auto inspected = inspect(claimed, consent, Steady{0});  // when it was begun is known
    if (!inspected) {
        if (inspected.error().why == NotInspected::Why::storage)
            return stuck_file(inspected.error().sentence, "Look at the disk and at the rights of this user.");
        return put_away(claimed, filing_.problems(), report_of_changed(seen->name, moment_now()));
    }
    if (inspected->is_resumed) return take(claimed, *seen, *inspected);
    const auto known = ledger_.find(inspected->entry.fingerprint);
    if (!known) return stuck_file(known.error().message, "Look at the disk and at the rights of this user.");
    if (*known) return put_away(claimed, filing_.done(), report_of_taken_before(*inspected, moment_now()));
    return put_away(claimed, filing_.problems(), report_of_changed(seen->name, moment_now()));
}

FolderWorker::Turn FolderWorker::take(const fs::path& claimed, const Seen& as_read, const Inspected& inspected) {
    const bool is_count = inspected.contents.kind == stock_file::Kind::counts;
    // Changes are safe without the agent; nobody waits for one that is known to be away.
    const auto standing = outbox_.standing();
    const bool is_away = standing && !standing->trouble.empty();
    const auto wait = is_count ? answer_to_count_within : is_away ? milliseconds{0} : settings_.changes_within;
    const auto taken = import::take(inspected, outbox_, ledger_, outbox_.source(), wait);
    if (!taken)
        return stuck_file(fmt::format("{} waits to be taken. {}", inspected.name, taken.error().message),
                          is_count ? "A whole count needs the agent: see that it runs. The file is taken as soon as it answers."
                                   : "It is tried again; what was taken does not count twice.");
    spdlog::info("{}: {} rows taken", inspected.name, taken->rows);
    if (is_count) {
        of_last_count_.clear();
        if (!taken->retake.empty())
            of_last_count_.push_back(
                {fmt::format("{} items changed while the count {} was taken.", taken->retake.size(), inspected.name),
                 fmt::format("Count them again, in a file of their own: they stand in its report in {}.", filing_.done().string())});
    }
    if (was_changed(claimed, as_read)) return put_away(claimed, filing_.problems(), report_of_changed(inspected.name, moment_now()));
    return put_away(claimed, filing_.done(), report_of_taken(inspected, *taken, moment_now()));
}

std::optional<FolderWorker::UnknownCart> FolderWorker::unknown_cart_in(const Inspected& inspected) {
    const auto& contents = inspected.contents;
    const auto names_cart = [](const stock_file::Remarks& remarks) { return !remarks.cart.empty(); };
    if (std::ranges::none_of(contents.remarks, names_cart)) return std::nullopt;
    const auto known = ask_for_carts(outbox_, settings_.carts_within);
    if (!known) return std::nullopt;
    for (const auto& change : contents.changes) {
        const auto& cart = contents.remarks[change.remarks].cart;
        if (!cart.empty() && std::ranges::count(known->carts, cart, &ipc::carts::Cart::cart) == 0) return UnknownCart{change.line, cart};
    }
    return std::nullopt;
}

void FolderWorker::look_for_spreadsheets() {
    of_spreadsheets_.clear();
    const auto found = filing_.list(settings_.path, spreadsheets);
    if (!found) return;  // said where the files are listed
    for (const auto& file : *found)
        if (!is_wanted(file.name, settings_.files))
            of_spreadsheets_.push_back({fmt::format("{} in {} is a spreadsheet and is not taken: Stocktray reads CSV files.", file.name,
                                                    settings_.path.string()),
                                        "In the spreadsheet program choose Save As, CSV, and put that file into the folder; then take the "
                                        "spreadsheet out of it."});
}

FolderWorker::Turn FolderWorker::put_away(const fs::path& file, const fs::path& into, const std::string& report) {
    if (auto moved = filing_.put_away(file, into, report); !moved)
        return stuck_file(fmt::format("A file cannot be put away. {}", moved.error().message), "Let this user write in the folder.");
    return Turn::over;
}

std::vector<FolderProblem> FolderWorker::problems() const {
    auto found = of_folder_;
    found.insert(found.end(), of_last_count_.begin(), of_last_count_.end());
    found.insert(found.end(), of_spreadsheets_.begin(), of_spreadsheets_.end());
    for (const auto& problem : filing_.problems_told()) {
        const auto sentence = sentence_of(problem.report);
        found.push_back({fmt::format("{} in {}: {}", problem.name, filing_.problems().string(),
                                     sentence.empty() ? "It was not taken." : sentence),
                         "What to do stands in the report beside the file (its name and .report.txt). This ends when the file is moved or deleted."});
    }
    return found;
}

}  // namespace stocktray::gateway
