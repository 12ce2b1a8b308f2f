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

TlsIdentity TlsFiles::identity(const std::string& name, Validity validity) const {
    const std::string file = "server" + std::to_string(++made_);
    std::ofstream{folder_ + "/" + file + ".ext"} << "subjectAltName=" << name << "\n";
    openssl("req -new" + std::string{new_key} + "-subj /CN=server -keyout " + file + ".key -out " + file +
            ".csr");
    // A validity that ends before it begins is over at any time.
    const std::string days = validity == Validity::now ? "2" : "-1";
    openssl("x509 -req -in " + file + ".csr -CA authority.pem -CAkey authority.key -CAcreateserial -days " +
            days + " -extfile " + file + ".ext -out " + file + ".pem");
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
