#include <clocale>
#include <cstdio>

#include "tray/app.h"
#include "tray/model/words.h"

int main(int count, char** arguments) {
    using namespace stocktray::tray;
    std::setlocale(LC_ALL, "");
    bind_texts(Resources::find().locale.string());
    auto read = read_options(count, arguments);
    if (read.reply) {
        std::fputs(read.reply->text.c_str(), read.reply->exit_code == 0 ? stdout : stderr);
        return read.reply->exit_code;
    }
    wxApp::SetInstance(new App{std::move(read.options)});
    int own = 1;  // wx has options of its own, which are none of ours
    return wxEntry(own, arguments);
}
