#include "agent/log.h"

#include <spdlog/sinks/ringbuffer_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace stocktray::agent {
namespace {

constexpr std::size_t remembered_lines = 2'000;

std::shared_ptr<spdlog::sinks::ringbuffer_sink_st> remembered;

}  // namespace

void set_up_log(std::string_view level) {
    remembered = std::make_shared<spdlog::sinks::ringbuffer_sink_st>(remembered_lines);
    auto logger = std::make_shared<spdlog::logger>(
        "agent", spdlog::sinks_init_list{std::make_shared<spdlog::sinks::stderr_sink_st>(), remembered});
    logger->set_level(spdlog::level::from_str(std::string{level}));
    logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
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
