#include <clocale>
#include <cstdio>

#include "ipc/private_memory.h"
#include "tray/app.h"
#include "tray/model/words.h"

int main(int count, char** arguments) {
    using namespace stocktray::tray;
    stocktray::ipc::keep_memory_private();
    std::setlocale(LC_ALL, "");
    bind_texts(Resources::find().locale.string());
    auto read = read_options(count, arguments);
    if (read.reply) {
        std::fputs(read.reply->text.c_str(), read.reply->exit_code == 0 ? stdout : stderr);
        return read.reply->exit_code;
    }
    std::string why_not;
    auto instance =
        SingleInstance::claim(read.options.open ? name_of(*read.options.open) : std::string{}, why_not);
    if (!instance) {
        if (!why_not.empty()) std::fprintf(stderr, "stocktray: %s\n", why_not.c_str());
        return why_not.empty() ? 0 : 1;
    }
    wxApp::SetInstance(new App{std::move(read.options), std::move(*instance)});
    int own = 1;  // wx has options of its own, which are none of ours
    return wxEntry(own, arguments) == 0 ? 0 : 1;
}
