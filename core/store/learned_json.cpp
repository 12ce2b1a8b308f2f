#include "core/store/learned_json.h"

#include <nlohmann/json.hpp>

namespace stocktray::store {
namespace {

using nlohmann::json;

json from_extension(const cart::Extension& extension) {
    return {{"store", extension.store},          {"keep_ms", extension.keep.count()},
            {"seq", extension.seq},              {"top", extension.top},
            {"engine", extension.engine},        {"problem", extension.problem},
            {"bound", extension.bound_to},
            {"postid", extension.has_postid},    {"batch", extension.has_batch},
            {"qohquery", extension.has_qohquery}, {"moves", extension.has_moves},
            {"cursor", extension.has_cursor},    {"clamps", extension.clamps}};
}

cart::Extension to_extension(const json& j) {
    cart::Extension extension;
    extension.store = j.value("store", "");
    extension.keep = Milliseconds{j.value("keep_ms", std::int64_t{0})};
    extension.seq = j.value("seq", std::int64_t{0});
    extension.top = j.value("top", std::int64_t{0});
    extension.engine = j.value("engine", "");
    extension.problem = j.value("problem", "");
    extension.bound_to = j.value("bound", "");
    extension.has_postid = j.value("postid", false);
    extension.has_batch = j.value("batch", false);
    extension.has_qohquery = j.value("qohquery", false);
    extension.has_moves = j.value("moves", false);
    extension.has_cursor = j.value("cursor", false);
    extension.clamps = j.value("clamps", false);
    return extension;
}

}  // namespace

std::string to_json(const cart::Learned& learned) {
    json j{{"counts", static_cast<int>(learned.counts)},
           {"lacks_readable_qoh", learned.lacks_readable_qoh},
           {"ignores_paging", learned.ignores_paging},
           {"clamps", learned.clamps}};
    if (learned.dialect) j["dialect"] = *learned.dialect == cart::Dialect::xml ? "xml" : "text";
    if (learned.rest) j["rest"] = *learned.rest == cart::RestApi::module ? "module" : "platform";
    if (learned.extension) j["extension"] = from_extension(*learned.extension);
    return j.dump(-1, ' ', false, json::error_handler_t::replace);
}

cart::Learned learned_from_json(std::string_view text) {
    cart::Learned learned;
    const json j = json::parse(text, nullptr, false);
    if (!j.is_object()) return learned;
    try {
        if (const auto dialect = j.find("dialect"); dialect != j.end())
            learned.dialect = *dialect == "xml" ? cart::Dialect::xml : cart::Dialect::text;
        learned.counts = static_cast<cart::CountSource>(j.value("counts", 0));
        learned.lacks_readable_qoh = j.value("lacks_readable_qoh", false);
        learned.ignores_paging = j.value("ignores_paging", false);
        learned.clamps = j.value("clamps", false);
        if (const auto rest = j.find("rest"); rest != j.end())
            learned.rest = *rest == "module" ? cart::RestApi::module : cart::RestApi::platform;
        if (const auto extension = j.find("extension"); extension != j.end())
            learned.extension = to_extension(*extension);
    } catch (const json::exception&) {
        return {};
    }
    return learned;
}

}  // namespace stocktray::store
