// A report in the person's language.
#pragma once
#include "ipc/report/speech.h"

namespace stocktray::tray {

class TraySpeech final : public report::Speech {
public:
    [[nodiscard]] std::string tr(const char* text) const override;
    [[nodiscard]] std::string tr_n(const char* one, const char* many, std::int64_t count) const override;
    [[nodiscard]] std::string language() const override;
    [[nodiscard]] std::string number(std::int64_t number) const override;
    [[nodiscard]] std::string duration(std::int64_t ms) const override;
    [[nodiscard]] std::string seconds(double number) const override;
    [[nodiscard]] std::string moment(std::int64_t ms) const override;
    [[nodiscard]] std::string printable(std::string_view text) const override;
};

}  // namespace stocktray::tray
