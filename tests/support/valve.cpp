#include "tests/support/valve.h"

#include "tests/support/form_post.h"

#include <utility>

namespace stocktray::tests {
namespace {

// The value of a field of a form, as it is encoded there.
std::string field_of(const std::string& form, const std::string& name) {
    const auto begin = form.find(name + "=");
    if (begin == std::string::npos) return {};
    const auto start = begin + name.size() + 1;
    return form.substr(start, form.find('&', start) - start);
}

}  // namespace

Valve::Valve(std::string script_url)
    : script_url_{std::move(script_url)}, server_{[this](test::Connection& connection) {
          serve(connection);
      }} {}

Valve::~Valve() {
    const std::lock_guard lock{mutex_};
    is_ending_ = true;
    has_changed_.notify_all();
}

void Valve::set(Flow flow, const std::string& function) {
    const std::lock_guard lock{mutex_};
    flow_ = flow;
    function_ = function;
    has_changed_.notify_all();
}

int Valve::seen(const std::string& function) {
    const std::lock_guard lock{mutex_};
    return seen_[function];
}

void Valve::serve(test::Connection& connection) {
    while (const auto request = connection.read_request()) {
        FormPost post;
        post.url = script_url_;
        post.raw_body = request->substr(request->find("\r\n\r\n") + 4);
        const auto function = field_of(post.raw_body, "setifunction");
        Flow flow = Flow::open;
        {
            std::unique_lock lock{mutex_};
            ++seen_[function];
            const auto now = [&] { return function_.empty() || function_ == function ? flow_ : Flow::open; };
            if (now() == Flow::hold) {
                ++hanging_;
                has_changed_.wait(lock, [&] { return is_ending_ || now() != Flow::hold; });
                --hanging_;
                if (is_ending_) return;
            }
            flow = now();
        }
        if (flow == Flow::hang_before) {
            ++hanging_;
            connection.hang();
            --hanging_;
            return;
        }
        const auto reply = send(post);
        if (reply.code != CURLE_OK || flow == Flow::lose_answer) return;
        if (flow == Flow::hang_after) {
            ++hanging_;
            connection.hang();
            --hanging_;
            return;
        }
        const std::string page = "<html><body>This shop is being maintained.</body></html>";
        if (!connection.send(test::answer(flow == Flow::page_instead ? page : reply.body,
                                          std::to_string(reply.status) + " Reply")))
            return;
    }
}

}  // namespace stocktray::tests
