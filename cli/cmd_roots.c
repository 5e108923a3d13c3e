#include "cli/command.h"
static tg_status
run(const arguments *a)
{
    (void)a;
    return tg_fail(TG_EINPUT, "not yet");
}
const command cmd_roots = { .name = "roots", .operands = "STUDY", .summary = "characteristic roots", .doc = "", .run = run };
