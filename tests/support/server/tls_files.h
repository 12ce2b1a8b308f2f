// Certificates made on the spot by openssl: an authority, and servers that it vouches for, or does not.
#pragma once
#include <string>

#include "scripted_server.h"

namespace stocktray::test {

class TlsFiles {
public:
    TlsFiles();  // makes a folder of its own and the authority in it
    ~TlsFiles();
    TlsFiles(const TlsFiles&) = delete;
    TlsFiles& operator=(const TlsFiles&) = delete;

    [[nodiscard]] std::string authority() const { return folder_ + "/authority.pem"; }

    enum class Validity { now, over };
    // A server called `name`, e.g. "IP:127.0.0.1" or "DNS:shop.test", vouched for by the authority.
    [[nodiscard]] TlsIdentity identity(const std::string& name, Validity validity = Validity::now) const;
    // The same, vouched for by nobody but itself.
    [[nodiscard]] TlsIdentity self_signed(const std::string& name) const;

private:
    void openssl(const std::string& arguments) const;

    std::string folder_;
    mutable int made_{0};
};

}  // namespace stocktray::test
