// The options that describe a cart, for `carts add`, `set` and `test`.
#pragma once
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "agent/ctl/commands/commands.h"
#include "agent/ctl/input/password.h"
#include "ipc/messages/carts.h"

namespace stocktray::ctl {

struct CartOptions {
    enum class Use { add, set, test };

    std::string cart;
    std::optional<std::string> name{};
    std::optional<std::string> kind{};  // as it is typed: xcart-rest
    std::optional<std::string> url{};
    std::optional<std::string> store_url{};
    std::optional<std::string> user{};
    std::optional<std::string> store_code{};
    std::optional<std::string> charset{};
    std::optional<std::string> dialect{};
    std::optional<bool> synchronize{};
    std::optional<bool> active{};
    std::optional<bool> allow_http{};
    std::optional<std::int64_t> connections{};
    std::optional<std::int64_t> batch_size{};
    std::optional<std::int64_t> items_per_send{};
    std::optional<std::int64_t> timeout_s{};
    std::optional<std::int64_t> buffer{};
    std::vector<std::string> exclude{};
    std::vector<std::string> map{};  // OM_SKU=STORE_SKU[,STORE_SKU…]
    bool clears_exclude{false};
    bool clears_map{false};
    bool is_same_store{false};
    bool has_no_password{false};
    PasswordSource password{};

    // What `use` allows.
    void declare(Tree& tree, CLI::App& command, Use use);

    // What was given. The error is a sentence.
    [[nodiscard]] tl::expected<void, std::string> fill(
        ipc::carts::Definition<ipc::carts::Maybe>& definition) const;

    // A whole cart with defaults for the rest.
    [[nodiscard]] tl::expected<ipc::carts::Create, std::string> whole() const;
};

}  // namespace stocktray::ctl
