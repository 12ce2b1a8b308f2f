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
    // Empty text: none is kept. An error: it is not known now (a locked keyring), so nothing may be sent with it; asked again
    // later it may be there.
    [[nodiscard]] virtual Result<std::string> get(const std::string& cart) = 0;
    // It will be asked for: what takes its time may begin.
    virtual void expect(const std::string& /*cart*/) {}
    // Safe on the disk (or with the keyring) when it returns.
    [[nodiscard]] virtual Result<void> put(const std::string& cart, const std::string& password) = 0;
    virtual void forget(const std::string& cart) = 0;
};

// A file that only its owner can read.
[[nodiscard]] Result<std::unique_ptr<Secrets>> file_secrets(const std::filesystem::path& file);

// As configured; `automatic` takes the desktop's keyring where one answers or the passwords are in one, else the file.
// `agent`: this agent's id, which keeps its passwords apart from those of another one of the same user.
[[nodiscard]] Result<std::unique_ptr<Secrets>> open_secrets(SecretStore which, const std::filesystem::path& file,
                                                            const std::string& agent);

}  // namespace stocktray::agent
