// What https has to be before a store is told anything: the same for everybody who speaks to one.
#pragma once
#include <curl/curl.h>

namespace stocktray::http {

// TLS 1.2 or newer, and a certificate that names the host and is vouched for by an authority, with keys and signatures of today,
// whatever the system's own configuration allows. To be called before the handle's first transfer.
void require_sound_tls(CURL* handle) noexcept;

}  // namespace stocktray::http
