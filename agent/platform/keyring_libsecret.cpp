#include <libsecret/secret.h>

#include <cstdlib>
#include <map>

#include "agent/platform/keyring.h"

namespace stocktray::platform {
namespace {

// Passwords are kept in memory once read: the loop must not wait for another process with every request.
class KeyringSecrets final : public agent::Secrets {
public:
    std::string get(const std::string& cart) override {
        if (const auto known = known_.find(cart); known != known_.end()) return known->second;
        gchar* found = secret_password_lookup_sync(&schema(), nullptr, nullptr, "cart", cart.c_str(), nullptr);
        std::string password = found != nullptr ? found : "";
        secret_password_free(found);
        known_[cart] = password;
        return password;
    }

    Result<void> put(const std::string& cart, const std::string& password) override {
        GError* error = nullptr;
        const auto label = "Stocktray: cart " + cart;
        if (secret_password_store_sync(&schema(), SECRET_COLLECTION_DEFAULT, label.c_str(), password.c_str(), nullptr,
                                       &error, "cart", cart.c_str(), nullptr) == FALSE) {
            std::string why = error != nullptr ? error->message : "no reason given";
            g_clear_error(&error);
            return fail(ErrorCode::storage, "The keyring does not take the password: " + why + ".");
        }
        known_[cart] = password;
        return {};
    }

    void forget(const std::string& cart) override {
        secret_password_clear_sync(&schema(), nullptr, nullptr, "cart", cart.c_str(), nullptr);
        known_.erase(cart);
    }

private:
    static const SecretSchema& schema() {
        static const SecretSchema schema = [] {
            SecretSchema made{};
            made.name = "org.stocktray.Cart";
            made.flags = SECRET_SCHEMA_NONE;
            made.attributes[0] = {"cart", SECRET_SCHEMA_ATTRIBUTE_STRING};
            return made;
        }();
        return schema;
    }
    std::map<std::string, std::string> known_;
};

}  // namespace

Result<std::unique_ptr<agent::Secrets>> keyring_secrets() {
    // Without a session bus libsecret would start one of its own and wait for it.
    if (std::getenv("DBUS_SESSION_BUS_ADDRESS") == nullptr)
        return fail(ErrorCode::unsupported, "There is no desktop session with a keyring.");
    GError* error = nullptr;
    SecretService* service = secret_service_get_sync(SECRET_SERVICE_LOAD_COLLECTIONS, nullptr, &error);
    if (service == nullptr) {
        std::string why = error != nullptr ? error->message : "no reason given";
        g_clear_error(&error);
        return fail(ErrorCode::unsupported, "No keyring answers: " + why + ".");
    }
    GList* collections = secret_service_get_collections(service);
    const bool has_collection = collections != nullptr;
    g_list_free_full(collections, g_object_unref);
    g_object_unref(service);
    if (!has_collection) return fail(ErrorCode::unsupported, "The keyring is empty or locked.");
    return std::make_unique<KeyringSecrets>();
}

}  // namespace stocktray::platform
