// A StatusNotifier watcher is a name on the session bus, and tells whether a host shows what it collects; an
// XEmbed panel is the owner of a selection, which tells the root window when it comes, and whose window ends
// when it goes.
#include <gdk/gdk.h>
#include <gio/gio.h>
#include <gtk/gtk.h>
#include <wx/taskbar.h>
#ifdef GDK_WINDOWING_X11
#include <gdk/gdkx.h>
#endif

#include <string>
#include <utility>

#include "tray/icon/host_watch.h"

namespace stocktray::tray {
namespace {

constexpr auto watcher_name = "org.kde.StatusNotifierWatcher";  // the interface, too
constexpr auto watcher_path = "/StatusNotifierWatcher";

}  // namespace

struct HostWatch::State {
    std::function<void(IconHost)> on_change;
    guint name_watch{0};
    guint host_signals{0};
    GDBusConnection* bus{nullptr};  // while there is a watcher
    GCancellable* asking{nullptr};
    guint pending{0};
    bool has_notifier{false};
    bool has_bar{false};
    bool has_told{false};
    IconHost told{IconHost::none};

    [[nodiscard]] IconHost host() const {
#ifdef STOCKTRAY_HAS_APP_INDICATOR
        if (has_notifier) return IconHost::status_notifier;
#endif
        return has_bar ? IconHost::task_bar : IconHost::none;
    }

    // Later, and once for all that came together: a panel's start is several messages.
    void look_soon(guint after_ms) {
        if (pending != 0) return;
        pending = g_timeout_add(after_ms, &State::look, this);
    }
    static gboolean look(gpointer self) {
        auto* state = static_cast<State*>(self);
        state->pending = 0;
        state->watch_bar();
        if (state->has_told && state->told == state->host()) return G_SOURCE_REMOVE;
        state->has_told = true;
        state->told = state->host();
        state->on_change(state->told);
        return G_SOURCE_REMOVE;
    }

#ifdef GDK_WINDOWING_X11
    Atom selection{None};
    Atom manager{None};
    Window owner{None};

    static GdkFilterReturn filter(GdkXEvent* native, GdkEvent*, gpointer self) {
        auto* state = static_cast<State*>(self);
        const auto* event = static_cast<const XEvent*>(native);
        const bool has_come = event->type == ClientMessage && event->xclient.message_type == state->manager &&
                              static_cast<Atom>(event->xclient.data.l[1]) == state->selection;
        const bool has_gone = event->type == DestroyNotify && event->xdestroywindow.window == state->owner;
        if (has_come || has_gone) state->look_soon(50);
        return GDK_FILTER_CONTINUE;
    }

    void begin_bar() {
        auto* display = gdk_display_get_default();
        if (!display || !GDK_IS_X11_DISPLAY(display)) return;
        auto* x = gdk_x11_display_get_xdisplay(display);
        // A display may have several screens, each with a panel of its own.
        const int screen = gdk_x11_screen_get_screen_number(gdk_screen_get_default());
        selection = XInternAtom(x, ("_NET_SYSTEM_TRAY_S" + std::to_string(screen)).c_str(), False);
        manager = XInternAtom(x, "MANAGER", False);
        auto* root = gdk_get_default_root_window();
        gdk_window_set_events(root,
                              static_cast<GdkEventMask>(gdk_window_get_events(root) | GDK_STRUCTURE_MASK));
        gdk_window_add_filter(nullptr, &State::filter, this);
    }

    void watch_bar() {
        has_bar = wxTaskBarIcon::IsAvailable();
        auto* display = gdk_display_get_default();
        if (!display || !GDK_IS_X11_DISPLAY(display)) return;
        auto* x = gdk_x11_display_get_xdisplay(display);
        gdk_x11_display_error_trap_push(display);
        owner = XGetSelectionOwner(x, selection);
        has_bar = owner != None;
        if (owner != None) XSelectInput(x, owner, StructureNotifyMask);
        gdk_x11_display_error_trap_pop_ignored(display);
    }

    void end_bar() {
        gdk_window_remove_filter(nullptr, &State::filter, this);
    }
#else
    void begin_bar() {}
    void watch_bar() {
        has_bar = wxTaskBarIcon::IsAvailable();
    }
    void end_bar() {}
#endif

    // A watcher collects icons for hosts; while there is no host, nobody shows them.
    void ask_for_host() {
        g_cancellable_cancel(asking);
        g_clear_object(&asking);
        asking = g_cancellable_new();
        g_dbus_connection_call(bus, watcher_name, watcher_path, "org.freedesktop.DBus.Properties", "Get",
                               g_variant_new("(ss)", watcher_name, "IsStatusNotifierHostRegistered"),
                               G_VARIANT_TYPE("(v)"), G_DBUS_CALL_FLAGS_NONE, -1, asking, &State::answered,
                               this);
    }
    static void answered(GObject* source, GAsyncResult* result, gpointer self) {
        GError* error = nullptr;
        auto* answer = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
        const bool is_over = error && g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
        g_clear_error(&error);
        if (is_over) return;   // `self` may be gone
        bool has_host = true;  // one that does not tell is believed
        if (answer) {
            GVariant* value = nullptr;
            g_variant_get(answer, "(v)", &value);
            if (g_variant_is_of_type(value, G_VARIANT_TYPE_BOOLEAN)) has_host = g_variant_get_boolean(value);
            g_variant_unref(value);
            g_variant_unref(answer);
        }
        static_cast<State*>(self)->turn_notifier(has_host);
    }
    void turn_notifier(bool is_there) {
        has_notifier = is_there;
        // A panel that is started again comes back within moments; no window should pop up meanwhile.
        look_soon(is_there || !has_told ? 10 : 3'000);
    }
    void forget_watcher() {
        g_cancellable_cancel(asking);
        g_clear_object(&asking);
        if (host_signals != 0) g_dbus_connection_signal_unsubscribe(bus, host_signals);
        host_signals = 0;
        g_clear_object(&bus);
    }

    static void appeared(GDBusConnection* bus, const gchar*, const gchar* owner, gpointer self) {
        auto* state = static_cast<State*>(self);
        state->forget_watcher();
        state->bus = G_DBUS_CONNECTION(g_object_ref(bus));
        // StatusNotifierHostRegistered and …Unregistered; which of them, the property tells.
        state->host_signals = g_dbus_connection_signal_subscribe(
            bus, owner, watcher_name, nullptr, watcher_path, nullptr, G_DBUS_SIGNAL_FLAGS_NONE,
            [](GDBusConnection*, const gchar*, const gchar*, const gchar*, const gchar* signal, GVariant*,
               gpointer watch) {
                if (g_str_has_prefix(signal, "StatusNotifierHost"))
                    static_cast<State*>(watch)->ask_for_host();
            },
            self, nullptr);
        state->ask_for_host();
    }
    static void vanished(GDBusConnection*, const gchar*, gpointer self) {
        auto* state = static_cast<State*>(self);
        state->forget_watcher();
        state->turn_notifier(false);
    }
};

HostWatch::HostWatch(std::function<void(IconHost)> on_change) : state_{std::make_unique<State>()} {
    state_->on_change = std::move(on_change);
    state_->begin_bar();
    state_->watch_bar();
    state_->name_watch = g_bus_watch_name(G_BUS_TYPE_SESSION, watcher_name, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                          &State::appeared, &State::vanished, state_.get(), nullptr);
}

HostWatch::~HostWatch() {
    if (state_->pending != 0) g_source_remove(state_->pending);
    g_bus_unwatch_name(state_->name_watch);
    state_->forget_watcher();
    state_->end_bar();
}

IconHost HostWatch::host() const {
    return state_->host();
}

}  // namespace stocktray::tray
