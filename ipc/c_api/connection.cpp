#include <algorithm>
#include <memory>
#include <string>

#include "ipc/c_api/boundary.h"
#include "ipc/c_api/handles.h"
#include "ipc/codec/json.h"
#include "ipc/path_text.h"

using namespace stocktray;
using namespace stocktray::c_api;

uint32_t STOCKTRAY_CALL stocktray_api_version(void) { return STOCKTRAY_API_VERSION; }

const char* STOCKTRAY_CALL stocktray_version(void) { return STOCKTRAY_VERSION; }

const char* STOCKTRAY_CALL stocktray_last_error(void) { return last_sentence(); }

const char* STOCKTRAY_CALL stocktray_code_name(stocktray_code code) {
    switch (code) {
        case STOCKTRAY_OK: return "ok";
        case STOCKTRAY_INVALID_ARGUMENT: return "invalid_argument";
        case STOCKTRAY_NOT_FOUND: return "not_found";
        case STOCKTRAY_CONFLICT: return "conflict";
        case STOCKTRAY_UNAUTHORIZED: return "unauthorized";
        case STOCKTRAY_UNSUPPORTED: return "unsupported";
        case STOCKTRAY_BUSY: return "busy";
        case STOCKTRAY_TOO_LARGE: return "too_large";
        case STOCKTRAY_STORAGE: return "storage";
        case STOCKTRAY_INTERNAL: return "internal";
        case STOCKTRAY_NO_AGENT: return "no_agent";
        case STOCKTRAY_NO_ANSWER: return "no_answer";
        case STOCKTRAY_BAD_ANSWER: return "bad_answer";
        case STOCKTRAY_NOTHING: return "nothing";
        default: return "unknown";
    }
}

stocktray_code STOCKTRAY_CALL stocktray_open(const char* client, const char* endpoint, const char* spool,
                                             stocktray_connection** opened) {
    return guarded([&] {
        if (!opened) return wrong_argument("stocktray_open needs a place for the connection.");
        *opened = nullptr;
        if (!client || !*client) return wrong_argument("stocktray_open needs the name of the program.");
        auto outbox = ipc::Outbox::open({client, text_or_empty(endpoint), ipc::path_of(text_or_empty(spool))});
        if (!outbox) return say(outbox.error());
        *opened = new stocktray_connection{std::move(*outbox)};
        return STOCKTRAY_OK + 0;
    });
}

void STOCKTRAY_CALL stocktray_close(stocktray_connection* connection) { delete connection; }

stocktray_code STOCKTRAY_CALL stocktray_flush(stocktray_connection* connection, int32_t wait_ms) {
    return guarded([&] {
        if (!connection) return wrong_argument("stocktray_flush needs a connection.");
        const auto is_flushed = connection->outbox->flush(wait_of(wait_ms));
        if (!is_flushed) return say(is_flushed.error());
        if (*is_flushed) return STOCKTRAY_OK + 0;
        return say(STOCKTRAY_NO_AGENT, "The agent has not taken everything yet; it waits on this computer's disk.");
    });
}

namespace {

template <class Pick>
std::int64_t from_standing(stocktray_connection* connection, Pick pick) {
    std::int64_t value = -1;
    (void)guarded([&] {
        if (!connection) return wrong_argument("The connection is missing.");
        const auto standing = connection->outbox->standing();
        if (!standing) return say(standing.error());
        value = pick(*standing);
        return STOCKTRAY_OK + 0;
    });
    return value;
}

}  // namespace

int64_t STOCKTRAY_CALL stocktray_waiting(stocktray_connection* connection) {
    return from_standing(connection, [](const auto& standing) { return standing.spooled.waiting; });
}
int64_t STOCKTRAY_CALL stocktray_refused(stocktray_connection* connection) {
    return from_standing(connection, [](const auto& standing) { return standing.spooled.refused; });
}
int64_t STOCKTRAY_CALL stocktray_doubtful(stocktray_connection* connection) {
    return from_standing(connection, [](const auto& standing) { return standing.spooled.doubtful; });
}
int64_t STOCKTRAY_CALL stocktray_silent_since(stocktray_connection* connection) {
    return from_standing(connection, [](const auto& standing) { return standing.silent_since.value_or(0); });
}

stocktray_code STOCKTRAY_CALL stocktray_trouble(stocktray_connection* connection) {
    return guarded([&] {
        if (!connection) return wrong_argument("stocktray_trouble needs a connection.");
        const auto trouble = connection->outbox->trouble();
        return trouble ? say(*trouble) : STOCKTRAY_OK + 0;
    });
}

stocktray_code STOCKTRAY_CALL stocktray_call(stocktray_connection* connection, const char* method, const char* params,
                                             int32_t timeout_ms, char** result) {
    return guarded([&] {
        if (result) *result = nullptr;
        if (!connection || !method) return wrong_argument("stocktray_call needs a connection and a method.");
        const auto encoded = ipc::from_json(params && *params ? params : "{}");
        if (!encoded) return wrong_argument("The params are not JSON.");
        const auto answer = connection->outbox->call(method, *encoded, wait_of(timeout_ms));
        if (!answer) return say(answer.error());
        if (!result) return STOCKTRAY_OK + 0;
        const std::string text = ipc::to_json(answer->result, ipc::Layout::one_line);
        auto copy = std::make_unique<char[]>(text.size() + 1);
        std::copy_n(text.c_str(), text.size() + 1, copy.get());
        *result = copy.release();
        return STOCKTRAY_OK + 0;
    });
}

void STOCKTRAY_CALL stocktray_text_free(char* text) { delete[] text; }
