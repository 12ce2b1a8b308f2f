// The proof that synchronization works, for a time that a person chooses.
#pragma once
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ipc/messages/report.h"
#include "tray/link/conversation.h"

namespace stocktray::tray {

class ReportModel {
public:
    struct Row {
        std::string where{};  // on the first row of each part
        std::string what{};
        std::string value{};

        bool operator==(const Row&) const = default;
    };

    // What a picture shows: for each name a bar of each row.
    struct Bars {
        struct Row {
            std::string name{};
            std::vector<std::int64_t> values{};
            bool operator==(const Row&) const = default;
        };
        std::vector<std::string> names{};
        std::vector<Row> rows{};
        bool operator==(const Bars&) const = default;
    };

    ReportModel(Conversation conversation, std::function<std::int64_t()> now, std::function<void()> changed);

    // Today, 7 days, 30 days, 90 days, a year: each from midnight on.
    [[nodiscard]] static std::vector<std::string> periods();
    [[nodiscard]] int period() const noexcept { return period_; }
    void choose(int period);
    void read();

    [[nodiscard]] bool is_reading() const noexcept { return is_reading_; }
    [[nodiscard]] const std::optional<ipc::report::GetResult>& report() const noexcept { return report_; }
    [[nodiscard]] std::string headline() const;
    [[nodiscard]] std::string time() const;
    [[nodiscard]] std::vector<Row> rows() const;
    // Changes and confirmed posts by day; how many posts of all carts were confirmed within which time. Empty where
    // there is no report yet, or nothing was confirmed.
    [[nodiscard]] Bars days() const;
    [[nodiscard]] Bars times() const;
    [[nodiscard]] const std::string& trouble() const noexcept { return trouble_; }

private:
    std::function<std::int64_t()> now_;
    std::function<void()> changed_;
    int period_{1};
    bool is_reading_{false};
    std::uint64_t readings_{0};
    std::optional<ipc::report::GetResult> report_;
    std::string trouble_;
    Conversation conversation_;
};

// The same page as `stocktrayctl report --html` writes, in the person's language. Draws pictures, which takes
// a moment. An empty sentence: it is written, and whole.
struct WrittenPage {
    bool is_written{false};
    std::string words{};  // what is missing, or why it is not written
};
[[nodiscard]] WrittenPage write_report_page(const std::filesystem::path& file,
                                            const ipc::report::GetResult& report);

}  // namespace stocktray::tray
