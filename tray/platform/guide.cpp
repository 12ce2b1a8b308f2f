#include "tray/platform/guide.h"

#include <wx/filename.h>
#include <wx/filesys.h>

#include "ipc/path_text.h"
#include "tray/model/words.h"
#include "tray/windows/text.h"

namespace stocktray::tray {

std::string guide_page(const Resources& resources, const std::string& section) {
    std::error_code error;
    // Translators: the folder of the guide in your language; leave it as it is where there is none.
    for (const auto& language : {tr("en"), std::string{"en"}})
        for (const auto& name : {section, std::string{"index"}}) {
            const auto page = resources.guide / language / (name + ".html");
            if (!name.empty() && std::filesystem::exists(page, error))
                return utf8(wxFileSystem::FileNameToURL(wxFileName{wx(ipc::text_of(page))}));
        }
    return {};
}

}  // namespace stocktray::tray
