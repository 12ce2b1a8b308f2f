#include "core/cart/http/sound_tls.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <memory>

namespace stocktray::http {
namespace {

// RSA from 2048 bits on, and no SHA-1.
constexpr int level_of_112_bits = 2;

bool names_a_host(const X509* certificate) {
    const std::unique_ptr<GENERAL_NAMES, void (*)(GENERAL_NAMES*)> names{
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)), GENERAL_NAMES_free};
    for (int n = 0; names && n < sk_GENERAL_NAME_num(names.get()); ++n) {
        const int type = sk_GENERAL_NAME_value(names.get(), n)->type;
        if (type == GEN_DNS || type == GEN_IPADD) return true;
    }
    return false;
}

// libcurl compares the names. Where there are none it would take the common name, which no authority has to look at
// (RFC 9525, 2).
int check(int is_good, X509_STORE_CTX* context) {
    if (is_good == 0 || X509_STORE_CTX_get_error_depth(context) > 0) return is_good;
    if (names_a_host(X509_STORE_CTX_get_current_cert(context))) return 1;
    X509_STORE_CTX_set_error(context, X509_V_ERR_HOSTNAME_MISMATCH);
    return 0;
}

CURLcode on_context(CURL*, void* tls, void*) {
    auto* context = static_cast<SSL_CTX*>(tls);
    SSL_CTX_set_security_level(context, level_of_112_bits);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, &check);
    return CURLE_OK;
}

}  // namespace

void require_sound_tls(CURL* handle) noexcept {
    curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    curl_easy_setopt(handle, CURLOPT_SSL_CTX_FUNCTION, &on_context);
}

}  // namespace stocktray::http
