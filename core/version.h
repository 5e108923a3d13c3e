/* version: what this build is, for provenance lines and `tardigrad --version`. */
#ifndef TG_CORE_VERSION_H
#define TG_CORE_VERSION_H

#define TG_VERSION "0.1.0"

#endif
