// A cable between a program and a database server, both at unix sockets, that can be cut at a word of a statement.
#pragma once
#include "tests/support/temp_dir.h"

#include <atomic>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace stocktray::tests {

class DatabaseCable {
public:
    explicit DatabaseCable(std::filesystem::path server);
    ~DatabaseCable();
    DatabaseCable(const DatabaseCable&) = delete;
    DatabaseCable& operator=(const DatabaseCable&) = delete;

    [[nodiscard]] std::filesystem::path socket() const { return dir_.path() / "cable.sock"; }

    // From now on: whoever sends this word loses the connection, and the server never hears of it. Empty: nobody does.
    void cut_at(const std::string& word);
    [[nodiscard]] int cuts() const noexcept { return cuts_; }

private:
    void accept_loop();
    void carry(int client);

    TempDir dir_;
    std::filesystem::path server_;
    int listener_ = -1;
    std::mutex mutex_;
    std::string word_;
    std::atomic<int> cuts_{0};
    std::atomic<bool> is_ending_{false};
    std::vector<std::jthread> carriers_;
    std::jthread acceptor_;
};

}  // namespace stocktray::tests
