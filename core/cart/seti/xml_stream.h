// XML from a stranger, element by element: no document type, no processing instruction, at most 16 levels;
// HTML's named characters are understood although XML does not know them. UTF-8 in and out.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/cart/cart_client.h"

namespace stocktray::cart::seti {

class XmlHandler {
public:
    virtual ~XmlHandler() = default;
    // `level` is 1 for the root.
    virtual void begin(int level, std::string_view name) = 0;
    // `text` is all the text directly inside the element, children's left out; the root's is not told.
    virtual void end(int level, std::string_view name, std::string_view text) = 0;
};

class XmlStream {
public:
    explicit XmlStream(XmlHandler& handler);
    ~XmlStream();
    XmlStream(const XmlStream&) = delete;
    XmlStream& operator=(const XmlStream&) = delete;

    // False: not well-formed or forbidden, see `cause`. What follows the end of the root is not read.
    [[nodiscard]] bool feed(std::string_view utf8);
    // Call once, when all was fed. False: the root was not closed, or as above.
    [[nodiscard]] bool finish();
    // Text that was given behind the end of the root; its beginning, if it is long.
    [[nodiscard]] std::string_view behind() const noexcept;
    [[nodiscard]] Cause cause() const noexcept;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace stocktray::cart::seti
