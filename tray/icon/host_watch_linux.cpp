// A StatusNotifier host is a name on the session bus; an XEmbed panel is the owner of a selection, which
// tells the root window when it comes, and whose window ends when it goes.
#include <gdk/gdk.h>
#include <gio/gio.h>
#include <gtk/gtk.h>
#include <wx/taskbar.h>
#ifdef GDK_WINDOWING_X11
#include <gdk/gdkx.h>
#endif

#include <utility>

#include "tray/icon/host_watch.h"

namespace stocktray::tray {

struct HostWatch::State {
    std::function<void(IconHost)> on_change;
    guint name_watch{0};
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
        selection = XInternAtom(x, "_NET_SYSTEM_TRAY_S0", False);
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

    static void appeared(GDBusConnection*, const gchar*, const gchar*, gpointer self) {
        auto* state = static_cast<State*>(self);
        state->has_notifier = true;
        state->look_soon(10);
    }
    static void vanished(GDBusConnection*, const gchar*, gpointer self) {
        auto* state = static_cast<State*>(self);
        state->has_notifier = false;
        // A panel that is started again comes back within moments; no window should pop up meanwhile.
        state->look_soon(state->has_told ? 3'000 : 10);
    }
};

HostWatch::HostWatch(std::function<void(IconHost)> on_change) : state_{std::make_unique<State>()} {
    state_->on_change = std::move(on_change);
    state_->begin_bar();
    state_->watch_bar();
    state_->name_watch =
        g_bus_watch_name(G_BUS_TYPE_SESSION, "org.kde.StatusNotifierWatcher", G_BUS_NAME_WATCHER_FLAGS_NONE,
                         &State::appeared, &State::vanished, state_.get(), nullptr);
}

HostWatch::~HostWatch() {
    if (state_->pending != 0) g_source_remove(state_->pending);
    g_bus_unwatch_name(state_->name_watch);
    state_->end_bar();
}

IconHost HostWatch::host() const {
    return state_->host();
}

}  // namespace stocktray::tray
