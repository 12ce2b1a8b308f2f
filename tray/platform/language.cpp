#include "tray/platform/language.h"

#include <wx/translation.h>
#include <wx/uilocale.h>
#include <wx/utils.h>

#include "tray/model/words.h"
#include "tray/platform/locale.h"
#include "tray/windows/text.h"

namespace stocktray::tray {

void speak(const std::string& language, const std::filesystem::path& texts) {
    begin_locale();
    if (!language.empty()) wxSetEnv("LANGUAGE", wx(language));
    bind_texts(texts.string());
    wxUILocale::UseDefault();
    wxFileTranslationsLoader::AddCatalogLookupPathPrefix(wx(texts.string()));  // where nothing else is installed
    wxTranslations::Set(new wxTranslations);
    if (!language.empty()) wxTranslations::Get()->SetLanguage(wx(language));
    wxTranslations::Get()->AddStdCatalog();
}

}  // namespace stocktray::tray
