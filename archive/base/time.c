/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * time.c - UTC seconds as text, without the C library's time zones.
 *
 * The proleptic Gregorian calendar is counted in eras of 400 years (146,097
 * days) that begin on 1 March, so that the leap day is the last of its year.
 */
#include "base/time.h"

#include <stdio.h>

#define SECONDS_PER_DAY INT64_C(86400)
/* Days from 0000-03-01 to 1970-01-01. */
#define EPOCH_DAYS INT64_C(719468)
#define DAYS_PER_ERA INT64_C(146097)
/* 9999-12-31T23:59:59Z */
#define LAST_SECOND INT64_C(253402300799)

struct date {
	int64_t year;
	int64_t month; /* 1 to 12 */
	int64_t day; /* 1 to 31 */
};

static int64_t
days_of_date(struct date date)
{
	int64_t year = date.month <= 2 ? date.year - 1 : date.year;
	int64_t era = year / 400;
	int64_t year_of_era = year - era * 400;
	int64_t month = (date.month + 9) % 12; /* March is 0 */
	int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;

	return era * DAYS_PER_ERA + year_of_era * 365 + year_of_era / 4 -
	    year_of_era / 100 + day_of_year - EPOCH_DAYS;
}

static struct date
date_of_days(int64_t days)
{
	int64_t shifted = days + EPOCH_DAYS;
	int64_t era = shifted / DAYS_PER_ERA;
	int64_t day_of_era = shifted - era * DAYS_PER_ERA;
	int64_t year_of_era = (day_of_era - day_of_era / 1460 +
				  day_of_era / 36524 - day_of_era / 146096) /
	    365;
	int64_t day_of_year = day_of_era -
	    (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month = (5 * day_of_year + 2) / 153;
	struct date date;

	date.day = day_of_year - (153 * month + 2) / 5 + 1;
	date.month = month < 10 ? month + 3 : month - 9;
	date.year = year_of_era + era * 400 + (date.month <= 2);
	return date;
}

bool
mun_time_format(char out[MUN_TIME_TEXT_LEN + 1], int64_t utc_s)
{
	struct date date;
	unsigned second;

	if (utc_s < 0 || utc_s > LAST_SECOND)
		return false;
	date = date_of_days(utc_s / SECONDS_PER_DAY);
	second = (unsigned)(utc_s % SECONDS_PER_DAY);
	/* The reductions change nothing; they show that it fits. */
	(void)snprintf(out, MUN_TIME_TEXT_LEN + 1,
	    "%04u-%02u-%02uT%02u:%02u:%02uZ", (unsigned)date.year % 10000,
	    (unsigned)date.month % 100, (unsigned)date.day % 100,
	    second / 3600 % 24, second / 60 % 60, second % 60);
	return true;
}

static bool
parse_digits(int64_t *out, const char *text, size_t count)
{
	*out = 0;
	for (size_t i = 0; i < count; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		*out = *out * 10 + (text[i] - '0');
	}
	return true;
}

static bool
is_same_date(struct date a, struct date b)
{
	return a.year == b.year && a.month == b.month && a.day == b.day;
}

bool
mun_time_parse(int64_t *utc_s, const char *text, size_t len)
{
	struct date date;
	int64_t hour;
	int64_t minute;
	int64_t second;
	int64_t days;

	if (len != MUN_TIME_TEXT_LEN || text[4] != '-' || text[7] != '-' ||
	    text[10] != 'T' || text[13] != ':' || text[16] != ':' ||
	    text[19] != 'Z')
		return false;
	if (!parse_digits(&date.year, text, 4) ||
	    !parse_digits(&date.month, text + 5, 2) ||
	    !parse_digits(&date.day, text + 8, 2) ||
	    !parse_digits(&hour, text + 11, 2) ||
	    !parse_digits(&minute, text + 14, 2) ||
	    !parse_digits(&second, text + 17, 2))
		return false;
	if (date.year < 1970 || date.month < 1 || date.month > 12 ||
	    date.day < 1 || hour > 23 || minute > 59 || second > 59)
		return false;
	days = days_of_date(date);
	/* A 30 February comes back as another date. */
	if (!is_same_date(date_of_days(days), date))
		return false;
	*utc_s = days * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second;
	return true;
}
