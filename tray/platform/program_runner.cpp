#include "ipc/path_text.h"
#include "tray/platform/program_runner.h"

#include <wx/process.h>
#include <wx/stream.h>
#include <wx/utils.h>

#include <array>
#include <utility>

namespace stocktray::tray {
namespace {

std::string all_of(wxInputStream* stream) {
    std::string text;
    std::array<char, 4096> part{};
    while (stream && stream->CanRead() && !stream->Eof()) {
        stream->Read(part.data(), part.size());
        text.append(part.data(), stream->LastRead());
    }
    return text;
}

// Lives until the program has ended.
class Running final : public wxProcess {
public:
    Running(std::weak_ptr<bool> listener, ProgramEnded ended)
        : wxProcess{wxPROCESS_REDIRECT}, listener_{std::move(listener)}, ended_{std::move(ended)} {}

    void OnTerminate(int, int status) override {
        const std::unique_ptr<Running> until_here{this};
        if (!listener_.expired()) ended_({status, all_of(GetInputStream()) + all_of(GetErrorStream())});
    }

private:
    std::weak_ptr<bool> listener_;
    ProgramEnded ended_;
};

}  // namespace

ProgramRunner::ProgramRunner(std::filesystem::path programs) : programs_{std::move(programs)} {}

void ProgramRunner::run(const std::string& program, const std::vector<std::string>& arguments, std::string_view input,
                        ProgramEnded ended) {
    std::error_code error;
    const auto beside = programs_ / program;
    std::vector<std::string> words{std::filesystem::exists(beside, error) ? ipc::text_of(beside) : program};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<const char*> line;
    for (const auto& word : words) line.push_back(word.c_str());
    line.push_back(nullptr);
    auto running = std::make_unique<Running>(is_here_, std::move(ended));
    if (wxExecute(line.data(), wxEXEC_ASYNC | wxEXEC_HIDE_CONSOLE, running.get()) == 0) {
        running->OnTerminate(0, program_not_found);
        (void)running.release();
        return;
    }
    auto* started = running.release();  // it ends itself
    if (auto* into = started->GetOutputStream()) into->Write(input.data(), input.size());
    started->CloseOutput();
}

}  // namespace stocktray::tray
