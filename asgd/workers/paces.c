#include "asgd/workers/pace.h"

const tg_kind *const tg_paces[] = { &tg_pace_constant.is, &tg_pace_straggler.is,
                                    &tg_pace_on_off.is,   &tg_pace_failure.is,
                                    &tg_pace_windows.is,  &tg_pace_schedule.is,
                                    &tg_pace_drift.is,    NULL };

tg_status
tg_pace_find(const char *name, tg_pace *out)
{
    tg_pace pace = { 0 };

    TG_TRY(tg_choice_find(tg_paces, "pace", name, &pace.choice));
    *out = pace;
    return TG_OK;
}

tg_status
tg_pace_check(const tg_pace *p)
{
    const tg_pace_kind *kind = (const tg_pace_kind *)p->choice.kind;

    TG_TRY(tg_choice_check(&p->choice));
    if (kind->listed != (p->n > 0))
        return tg_fail(TG_EDOMAIN, "%s %s a list of times and speeds", kind->is.name,
                       kind->listed ? "needs" : "does not take");
    return kind->check ? kind->check(p) : TG_OK;
}
