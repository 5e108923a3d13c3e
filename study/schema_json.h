/* schema_json: the schema of studies as a JSON Schema, for editors and bindings */
#ifndef TG_STUDY_SCHEMA_JSON_H
#define TG_STUDY_SCHEMA_JSON_H

#include "core/status.h"

/* JSON Schema (draft 2020-12) of a study, as text with a line end. What it cannot say,
 * that one of the objectives is there, that files exist, the reader of studies says. Owner
 * of *out: the caller, free(). Errors: TG_ENOMEM. */
TG_CHECKED tg_status tg_schema_json(char **out);

#endif
