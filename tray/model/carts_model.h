// The carts as the agent has them, and one of them in a form: tested, saved, deleted. No wx.
#pragma once
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tray/link/conversation.h"
#include "tray/model/agent_mirror.h"
#include "tray/model/cart_form.h"
#include "tray/model/test_words.h"

namespace stocktray::tray {

// Whether another address still leads to the same store.
enum class SameStore { yes, no };

class CartsModel {
public:
    // `changed`: something here is to be shown anew.
    CartsModel(Conversation conversation, const AgentMirror& mirror, std::function<void()> changed);

    void read();

    [[nodiscard]] const std::vector<ipc::carts::Cart>& carts() const noexcept { return carts_; }
    [[nodiscard]] bool is_read() const noexcept { return is_read_; }
    [[nodiscard]] const ipc::carts::Cart* find(const std::string& cart) const;

    // The form, and the cart it was made from.
    void edit(const std::string& cart);
    void edit_new();
    [[nodiscard]] CartForm& form() noexcept { return form_; }
    [[nodiscard]] const CartForm& form() const noexcept { return form_; }
    [[nodiscard]] bool is_changed() const { return form_ != untouched_; }
    // The form's cart was deleted elsewhere, and a person has typed there: it stays to be read, but is not saved.
    [[nodiscard]] bool is_gone() const { return is_read_ && !form_.is_new && !find(form_.cart); }
    // What a person has changed here and somebody else meanwhile, too: saving puts the person's value.
    [[nodiscard]] const std::set<CartField>& overtaken() const noexcept { return overtaken_; }
    [[nodiscard]] CartForm::Problems problems() const;

    void test();
    // With problems nothing is sent. `then` runs after the agent has taken it. What is typed meanwhile stays, not saved.
    void save(SameStore same_store, std::function<void()> then);
    // The cart that a person was asked about; the form may show another by now. `reason`: needed with posts that wait.
    void remove(const std::string& cart, const std::string& reason, std::function<void()> then);

    // Another address while it is not known of some posts whether the store has applied them.
    [[nodiscard]] bool must_ask_whether_same_store() const;
    // Posts of the form's cart that are not confirmed.
    [[nodiscard]] std::int64_t posts_waiting() const;

    [[nodiscard]] bool is_testing() const noexcept { return is_testing_; }
    [[nodiscard]] bool is_saving() const noexcept { return is_saving_; }
    // What the test found; none: not tested as it stands.
    [[nodiscard]] const std::optional<TestWords>& tested() const noexcept { return tested_; }
    // What the agent said against the last wish; empty: nothing.
    [[nodiscard]] const std::string& error() const noexcept { return error_; }
    void forget_error() { error_.clear(); }

    // False: nothing here could ever be saved by this user. An agent that is away may come back.
    [[nodiscard]] bool may_change() const;
    // QOH synchronization (SynchQOH): while it is off, no cart's own word for it is shown.
    [[nodiscard]] bool is_synch_on() const { return mirror_.synch_qoh(); }
    // Why nothing can be saved now; empty: it can.
    [[nodiscard]] std::string barred(std::int64_t now) const;

private:
    using ListAnswer = std::function<void(ipc::Expected<ipc::carts::ListResult>)>;

    // All carts, however many answers they take; `before`: those that have come.
    void list(ListAnswer answer, ipc::carts::ListResult before = {});
    void follow();
    void edit_next(const std::string& gone);
    void begin(CartForm form);
    void answered(const std::string& cart, const ipc::Expected<ipc::Nothing>& answer, const std::function<void()>& then);
    void settle(const std::string& cart);
    [[nodiscard]] std::vector<std::string> other_ids() const;

    const AgentMirror& mirror_;
    std::function<void()> changed_;
    std::vector<ipc::carts::Cart> carts_;
    bool is_read_{false};
    CartForm form_;
    CartForm untouched_;  // as the agent has it
    std::set<CartField> overtaken_;
    bool is_testing_{false};
    bool is_saving_{false};
    std::optional<CartForm> sent_;  // of the form that is shown, while it is being saved
    std::optional<TestWords> tested_;
    std::string error_;
    int test_number_{0};  // an answer to an earlier test is not this one's
    Conversation conversation_;
};

// Why nobody here may do what `role` may, in a sentence; empty: they may.
[[nodiscard]] std::string why_barred(const AgentMirror& mirror, ipc::Role role, std::int64_t now);

}  // namespace stocktray::tray
