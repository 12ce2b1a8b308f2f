#include "agent/lan/lan.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>

#include "agent/error_mapping.h"

namespace stocktray::agent {
namespace {

constexpr Milliseconds longest_wait{3'600'000};  // the wall clock may jump: the old key's end is looked at again

Failure failure_of(const ipc::Error& error) {
    return fail(ErrorCode::storage, error.message);
}

}  // namespace

int Lan::port() const noexcept {
    int port = 0;
    const auto colon = address_.rfind(':');
    if (colon != address_.npos) std::from_chars(address_.data() + colon + 1, address_.data() + address_.size(), port);
    return port;
}

std::string Lan::host() const {
    const auto host = address_.substr(0, address_.rfind(':'));
    return host == "*" || host == "0.0.0.0" || host == "[::]" ? "" : host;
}

void Lan::close(std::optional<Door>& door) {
    if (!door) return;
    server_.close_door(door->id);
    spdlog::info("the door at {} is closed", door->address);
    door.reset();
}

// Closed first, then opened: the two doors may change places.
Result<void> Lan::settle(std::optional<Door>& door, const std::string& address, const ipc::KeyPair* keys, int ports_on) {
    if (keys == nullptr || address.empty()) return {};
    if (door) return {};
    auto endpoints = ipc::endpoints_of("tcp://" + address);
    if (!endpoints) return failure_of(endpoints.error());
    if (ports_on > 0) {
        auto further = ipc::neighbour(*endpoints, ports_on);
        if (!further) return fail(ErrorCode::invalid, fmt::format("Behind {} there are not enough ports.", address));
        endpoints = std::move(*further);
    }
    auto opened = server_.open_door(*endpoints, *keys);
    if (!opened) return failure_of(opened.error());
    door = Door{*opened, address, keys->public_key.hex()};
    spdlog::info("workstations can reach the agent at {}", endpoints->requests);
    return {};
}

Result<void> Lan::try_to_follow(Now now) {
    if (!address_.empty() && !keys_) {
        auto opened = AgentKeys::open(key_file_);
        if (!opened) return Failure{opened.error()};
        keys_ = std::move(*opened);
    }
    if (keys_ && keys_->old() && keys_->old()->until <= now.wall) {
        if (auto ended = keys_->end_old(); !ended) return ended;
    }
    const ipc::KeyPair* current = keys_ && !address_.empty() ? &keys_->current() : nullptr;
    const ipc::KeyPair* old = current != nullptr && keys_->old() ? &keys_->old()->keys : nullptr;
    const auto is_wrong = [this](const std::optional<Door>& door, const ipc::KeyPair* keys) {
        return door && (keys == nullptr || door->address != address_ || door->key != keys->public_key.hex());
    };
    if (is_wrong(door_, current)) close(door_);
    if (is_wrong(old_door_, old)) close(old_door_);
    if (auto settled = settle(door_, address_, current, 0); !settled) return settled;
    if (auto settled = settle(old_door_, address_, old, 2); !settled) return settled;
    if (are_listeners_due_) {
        if (auto renewed = server_.renew_listeners(); !renewed) return failure_of(renewed.error());
        are_listeners_due_ = false;
    }
    return {};
}

void Lan::follow(const std::string& address, Now now) {
    address_ = address;
    due_.reset();
    if (auto done = try_to_follow(now); !done) {
        if (problem_ != done.error().message) spdlog::error("no door on the network: {}", done.error().message);
        problem_ = done.error().message;
        due_ = now.steady + retry_after_;
        retry_after_ = std::min(retry_after_ * 2, last_retry);
        return;
    }
    problem_.clear();
    retry_after_ = first_retry;
    if (keys_ && keys_->old())
        due_ = now.steady + std::clamp(std::chrono::duration_cast<Milliseconds>(keys_->old()->until - now.wall),
                                       Milliseconds{1}, longest_wait);
}

Result<void> Lan::rotate(OldKey old_key, Now now) {
    if (!keys_) return fail(ErrorCode::not_found, "The agent has no key yet: it gets one when LanAddress is set.");
    return keys_->rotate(old_key, now.wall);
}

void Lan::renew_listeners(Now now) {
    if (!door_ && !old_door_) return;
    are_listeners_due_ = true;
    go_on(now);
}

}  // namespace stocktray::agent
