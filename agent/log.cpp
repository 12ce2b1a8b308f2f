#include "agent/log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/ringbuffer_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace stocktray::agent {
namespace {

constexpr std::size_t remembered_lines = 2'000;

std::shared_ptr<spdlog::sinks::ringbuffer_sink_mt> remembered;

// The message in one line: what a store, a client or a file said must not forge lines, nor move a terminal's cursor.
class OneLine final : public spdlog::custom_flag_formatter {
public:
    void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
        for (const char c : message.payload) out.push_back(static_cast<unsigned char>(c) < ' ' || c == '\x7f' ? ' ' : c);
    }
    [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<OneLine>(); }
};

}  // namespace

void set_up_log(std::string_view level) {
    remembered = std::make_shared<spdlog::sinks::ringbuffer_sink_mt>(remembered_lines);
    auto logger = std::make_shared<spdlog::logger>(
        "agent", spdlog::sinks_init_list{std::make_shared<spdlog::sinks::stderr_sink_mt>(), remembered});
    logger->set_level(spdlog::level::from_str(std::string{level}));
    auto formatter = std::make_unique<spdlog::pattern_formatter>();
    formatter->add_flag<OneLine>('*').set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %*");
    logger->set_formatter(std::move(formatter));
    logger->flush_on(spdlog::level::info);
    spdlog::set_default_logger(std::move(logger));
}

std::string recent_log() {
    std::string text;
    if (!remembered) return text;
    for (const auto& line : remembered->last_formatted()) text += line;
    return text;
}

}  // namespace stocktray::agent
