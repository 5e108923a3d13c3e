/* The registry of readers of logs: the first that recognises a text reads it. CSV takes
 * what is left, and says what it misses. */
#include "asgd/traces/intake.h"

const tg_kind *const tg_log_readers[] = { &tg_log_mllog.is, &tg_log_chrome.is,
                                          &tg_log_lines.is, &tg_log_slurm.is,
                                          &tg_log_csv.is,   NULL };
