#include "tray/platform/language.h"

#include <wx/translation.h>
#include <wx/uilocale.h>
#include <wx/utils.h>

#include "ipc/path_text.h"
#include "tray/model/words.h"
#include "tray/platform/locale.h"
#include "tray/windows/text.h"

namespace stocktray::tray {

void speak(const std::string& language, const std::filesystem::path& texts) {
    begin_locale();
    if (!language.empty()) wxSetEnv("LANGUAGE", wx(language));
    bind_texts(ipc::text_of(texts));
    wxUILocale::UseDefault();
    wxFileTranslationsLoader::AddCatalogLookupPathPrefix(wx(ipc::text_of(texts)));  // where nothing else is installed
    wxTranslations::Set(new wxTranslations);
    if (!language.empty()) wxTranslations::Get()->SetLanguage(wx(language));
    wxTranslations::Get()->AddStdCatalog();
}

}  // namespace stocktray::tray
