#include "tray/platform/language.h"

#include <wx/translation.h>
#include <wx/uilocale.h>

#include <clocale>
#include <cstdlib>
#include <string_view>

#include "tray/model/words.h"
#include "tray/windows/text.h"

namespace stocktray::tray {

void speak(const std::string& language, const std::filesystem::path& texts) {
    std::setlocale(LC_ALL, "");
    // Without a locale of its own a process gets no translations at all, whatever language is asked for.
    const std::string_view messages = std::setlocale(LC_MESSAGES, nullptr);
    if (messages == "C" || messages == "POSIX") std::setlocale(LC_ALL, "C.UTF-8");
    if (!language.empty()) ::setenv("LANGUAGE", language.c_str(), 1);
    bind_texts(texts.string());
    wxUILocale::UseDefault();
    wxTranslations::Set(new wxTranslations);
    if (!language.empty()) wxTranslations::Get()->SetLanguage(wx(language));
    wxTranslations::Get()->AddStdCatalog();
}

}  // namespace stocktray::tray
