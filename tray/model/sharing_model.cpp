#include "tray/model/sharing_model.h"

#include <charconv>
#include <memory>
#include <utility>

#include "ipc/messages/parameters.h"
#include "tray/model/may.h"
#include "tray/model/words.h"

namespace stocktray::tray {
namespace {

std::string fingerprint(const std::string& key) { return key.substr(0, 8); }

std::string bar_words(ipc::Bar bar) {
    switch (bar) {
        case ipc::Bar::send_qoh:
            return tr("no Send QOH");
        case ipc::Bar::cancel:
            return tr("no cancelling");
    }
    return {};
}

// "5770-5773": requests, events, and both again for a day after the agent's key was renewed.
std::string ports_from(std::string_view address) {
    int port = 0;
    const auto digits = address.substr(address.rfind(':') + 1);
    std::from_chars(digits.data(), digits.data() + digits.size(), port);
    return fmt::format("{}-{}", port, port + 3);
}

std::vector<ipc::Bar> bars(bool without_send_qoh, bool without_cancel) {
    std::vector<ipc::Bar> barred;
    if (without_send_qoh) barred.push_back(ipc::Bar::send_qoh);
    if (without_cancel) barred.push_back(ipc::Bar::cancel);
    return barred;
}

}  // namespace

std::string role_name(ipc::Role role) {
    switch (role) {
        case ipc::Role::none:
            return tr("nothing");
        case ipc::Role::viewer:
            return tr("Viewer");
        case ipc::Role::operator_:
            return tr("Operator");
        case ipc::Role::order_manager:
            return tr("Order Manager");
        case ipc::Role::admin:
            return tr("Administrator");
    }
    return {};
}

std::string rights_words(ipc::Role role, const std::vector<ipc::Bar>& barred) {
    auto words = role_name(role);
    for (const auto bar : barred) words += ", " + bar_words(bar);
    return words;
}

std::string role_words(ipc::Role role) {
    switch (role) {
        case ipc::Role::none:
            return tr("nothing");
        case ipc::Role::viewer:
            return tr("Viewer: looks");
        case ipc::Role::operator_:
            return tr("Operator: looks, retries, pauses");
        case ipc::Role::order_manager:
            return tr("Order Manager: changes counts, Get and Send QOH");
        case ipc::Role::admin:
            return tr("Administrator: everything");
    }
    return {};
}

SharingModel::SharingModel(Conversation conversation, const AgentMirror& mirror, Surroundings surroundings)
    : mirror_{mirror}, surroundings_{std::move(surroundings)}, conversation_{std::move(conversation)} {}

void SharingModel::read() {
    if (!barred().empty()) {
        list_.reset();
        surroundings_.changed();
        return;
    }
    conversation_.ask(ipc::keys::List{}, [this](ipc::Expected<ipc::keys::ListResult> answer) {
        if (answer)
            list_ = std::move(*answer);
        else
            trouble_ = translated_sentence(answer.error().message);
        surroundings_.changed();
    });
}

std::string SharingModel::whose() const {
    const auto profile = surroundings_.profile();
    if (!profile) return tr("This computer uses its own agent.");
    const auto at = profile->endpoint.substr(profile->endpoint.rfind('/') + 1);
    return say(tr("This computer uses the agent of {computer} ({address}). It is known there by the key {key}."),
               fmt::arg("computer", profile->agent_name.empty() ? at : profile->agent_name), fmt::arg("address", at),
               fmt::arg("key", profile->own.public_key.fingerprint()));
}

void SharingModel::pair(const std::string& text) {
    const auto pairing = ipc::Pairing::parse(text);
    if (!pairing) {
        pair_note_ = translated_sentence(pairing.error().message);
        return surroundings_.changed();
    }
    is_pairing_ = true;
    pair_note_ = tr("Asking the agent…");
    surroundings_.changed();
    surroundings_.pair(*pairing, [this, alive = std::weak_ptr{alive_}](ipc::Expected<ipc::keys::PairResult> result) {
        if (alive.expired()) return;
        is_pairing_ = false;
        if (!result) {
            pair_note_ = translated_sentence(result.error().message);
        } else {
            const auto& barred = result->barred;
            pair_note_ = say(tr("Paired. This computer may: {role}."),
                             fmt::arg("role", barred.empty() ? role_words(result->role) : rights_words(result->role, barred)));
            surroundings_.moved();
        }
        surroundings_.changed();
    });
}

void SharingModel::unpair() {
    if (auto forgotten = surroundings_.forget(); !forgotten) {
        pair_note_ = translated_sentence(forgotten.error().message);
    } else {
        pair_note_.clear();
        list_.reset();
        surroundings_.moved();
    }
    surroundings_.changed();
}

std::string SharingModel::barred() const {
    if (is_refused(mirror_)) return translated_sentence(mirror_.why());
    if (mirror_.contact() != Contact::here) return tr("The agent is not reached.");
    if (mirror_.hello().role < ipc::Role::admin) return tr("Only an administrator of the agent can let computers in.");
    return {};
}

std::string SharingModel::reach() const {
    if (!list_) return tr("Reading…");
    if (list_->lan_problem) return translated_sentence(*list_->lan_problem);
    if (!list_->lan_address) return tr("Other computers cannot use this agent.");
    return say(tr("Other computers reach this agent at {address}. A firewall must let the ports {ports} through."),
               fmt::arg("address", *list_->lan_address), fmt::arg("ports", ports_from(*list_->lan_address)));
}

template <ipc::Request T>
void SharingModel::change(const T& request) {
    conversation_.ask(request, [this](ipc::Expected<typename T::Result> answer) {
        trouble_ = answer ? std::string{} : translated_sentence(answer.error().message);
        read();
    });
}

void SharingModel::open(bool is_open) {
    ipc::parameters::Set set;
    set.parameters["LanAddress"] = is_open ? std::string{usual_address} : std::string{};
    if (!is_open) pairing_.clear();
    change(set);
}

void SharingModel::invite(ipc::Role role, bool without_send_qoh, bool without_cancel) {
    ipc::keys::Invite invite;
    invite.role = role;
    invite.barred = bars(without_send_qoh, without_cancel);
    conversation_.ask(invite, [this](ipc::Expected<ipc::keys::InviteResult> answer) {
        trouble_ = answer ? std::string{} : translated_sentence(answer.error().message);
        pairing_ = answer ? answer->pairing : std::string{};
        pairing_until_ = answer ? answer->expires_at : 0;
        surroundings_.changed();
    });
}

std::string SharingModel::pairing() const { return surroundings_.now() < pairing_until_ ? pairing_ : std::string{}; }

std::string SharingModel::pairing_note() const {
    if (pairing().empty())
        return tr("A pairing string lets one computer in. On that computer it is pasted into this window, or typed after: "
                  "stocktrayctl pair");
    return say(tr("Good for one computer until {time}. Whoever reads it first is let in."),
               fmt::arg("time", clock_words(pairing_until_)));
}

const ipc::keys::ClientKey* SharingModel::find(std::size_t row) const { return row < count() ? &list_->keys[row] : nullptr; }

std::string SharingModel::text(std::size_t row, Column column) const {
    const auto* key = find(row);
    if (!key) return {};
    switch (column) {
        case Column::name:
            return key->name;
        case Column::rights:
            return key->state == ipc::KeyState::asks ? tr("asks to be let in") : rights_words(key->role, key->barred);
        case Column::last_seen:
            return key->last_seen ? time_words(*key->last_seen, surroundings_.now()) : "–";
        case Column::address:
            return key->address.value_or("–");
        case Column::key:
            return fingerprint(key->key);
    }
    return {};
}

void SharingModel::give(const std::string& key, ipc::Role role, bool without_send_qoh, bool without_cancel) {
    const auto barred = bars(without_send_qoh, without_cancel);
    for (const auto& one : list_ ? list_->keys : std::vector<ipc::keys::ClientKey>{})
        if (one.key == key) {
            if (one.state == ipc::KeyState::asks) return change(ipc::keys::Approve{key, role, barred});
            return change(ipc::keys::SetRole{key, role, barred});
        }
}

void SharingModel::revoke(const std::string& key) { change(ipc::keys::Revoke{key}); }

void SharingModel::rotate(Rotation how) { change(ipc::keys::Rotate{.at_once = how == Rotation::at_once}); }

}  // namespace stocktray::tray
