#include "ipc/codec/encode.h"

namespace stocktray::ipc {
namespace {

struct DataWriter {
    Encoder& to;

    void operator()(Data::Nil) const { to.nil(); }
    void operator()(bool value) const { to.boolean(value); }
    void operator()(std::int64_t value) const { to.integer(value); }
    void operator()(double value) const { to.real(value); }
    void operator()(const std::string& value) const { to.text(value); }
    void operator()(const Data::List& entries) const {
        to.list(entries.size());
        for (const Data& entry : entries) write(to, entry);
    }
    void operator()(const Data::Map& members) const {
        to.map(members.size());
        for (const auto& [name, value] : members) {
            to.text(name);
            write(to, value);
        }
    }
};

}  // namespace

void write(Encoder& to, const Value& value) {
    std::visit([&](const auto& held) { write(to, held); }, value);
}

void write(Encoder& to, const Data& value) {
    value.visit(DataWriter{to});
}

void write(Encoder& to, const carts::StoreSkus& value) {
    if (value.skus.size() == 1)
        write(to, value.skus.front());
    else
        write(to, value.skus);
}

}  // namespace stocktray::ipc
