// How an Order Manager that cannot be changed tells its counts: what a person says about it, and what `stocktrayctl setup` makes
// of that. The file it writes, and whether it is right, is the gateway's knowledge, not ours. No wx.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "ipc/secret.h"

namespace stocktray::tray {

enum class WayIn { script, folder, database };
enum class FileKind { as_the_file_says, changes, counts };
enum class WayInField { folder, name, connection, query };

struct WayInForm {
    WayIn way{WayIn::script};
    // script
    std::string source{};   // the cart whose posts count for all carts; empty: the posts of each cart are for it alone
    std::string address{};  // empty: as the gateway chooses, for this computer alone
    bool allow_http{false};
    // folder
    std::string folder{};
    FileKind kind{FileKind::as_the_file_says};
    // database
    std::string name{"order-manager"};
    std::string connection{};
    ipc::Secret password{};
    std::string query{};
};

// How a program of ours has ended.
struct ProgramResult {
    int exit_code;
    std::string words;  // all that it said
};
using ProgramEnded = std::function<void(ProgramResult)>;
constexpr int program_not_found = -1;

class WayInModel {
public:
    struct Surroundings {
        // Runs stocktrayctl; `input` is its standard input. Answers later, on this thread.
        std::function<void(std::vector<std::string> arguments, std::string_view input, ProgramEnded)> run_ctl;
        std::function<std::string()> start_gateway;  // empty: it starts; else why not
        std::function<void()> changed;
    };

    explicit WayInModel(Surroundings surroundings) : surroundings_{std::move(surroundings)} {}

    [[nodiscard]] WayInForm& form() noexcept { return form_; }
    [[nodiscard]] const WayInForm& form() const noexcept { return form_; }
    // What is wrong with a field of the chosen way; empty: nothing.
    [[nodiscard]] std::string complaint(WayInField field) const;

    // What was said about another way is said no more.
    void choose(WayIn way);
    [[nodiscard]] bool can_set_up() const;
    // Tries it, and writes it down unless it cannot be right.
    void set_up();
    // Tries what is written down.
    void test();
    void start();
    [[nodiscard]] bool is_busy() const noexcept { return is_busy_; }
    // What became of it, line by line.
    [[nodiscard]] const std::string& status() const noexcept { return status_; }

private:
    enum class Asked { set_up, test };

    [[nodiscard]] std::vector<std::string> arguments() const;
    void run(Asked asked, std::vector<std::string> arguments, std::string_view input);
    void tell(std::string words);

    Surroundings surroundings_;
    WayInForm form_;
    bool is_busy_{false};
    std::string status_;
};

}  // namespace stocktray::tray
