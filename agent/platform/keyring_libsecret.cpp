#include <libsecret/secret.h>

#include <chrono>
#include <cstdlib>
#include <memory>

#include "agent/platform/keyring.h"

namespace stocktray::platform {
namespace {

using agent::Keyring;

struct Unref {
    void operator()(gpointer object) const noexcept {
        if (object != nullptr) g_object_unref(object);
    }
};

// What libsecret says of a failure; taken off.
std::string reason(GError*& error) {
    std::string why = error != nullptr ? error->message : "no reason given";
    g_clear_error(&error);
    return why;
}

Failure cannot(std::string_view what, GError*& error) {
    return fail(ErrorCode::storage, std::string{what} + reason(error) + ".");
}

// Without a session bus libsecret would start one of its own and wait for it.
Result<void> has_session() {
    if (std::getenv("DBUS_SESSION_BUS_ADDRESS") != nullptr) return {};
    return fail(ErrorCode::busy, "There is no desktop session with a keyring.");
}

class DesktopKeyring final : public Keyring {
public:
    Result<void> unlock() override {
        if (auto session = has_session(); !session) return session;
        GError* error = nullptr;
        const std::unique_ptr<SecretService, Unref> service{secret_service_get_sync(SECRET_SERVICE_NONE, cancel_.get(), &error)};
        if (!service) return cannot("No keyring answers: ", error);
        const std::unique_ptr<SecretCollection, Unref> collection{secret_collection_for_alias_sync(
            service.get(), SECRET_COLLECTION_DEFAULT, SECRET_COLLECTION_NONE, cancel_.get(), &error)};
        if (error != nullptr) return cannot("The keyring does not answer: ", error);
        // None: it is made with the first password. What libsecret remembers of its lock may be of before.
        if (!collection) return {};
        GList* wanted = g_list_append(nullptr, collection.get());
        const gint unlocked = secret_service_unlock_sync(service.get(), wanted, cancel_.get(), nullptr, &error);
        g_list_free(wanted);
        if (error != nullptr) return cannot("The keyring is locked: ", error);
        if (unlocked < 1) return fail(ErrorCode::busy, "The keyring is locked.");
        return {};
    }

    Result<std::optional<std::string>> look_up(const Item& item) override {
        if (auto session = has_session(); !session) return Failure{session.error()};
        GError* error = nullptr;
        GHashTable* wanted = item.agent.empty()
                                 ? secret_attributes_build(&shared(), "cart", item.cart.c_str(), nullptr)
                                 : secret_attributes_build(&own(), "agent", item.agent.c_str(), "cart", item.cart.c_str(), nullptr);
        // Whoever has put the question for the keyring's password aside is not asked with every post.
        const auto now = std::chrono::steady_clock::now();
        const bool asks = !asked_at_ || now - *asked_at_ >= asks_again_after;
        const auto how = static_cast<SecretSearchFlags>(SECRET_SEARCH_LOAD_SECRETS | (asks ? SECRET_SEARCH_UNLOCK : SECRET_SEARCH_NONE));
        GList* found = secret_service_search_sync(nullptr, item.agent.empty() ? &shared() : &own(), wanted, how, cancel_.get(), &error);
        g_hash_table_unref(wanted);
        // For what is not there nobody was asked.
        if (asks && found != nullptr) asked_at_ = now;
        if (error != nullptr) return cannot("The keyring cannot be read: ", error);
        auto password = password_of(found);
        g_list_free_full(found, g_object_unref);
        return password;
    }

    Result<void> store(const Item& item, const std::string& password) override {
        if (auto session = has_session(); !session) return session;
        GError* error = nullptr;
        const auto label = "Stocktray: cart " + item.cart;
        if (secret_password_store_sync(&own(), SECRET_COLLECTION_DEFAULT, label.c_str(), password.c_str(), cancel_.get(), &error,
                                       "agent", item.agent.c_str(), "cart", item.cart.c_str(), nullptr) == FALSE)
            return cannot("The keyring does not take the password: ", error);
        return {};
    }

    Result<void> clear(const Item& item) override {
        // libsecret leaves what is locked, and says nothing.
        if (auto unlocked = unlock(); !unlocked) return unlocked;
        GError* error = nullptr;
        if (item.agent.empty())
            secret_password_clear_sync(&shared(), cancel_.get(), &error, "cart", item.cart.c_str(), nullptr);
        else
            secret_password_clear_sync(&own(), cancel_.get(), &error, "agent", item.agent.c_str(), "cart", item.cart.c_str(),
                                       nullptr);
        if (error != nullptr) return cannot("The keyring does not forget a password: ", error);
        return {};
    }

    void end() noexcept override { g_cancellable_cancel(cancel_.get()); }

private:
    static constexpr std::chrono::minutes asks_again_after{10};

    // None: there is no such item. One that stays locked is no reason to believe that there is no password.
    static Result<std::optional<std::string>> password_of(const GList* found) {
        if (found == nullptr) return std::optional<std::string>{};
        auto* item = static_cast<SecretItem*>(found->data);
        SecretValue* value = secret_item_get_locked(item) != FALSE ? nullptr : secret_item_get_secret(item);
        if (value == nullptr) return fail(ErrorCode::busy, "The keyring is locked.");
        gsize size = 0;
        const gchar* text = secret_value_get(value, &size);
        std::string password{text, size};
        secret_value_unref(value);
        return password;
    }

    // Other names, so that a search for the ones never finds the others.
    static const SecretSchema& own() {
        static const SecretSchema schema = made("org.stocktray.AgentCart", {"agent", "cart"});
        return schema;
    }
    static const SecretSchema& shared() {
        static const SecretSchema schema = made("org.stocktray.Cart", {"cart"});
        return schema;
    }
    static SecretSchema made(const char* name, std::initializer_list<const char*> attributes) {
        SecretSchema schema{};
        schema.name = name;
        schema.flags = SECRET_SCHEMA_NONE;
        std::size_t at = 0;
        for (const char* attribute : attributes) schema.attributes[at++] = {attribute, SECRET_SCHEMA_ATTRIBUTE_STRING};
        return schema;
    }

    std::unique_ptr<GCancellable, Unref> cancel_{g_cancellable_new()};
    std::optional<std::chrono::steady_clock::time_point> asked_at_{};
};

}  // namespace

Result<void> look_for_keyring() {
    if (auto session = has_session(); !session) return session;
    GError* error = nullptr;
    const std::unique_ptr<SecretService, Unref> service{secret_service_get_sync(SECRET_SERVICE_LOAD_COLLECTIONS, nullptr, &error)};
    if (!service) return fail(ErrorCode::busy, "No keyring answers: " + reason(error) + ".");
    GList* collections = secret_service_get_collections(service.get());
    const bool has_collection = collections != nullptr;
    g_list_free_full(collections, g_object_unref);
    if (!has_collection) return fail(ErrorCode::busy, "The keyring is empty.");
    return {};
}

std::unique_ptr<Keyring> desktop_keyring() { return std::make_unique<DesktopKeyring>(); }

}  // namespace stocktray::platform
