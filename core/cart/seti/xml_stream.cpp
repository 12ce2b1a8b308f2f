#include "core/cart/seti/xml_stream.h"

#include <expat.h>

#include <algorithm>
#include <new>
#include <vector>

#include "core/cart/seti/ascii.h"
#include "core/cart/seti/html.h"

namespace stocktray::cart::seti {
namespace {

constexpr std::size_t most_levels = 16;
constexpr std::size_t longest_text = 64 * 1024;  // of one element; a description may be long
constexpr XML_Index longest_tag = 256 * 1024;

}  // namespace

class XmlStream::Impl {
public:
    explicit Impl(XmlHandler& handler) : handler_{handler}, parser_{XML_ParserCreate("UTF-8")} {
        if (parser_ == nullptr) throw std::bad_alloc{};
        XML_SetUserData(parser_, this);
        XML_SetElementHandler(parser_, on_begin, on_end);
        XML_SetCharacterDataHandler(parser_, on_text);
        XML_SetProcessingInstructionHandler(parser_, on_instruction);
        XML_SetStartDoctypeDeclHandler(parser_, on_doctype);
        // As if there were declarations elsewhere: then an unknown entity is told to us instead of being an
        // error. Nothing is ever fetched.
        XML_SetSkippedEntityHandler(parser_, on_entity);
        XML_SetExternalEntityRefHandler(parser_, on_external);
        XML_SetParamEntityParsing(parser_, XML_PARAM_ENTITY_PARSING_ALWAYS);
        XML_UseForeignDTD(parser_, XML_TRUE);
    }
    ~Impl() { XML_ParserFree(parser_); }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    bool feed(std::string_view utf8) {
        constexpr std::size_t most_at_once = 64 * 1024;  // expat counts in int
        while (!utf8.empty() && cause_ == Cause::none) {
            const std::string_view piece = utf8.substr(0, most_at_once);
            utf8.remove_prefix(piece.size());
            if (is_complete_) {
                if (behind_.size() < longest_text) behind_ += piece;
                continue;
            }
            remember(piece);
            parse(piece, XML_FALSE);
            // expat keeps a tag until it is closed, however long it gets
            if (cause_ == Cause::none && !is_complete_ &&
                given_ - XML_GetCurrentByteIndex(parser_) > longest_tag)
                cause_ = Cause::malformed;
        }
        return cause_ == Cause::none;
    }

    bool finish() {
        // expat may have put off the last pieces
        if (cause_ == Cause::none && !is_complete_) parse({}, XML_TRUE);
        return cause_ == Cause::none;
    }

    std::string_view behind() const noexcept { return behind_; }
    Cause cause() const noexcept { return cause_; }

private:
    void parse(std::string_view piece, int is_end) {
        if (XML_Parse(parser_, piece.data(), static_cast<int>(piece.size()), is_end) == XML_STATUS_OK) return;
        if (is_complete_) {
            const auto left = static_cast<std::size_t>(given_ - end_of_root_);
            behind_ = recent_.substr(recent_.size() - std::min(left, recent_.size()));
            recent_.clear();
        } else if (cause_ == Cause::none) {
            cause_ = Cause::malformed;
        }
    }

    void remember(std::string_view piece) {
        given_ += static_cast<XML_Index>(piece.size());
        recent_ += piece;
        if (recent_.size() > 4 * longest_text) recent_.erase(0, recent_.size() - 2 * longest_text);
    }

    static Impl& of(void* self) { return *static_cast<Impl*>(self); }

    static void on_begin(void* self, const XML_Char* name, const XML_Char**) {
        Impl& me = of(self);
        if (me.texts_.size() == most_levels) return me.stop(Cause::forbidden_xml);
        me.texts_.emplace_back();
        me.handler_.begin(static_cast<int>(me.texts_.size()), name);
    }

    static void on_end(void* self, const XML_Char* name) {
        Impl& me = of(self);
        me.handler_.end(static_cast<int>(me.texts_.size()), name, me.texts_.back());
        me.texts_.pop_back();
        if (!me.texts_.empty()) return;
        me.is_complete_ = true;
        me.end_of_root_ = XML_GetCurrentByteIndex(me.parser_) + XML_GetCurrentByteCount(me.parser_);
        XML_StopParser(me.parser_, XML_FALSE);
    }

    static void on_text(void* self, const XML_Char* text, int length) {
        of(self).add({text, static_cast<std::size_t>(length)});
    }

    void add(std::string_view text) {
        if (texts_.size() < 2) return;  // line ends between a million products are longer than any text
        if (texts_.back().size() + text.size() > longest_text) return stop(Cause::malformed);
        texts_.back() += text;
    }

    static void on_entity(void* self, const XML_Char* name, int is_parameter) {
        Impl& me = of(self);
        const auto character = is_parameter != 0 ? std::nullopt : html_entity(name);
        if (!character) return me.stop(Cause::malformed);
        std::string text;
        append_utf8(text, *character);
        me.add(text);
    }

    static void on_instruction(void* self, const XML_Char*, const XML_Char*) {
        of(self).stop(Cause::forbidden_xml);
    }

    static void on_doctype(void* self, const XML_Char* name, const XML_Char*, const XML_Char*, int) {
        const bool is_page = name != nullptr && equals_ignoring_case(name, "html");
        of(self).stop(is_page ? Cause::not_a_script : Cause::forbidden_xml);
    }

    // The declarations elsewhere are an empty text; expat believes in them only if it has read them.
    static int on_external(XML_Parser parser, const XML_Char* context, const XML_Char*,
                           const XML_Char* system_id, const XML_Char*) {
        if (context != nullptr || system_id != nullptr) return XML_STATUS_ERROR;
        XML_Parser nothing = XML_ExternalEntityParserCreate(parser, nullptr, nullptr);
        if (nothing == nullptr) return XML_STATUS_ERROR;
        const int read = XML_Parse(nothing, "", 0, XML_TRUE);
        XML_ParserFree(nothing);
        return read;
    }

    void stop(Cause why) {
        if (cause_ == Cause::none) cause_ = why;
        XML_StopParser(parser_, XML_FALSE);
    }

    XmlHandler& handler_;
    XML_Parser parser_;
    std::vector<std::string> texts_;  // of the open elements
    std::string recent_;              // the last of what was given: some of it may stand behind the root
    std::string behind_;
    XML_Index given_{0};
    XML_Index end_of_root_{0};
    bool is_complete_{false};
    Cause cause_{Cause::none};
};

XmlStream::XmlStream(XmlHandler& handler) : impl_{std::make_unique<Impl>(handler)} {}
XmlStream::~XmlStream() = default;
bool XmlStream::feed(std::string_view utf8) {
    return impl_->feed(utf8);
}
bool XmlStream::finish() {
    return impl_->finish();
}
std::string_view XmlStream::behind() const noexcept {
    return impl_->behind();
}
Cause XmlStream::cause() const noexcept {
    return impl_->cause();
}

}  // namespace stocktray::cart::seti
