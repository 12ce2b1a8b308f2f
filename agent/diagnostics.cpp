#include "agent/diagnostics.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "agent/log.h"
#include "agent/platform/system.h"
#include "agent/views.h"
#include "ipc/no_links.h"

namespace stocktray::agent {
namespace {

// The loop waits for the check: half a second at most.
constexpr std::int64_t most_rows_checked = 100'000;

void line(std::string& text, std::string_view name, std::string_view labels, std::int64_t value) {
    text += fmt::format("stocktray_{}{} {}\n", name, labels, value);
}

std::string carts_text(Desk& desk) {
    std::string text;
    for (const auto& cart : desk.controller.board.all()) {
        const auto& config = cart->config();
        const auto view = view_of(desk.controller, *cart, desk.now);
        text += fmt::format("{} ({})\n  health {}, synchronize_inventory {}, queued {}, sending {}, uncertain {}, parked {}, "
                            "rejected {}\n  url {}\n",
                            config.id, config.name, to_string(desk.controller.board.health(*cart)),
                            config.synchronize_inventory, view.queued, view.sending, view.uncertain, view.parked,
                            view.rejected, config.url.substr(0, config.url.find('?')));
        if (view.last_error) text += fmt::format("  last error {}: {}\n", view.last_error->code, view.last_error->message);
        if (const auto& extension = cart->cart.learned.extension)
            text += fmt::format("  connector: engine {}, keys {}, batch {}, moves {}\n", extension->engine,
                                extension->has_postid, extension->has_batch, extension->has_moves);
    }
    return text;
}

std::string history_text(Desk& desk) {
    // The last entries, without who and why: those are the shop's own.
    std::string text;
    store::HistoryFilter filter;
    filter.since = desk.now.wall - std::chrono::hours{24};
    filter.limit = 1'000;
    for (const auto& entry : desk.controller.store.history.list(filter))
        text += fmt::format("{} {} {} {} {}\n", entry.entry, to_ms(entry.at), entry.kind, entry.cart, entry.sku);
    return text;
}

}  // namespace

std::string metrics(Desk& desk) {
    std::string text;
    const auto& traffic = desk.server.traffic();
    line(text, "requests_total", "", static_cast<std::int64_t>(traffic.requests));
    line(text, "replies_total", "", static_cast<std::int64_t>(traffic.replies));
    line(text, "events_total", "", static_cast<std::int64_t>(traffic.events));
    line(text, "commits_total", "", desk.controller.store.commits());
    line(text, "uptime_milliseconds", "", desk.uptime.count());
    line(text, "turns_total", "", desk.turns.turns);
    line(text, "turns_over_20_milliseconds_total", "", desk.turns.long_turns);
    line(text, "turn_microseconds_max", "", desk.turns.longest.count());
    for (const auto& cart : desk.controller.board.all()) {
        const auto view = view_of(desk.controller, *cart, desk.now);
        const auto labelled = [&](std::string_view state, std::int64_t value) {
            line(text, "posts", fmt::format("{{cart=\"{}\",state=\"{}\"}}", view.cart, state), value);
        };
        labelled("queued", view.queued);
        labelled("sending", view.sending);
        labelled("uncertain", view.uncertain);
        labelled("parked", view.parked);
        labelled("rejected", view.rejected);
        line(text, "oldest_age_milliseconds", fmt::format("{{cart=\"{}\"}}", view.cart), view.oldest_age_ms);
    }
    return text;
}

Result<std::string> write_bundle(Desk& desk) {
    const auto folder = desk.data_dir / fmt::format("support-{}", to_ms(desk.now.wall));
    if (std::error_code ignored; std::filesystem::is_symlink(folder, ignored)) return fail(ErrorCode::storage, ipc::link_in_the_way(folder));
    if (auto made = platform::make_private_folder(folder); !made) return Failure{made.error()};
    const auto integrity = desk.controller.store.check_integrity(most_rows_checked);
    const std::pair<const char*, std::string> files[] = {
        {"version.txt", fmt::format("stocktray {}\nrun {}\nuptime {} ms\n", desk.version, desk.run, desk.uptime.count())},
        {"carts.txt", carts_text(desk)},
        {"metrics.txt", metrics(desk)},
        {"history.txt", history_text(desk)},
        {"database.txt", integrity ? *integrity : integrity.error().message},
        {"log.txt", recent_log()},
    };
    for (const auto& [name, content] : files)
        if (auto written = platform::replace_file(folder / name, content); !written) return Failure{written.error()};
    return folder.string();
}

}  // namespace stocktray::agent
