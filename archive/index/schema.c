/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * schema.c - the tables of the index.  docs/format/index.md is this file for
 * readers; every column has its unit and source.
 */
#include "index/index_internal.h"

const struct mun_index_table_form mun_index_table_forms[MUN_INDEX_TABLES] = {
	[MUN_INDEX_EVENT] = { "event", 31, "index.event" },
	[MUN_INDEX_STATEMENT] = { "statement", 2, "index.statement" },
	[MUN_INDEX_ANNOTATION] = { "annotation", 6, "index.annotation" },
	[MUN_INDEX_ACTOR] = { "actor", 6, "index.actor" },
	[MUN_INDEX_TIME_STAMP] = { "time_stamp", 8, "index.time-stamp" },
	[MUN_INDEX_ARCHIVE] = { "archive", 11, "index.archive" },
	[MUN_INDEX_DOCUMENT] = { "document", 14, "index.document" },
	[MUN_INDEX_MEMBER] = { "member", 9, "index.member" },
	[MUN_INDEX_FINDING] = { "finding", 8, "index.finding" },
	[MUN_INDEX_WORD] = { "word", 5, "index.text" },
	[MUN_INDEX_CHECKPOINT] = { "checkpoint", 3, "index.checkpoint" },
};

const char mun_index_schema[] =
    /* one log entry; what its detail does not say is NULL */
    "CREATE TABLE event ("
    " seq INTEGER PRIMARY KEY," /* number of the entry */
    " type TEXT NOT NULL,"
    " time TEXT NOT NULL," /* UTC, as signed */
    " actor BLOB NOT NULL," /* SHA-256 of the signer's certificate */
    " archive TEXT," /* id; NULL: about the vault */
    " document INTEGER," /* number; NULL: about the whole archive */
    " entry_sha256 BLOB NOT NULL,"
    " statement_sha256 BLOB," /* NULL: the event has none */
    " clock TEXT," /* reading of a clock that was behind */
    " step TEXT," /* of a transfer, as all words here: custody.md */
    " form TEXT,"
    " role TEXT," /* of who is enrolled */
    " reason TEXT," /* of a revocation */
    " kind TEXT," /* of a copy or a migration */
    " result TEXT," /* of a check of the bytes */
    " bytes_before TEXT," /* of an examination: passed or failed */
    " bytes_after TEXT,"
    " relation TEXT,"
    " bytes TEXT," /* of a withdrawal: kept or destroyed */
    " from_actor BLOB," /* SHA-256 of a certificate, as all actors */
    " to_actor BLOB,"
    " by_actor BLOB," /* who did it, if not the signer */
    " named_actor BLOB," /* who is revoked; whose certificate is replaced */
    " accepted BLOB," /* SHA-256 of the entry accepted */
    " other_archive TEXT," /* object of a relation, receipt of a transfer */
    " other_document INTEGER,"
    " started TEXT," /* UTC */
    " ended TEXT,"
    " since TEXT," /* time from which a revocation holds */
    " keys TEXT," /* that an annotation sets, a space between */
    " log_key BLOB" /* the log's new key */
    ") STRICT;"
    "CREATE INDEX event_archive ON event (archive, document);"
    "CREATE INDEX event_other ON event (other_archive);"
    "CREATE INDEX event_type ON event (type);"
    /* what people typed; no row: withheld */
    "CREATE TABLE statement ("
    " seq INTEGER PRIMARY KEY,"
    " line TEXT NOT NULL" /* the JSON line without its LF */
    ") STRICT;"
    /* one value that an annotation sets; of one key the latest counts */
    "CREATE TABLE annotation ("
    " id INTEGER PRIMARY KEY," /* seq * 32 + place of the key in log.md */
    " seq INTEGER NOT NULL," /* of its event */
    " archive TEXT NOT NULL,"
    " document INTEGER," /* number; NULL: the whole archive */
    " key TEXT NOT NULL,"
    " value TEXT NOT NULL" /* from the statement */
    ") STRICT;"
    "CREATE INDEX annotation_archive ON annotation (archive, key);"
    "CREATE INDEX annotation_value ON annotation (key, value);"
    /* a certificate that somebody may sign with */
    "CREATE TABLE actor ("
    " id INTEGER PRIMARY KEY," /* seq * 2; + 1: the recovery certificate */
    " role TEXT," /* NULL: of the recovery, or as of what it replaces */
    " replaces BLOB," /* SHA-256 of a certificate; NULL: enrolled */
    " sha256 BLOB NOT NULL," /* of the certificate */
    " name TEXT NOT NULL," /* its common name */
    " certificate BLOB NOT NULL" /* DER */
    ") STRICT;"
    "CREATE INDEX actor_sha256 ON actor (sha256);"
    /* what one authority gave, by the SHA-256 of its files; time-stamp.md */
    "CREATE TABLE time_stamp ("
    " id INTEGER PRIMARY KEY," /* seq * 32 + number of the stamp, from 1 */
    " size INTEGER NOT NULL," /* of the stamped checkpoint, entries */
    " checkpoint BLOB NOT NULL,"
    " query BLOB NOT NULL," /* SHA-256 of N.tsq */
    " token BLOB NOT NULL," /* N.tst */
    " certificates BLOB NOT NULL," /* N.pem */
    " crls BLOB NOT NULL," /* N.crl */
    " seq INTEGER NOT NULL" /* of its event */
    ") STRICT;"
    "CREATE TABLE archive ("
    " seq INTEGER PRIMARY KEY," /* of its deposit event */
    " id TEXT NOT NULL UNIQUE,"
    " sha256 BLOB NOT NULL," /* of the .tar, as logged */
    " documents INTEGER," /* NULL from here: the file is gone */
    " bytes INTEGER," /* of all documents */
    " members INTEGER,"
    " findings INTEGER,"
    " width INTEGER," /* digits of document numbers */
    " sealed_at TEXT,"
    " complete INTEGER," /* 0 or 1 */
    " case_name TEXT" /* from the deposit's statement */
    ") STRICT;"
    "CREATE TABLE document ("
    " id INTEGER PRIMARY KEY," /* seq * 2^32 + number */
    " archive INTEGER NOT NULL," /* seq */
    " number INTEGER NOT NULL,"
    " name BLOB NOT NULL," /* base name's bytes */
    " path BLOB NOT NULL,"
    " size INTEGER NOT NULL," /* bytes */
    " media_type TEXT NOT NULL,"
    " description TEXT,"
    " modified_s INTEGER," /* since 1970-01-01 UTC */
    " modified_ns INTEGER,"
    " file TEXT NOT NULL," /* payload name */
    " sha256 BLOB NOT NULL,"
    " sha512 BLOB NOT NULL,"
    " record TEXT NOT NULL" /* line of documents.jsonl without LF */
    ") STRICT;"
    "CREATE INDEX document_sha256 ON document (sha256);"
    "CREATE INDEX document_sha512 ON document (sha512);"
    "CREATE TABLE member ("
    " id INTEGER PRIMARY KEY," /* seq * 2^32 + place in members.jsonl */
    " archive INTEGER NOT NULL," /* seq */
    " document INTEGER NOT NULL," /* number */
    " number INTEGER NOT NULL,"
    " container INTEGER NOT NULL," /* member it lies in; 0: the document */
    " name BLOB NOT NULL,"
    " size INTEGER NOT NULL,"
    " sha256 BLOB NOT NULL,"
    " sha512 BLOB NOT NULL"
    ") STRICT;"
    "CREATE INDEX member_sha256 ON member (sha256);"
    "CREATE INDEX member_sha512 ON member (sha512);"
    "CREATE INDEX member_place ON member (archive, document, number);"
    "CREATE TABLE finding ("
    " id INTEGER PRIMARY KEY," /* seq * 2^32 + place in findings.jsonl */
    " archive INTEGER NOT NULL," /* seq */
    " rule TEXT NOT NULL,"
    " document INTEGER,"
    " member INTEGER,"
    " path BLOB,"
    " target BLOB,"
    " detail TEXT NOT NULL"
    ") STRICT;"
    "CREATE INDEX finding_archive ON finding (archive);"
    /* the head the index was built from: one row */
    "CREATE TABLE checkpoint ("
    " size INTEGER PRIMARY KEY,"
    " root BLOB NOT NULL,"
    " note TEXT NOT NULL"
    ") STRICT;"
    /* where pairs of code points occur in folded names and paths */
    "CREATE TABLE word ("
    " id INTEGER PRIMARY KEY," /* seq * 2^32 + count in its archive */
    " archive INTEGER NOT NULL," /* seq */
    " members INTEGER NOT NULL," /* 0: documents' paths, 1: members' names */
    " pair TEXT NOT NULL," /* two code points */
    " places BLOB NOT NULL" /* rising numbers of documents, or
				places of members */
    ") STRICT;"
    "CREATE INDEX word_pair ON word (pair, members);";
