#include "ipc/data.h"

namespace stocktray::ipc {

Data::Data() = default;
Data::Data(bool value) : value_{value} {}
Data::Data(WholeNumber number) : value_{number.value} {}
Data::Data(double value) : value_{value} {}
Data::Data(std::string value) : value_{std::move(value)} {}
Data::Data(std::string_view value) : value_{std::string{value}} {}
Data::Data(const char* value) : value_{std::string{value}} {}
Data::Data(List value) : value_{std::move(value)} {}
Data::Data(Map value) : value_{std::move(value)} {}
Data::Data(const Data& other) = default;
Data::Data(Data&& other) noexcept = default;
Data& Data::operator=(const Data& other) = default;
Data& Data::operator=(Data&& other) noexcept = default;
Data::~Data() = default;

Data Data::map() { return Map{}; }

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
