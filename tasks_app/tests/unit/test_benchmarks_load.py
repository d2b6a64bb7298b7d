"""The load generator of the benchmark of submissions: what it sends, reads and works out."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from benchmarks.submissions.answer import Answer, NotUnderstood, read_answer
from benchmarks.submissions.load import Tally, run, share_of
from benchmarks.submissions.orders import NUMBER, order

WHOLE = b"HTTP/1.1 201 Created\r\nServer: some\r\ncontent-length: 4\r\n\r\nbody"


class Listening(ThreadingHTTPServer):
    """Remembers the paths and bodies that it was sent."""

    seen: list[tuple[str, dict[str, str]]]


class Counting(BaseHTTPRequestHandler):
    """Refuses what has an odd number."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Listening

    def do_PUT(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.seen.append((self.path, body))
        self.send_response(400 if int(body["id"]) % 2 else 200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        """Quietly."""


@pytest.fixture
def server() -> Iterator[Listening]:
    with Listening(("127.0.0.1", 0), Counting) as server:
        server.seen = []
        Thread(target=server.serve_forever).start()
        yield server
        server.shutdown()


@pytest.mark.parametrize("bytes_there", [0, 10, WHOLE.index(b"body"), len(WHOLE) - 1])
def test_an_answer_is_read_when_all_of_it_is_there(bytes_there):
    assert read_answer(WHOLE[:bytes_there]) is None
    assert read_answer(WHOLE) == Answer(201, b"body")


def test_an_answer_whose_end_nobody_knows_is_refused():
    with pytest.raises(NotUnderstood):
        read_answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")


def test_requests_differ_by_their_number_in_path_and_body():
    template = order("PUT", f"/things/{NUMBER}", {"id": NUMBER}, token="secret")

    assert template.request(7) == (
        b"PUT /things/00000007 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 18\r\n"
        b"Authorization: Bearer secret\r\nContent-Type: application/json\r\n\r\n"
        b'{"id": "00000007"}'
    )


def test_a_request_without_a_body_says_so():
    assert order("POST", "/x").request(1) == (
        b"POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"
    )


@pytest.mark.parametrize(
    "values, share, found",
    [
        (range(100, 0, -1), 0.5, 50),
        (range(100, 0, -1), 0.99, 99),
        (range(1, 11), 0.99, 10),
        ([4], 0.5, 4),
        ([], 0.5, 0),
    ],
)
def test_a_percentile_is_the_smallest_value_that_covers_the_share(values, share, found):
    assert share_of(list(values), share) == found


def test_what_was_refused_counts_neither_in_the_rate_nor_in_the_latencies():
    tally = Tally()
    for latency in (0.010, 0.020):
        tally.count(Answer(202, b""), latency)
    tally.count(Answer(503, b"busy"), 5.0)

    figures = tally.figures(seconds=4, cpu_seconds=0.001)

    assert (figures["accepted"], figures["refused"]) == (2, 1)
    assert figures["first_refusal"] == "503 b'busy'"
    assert (figures["rate"], figures["generator_cpu_us"]) == (0.5, 500)
    assert (figures["p50_ms"], figures["p99_ms"]) == (10, 20)


def test_every_request_gets_a_number_of_its_own_and_is_counted_once(server):
    template = order("PUT", f"/things/{NUMBER}", {"id": NUMBER})

    tally = run(server.server_address, [template] * 3, seconds=0.2, first=40)

    numbers = sorted(int(body["id"]) for _, body in server.seen)
    assert numbers == list(range(40, 40 + len(numbers)))
    assert all(path == f"/things/{body['id']}" for path, body in server.seen)
    assert len(tally.latencies) == len([number for number in numbers if number % 2 == 0])
    assert tally.refused == len(numbers) - len(tally.latencies) > 0


def test_without_time_each_connection_still_sends_one_request(server):
    template = order("PUT", f"/things/{NUMBER}", {"id": NUMBER})

    run(server.server_address, [template] * 4, seconds=0, first=1)

    assert len(server.seen) == 4
