#include "agent/ctl/jobs/request.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>

#include "ipc/whoami.h"

namespace stocktray::ctl {
namespace {

using ipc::JobKind;

std::optional<bool> if_set(bool flag) {
    return flag ? std::optional{true} : std::nullopt;
}
std::optional<std::string> if_given(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional{text};
}

// As a shell takes it for one word.
std::string quoted(const std::string& text) {
    const auto is_plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view{"-_./:+,=@%"}.find(c) != std::string_view::npos;
    };
    if (!text.empty() && std::ranges::all_of(text, is_plain)) return text;
    std::string word{"'"};
    for (const char c : text) word += c == '\'' ? std::string{"'\\''"} : std::string{c};
    return word + "'";
}

std::string_view name_of(JobKind kind) {
    switch (kind) {
        case JobKind::get_qoh: return "get";
        case JobKind::send_qoh: return "send";
        case JobKind::audit: return "audit";
        case JobKind::undo: return "undo";
    }
    return {};
}

}  // namespace

std::string command_of(const JobWishes& wishes, JobKind kind) {
    std::string command = fmt::format("stocktrayctl {} {}", name_of(kind), quoted(wishes.cart));
    if (kind == JobKind::undo) return fmt::format("{} {}", command, wishes.undoes);
    for (const auto& sku : wishes.skus) command += " --sku " + quoted(sku);
    if (!wishes.skus_from.empty()) command += " --skus-from " + quoted(wishes.skus_from);
    if (kind == JobKind::get_qoh && wishes.creates_records) command += " --create-records";
    if (wishes.allows_pending) command += " --allow-pending";
    return command;
}

void declare(CLI::App& command, JobWishes& wishes, JobKind kind) {
    const bool is_copy = kind == JobKind::get_qoh || kind == JobKind::send_qoh;
    command.add_option("cart", wishes.cart, "Id of the cart")->required();
    if (kind == JobKind::undo)
        command.add_option("job", wishes.undoes, "Number of the Get or Send to take back")
            ->required()
            ->check(CLI::PositiveNumber);
    else {
        command.add_option("--sku", wishes.skus, "Only this SKU of the Order Manager (may be repeated)")
            ->type_name("SKU")
            ->allow_extra_args(false);
        command
            .add_option("--skus-from", wishes.skus_from,
                        "Only the SKUs of this file: one a line, or a CSV's column sku")
            ->type_name("FILE");
    }
    if (kind == JobKind::get_qoh)
        command.add_flag("--create-records", wishes.creates_records,
                         "Create Records for New Products: new SKUs, too");
    command.add_flag("--dry-run", wishes.is_dry_run, "Only the preview: nothing is changed");
    if (kind != JobKind::audit) command.add_flag("--yes,-y", wishes.is_agreed, "Do not ask");
    if (kind != JobKind::undo)
        command.add_flag("--allow-pending", wishes.allows_pending,
                         "I say that no web order waits to be imported");
    if (is_copy)
        command
            .add_flag("--guard-override", wishes.overrides_guard,
                      "I have looked: change as many counts as that")
            ->needs(
                command.add_option("--reason", wishes.reason, "Why; kept in the history")->type_name("TEXT"));
    else
        command.add_option("--reason", wishes.reason, "Why; kept in the history")->type_name("TEXT");
    command.add_option("--by", wishes.by, "Who; kept in the history (the login name)")->type_name("NAME");
    command.add_option("--csv", wishes.csv, "Write what is said of each SKU into this file; - is stdout")
        ->type_name("FILE");
    command.add_flag("--no-wait", wishes.is_left_alone, "Only start it and print the job's number");
}

tl::expected<ipc::jobs::Start, InputProblem> start_of(const JobWishes& wishes, JobKind kind) {
    ipc::jobs::Start start{.kind = kind, .cart = wishes.cart};
    auto skus = wishes.skus;
    if (!wishes.skus_from.empty()) {
        auto read = read_skus(wishes.skus_from);
        if (!read) return tl::unexpected{std::move(read.error())};
        skus.insert(skus.end(), std::make_move_iterator(read->begin()), std::make_move_iterator(read->end()));
    }
    if (!skus.empty()) start.options.skus = std::move(skus);
    if (kind == JobKind::undo) start.options.job = wishes.undoes;
    start.options.create_records = if_set(wishes.creates_records);
    start.options.dry_run = if_set(wishes.is_dry_run);
    start.options.allow_pending = if_set(wishes.allows_pending);
    start.options.guard_override = if_set(wishes.overrides_guard);
    start.by = if_given(wishes.by.empty() ? ipc::login_name() : wishes.by);
    start.reason = if_given(wishes.reason);
    return start;
}

}  // namespace stocktray::ctl
