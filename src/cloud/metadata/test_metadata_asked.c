/* SPDX-License-Identifier: Apache-2.0 */
/* The thread that guests ask, at a place on the loopback device: whoever asks there is no guest, and is told
 * nothing, in good form. */
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include "cloud/compute/test_compute.h"
#include "cloud/metadata/metadata_private.h"

static struct metadata m;
static struct place place;
static struct sockaddr_in at;

static void end_thread(void *none)
{
	uint64_t one = 1;

	(void)none;
	pthread_mutex_lock(&m.lock);
	m.ending = true;
	pthread_mutex_unlock(&m.lock);
	assert_int_equal(write(m.bell, &one, sizeof one), sizeof one);
	pthread_join(m.asked, NULL);
	pthread_mutex_destroy(&m.lock);
	close(m.bell);
	close(m.epoll);
	close(place.listener);
}

static void begin(void)
{
	struct epoll_event bell = { .events = EPOLLIN, .data.u64 = 1 };
	struct epoll_event open = { .events = EPOLLIN, .data.u64 = 3 };
	socklen_t size = sizeof at;

	compute_begin();
	place = (struct place){ .number = 3, .device = "lo" };
	snprintf(place.network_id, sizeof place.network_id, "0193a000-0000-7000-8000-0000000000a1");
	place.listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	at = (struct sockaddr_in){ .sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	assert_int_equal(bind(place.listener, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(place.listener, 64), 0);
	assert_int_equal(getsockname(place.listener, (struct sockaddr *)&at, &size), 0);
	m = (struct metadata){ .house = &the_house, .places = &place, .claim = -1 };
	pthread_mutex_init(&m.lock, NULL);
	m.epoll = epoll_create1(EPOLL_CLOEXEC);
	m.bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	assert_int_equal(epoll_ctl(m.epoll, EPOLL_CTL_ADD, m.bell, &bell), 0);
	assert_int_equal(epoll_ctl(m.epoll, EPOLL_CTL_ADD, place.listener, &open), 0);
	assert_int_equal(pthread_create(&m.asked, NULL, metadata_asked, &m), 0);
	arena_defer(test_call()->arena, end_thread, NULL);
}

static int dial(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
	return fd;
}

static void say(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

/* All until the other side is done. */
static const char *heard(int fd)
{
	struct buf b = { .arena = test_call()->arena };
	char some[512];
	ssize_t n;

	while ((n = recv(fd, some, sizeof some, 0)) > 0)
		buf_add(&b, some, (size_t)n);
	close(fd);
	return buf_text(&b);
}

TEST(a_stranger_is_told_nothing_in_good_form)
{
	begin();
	int fd = dial();
	say(fd, "GET /openstack/latest/meta_da");
	say(fd, "ta.json HTTP/1.1\r\nHost: 169.254.169.254\r\n");
	say(fd, "\r\n");
	const char *answer = heard(fd);
	assert_true(str_starts(answer, "HTTP/1.1 404 Not Found\r\n"));
	assert_non_null(strstr(answer, "\r\nConnection: close\r\n"));
	assert_true(str_ends(answer, "\r\n\r\nthere is nothing here for you"));

	fd = dial();
	say(fd, "DELETE / HTTP/1.1\r\n");
	answer = heard(fd);
	assert_true(str_starts(answer, "HTTP/1.1 405 Method Not Allowed\r\n"));
	assert_non_null(strstr(answer, "\r\nAllow: GET, HEAD\r\n"));

	/* Who leaves without a question holds nobody up. */
	close(dial());
	fd = dial();
	say(fd, "HEAD / HTTP/1.0\n\n");
	assert_true(str_ends(heard(fd), "\r\n\r\n"));
}

TEST(a_guest_has_so_many_connections_and_no_more)
{
	int fds[ASKERS_EACH];

	begin();
	for (size_t i = 0; i < ASKERS_EACH; i++)
		fds[i] = dial();
	/* One too many is closed without a word; places at the table come free again. */
	assert_string_equal(heard(dial()), "");
	for (size_t i = 0; i < ASKERS_EACH; i++) {
		say(fds[i], "GET / HTTP/1.1\r\n\r\n");
		assert_true(str_starts(heard(fds[i]), "HTTP/1.1 404 "));
	}
	int fd = dial();
	say(fd, "GET / HTTP/1.1\r\n\r\n");
	assert_true(str_starts(heard(fd), "HTTP/1.1 404 "));
}
