#include "agent/ctl/input/keyring.h"

#include <fmt/format.h>

#ifdef STOCKTRAY_HAS_SECRET
#include <libsecret/secret.h>
#endif

namespace stocktray::ctl {

#ifdef STOCKTRAY_HAS_SECRET

tl::expected<ipc::Secret, std::string> password_in_keyring(const std::string& cart) {
    const SecretSchema schema = {
        "org.freedesktop.Secret.Generic",
        SECRET_SCHEMA_DONT_MATCH_NAME,
        {{"service", SECRET_SCHEMA_ATTRIBUTE_STRING}, {"cart", SECRET_SCHEMA_ATTRIBUTE_STRING}, {}},
        0,
        nullptr,
        nullptr,
        nullptr,
        nullptr,
        nullptr,
        nullptr,
        nullptr};
    GError* error = nullptr;
    gchar* found = secret_password_lookup_nonpageable_sync(&schema, nullptr, &error, "service", "stocktray",
                                                           "cart", cart.c_str(), nullptr);
    if (error) {
        std::string sentence = fmt::format("The keyring cannot be read: {}.", error->message);
        g_error_free(error);
        return tl::unexpected{std::move(sentence)};
    }
    if (!found)
        return tl::unexpected{
            fmt::format("The keyring has no password for {0}. Put it there: secret-tool store "
                        "--label='{0}' service stocktray cart {0}",
                        cart)};
    ipc::Secret secret{found};
    secret_password_free(found);
    return secret;
}

#else

tl::expected<ipc::Secret, std::string> password_in_keyring(const std::string&) {
    return tl::unexpected{std::string{"This stocktrayctl was built without a keyring. Use --password-fd N."}};
}

#endif

}  // namespace stocktray::ctl
