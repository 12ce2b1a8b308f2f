// What stocktrayctl tells the program that called it. The manual page has the same list.
#pragma once

namespace stocktray::ctl {

enum class ExitCode {
    good = 0,           // status: all well; a job: everything is well
    behind = 1,         // status: slow or late; wait: not confirmed in time; a job: SKUs wait; spool: entries wait
    person_needed = 2,  // status, wait, a job, spool: a person is needed; carts test, setup: it cannot be used
    no_agent = 3,       // not reached: nothing was done
    no_answer = 4,      // not known whether it was done; again with the same id is safe
    refused = 5,        // the agent, or a part of what was asked, said no
    wrong_usage = 64,   // the command line
    wrong_data = 65,    // a file's content
    no_input = 66,      // a file or a password that cannot be read
    agent_fault = 70,   // the agent's answer is not of this protocol, or it reports a fault of its own
    no_output = 73,     // a file that cannot be written
    interrupted = 130,  // Ctrl-C while a job was followed: it goes on in the agent
};

}  // namespace stocktray::ctl
