/* SPDX-License-Identifier: BSD-2-Clause */
#include "faults.h"

#include "store/store.h"

static enum fault wanted;
static unsigned when, count;
static bool dead, fired;
static const void *overtaking;
static unsigned long overtaking_len;

unsigned faults_reads;

void
faults_set(enum fault fault, unsigned n)
{
	wanted = fault;
	when = n;
	count = 0;
	dead = false;
	fired = false;
	faults_reads = 0;
}

bool
faults_clear(void)
{
	bool reached = fired;

	faults_set(FAULT_NONE, 0);
	return reached;
}

void
faults_overtake(const void *checkpoint, unsigned long len)
{
	overtaking = checkpoint;
	overtaking_len = len;
}

/* Whether this call is to be done, and whether it is to fail. */
static void
decide(bool *does, bool *fails)
{
	*does = !dead;
	*fails = dead;
	if (wanted == FAULT_NONE || ++count != when)
		return;
	fired = true;
	*fails = true;
	*does = wanted == FAULT_DIES_AFTER || wanted == FAULT_FAILS_AFTER;
	dead = wanted == FAULT_DIES_BEFORE || wanted == FAULT_DIES_AFTER;
}

/* What a call would do, between the two decisions. */
#define FAULTY(call)                                                          \
	do {                                                                  \
		enum mun_status status = MUN_OK;                              \
		bool does, fails;                                             \
                                                                              \
		decide(&does, &fails);                                        \
		if (does)                                                     \
			status = (call);                                      \
		if (fails)                                                    \
			return mun_error_set(err, MUN_ERR_SYSTEM, "a fault"); \
		return status;                                                \
	} while (0)

/* The linker's names for the real ones. */
enum mun_status __real_mun_store_put_new(struct mun_store *store,
    const char *name, const void *bytes, size_t len, struct mun_error *err);
enum mun_status __real_mun_store_put_derived(struct mun_store *store,
    const char *name, const void *bytes, size_t len, struct mun_error *err);
enum mun_status __real_mun_store_swap_checkpoint(struct mun_store *store,
    const void *expected, size_t expected_len, const void *bytes, size_t len,
    struct mun_error *err);
enum mun_status __real_mun_store_remove(
    struct mun_store *store, const char *name, struct mun_error *err);
enum mun_status __real_mun_store_read(struct mun_store *store, const char *name,
    struct mun_buffer *out, struct mun_error *err);

enum mun_status __wrap_mun_store_put_new(struct mun_store *store,
    const char *name, const void *bytes, size_t len, struct mun_error *err);
enum mun_status __wrap_mun_store_put_derived(struct mun_store *store,
    const char *name, const void *bytes, size_t len, struct mun_error *err);
enum mun_status __wrap_mun_store_swap_checkpoint(struct mun_store *store,
    const void *expected, size_t expected_len, const void *bytes, size_t len,
    struct mun_error *err);
enum mun_status __wrap_mun_store_remove(
    struct mun_store *store, const char *name, struct mun_error *err);
enum mun_status __wrap_mun_store_read(struct mun_store *store, const char *name,
    struct mun_buffer *out, struct mun_error *err);

enum mun_status
__wrap_mun_store_put_new(struct mun_store *store, const char *name,
    const void *bytes, size_t len, struct mun_error *err)
{
	FAULTY(__real_mun_store_put_new(store, name, bytes, len, err));
}

enum mun_status
__wrap_mun_store_put_derived(struct mun_store *store, const char *name,
    const void *bytes, size_t len, struct mun_error *err)
{
	FAULTY(__real_mun_store_put_derived(store, name, bytes, len, err));
}

enum mun_status
__wrap_mun_store_swap_checkpoint(struct mun_store *store, const void *expected,
    size_t expected_len, const void *bytes, size_t len, struct mun_error *err)
{
	if (overtaking != NULL) {
		enum mun_status status = __real_mun_store_swap_checkpoint(store,
		    expected, expected_len, overtaking, overtaking_len, err);

		overtaking = NULL;
		if (status != MUN_OK)
			return status;
	}
	FAULTY(__real_mun_store_swap_checkpoint(
	    store, expected, expected_len, bytes, len, err));
}

enum mun_status
__wrap_mun_store_remove(
    struct mun_store *store, const char *name, struct mun_error *err)
{
	FAULTY(__real_mun_store_remove(store, name, err));
}

enum mun_status
__wrap_mun_store_read(struct mun_store *store, const char *name,
    struct mun_buffer *out, struct mun_error *err)
{
	faults_reads++;
	return __real_mun_store_read(store, name, out, err);
}
