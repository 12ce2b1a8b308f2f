// Get QOH From Website and Send QOH To Website as steps: choose, look at the preview, run, see what came of
// it; and taking it back, which is previewed too. It follows a job that is at work already.
#pragma once
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tray/model/agent_mirror.h"
#include "tray/model/job_results.h"
#include "tray/model/job_runner.h"
#include "tray/model/results_reader.h"

namespace stocktray::tray {

class GetSendModel {
public:
    enum class Step {
        choose,
        previewing,  // a preview is made
        preview,     // it is looked at
        running,
        result,
    };

    // What a person says on the first step, and on the preview.
    struct Wishes {
        bool is_selection{false};
        std::string skus{};  // as they were pasted
        bool creates_records{false};
        bool allows_pending{false};   // "I know that no web order waits to be imported"
        bool overrides_guard{false};  // "I have looked at it"
        std::string reason{};         // why the guard is overridden

        bool operator==(const Wishes&) const = default;
    };

    struct Surroundings {
        std::function<Conversation()> converse;
        std::function<std::int64_t()> now;  // milliseconds since 1970
        std::string by{};                   // who starts jobs
        std::function<void()> changed;      // show it anew
        std::function<void()> lines_added;  // only lines were added to the results
    };

    // `kind`: get_qoh or send_qoh. `mirror` must outlive it.
    GetSendModel(ipc::JobKind kind, std::string cart, const AgentMirror& mirror, Surroundings surroundings);

    // Asks what is at work at the cart, and what was done last.
    void read();

    [[nodiscard]] Step step() const noexcept { return step_; }
    [[nodiscard]] ipc::JobKind kind() const noexcept { return kind_; }
    [[nodiscard]] bool is_undo() const noexcept { return deed_.kind == ipc::JobKind::undo; }
    [[nodiscard]] std::string cart_name() const { return mirror_.name_of(cart_); }
    [[nodiscard]] const std::string& cart() const noexcept { return cart_; }
    [[nodiscard]] std::string title() const;

    Wishes wishes{};

    void preview();
    void start();         // from the preview: the real thing
    void cancel();        // what is at work
    void go_back();       // to the first step
    void show_last();     // the result of the last one that ended
    void preview_undo();  // from the result
    // The window closes: a preview that nobody will read keeps other jobs off the cart.
    void close();

    [[nodiscard]] JobResults& results() noexcept { return results_; }
    [[nodiscard]] const std::optional<ipc::jobs::Job>& job() const noexcept { return runner_.job(); }
    [[nodiscard]] bool is_reading() const noexcept { return reader_.is_reading(); }

    // Why the button of this step cannot be pressed now; empty: it can.
    [[nodiscard]] std::string why_not_preview() const;
    [[nodiscard]] std::string why_not_start() const;
    [[nodiscard]] bool can_undo() const;
    // The last one of this kind that ended; for "Last Result".
    [[nodiscard]] const std::optional<ipc::jobs::Job>& last() const noexcept { return last_; }

    // Texts of the steps.
    [[nodiscard]] std::string safety_words() const;
    [[nodiscard]] std::string selection_words() const;  // how many SKUs were pasted
    [[nodiscard]] std::string last_words() const;       // empty: there is none
    [[nodiscard]] std::string question() const;         // on the preview
    [[nodiscard]] std::string guard() const;            // what the guard would say; empty: nothing
    [[nodiscard]] std::string pending() const;          // that web orders hold SKUs up; empty: none do
    [[nodiscard]] std::string progress() const;
    [[nodiscard]] int percent() const;  // below 0: not known
    [[nodiscard]] std::string summary() const;
    [[nodiscard]] std::string left_out_words() const;
    // What went wrong, or that the agent is away; empty: nothing.
    [[nodiscard]] std::string trouble() const;

    // The counts of this cart can only be replaced; then "Maximum number of items per send" matters.
    [[nodiscard]] std::optional<std::int64_t> items_per_send() const;
    void set_items_per_send(std::int64_t items);

    void export_to(const std::filesystem::path& file) { export_.write(runner_.job()->job, file); }
    [[nodiscard]] const std::string& exported() const noexcept { return exported_; }

private:
    [[nodiscard]] std::string why_not_allowed() const;
    void changed();
    void take_list(const std::vector<ipc::jobs::Job>& jobs);
    void hear(const ipc::jobs::Job* job);
    void begin(ipc::jobs::Start start, Step step);
    void end_of_job();

    ipc::JobKind kind_;
    std::string cart_;
    const AgentMirror& mirror_;
    Surroundings surroundings_;
    Step step_{Step::choose};
    ipc::jobs::Start deed_;                // what the preview is of
    std::optional<ipc::jobs::Job> other_;  // at work at the cart, and not ours
    std::optional<ipc::jobs::Job> last_;
    std::optional<std::int64_t> read_job_;  // whose lines were asked for
    std::string exported_;
    std::string trouble_;
    bool is_closed_{false};
    JobResults results_;
    ResultsReader reader_;
    ResultsExport export_;
    JobRunner runner_;
    Conversation conversation_;
};

}  // namespace stocktray::tray
