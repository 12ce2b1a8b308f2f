// The two forms of a list of counts: XML in most scripts, tab-separated lines in one.
#pragma once
#include <memory>
#include <string_view>

#include "core/cart/seti/counts_page.h"

namespace stocktray::cart::seti {

class CountsForm {
public:
    virtual ~CountsForm() = default;
    // The answer from its marker on, in pieces.
    virtual void read(std::string_view text) = 0;
    virtual void finish() = 0;
};

// Both put what they read into `builder`, which must outlive them.
[[nodiscard]] std::unique_ptr<CountsForm> xml_form(PageBuilder& builder);
[[nodiscard]] std::unique_ptr<CountsForm> text_form(Download what, PageBuilder& builder);

}  // namespace stocktray::cart::seti
