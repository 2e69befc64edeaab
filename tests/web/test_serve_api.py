"""The server's API, asked over HTTP as any client would."""

import json
import re
import signal
import socket
import time
from xml.etree import ElementTree

import numpy as np
import pytest
import web_server
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from refusals import assert_refusal
from web_server import Server, drawing

from scribe import serve
from scribe.foundation import command_line
from scribe.web import sheet
from scribe.web.guard import SECURITY_HEADERS

pytest.importorskip("uvicorn")


@pytest.fixture(scope="module")
def server():
    limits = ("--max_lines=4", "--max_styles=2", "--max_kilobytes=200")
    limits += ("--lines_per_minute=100000",)
    with Server(*limits) as server:
        yield server


@pytest.fixture(scope="module")
def writer():
    return web_server.writer()


# Writing


@pytest.mark.smoke
def test_the_server_writes_what_the_library_writes(server, writer):
    texts = ["Dear Ada,", "it writes."]
    reply = server.write(*texts, style="neat", bias=0.8, seed=3)
    assert reply.status == 200
    expected = writer.write(texts, style="neat", bias=0.8, seed=3)
    for line, alone in zip(reply.json["lines"], expected, strict=True):
        assert line["text"] == alone.text
        assert line["finished"] == alone.finished
        assert len(line["strokes"]) == len(alone.strokes)
        np.testing.assert_allclose(line["strokes"], alone.strokes, atol=0.05, rtol=0.02)


@pytest.mark.integration
def test_lines_stream_with_their_paths_and_come_to_an_end(server):
    reply = server.write("one", "", "two", format="stream", style="hasty")
    assert reply.headers["Content-Type"].startswith("text/event-stream")
    *lines, (last, _) = reply.events()
    assert last == "done"
    assert {name for name, _ in lines} == {"line"}
    found = {data["number"]: data for _, data in lines}
    assert {n: data["text"] for n, data in found.items()} == {0: "one", 2: "two"}
    for data in found.values():
        assert len(data["paths"]) == len(data["points"]) > 0
        assert all(re.fullmatch(r"[Mch\d .-]+", d) for d in data["paths"])


@pytest.mark.integration
@pytest.mark.parametrize(
    "format, start",
    [("svg", b"<svg"), ("png", b"\x89PNG"), ("pdf", b"%PDF"), ("gcode", b"; written")],
)
def test_files_can_be_downloaded_under_a_name_that_nobody_else_chose(
    server, format, start
):
    reply = server.write("Hello", "", "again", format=format, style="neat")
    assert reply.status == 200, reply.body
    assert reply.body.startswith(start)
    assert reply.headers["Content-Disposition"] == (
        f'attachment; filename="handwriting.{format}"'
    )


@pytest.mark.integration
def test_a_file_shows_the_paths_of_the_stream(server):
    asked = {"style": "neat", "seed": 4, "width_mm": 150.0}
    (_, line), _ = server.write("Hello", format="stream", **asked).events()
    root = ElementTree.fromstring(server.write("Hello", format="svg", **asked).body)
    assert root.get("width") == "150mm"
    drawn = root.findall(".//{http://www.w3.org/2000/svg}path")
    assert len(drawn) == len(line["paths"])
    first, sent = drawn[0].get("d"), line["paths"][0]
    start, moved = (np.array(coordinates(d)[:2]) for d in (sent, first))
    assert moved[0] - start[0] == pytest.approx(sheet.MARGIN_MM, abs=2e-3)
    # The curves are relative to their start, each rounded at its own place.
    np.testing.assert_allclose(coordinates(first)[2:], coordinates(sent)[2:], atol=3e-3)


def coordinates(d: str) -> list[float]:
    """The numbers of a path."""
    return [float(n) for n in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", d)]


@pytest.mark.integration
def test_characters_that_the_model_lacks_are_named_or_replaced(server):
    assert "'π' at 2:4" in server.write("", "cafπ").error
    reply = server.write("", "cafπ", unknown="replace")
    line = reply.json["lines"][1]
    assert line["text"] == "cafp"
    place = {"character": "π", "written": "p", "line": 2, "column": 4}
    assert line["substitutes"] == [place]
    file = server.write("", "cafπ", unknown="replace", format="svg")
    assert json.loads(file.headers["X-Substitutes"]) == [place]
    assert "X-Substitutes" not in server.write("café", format="svg").headers


@pytest.mark.slow
@pytest.mark.integration
def test_a_hand_of_chance_is_the_one_of_its_number(server, writer):
    (line,) = server.write("Hello", style="seed:7").json["lines"]
    alone = writer.write("Hello", style="seed:7")[0].strokes
    assert len(line["strokes"]) == len(alone)
    np.testing.assert_allclose(line["strokes"], alone, atol=0.05, rtol=0.02)


# Wrong input


@pytest.mark.integration
@pytest.mark.parametrize(
    "body, status, sentence",
    [
        (b'{"texts": ', 422, "not valid JSON"),
        (b'{"texts": ["\xff"]}', 400, "not JSON in UTF-8"),
        (b"[" * 50_000, 400, "nested too deeply"),
        (b"null", 422, "the request"),
        ({}, 422, "texts: Field required"),
        ({"texts": []}, 422, "texts: List should have at least 1 item"),
        ({"texts": ["", " "]}, 422, "all texts are empty"),
        ({"texts": ["a", 1]}, 422, "texts[1]: Input should be a valid string"),
        ({"texts": ["a"] * 5}, 422, "5 lines are more than one request may have (4)"),
        ({"texts": ["a" * 121]}, 422, "121 characters is too long"),
        ({"texts": ["a"], "bias": -1}, 422, "bias: "),
        (b'{"texts": ["a"], "bias": NaN}', 422, "bias: "),
        ({"texts": ["a"], "seed": 1.5}, 422, "seed: "),
        ({"texts": ["a"], "seed": 10**30}, 422, "seed: "),
        ({"texts": ["a"], "style": "../../etc/passwd"}, 422, "there is no style"),
        ({"texts": ["a"], "format": "exe"}, 422, "format: "),
        ({"texts": ["a"], "ink": "url(x)", "format": "svg"}, 422, "the colour"),
        ({"texts": ["a"], "speed": 1}, 422, "speed: Extra inputs"),
        ({"texts": ["a" * 10_000_000]}, 413, "at most 200,000 bytes"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_request_that_cannot_be_met_is_answered_in_one_sentence(
    server, body, status, sentence
):
    reply = server.ask("POST", "/api/write", body)
    assert reply.status == status, reply.body
    assert sentence in reply.error


@pytest.mark.integration
def test_a_body_that_grows_too_large_on_its_way_is_refused(server):
    parts = (b"x" * 50_000 for _ in range(20))  # its length is not announced
    with server.connection() as connection:
        headers = {"Content-Type": "application/json"}
        connection.request("POST", "/api/write", parts, headers, encode_chunked=True)
        assert connection.getresponse().status == 413


@pytest.mark.integration
@pytest.mark.parametrize(
    "strokes, sentence",
    [
        ([[[0, 0], [1, 1], [2, 0]]], "3 points"),
        ([], "strokes: List should have at least 1 item"),
        ([[[0, 0, 0, 0, 0]] * 20], "rows of x, y"),
        ([[[0, "x"]]], "strokes[0][0][1]"),
        ([[[5, 5]] * 50], "one place"),
        ([[[1e300, 0]] * 50], "less than or equal"),
        ([[[0, 0]]] * 2001, "at most 2000 items"),
        (drawing("no"), "not 'the quick brown fox jumps'"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_drawing_that_is_no_style_is_refused(server, strokes, sentence):
    new = {"text": "the quick brown fox jumps", "strokes": strokes}
    reply = server.ask("POST", "/api/styles", new)
    assert reply.status == 422
    assert sentence in reply.error


@pytest.mark.integration
def test_a_drawn_line_is_read_and_several_become_one_hand(server):
    texts = ["the quick brown fox", "jumps over lazy dogs"]
    lines = [{"text": text, "strokes": drawing(text)} for text in texts]
    reply = server.ask("POST", "/api/read", lines[0])
    assert reply.json == {"reading": texts[0], "fits": True}
    reply = server.ask("POST", "/api/read", lines[0] | {"text": "quite another text"})
    assert reply.json == {"reading": texts[0], "fits": False}
    reply = server.ask("POST", "/api/styles", lines[0] | {"more": lines[1:]})
    assert reply.status == 201 and reply.json["text"] in texts
    wrong = lines[1] | {"text": "quite another text"}
    reply = server.ask("POST", "/api/styles", lines[0] | {"more": [wrong]})
    assert reply.status == 422
    assert reply.error.startswith("line 2: ") and repr(texts[1]) in reply.error


@pytest.mark.integration
def test_a_huge_drawing_is_refused(server):
    points = [[i, i % 100] for i in range(20_001)]
    reply = server.ask("POST", "/api/styles", {"text": "fox", "strokes": [points]})
    assert reply.status in (413, 422)
    assert "20000" in reply.error or "200,000" in reply.error


@pytest.mark.integration
def test_only_json_is_taken_which_no_form_of_another_site_can_send(server):
    reply = server.ask(
        "POST", "/api/write", b'{"texts": ["a"]}', {"Content-Type": "text/plain"}
    )
    assert reply.status == 415
    assert "application/json" in reply.error


@pytest.mark.integration
def test_a_name_that_is_not_this_machine_s_is_refused(server):
    assert server.ask("GET", "/healthz", headers={"Host": "evil.test"}).status == 421
    host = {"Host": f"localhost:{server.port}"}
    assert server.ask("GET", "/healthz", headers=host).status == 200


@pytest.mark.integration
@pytest.mark.parametrize(
    "path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static//etc/passwd", "/x"]
)
def test_nothing_but_the_page_s_own_files_can_be_read(server, path):
    assert server.ask("GET", path).status == 404


@pytest.mark.integration
def test_each_wrong_field_is_named_by_its_pointer(server):
    body = {"texts": ["a", 1], "bias": 99, "a/b": 1}
    errors = server.ask("POST", "/api/write", body).json["errors"]
    assert {error["pointer"] for error in errors} == {"#/texts/1", "#/bias", "#/a~1b"}


# Files of other programs


def svg_of(strokes, turn=lambda x, y: (x, y)) -> str:
    paths = []
    for stroke in strokes:
        points = [turn(x, y) for x, y, *_ in stroke]
        d = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        paths.append(f'<path d="{d}" fill="none" stroke="#000"/>')
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(paths)}</svg>'


def inkml_of(strokes, text=None) -> str:
    truth = f'<annotation type="truth">{text}</annotation>' if text else ""
    traces = "".join(
        f"<trace>{', '.join(f'{x} {y}' for x, y, *_ in stroke)}</trace>"
        for stroke in strokes
    )
    return (
        '<?xml version="1.0" encoding="UTF-16"?>'
        f'<ink xmlns="http://www.w3.org/2003/InkML">{truth}{traces}</ink>'
    )


def found(server, content: str) -> list[dict]:
    reply = server.ask("POST", "/api/drawings", {"content": content})
    assert reply.status == 200, reply.body
    return reply.json["lines"]


@pytest.mark.slow
@pytest.mark.integration
def test_the_lines_of_a_file_of_another_program_are_found_upright_and_read(server):
    texts = ["the quick brown fox", "jumps over lazy dogs"]
    first, second = map(drawing, texts)
    below = [[[x, y + 90, *more] for x, y, *more in stroke] for stroke in second]
    lines = found(server, svg_of([*first, *below], turn=lambda x, y: (-x, -y)))
    assert [line["text"] for line in lines] == texts
    (line,) = found(server, inkml_of(first))
    assert line["text"] == texts[0]
    assert len(line["strokes"]) == len(first)
    (line,) = found(server, inkml_of(first, text="what the file says"))
    assert line["text"] == "what the file says"
    new = {"text": texts[0], "strokes": lines[0]["strokes"]}
    assert server.ask("POST", "/api/styles", new).status == 201


@pytest.mark.integration
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("no drawing", "neither JSON nor InkML nor SVG"),
        ("<svg><text>fox</text></svg>", "no path with a stroke"),
        ("<svg><path stroke='red' d='M0 0L9'/></svg>", "path"),
        ("<ink><trace>0 0, 1 1</trace></ink>", "nothing can be read"),
        ("<ink><trace>0 0", "damaged"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><svg/>', "entity"),
        ("[[[1e999, 0], [1, 1]]]", ""),
        ("[" * 5000, ""),
    ],
)
def test_a_file_that_is_no_drawing_is_refused(server, content, sentence):
    reply = server.ask("POST", "/api/drawings", {"content": content})
    assert reply.status == 422, reply.body
    assert sentence in reply.error


# Visitors


def drawn(server, cookie=None, name="mine"):
    text = "the quick brown fox"
    new = {"text": text, "strokes": drawing(text), "name": name}
    return server.ask("POST", "/api/styles", new, {"Cookie": cookie} if cookie else {})


def cookie_of(reply) -> str:
    return reply.headers["Set-Cookie"].partition(";")[0]


@pytest.mark.slow
@pytest.mark.integration
def test_a_style_is_its_visitor_s_alone(server):
    first, second = drawn(server), drawn(server)
    assert first.status == 201, first.body
    style, mine = first.json["id"], {"Cookie": cookie_of(first)}
    other = {"Cookie": cookie_of(second)}

    def own(headers):
        styles = server.ask("GET", "/api/styles", headers=headers).json["styles"]
        return [one["id"] for one in styles if one["own"]]

    asked = {"texts": ["fox"], "style": style}
    assert own(mine) == [style]
    assert style not in own(other) and own({}) == []
    assert server.ask("POST", "/api/write", asked, mine).status == 200
    for headers in (other, {}, {"Cookie": "scribe_visitor=guessed"}):
        reply = server.ask("POST", "/api/write", asked, headers)
        assert "there is no style" in reply.error
        assert server.ask("DELETE", f"/api/styles/{style}", None, headers).status == 404
    assert server.ask("DELETE", f"/api/styles/{style}", None, mine).status == 204
    assert own(mine) == []


@pytest.mark.integration
def test_a_visitor_s_token_is_made_here_and_kept_from_scripts(server):
    reply = drawn(server, cookie="scribe_visitor=chosen-by-somebody")
    value = reply.headers["Set-Cookie"]
    assert "chosen-by-somebody" not in value
    assert len(cookie_of(reply)) > len("scribe_visitor=") + 40
    assert "HttpOnly" in value and "SameSite=strict" in value


@pytest.mark.slow
@pytest.mark.integration
def test_a_visitor_keeps_only_so_many_styles(server):
    cookie = cookie_of(drawn(server))
    assert drawn(server, cookie).status == 201
    assert "at most 2 styles" in drawn(server, cookie).error


@pytest.mark.integration
def test_a_name_is_data_and_nothing_else(server):
    name = "<script>alert(1)</script>"
    first = drawn(server, name=name)
    assert first.json["name"] == name
    assert first.headers["Content-Type"] == "application/json"


# Headers and documents


@pytest.mark.integration
@pytest.mark.parametrize("path", ["/", "/docs", "/static/page.js", "/healthz", "/no"])
def test_every_answer_has_the_security_headers(server, path):
    reply = server.ask("GET", path)
    for name, value in SECURITY_HEADERS.items():
        assert reply.headers.get_all(name) == [value]
    assert "unsafe" not in reply.headers["Content-Security-Policy"]


@pytest.mark.integration
def test_the_pages_load_nothing_from_elsewhere_and_hold_no_inline_code(server):
    for path in ("/", "/docs"):
        page = server.ask("GET", path).body.decode()
        assert not re.search(r"""(src|href)=["']?(https?:)?//""", page)
        inline = r"<style|(?<![\w-])on\w+=|\bstyle=|<script(?! type=.module. src=)"
        assert not re.search(inline, page)


@pytest.mark.integration
def test_the_openapi_description_names_every_route_and_field(server):
    description = server.ask("GET", "/openapi.json").json
    assert set(description["paths"]) == {
        *("/api/write", "/api/styles", "/api/styles/{id}", "/api/model", "/healthz"),
        *("/api/read", "/api/drawings", "/api/styles/{id}/learning"),
    }
    schemas = description["components"]["schemas"]
    assert "HTTPValidationError" not in schemas  # errors are ours: `Problem`
    for field in schemas["WriteRequest"]["properties"].values():
        assert "description" in field
    assert set(schemas["Problem"]["required"]) == {"type", "title", "status", "detail"}
    for methods in description["paths"].values():
        for operation in methods.values():
            for status, answer in operation["responses"].items():
                if status >= "400":
                    assert set(answer["content"]) == {"application/problem+json"}


@pytest.mark.integration
def test_the_model_and_the_health_can_be_asked_for(server):
    model = server.ask("GET", "/api/model").json
    assert model["name"] == "scribe_default" and model["max_lines"] == 4
    health = server.ask("GET", "/healthz").json
    assert health["status"] == "ok"


# Anything at all

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20, alphabet=st.characters()),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
fields = {
    "texts": st.lists(st.text(max_size=12), max_size=2),
    "style": st.sampled_from([None, "neat", "round", "own-1", ""]),
    "bias": st.floats(0, 3) | st.floats(),
    "seed": st.integers(-1, 2**60),
    "unknown": st.sampled_from(["refuse", "skip", "replace"]),
    "format": st.sampled_from(["strokes", "stream", "svg", "png", "pdf", "gcode"]),
    "ink": st.sampled_from(["#123456", "navy", "#12"]) | st.text(max_size=8),
    "paper": st.none() | st.text(max_size=8),
    "best_of": st.integers(0, 5),
    "rule": st.sampled_from(["none", "lines", "grid"]),
    "page_length_mm": st.floats(10, 400),
    "length_mm": st.none() | st.floats(10, 400),
    "height_mm": st.floats(),
    "pen_width_mm": st.floats(0.1, 2.0),
    "width_mm": st.none() | st.floats(0, 3000),
}


@pytest.mark.property
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.fixed_dictionaries({"texts": fields.pop("texts")}, optional=fields)
    | st.dictionaries(st.sampled_from([*fields, "x"]), json_values, max_size=4)
    | json_values
)
def test_whatever_is_asked_is_written_or_refused_in_one_sentence(server, body):
    reply = server.ask("POST", "/api/write", json.dumps(body).encode())
    if reply.status == 200:
        assert reply.body
    else:
        assert reply.status in (400, 422), reply.body
        assert reply.error


@pytest.mark.property
@settings(max_examples=40, deadline=None)
@given(
    st.fixed_dictionaries(
        {
            "text": st.sampled_from(["a", "the quick brown", "é", " "]) | json_values,
            "strokes": st.lists(
                st.lists(
                    st.lists(st.floats(-1e5, 1e5), min_size=2, max_size=3), max_size=30
                ),
                max_size=4,
            )
            | json_values,
        },
        optional={"name": json_values},
    )
)
def test_whatever_is_drawn_becomes_a_style_or_is_refused_in_one_sentence(server, body):
    reply = server.ask("POST", "/api/styles", json.dumps(body).encode())
    assert reply.status in (201, 400, 422), reply.body
    if reply.status != 201:
        assert reply.error


# Under load


@pytest.mark.slow
@pytest.mark.integration
def test_what_is_too_much_is_turned_away_and_what_takes_too_long_is_given_up():
    limits = ("--max_waiting_lines=5", "--max_lines=40", "--max_seconds=0.3")
    with Server(*limits, "--batch_lines=1") as server:
        reply = server.write(*["fox"] * 6)
        assert reply.status == 429
        assert int(reply.headers["Retry-After"]) > 0 and "try again" in reply.error
        texts = [f"The quick brown fox jumps over the lazy dog {i}" for i in range(5)]
        reply = server.write(*texts, seed=1)
        assert reply.status == 503
        assert "after 0.3 seconds" in reply.error
        name, data = server.write(*texts, seed=2, format="stream").events()[-1]
        assert name == "error" and "after 0.3 seconds" in data["detail"]


@pytest.mark.integration
@pytest.mark.parametrize("format", ["stream", "strokes", "pdf"])
def test_a_client_that_goes_away_stops_costing(server, format):
    texts = [f"The quick brown fox jumps over the lazy dog {i}" for i in range(4)]
    asked = {"texts": texts, "format": format, "seed": hash(format) % 1000, "bias": 0.1}
    with server.connection() as connection:
        connection.request(
            "POST",
            "/api/write",
            json.dumps(asked),
            {"Content-Type": "application/json"},
        )
        wait_for(lambda: server.ask("GET", "/healthz").json["lines_writing"] > 0)
    started = time.monotonic()
    wait_for(lambda: server.ask("GET", "/healthz").json["lines_writing"] == 0)
    left = time.monotonic() - started
    started = time.monotonic()
    server.write(*texts, seed=asked["seed"], bias=0.1)
    # All of it had to be written now: it was not finished for nobody.
    assert time.monotonic() - started > left


def wait_for(condition):
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


@pytest.mark.integration
def test_a_visitor_who_asks_too_often_is_told_when_to_come_again():
    with Server("--lines_per_minute=3") as server:
        assert server.write("a", "b", seed=1).status == 200
        reply = server.write("c", "d", seed=1)
        assert reply.status == 429
        assert 15 <= int(reply.headers["Retry-After"]) <= 20
        assert f"in {reply.headers['Retry-After']} seconds" in reply.error
        assert server.write("a", seed=2).status == 200  # the third one
        line = {"text": "fox", "strokes": [[[0, 0], [1, 1]]]}
        for path in ("/api/read", "/api/styles"):
            assert server.ask("POST", path, line).status == 429
        file = {"content": "<svg/>"}
        assert server.ask("POST", "/api/drawings", file).status == 429


# Starting and ending


@pytest.mark.integration
def test_ctrl_c_ends_the_server_cleanly_even_while_it_writes():
    with Server() as server:
        with server.connection() as connection:
            asked = {"texts": ["The quick brown fox"] * 30, "format": "stream"}
            connection.request(
                "POST",
                "/api/write",
                json.dumps(asked),
                {"Content-Type": "application/json"},
            )
            assert connection.getresponse().status == 200
            status, said = server.stop()
    assert status == 128 + signal.SIGINT
    assert said.strip() == "stopped"


@pytest.mark.integration
def test_a_port_in_use_is_one_sentence(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status = command_line.status_of(serve.main, [f"--port={port}"])
    assert_refusal(capsys, status, "error: ", port, "127.0.0.1", "--port")


@pytest.mark.unit
@pytest.mark.parametrize(
    ("arguments", "facts"),
    [
        (["--port=70000"], ["--port=70000", 0, 65535]),
        (["--max_lines=0"], ["max_lines=0", 1]),
        (["--max_seconds=0"], ["max_seconds=0.0", "more than 0"]),
        (["--host=no.such.host.invalid"], ["no.such.host.invalid", 8000]),
        (["--port=0", "--model=nowhere"], ["nowhere", "scribe_default"]),
        (["--port=0", "--style=nobody"], ["nobody", "neat"]),
    ],
)
def test_wrong_options_are_one_sentence(arguments, facts, capsys):
    assert_refusal(capsys, command_line.status_of(serve.main, arguments), *facts)


@pytest.mark.slow
@pytest.mark.unit
def test_a_model_without_text_is_refused(tmp_path, capsys):
    from writing_samples import saved

    saved(tmp_path / "textless", reads_text=False)
    arguments = ["--port=0", f"--model={tmp_path / 'textless'}"]
    status = command_line.status_of(serve.main, arguments)
    assert_refusal(capsys, status, tmp_path / "textless", "without text")
