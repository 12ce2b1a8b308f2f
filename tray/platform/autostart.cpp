#include "ipc/path_text.h"
#include "ipc/private_file.h"
#include "tray/platform/autostart.h"

#include <fstream>
#include <iterator>
#include <system_error>

namespace stocktray::tray {
namespace {

namespace fs = std::filesystem;

class AutostartFile final : public AutostartPlace {
public:
    explicit AutostartFile(fs::path file) : file_{std::move(file)} {}

    [[nodiscard]] std::string read() const override {
        std::ifstream file{file_, std::ios::binary};
        return {std::istreambuf_iterator<char>{file}, {}};
    }

    [[nodiscard]] std::string write(const std::string& entry) const override {
        // Who else may write there would be started with this user's desktop.
        ipc::make_private_folder(file_.parent_path());
        const auto written = ipc::write_private(file_, entry, ipc::IfThere::replaces);
        return written ? std::string{} : written.error().message;
    }

    [[nodiscard]] std::string remove() const override {
        std::error_code error;
        fs::remove(file_, error);
        return error ? error.message() : std::string{};
    }

private:
    fs::path file_;
};

}  // namespace

std::unique_ptr<AutostartPlace> autostart_file(fs::path file) { return std::make_unique<AutostartFile>(std::move(file)); }

Autostart::State Autostart::state() const {
    const fs::path program = ipc::path_of(entry_.program(place_->read()));
    if (program.empty()) return State::off;
    std::error_code error;
    const bool is_found = !program.has_parent_path() || fs::exists(program, error);
    return is_found ? State::on : State::broken;
}

std::string Autostart::turn_on() const { return place_->write(entry_.write(ipc::text_of(program_))); }

std::string Autostart::turn_off() const { return place_->remove(); }

void Autostart::repair() const {
    if (state() == State::broken) static_cast<void>(turn_on());
}

}  // namespace stocktray::tray
