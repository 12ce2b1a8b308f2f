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

    enum class Validity { now, over, to_come };
    struct Certificate {
        std::string names{};                     // "IP:127.0.0.1,DNS:shop.test"; empty: none but the common name
        std::string common_name{"server"};
        Validity validity{Validity::now};
        std::string extensions{};                // more lines, e.g. "extendedKeyUsage=clientAuth\n"
        std::string key{"ec -pkeyopt ec_paramgen_curve:prime256v1"};
        std::string digest{"sha256"};
    };
    // A server vouched for by the authority.
    [[nodiscard]] TlsIdentity identity(const Certificate& certificate) const;
    [[nodiscard]] TlsIdentity identity(const std::string& name, Validity validity = Validity::now) const {
        return identity(Certificate{.names = name, .validity = validity});
    }
    // A server vouched for by somebody for whom the authority vouches. `honest` and `keeps_it_back` differ in whether the server
    // shows that certificate; `is_no_authority` may not vouch for anybody.
    enum class Intermediate { honest, keeps_it_back, is_no_authority };
    [[nodiscard]] TlsIdentity identity_through(Intermediate intermediate, const std::string& name) const;
    // The same, vouched for by nobody but itself.
    [[nodiscard]] TlsIdentity self_signed(const std::string& name) const;

private:
    void openssl(const std::string& arguments) const;
    // Files of this name with the endings key and pem, vouched for by `issuer`'s.
    void make(const std::string& file, const Certificate& certificate, const std::string& issuer = "authority") const;

    std::string folder_;
    mutable int made_{0};
};

}  // namespace stocktray::test
