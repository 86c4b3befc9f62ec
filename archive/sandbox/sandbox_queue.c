/* SPDX-License-Identifier: BSD-2-Clause */
/* sandbox_queue.c - requests in a row. */
#include "sandbox/sandbox_internal.h"

#include <stdlib.h>

#include "base/file.h"

void
mun_sandbox_queue_put(
    struct sandbox_queue *queue, struct sandbox_request *request)
{
	request->next = NULL;
	if (queue->last != NULL)
		queue->last->next = request;
	else
		queue->first = request;
	queue->last = request;
	queue->count++;
}

struct sandbox_request *
mun_sandbox_queue_take(struct sandbox_queue *queue)
{
	struct sandbox_request *request = queue->first;

	if (request == NULL)
		return NULL;
	queue->first = request->next;
	if (queue->first == NULL)
		queue->last = NULL;
	queue->count--;
	request->next = NULL;
	return request;
}

void
mun_sandbox_queue_clear(struct sandbox_queue *queue)
{
	while (queue->first != NULL)
		mun_sandbox_request_free(mun_sandbox_queue_take(queue));
}

void
mun_sandbox_request_free(struct sandbox_request *request)
{
	if (request == NULL)
		return;
	mun_file_close(&request->fd);
	mun_buffer_free(&request->wire);
	mun_buffer_free(&request->answer);
	free(request);
}
