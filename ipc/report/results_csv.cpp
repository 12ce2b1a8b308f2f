#include "ipc/report/results_csv.h"

#include "ipc/csv/csv_writer.h"

namespace stocktray::report {

void write_results_head(std::ostream& out) {
    csv::CsvWriter line{out};
    for (const auto* name : {"sku", "store_sku", "order_manager", "store_before", "after", "difference",
                             "result", "cause", "why"})
        line.text(name);
    line.end_line();
}

void write_result(std::ostream& out, const ipc::jobs::ResultItem& item) {
    csv::CsvWriter line{out};
    line.text(item.sku).text(item.store_sku);
    line.number(item.om_qoh).number(item.before).number(item.after).number(item.delta);
    line.text(ipc::to_string(item.result)).text(item.cause ? ipc::to_string(*item.cause) : "");
    line.text(item.text.value_or(""));
    line.end_line();
}

}  // namespace stocktray::report
