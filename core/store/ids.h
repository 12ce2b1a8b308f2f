// What makes a repeat safe: every change ever accepted by its hashes, and answers to repeatable calls.
#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "core/time.h"

namespace stocktray::store {

class Database;

// 16 bytes of BLAKE2b.
using Hash = std::array<unsigned char, 16>;
// Of the parts in their order; no part can be taken for another (their lengths are hashed, too).
[[nodiscard]] Hash hash_of(std::initializer_list<std::string_view> parts);

enum class Known { no, same_content, other_content };

class Ids {
public:
    explicit Ids(Database& database) noexcept : database_{database} {}

    [[nodiscard]] Known known(const Hash& key, const Hash& content) const;
    void remember(const Hash& key, const Hash& content);
    // Nothing was ever accepted: this database is new.
    [[nodiscard]] bool is_empty() const;

    // The first answer to a call; `content` is the hash of what was asked.
    struct Answer {
        std::string method;
        Hash content{};
        std::string bytes;
    };
    [[nodiscard]] std::optional<Answer> answer(std::string_view id) const;
    void remember_answer(std::string_view id, const Answer& answer, WallTime at);
    void forget_answers(WallTime limit);

private:
    Database& database_;
};

}  // namespace stocktray::store
