#include "core/store/sources.h"

#include <array>

#include "core/store/database.h"

namespace stocktray::store {
namespace {

using Bytes = std::array<unsigned char, sync::SourceRhythm::hours_kept / 8>;

Bytes bytes_of(const sync::SourceRhythm::Hours& hours) noexcept {
    Bytes bytes{};
    for (std::size_t hour = 0; hour < hours.size(); ++hour)
        if (hours.test(hour)) bytes[hour / 8] = static_cast<unsigned char>(bytes[hour / 8] | 1u << hour % 8);
    return bytes;
}

// What a damaged row lacks was not heard.
sync::SourceRhythm::Hours hours_of(Blob bytes) noexcept {
    sync::SourceRhythm::Hours hours;
    for (std::size_t hour = 0; hour < hours.size() && hour / 8 < bytes.size(); ++hour)
        hours.set(hour, (bytes[hour / 8] >> hour % 8 & 1u) != 0);
    return hours;
}

}  // namespace

std::vector<Source> Sources::all() const {
    std::vector<Source> sources;
    Query q = database_.query("SELECT source, workstation, spoke, last_hour, missed FROM sources ORDER BY source");
    while (q.next()) sources.push_back({q.text(0), q.text(1), {hours_of(q.blob(2)), q.integer(3), q.integer(4)}});
    return sources;
}

void Sources::save(const Source& source) {
    const Bytes bytes = bytes_of(source.rhythm.spoke());
    database_.run("INSERT INTO sources (source, workstation, spoke, last_hour, missed) VALUES (?1, ?2, ?3, ?4, ?5)"
                  " ON CONFLICT DO UPDATE SET workstation = ?2, spoke = ?3, last_hour = ?4, missed = ?5",
                  source.source, source.workstation, Blob{bytes}, source.rhythm.last_hour(), source.rhythm.quarters_missed());
}

void Sources::forget(std::string_view source) { database_.run("DELETE FROM sources WHERE source = ?", source); }

}  // namespace stocktray::store
