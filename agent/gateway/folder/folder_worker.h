// Takes the files of one watched folder, each once, in the order of their names.
#pragma once
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "agent/gateway/folder/arrivals.h"
#include "agent/gateway/folder/filing.h"
#include "agent/gateway/folder/folder_settings.h"
#include "agent/gateway/folder/folder_watch.h"
#include "ipc/import/ledger.h"
#include "ipc/spool/outbox.h"

namespace stocktray::gateway {

// What a person should know as long as it is so.
struct FolderProblem {
    std::string message{};
    std::string hint{};

    bool operator==(const FolderProblem&) const = default;
};

class FolderWorker {
public:
    // All of them must outlive it. One thread uses it.
    FolderWorker(FolderSettings settings, ipc::Outbox& outbox, import::Ledger& ledger);

    // One look at the folder, at `now` of a clock that never goes back: takes at most one file. After which time to look
    // again; that may be at once.
    [[nodiscard]] Steady step(Steady now);
    // Until something has come behind the last look, that time is over, or it is told to stop.
    void wait(Steady at_most, std::stop_token stop);

    // All that is so now.
    [[nodiscard]] std::vector<FolderProblem> problems() const;

    // Until it is told to stop; `tell` hears of the problems after each look.
    template <class Tell>
    void run(std::stop_token stop, Tell tell) {
        while (!stop.stop_requested()) {
            const Steady rest = step(steady_now());
            tell(problems());
            if (rest > Steady{0}) wait(rest, stop);
        }
    }

private:
    using Consent = import::Consent;

    [[nodiscard]] static Steady steady_now();

    // How a file's turn ended.
    enum class Turn { over, again_later };
    [[nodiscard]] Turn take_up(const std::filesystem::path& file, const Consent& consent, Steady now);
    [[nodiscard]] Turn go_on(const std::filesystem::path& claimed);
    [[nodiscard]] Turn take(const std::filesystem::path& claimed, const Seen& as_read, const import::Inspected& inspected);
    [[nodiscard]] Turn put_away(const std::filesystem::path& file, const std::filesystem::path& into, const std::string& report);
    [[nodiscard]] tl::expected<import::Inspected, import::NotInspected> inspect(const std::filesystem::path& file,
                                                                                const Consent& consent, Steady unchanged_for);
    struct UnknownCart {
        std::uint32_t line{0};
        std::string cart{};
    };
    // The first line whose cart the agent does not have; none: there is no such line, or the agent is away.
    [[nodiscard]] std::optional<UnknownCart> unknown_cart_in(const import::Inspected& inspected);
    // Files that people lay here in good faith and that cannot be read.
    void look_for_spreadsheets();
    void watch();
    [[nodiscard]] Steady stuck(std::string message, std::string hint);
    [[nodiscard]] Turn stuck_file(std::string message, std::string hint);

    FolderSettings settings_;
    ipc::Outbox& outbox_;
    import::Ledger& ledger_;
    Filing filing_;
    Arrivals arrivals_;
    std::unique_ptr<FolderWatch> watch_{};
    std::vector<FolderProblem> of_folder_{};    // found by this look
    std::vector<FolderProblem> of_last_count_{};
    std::vector<FolderProblem> of_spreadsheets_{};
};

}  // namespace stocktray::gateway
