// The freedesktop's notifications, without waiting: libnotify, and wx above it, would hold the tray until the
// server answers.
#include <gio/gio.h>

#include <map>
#include <utility>

#include "tray/notifications/notifier.h"

namespace stocktray::tray {
namespace {

constexpr auto server = "org.freedesktop.Notifications";  // the interface, too
constexpr auto server_path = "/org/freedesktop/Notifications";
constexpr auto button = "button";
constexpr auto whole = "default";  // the notification itself was clicked

const char* icon_of(Urgency urgency) {
    return urgency == Urgency::low      ? "dialog-information"
           : urgency == Urgency::normal ? "dialog-warning"
                                        : "dialog-error";
}

GVariant* parameters_of(const Notice& notice, guint32 replaces) {
    GVariantBuilder actions, hints;
    g_variant_builder_init(&actions, G_VARIANT_TYPE("as"));
    for (const char* word : {whole, ""}) g_variant_builder_add(&actions, "s", word);
    if (notice.action.id != CommandId::none)
        for (const char* word : {button, notice.action_label.c_str()})
            g_variant_builder_add(&actions, "s", word);
    g_variant_builder_init(&hints, G_VARIANT_TYPE("a{sv}"));
    const auto urgency = static_cast<guchar>(notice.urgency);  // low, normal, critical: 0, 1, 2
    g_variant_builder_add(&hints, "{sv}", "urgency", g_variant_new_byte(urgency));
    g_variant_builder_add(&hints, "{sv}", "desktop-entry", g_variant_new_string("stocktray"));
    const gint32 for_ever = 0, as_the_desktop_likes = -1;
    return g_variant_new("(susssasa{sv}i)", "Stocktray", replaces, icon_of(notice.urgency),
                         notice.title.c_str(), notice.body.c_str(), &actions, &hints,
                         notice.urgency == Urgency::critical ? for_ever : as_the_desktop_likes);
}

}  // namespace

struct Notifier::State : std::enable_shared_from_this<State> {
    struct Shown {
        Notice notice;
        guint32 id{0};             // the server's; 0: not shown yet
        bool is_under_way{false};  // the server has not answered yet
        bool is_outdated{false};   // and meanwhile another text came
        bool is_withdrawn{false};  // and meanwhile it is over
    };
    // What an answer belongs to; the tray may be gone by then.
    struct Call {
        std::weak_ptr<State> state;
        std::string key;
    };

    std::function<void(const Command&)> on_command;
    std::function<void(const std::string&)> on_closed;
    std::map<std::string, Shown> shown;
    GDBusConnection* bus{nullptr};  // none: no session, and nobody to tell
    guint signals{0};

    void send(const std::string& key) {
        auto& one = shown[key];
        one.is_under_way = true;
        one.is_outdated = false;
        g_dbus_connection_call(bus, server, server_path, server, "Notify", parameters_of(one.notice, one.id),
                               G_VARIANT_TYPE("(u)"), G_DBUS_CALL_FLAGS_NONE, -1, nullptr, &State::answered,
                               new Call{weak_from_this(), key});
    }

    static void answered(GObject* source, GAsyncResult* result, gpointer data) {
        const std::unique_ptr<Call> call{static_cast<Call*>(data)};
        guint32 id = 0;
        if (auto* answer = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, nullptr)) {
            g_variant_get(answer, "(u)", &id);
            g_variant_unref(answer);
        }
        if (const auto state = call->state.lock()) state->take_answer(call->key, id);
    }

    // `id` 0: a desktop without notifications, or one that hangs; the next text tries again.
    void take_answer(const std::string& key, guint32 id) {
        auto& one = shown[key];
        one.is_under_way = false;
        one.id = id;
        if (one.is_withdrawn) {
            close(id);
            shown.erase(key);
        } else if (one.is_outdated) {
            send(key);
        }
    }

    void close(guint32 id) const {
        if (id == 0) return;
        g_dbus_connection_call(bus, server, server_path, server, "CloseNotification",
                               g_variant_new("(u)", id), nullptr, G_DBUS_CALL_FLAGS_NO_AUTO_START, -1,
                               nullptr, nullptr, nullptr);
    }

    static void signalled(GDBusConnection*, const gchar*, const gchar*, const gchar*, const gchar* name,
                          GVariant* values, gpointer data) {
        auto* state = static_cast<State*>(data);
        guint32 id = 0;
        if (g_str_equal(name, "ActionInvoked") && g_variant_is_of_type(values, G_VARIANT_TYPE("(us)"))) {
            const gchar* action = nullptr;
            g_variant_get(values, "(u&s)", &id, &action);
            state->invoked(id, g_str_equal(action, button));
        } else if (g_str_equal(name, "NotificationClosed") &&
                   g_variant_is_of_type(values, G_VARIANT_TYPE("(uu)"))) {
            g_variant_get(values, "(uu)", &id, nullptr);
            state->closed(id);
        }
    }

    // Others have notifications, too: their signals come here as well.
    [[nodiscard]] auto find(guint32 id) {
        auto at = shown.begin();
        while (at != shown.end() && (id == 0 || at->second.id != id)) ++at;
        return at;
    }
    void invoked(guint32 id, bool is_button) {
        const auto at = find(id);
        if (at == shown.end()) return;
        on_command(is_button ? at->second.notice.action : Command{CommandId::open_problems});
    }
    void closed(guint32 id) {
        const auto at = find(id);
        if (at == shown.end()) return;
        const auto key = at->first;
        if (at->second.is_under_way)
            at->second.id = 0;  // a new one is coming
        else
            shown.erase(at);
        on_closed(key);
    }
};

Notifier::Notifier(std::function<void(const Command&)> on_command,
                   std::function<void(const std::string&)> on_closed)
    : state_{std::make_shared<State>()} {
    state_->on_command = std::move(on_command);
    state_->on_closed = std::move(on_closed);
    state_->bus = g_bus_get_sync(G_BUS_TYPE_SESSION, nullptr, nullptr);
    if (!state_->bus) return;
    state_->signals = g_dbus_connection_signal_subscribe(state_->bus, server, server, nullptr, server_path,
                                                         nullptr, G_DBUS_SIGNAL_FLAGS_NONE, &State::signalled,
                                                         state_.get(), nullptr);
}

Notifier::~Notifier() {
    if (!state_->bus) return;
    g_dbus_connection_signal_unsubscribe(state_->bus, state_->signals);
    for (const auto& [key, one] : state_->shown) state_->close(one.id);
    // Written, not answered: the program may end at once.
    g_dbus_connection_flush_sync(state_->bus, nullptr, nullptr);
    g_object_unref(state_->bus);
}

void Notifier::show(const Notice& notice) {
    if (!state_->bus) return;
    auto& one = state_->shown[notice.key];
    one.notice = notice;
    one.is_withdrawn = false;
    if (one.is_under_way)
        one.is_outdated = true;
    else
        state_->send(notice.key);
}

void Notifier::withdraw(const std::string& key) {
    const auto at = state_->shown.find(key);
    if (at == state_->shown.end()) return;
    if (at->second.is_under_way) {
        at->second.is_withdrawn = true;
        return;
    }
    state_->close(at->second.id);
    state_->shown.erase(at);
}

}  // namespace stocktray::tray
