// Runs our own programs without a window and without waiting for them. On the GUI's thread.
#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tray/model/way_in_model.h"

namespace stocktray::tray {

class ProgramRunner {
public:
    // `programs`: where they lie; what is not there is looked for on the PATH.
    explicit ProgramRunner(std::filesystem::path programs);

    // `input` is all that it reads on its standard input. Calls `ended` once, later, on this thread; never after the
    // end of this object.
    void run(const std::string& program, const std::vector<std::string>& arguments, std::string_view input,
             ProgramEnded ended);

private:
    std::filesystem::path programs_;
    std::shared_ptr<bool> is_here_{std::make_shared<bool>(true)};
};

}  // namespace stocktray::tray
