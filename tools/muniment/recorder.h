/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * recorder.h - what the commands that log an event share: keys before anything
 * else, words that people type, what is said afterwards.
 */
#ifndef TOOLS_MUNIMENT_RECORDER_H
#define TOOLS_MUNIMENT_RECORDER_H

#include "muniment/keeper.h"
#include "muniment/record.h"

enum {
	RECORDER_WORDS_MAX = 32
};

/* Keys and values, as they were given; empty ones are left out. */
struct recorder_words {
	struct mun_record_word list[RECORDER_WORDS_MAX];
	size_t count;
};
/* Add one unless text is NULL. */
void recorder_add(
    struct recorder_words *words, const char *key, const char *text);

struct recorder {
	struct keeper *keeper;
	struct mun_signer *signer;
	struct mun_record *record;
};
/* Open vault, keys, signer and record. */
enum mun_status recorder_open(
    struct recorder *recorder, struct keeper *keeper, struct mun_error *err);
void recorder_close(struct recorder *recorder);
/* That it is in the log, for what may fail later, and what was not as usual. */
void recorder_warn(struct tool *tool, const struct mun_recorded *recorded);
/* Log one event and say so, having asked on a terminal where it is in doubt;
 * the exit status.  about: what it was, in words
 * ("XPF-0003: handed over"). */
int recorder_run(struct recorder *recorder,
    const struct mun_record_request *request, const char *about);
/* The whole of a command: open, log one event, say so. */
int record_one(struct keeper *keeper, const struct mun_record_request *request,
    const char *about);

/* What people may type about any event.  An array of struct recorder_typed. */
struct recorder_typed {
	const char *case_name, *note, *place, *purpose, *legal_basis, *method,
	    *who, *carrier, *witness, *medium, *tool, *changes, *reason;
};
void recorder_take_typed(
    struct recorder_words *words, const struct recorder_typed *typed);
#define TYPED_OPTIONS(typed)                                                   \
	{ "case", 0, TOOL_TEXT, &(typed)->case_name, "TEXT",                   \
		"what it belongs to" },                                        \
	    { "note", 0, TOOL_TEXT, &(typed)->note, "TEXT", "anything else" }, \
	    { "place", 0, TOOL_TEXT, &(typed)->place, "TEXT", "where" },       \
	    { "purpose", 0, TOOL_TEXT, &(typed)->purpose, "TEXT",              \
		    "what for" },                                              \
	    { "legal-basis", 0, TOOL_TEXT, &(typed)->legal_basis, "TEXT",      \
		    "under which law, order or consent" },                     \
	    { "method", 0, TOOL_TEXT, &(typed)->method, "TEXT", "how" },       \
	    { "who", 0, TOOL_TEXT, &(typed)->who, "TEXT",                      \
		    "somebody who is no actor: did it, or received it" },      \
	    { "carrier", 0, TOOL_TEXT, &(typed)->carrier, "TEXT",              \
		    "who carried it" },                                        \
	    { "witness", 0, TOOL_TEXT, &(typed)->witness, "TEXT",              \
		    "who looked on" },                                         \
	    { "medium", 0, TOOL_TEXT, &(typed)->medium, "TEXT",                \
		    "make, serial number, seal of what it was on" },           \
	    { "tool", 0, TOOL_TEXT, &(typed)->tool, "TEXT",                    \
		    "program and version that was used" },                     \
	    { "changes", 0, TOOL_TEXT, &(typed)->changes, "TEXT",              \
		    "what was changed, and why that had to be" },              \
	{                                                                      \
		"reason", 0, TOOL_TEXT, &(typed)->reason, "TEXT", "why"        \
	}

#endif
