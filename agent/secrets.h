// The carts' passwords: never in the database, a log, an event or an argument.
#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "agent/configuration.h"
#include "core/result.h"

namespace stocktray::agent {

class Secrets {
public:
    virtual ~Secrets() = default;
    // Empty text: none is kept.
    [[nodiscard]] virtual std::string get(const std::string& cart) = 0;
    // Safe on the disk (or with the keyring) when it returns.
    [[nodiscard]] virtual Result<void> put(const std::string& cart, const std::string& password) = 0;
    virtual void forget(const std::string& cart) = 0;
};

// A file that only its owner can read.
[[nodiscard]] Result<std::unique_ptr<Secrets>> file_secrets(const std::filesystem::path& file);

// As configured; `automatic` takes the desktop's keyring where one answers, else the file.
[[nodiscard]] Result<std::unique_ptr<Secrets>> open_secrets(SecretStore which, const std::filesystem::path& file);

}  // namespace stocktray::agent
