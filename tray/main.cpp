#include "ipc/path_text.h"
#include "ipc/private_memory.h"
#include "tray/app.h"
#include "tray/model/words.h"
#include "tray/platform/locale.h"
#include "tray/platform/own_program.h"

int main(int count, char** arguments) {
    using namespace stocktray::tray;
    stocktray::ipc::keep_memory_private();
    begin_locale();
    bind_texts(stocktray::ipc::text_of(Resources::find().locale));
    auto read = read_options(count, arguments);
    if (read.reply) {
        tell_at_start(read.reply->text, read.reply->exit_code != 0);
        return read.reply->exit_code;
    }
    std::string why_not;
    auto instance =
        SingleInstance::claim(read.options.open ? name_of(*read.options.open) : std::string{}, why_not);
    if (!instance) {
        if (!why_not.empty()) tell_at_start("stocktray: " + why_not + "\n", true);
        return why_not.empty() ? 0 : 1;
    }
    wxApp::SetInstance(new App{std::move(read.options), std::move(*instance)});
    int own = 1;  // wx has options of its own, which are none of ours
    return wxEntry(own, arguments) == 0 ? 0 : 1;
}
