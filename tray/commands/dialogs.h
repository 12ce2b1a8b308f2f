// The questions as dialogs.
#pragma once
#include "tray/commands/questions.h"

namespace stocktray::tray {

class Dialogs final : public Questions {
public:
    [[nodiscard]] bool confirm(const std::string& question, const std::string& explanation,
                               const std::string& yes) override;
    [[nodiscard]] std::optional<std::int64_t> ask_time(const std::string& question,
                                                       std::int64_t proposal) override;
    void tell(const std::string& what, const std::string& explanation) override;
    void complain(const std::string& what, const std::string& explanation) override;
};

}  // namespace stocktray::tray
