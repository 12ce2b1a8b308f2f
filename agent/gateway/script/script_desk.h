// What is done with a request to a cart's path: as an import script does, or passed on to the store's real one.
#pragma once
#include <atomic>
#include <stop_token>
#include <string>

#include "agent/gateway/door.h"
#include "agent/gateway/script/cart_directory.h"
#include "agent/gateway/script/counts_desk.h"
#include "agent/gateway/script/credentials.h"
#include "agent/gateway/script/import_desk.h"
#include "agent/gateway/script/ledger.h"
#include "agent/gateway/script/post_desk.h"
#include "agent/gateway/script/replace_desk.h"
#include "agent/gateway/script/script_options.h"
#include "agent/gateway/script/store_call.h"
#include "agent/gateway/script/web_server.h"

namespace stocktray::gateway {

class ScriptDesk {
public:
    ScriptDesk(const Surroundings& surroundings, Ledger& ledger, const ScriptOptions& options);

    // What a crash left half done; call before the first request.
    [[nodiscard]] Result<void> recover() {
        replaces_.recover();
        return posts_.recover();
    }

    // From any thread; may take as long as the store takes.
    [[nodiscard]] WebReply answer(const WebRequest& request);

    // What goes on beside the requests, until it is told to stop. Then no request waits for a store any more.
    void run(std::stop_token stop);

    [[nodiscard]] StoreAddress address_of(const ipc::carts::Cart& cart) const;
    [[nodiscard]] CartDirectory& carts() noexcept { return carts_; }

private:
    [[nodiscard]] WebReply answer_for(const ipc::carts::Cart& cart, const std::string& function, const FormFields& form,
                                      const WebRequest& request);
    [[nodiscard]] WebReply version_of(const ipc::carts::Cart& cart, const WebRequest& request);
    [[nodiscard]] WebReply pass_on(const ipc::carts::Cart& cart, const std::string& function, const FormFields& form,
                                   const WebRequest& request);
    [[nodiscard]] bool is_source(const std::string& cart);
    // Why no post can be counted: it is not said whose are, or whoever was named is no cart.
    [[nodiscard]] std::optional<Problem> wrong_source();

    const Surroundings& surroundings_;
    const ScriptOptions& options_;
    Ledger& ledger_;
    std::atomic<bool> is_over_{false};
    CartDirectory carts_;
    Credentials credentials_;
    PostDesk posts_;
    ImportDesk imports_;
    CountsDesk counts_;
    ReplaceDesk replaces_;
};

}  // namespace stocktray::gateway
