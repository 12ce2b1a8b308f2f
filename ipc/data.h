// Values whose shape the contract does not fix: a parameter's value, and what an entry or an error carries.
#pragma once
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace stocktray::ipc {

// The value of a parameter.
using Value = std::variant<bool, std::int64_t, std::string>;

// Any value of the wire but binary ones. The order of a map's members is kept.
class Data {
public:
    struct Nil {
        bool operator==(const Nil&) const = default;
    };
    struct Member;
    using List = std::vector<Data>;
    using Map = std::vector<Member>;

    Data();
    Data(bool value);
    template <std::integral T>
        requires(!std::same_as<T, bool>)
    Data(T value) : Data{WholeNumber{static_cast<std::int64_t>(value)}} {}
    Data(double value);
    Data(std::string value);
    Data(std::string_view value);
    Data(const char* value);
    Data(List value);
    Data(Map value);
    Data(const Data& other);
    Data(Data&& other) noexcept;
    Data& operator=(const Data& other);
    Data& operator=(Data&& other) noexcept;
    ~Data();

    [[nodiscard]] static Data map();

    // The value held, or null when it is of another kind.
    template <class T>
    [[nodiscard]] const T* as() const noexcept {
        return std::get_if<T>(&value_);
    }
    [[nodiscard]] bool is_nil() const noexcept { return as<Nil>() != nullptr; }

    // The member of a map, or null: not a map, or no such member.
    [[nodiscard]] const Data* find(std::string_view name) const noexcept;

    // `visitor` is called with Nil, bool, int64, double, string, List or Map.
    template <class Visitor>
    decltype(auto) visit(Visitor&& visitor) const {
        return std::visit(std::forward<Visitor>(visitor), value_);
    }

    bool operator==(const Data& other) const;

private:
    struct WholeNumber {
        std::int64_t value;
    };
    explicit Data(WholeNumber number);

    std::variant<Nil, bool, std::int64_t, double, std::string, List, Map> value_;
};

struct Data::Member {
    std::string name;
    Data value;

    bool operator==(const Member&) const = default;
};

}  // namespace stocktray::ipc
