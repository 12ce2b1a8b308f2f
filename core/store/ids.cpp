#include "core/store/ids.h"

#include <sodium.h>

#include <algorithm>
#include <cstdint>

#include "core/store/database.h"

namespace stocktray::store {

Hash hash_of(std::initializer_list<std::string_view> parts) {
    crypto_generichash_state state;
    Hash hash{};
    crypto_generichash_init(&state, nullptr, 0, hash.size());
    for (const auto part : parts) {
        const std::uint64_t size = part.size();
        std::array<unsigned char, 8> length{};
        for (std::size_t i = 0; i < length.size(); ++i) length[i] = static_cast<unsigned char>(size >> (8 * i));
        crypto_generichash_update(&state, length.data(), length.size());
        crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(part.data()), part.size());
    }
    crypto_generichash_final(&state, hash.data(), hash.size());
    return hash;
}

Known Ids::known(const Hash& key, const Hash& content) const {
    Query q = database_.query("SELECT content FROM change_ids WHERE key = ?", Blob{key});
    if (!q.next()) return Known::no;
    return std::ranges::equal(q.blob(0), content) ? Known::same_content : Known::other_content;
}

void Ids::remember(const Hash& key, const Hash& content) {
    database_.run("INSERT INTO change_ids (key, content) VALUES (?, ?)", Blob{key}, Blob{content});
}

bool Ids::is_empty() const { return !database_.query("SELECT 1 FROM change_ids LIMIT 1").next(); }

std::optional<Ids::Answer> Ids::answer(std::string_view id) const {
    Query q = database_.query("SELECT method, content, answer FROM call_answers WHERE id = ?", id);
    if (!q.next()) return std::nullopt;
    Answer answer{q.text(0), {}, {}};
    const auto content = q.blob(1);
    std::copy_n(content.begin(), std::min(content.size(), answer.content.size()), answer.content.begin());
    const auto bytes = q.blob(2);
    answer.bytes.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return answer;
}

void Ids::remember_answer(std::string_view id, const Answer& answer, WallTime at) {
    database_.run("INSERT INTO call_answers (id, method, content, answer, at) VALUES (?, ?, ?, ?, ?)", id, answer.method,
                  Blob{answer.content},
                  Blob{reinterpret_cast<const unsigned char*>(answer.bytes.data()), answer.bytes.size()}, to_ms(at));
}

void Ids::forget_answers(WallTime limit) { database_.run("DELETE FROM call_answers WHERE at < ?", to_ms(limit)); }

}  // namespace stocktray::store
