#include "ipc/data.h"

namespace stocktray::ipc {

const Data* Data::find(std::string_view name) const noexcept {
    if (const auto* members = as<Map>())
        for (const auto& member : *members)
            if (member.name == name) return &member.value;
    return nullptr;
}

bool Data::operator==(const Data& other) const {
    return value_ == other.value_;
}

}  // namespace stocktray::ipc
