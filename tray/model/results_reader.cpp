#include "tray/model/results_reader.h"

#include "ipc/codec/encode.h"
#include "ipc/codec/json.h"
#include "ipc/path_text.h"
#include "ipc/report/results_csv.h"
#include "tray/model/job_runner.h"
#include "tray/model/words.h"

namespace stocktray::tray {
namespace {

constexpr std::int64_t page = 1'000;

}  // namespace

void ResultsReader::read(std::int64_t job) {
    trouble_.clear();
    is_whole_ = false;
    is_reading_ = true;
    ask(job, std::nullopt, ++readings_);
}

void ResultsReader::stop() {
    ++readings_;
    is_reading_ = false;
}

void ResultsReader::ask(std::int64_t job, std::optional<std::string> after, std::uint64_t reading) {
    ipc::jobs::Results request{.job = job};
    request.after = std::move(after);
    request.limit = page;
    conversation_.ask(request, [this, job, reading](auto answer) {
        if (reading != readings_) return;
        if (!answer) {
            is_reading_ = false;
            trouble_ = trouble_words(answer.error());
            return changed_();
        }
        results_.add(std::move(answer->items));
        is_whole_ = !answer->next;
        is_reading_ = !is_whole_ && results_.size() < most_lines;
        if (is_reading_) ask(job, std::move(answer->next), reading);
        changed_();
    });
}

void ResultsExport::write(std::int64_t job, const std::filesystem::path& file) {
    if (is_writing_) return;
    job_ = job;
    file_ = file;
    lines_ = 0;
    is_json_ = file.extension() == ".json";
    out_ = std::ofstream{file, std::ios::binary | std::ios::trunc};
    is_writing_ = true;
    if (is_json_) {
        out_ << "[";
    } else {
        report::write_results_head(out_);
    }
    if (!out_) return end();
    ask(std::nullopt);
}

void ResultsExport::ask(std::optional<std::string> after) {
    ipc::jobs::Results request{.job = job_};
    request.after = std::move(after);
    request.limit = page;
    conversation_.ask(request, [this](auto answer) {
        if (!answer) {
            is_writing_ = false;
            out_.close();
            return told_(trouble_words(answer.error()));
        }
        for (const auto& item : answer->items) add(item);
        if (answer->next && out_) return ask(std::move(answer->next));
        end();
    });
}

void ResultsExport::add(const ipc::jobs::ResultItem& item) {
    if (is_json_) {
        const auto document = ipc::Document::parse(ipc::encode(item));
        out_ << (lines_++ == 0 ? "\n" : ",\n") << ipc::to_json(document.root(), ipc::Layout::one_line);
        return;
    }
    ++lines_;
    report::write_result(out_, item);
}

void ResultsExport::end() {
    is_writing_ = false;
    if (is_json_) out_ << "\n]\n";
    out_.close();
    const auto name = ipc::text_of(file_);
    told_(out_ ? say(tr_n("{n} line was written to {file}.", "{n} lines were written to {file}.", lines_),
                     fmt::arg("n", number_words(lines_)), fmt::arg("file", name))
               : say(tr("{file} could not be written."), fmt::arg("file", name)));
}

}  // namespace stocktray::tray
