// What the reader of files says, which the agent's other clients share: what is wrong with a file or a line of it.
#include <array>

#include "tray/model/agent_speech/catalogue.h"
#include "tray/model/words.h"

namespace stocktray::tray {

std::span<const char* const> sentences_about_files() noexcept {
    static constexpr std::array sentences{
        mark("A text is longer than 255 bytes or has a line end in it."),
        mark("A web order needs its number and its cart."),
        mark("The cart is not a cart's id: small letters, digits, - and _."),
        mark("Behind line {} the file is not of the charset {}: say which one it is."),
        mark("Its lines end as old Macs wrote them (CR alone): save it with the line ends of Windows or Unix."),
        mark("Line {}: a line stands behind the trailer."),
        mark("Line {}: a quote is not closed."),
        mark("Line {}: longer than a line can be. Perhaps a quote is not closed."),
        mark("No column of the first line is {} ({}): say which one it is."),
        mark("The SKU has a control character or a line end in it."),
        mark("The SKU is longer than 255 bytes."),
        mark("The SKU {} stands in line {} too."),
        mark("The SKU “{}” is a date that a spreadsheet program has made of a code. Export the file anew and do not save it "
             "from the spreadsheet."),
        mark("The SKU “{}” is a number that a spreadsheet program has shortened: its digits are lost. Export the file anew and "
             "do not save it from the spreadsheet."),
        mark("The SKU “{}” is an error of a spreadsheet program."),
        mark("The column {} is said to be number {}, but the first line has {}."),
        mark("The file ends within a sign."),
        mark("The file ends within its first line."),
        mark("The file has no header: say which column is {}."),
        mark("The file has no header: the column {} must be given by its number."),
        mark("The file has too many lines."),
        mark("The file is empty."),
        mark("The first line has {} columns, this one {}."),
        mark("The first line does not say whether the file tells changes or counts: say which of them it is."),
        mark("The first line has no column “{}”, which is said to be {}."),
        mark("The first line has two columns “{}”: say by its number which of them is {}."),
        mark("The id has more than 64 signs or others than ASCII."),
        mark("The id {} stands in line {} too."),
        mark("The last line does not begin with “{}”."),
        mark("The last line has no line end."),
        mark("The name is longer than 255 bytes or has a line end in it."),
        mark("The reason get_qoh belongs to counts that were taken over from a store: a file cannot tell it."),
        mark("There is no SKU."),
        mark("There is no id."),
        mark("There is no number."),
        mark("There should be {} rows, but there are {}."),
        mark("This is an Excel workbook, not a text file: save it as CSV UTF-8."),
        mark("This is an old Excel workbook, not a text file: save it as CSV."),
        mark("“{}” does not say which column is what: sku=Artikelnummer, or qoh=3."),
        mark("“{}” is a number that a spreadsheet program has shortened: write it out."),
        mark("“{}” is more than any store can hold."),
        mark("“{}” is neither yes nor no."),
        mark("“{}” is no whole number."),
        mark("“{}” is one or a thousand times as much: the sign before decimals must be known."),
    };
    return sentences;
}

}  // namespace stocktray::tray
