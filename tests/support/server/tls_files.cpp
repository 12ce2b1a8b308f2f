#include "tls_files.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace stocktray::test {
namespace {

constexpr const char* new_key = " -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes ";

}  // namespace

TlsFiles::TlsFiles() {
    std::string pattern = (std::filesystem::temp_directory_path() / "stocktray-tls-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error{"no folder for certificates"};
    folder_ = pattern;
    openssl("req -x509" + std::string{new_key} + "-days 2 -subj '/CN=Test authority' -keyout authority.key" +
            " -out authority.pem -addext basicConstraints=critical,CA:TRUE");
}

TlsFiles::~TlsFiles() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

void TlsFiles::make(const std::string& file, const Certificate& certificate, const std::string& issuer) const {
    std::ofstream{folder_ + "/" + file + ".ext"}
        << (certificate.names.empty() ? "" : "subjectAltName=" + certificate.names + "\n") << certificate.extensions;
    openssl("req -new -newkey " + certificate.key + " -nodes -subj '/CN=" + certificate.common_name + "' -keyout " + file + ".key -out " +
            file + ".csr");
    // `openssl x509` knows no beginning but now, `openssl ca` does, and wants its book for that.
    if (certificate.validity == Validity::to_come) {
        std::ofstream{folder_ + "/" + file + ".cnf"} << "[ca]\ndefault_ca=book\n[book]\nnew_certs_dir=.\ndatabase=" << file
                                                     << ".book\nrand_serial=yes\npolicy=any\n[any]\ncommonName=supplied\n";
        std::ofstream{folder_ + "/" + file + ".book"};
        openssl("ca -batch -notext -config " + file + ".cnf -md " + certificate.digest + " -cert " + issuer + ".pem -keyfile " + issuer +
                ".key -startdate 20990101000000Z -enddate 20991231000000Z -extfile " + file + ".ext -in " + file + ".csr -out " + file +
                ".pem");
        return;
    }
    // A validity that ends before it begins is over at any time.
    const std::string days = certificate.validity == Validity::now ? "2" : "-1";
    openssl("x509 -req -in " + file + ".csr -" + certificate.digest + " -CA " + issuer + ".pem -CAkey " + issuer +
            ".key -CAcreateserial -days " + days + " -extfile " + file + ".ext -out " + file + ".pem");
}

TlsIdentity TlsFiles::identity(const Certificate& certificate) const {
    const std::string file = "server" + std::to_string(++made_);
    make(file, certificate);
    return {folder_ + "/" + file + ".pem", folder_ + "/" + file + ".key"};
}

TlsIdentity TlsFiles::identity_through(Intermediate intermediate, const std::string& name) const {
    const std::string between = "between" + std::to_string(++made_), file = "server" + std::to_string(made_);
    make(between, {.common_name = between,
                   .extensions = intermediate == Intermediate::is_no_authority ? "basicConstraints=CA:FALSE\n" : "basicConstraints=critical,CA:TRUE\n"});
    make(file, {.names = name}, between);
    if (intermediate != Intermediate::keeps_it_back)
        std::ofstream{folder_ + "/" + file + ".pem", std::ios::app} << std::ifstream{folder_ + "/" + between + ".pem"}.rdbuf();
    return {folder_ + "/" + file + ".pem", folder_ + "/" + file + ".key"};
}

TlsIdentity TlsFiles::self_signed(const std::string& name) const {
    const std::string file = "server" + std::to_string(++made_);
    openssl("req -x509" + std::string{new_key} + "-days 2 -subj /CN=server -addext subjectAltName=" + name +
            " -keyout " + file + ".key -out " + file + ".pem");
    return {folder_ + "/" + file + ".pem", folder_ + "/" + file + ".key"};
}

void TlsFiles::openssl(const std::string& arguments) const {
    const std::string command = "cd '" + folder_ + "' && openssl " + arguments + " >openssl.log 2>&1";
    if (std::system(command.c_str()) != 0) throw std::runtime_error{"openssl failed: " + command};
}

}  // namespace stocktray::test
