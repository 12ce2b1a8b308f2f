// A report in the command line's words: English, numbers as programs write them.
#pragma once
#include "agent/ctl/output/terminal.h"
#include "agent/ctl/output/words.h"
#include "ipc/report/speech.h"

namespace stocktray::ctl {

class PlainSpeech final : public report::Speech {
public:
    [[nodiscard]] std::string duration(std::int64_t ms) const override { return ctl::duration(ms); }
    [[nodiscard]] std::string moment(std::int64_t ms) const override { return ctl::moment(ms); }
    [[nodiscard]] std::string printable(std::string_view text) const override { return ctl::printable(text); }
};

}  // namespace stocktray::ctl
