"""The command line: `ansinh VERB`; each verb imports what it needs when it is called."""

from __future__ import annotations

import argparse
import asyncio
import io
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

Verb = Callable[[argparse.Namespace], int]
Add = Callable[[str, Verb, str], argparse.ArgumentParser]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; return the exit status: 0 done, 1 found something wrong, 2 called wrongly."""
    arguments = _parser().parse_args(argv)
    verb: Verb = arguments.verb
    from bot.errors import BadFile, CannotGive, CannotListen
    from bot.settings import SettingsError
    from calculators.errors import LawError
    from handlers.wording import WordingError

    try:
        return verb(arguments)
    except (BadFile, CannotGive, CannotListen, LawError, SettingsError, WordingError) as wrong:
        sys.stderr.write(f"ansinh: {wrong}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ansinh", description="Consultation for voluntary social insurance."
    )
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True)

    def add(name: str, verb: Verb, about: str) -> argparse.ArgumentParser:
        child = verbs.add_parser(name, help=about, description=about)
        child.set_defaults(verb=verb)
        return child

    _talking(add)
    _computing(add)
    _operating(add)
    _connecting(add)
    return parser


def _talking(add: Add) -> None:
    """The verbs that hold or read what people say."""
    serve = add("serve", _serve, "serve the web chat, the inbox and the API")
    serve.add_argument("--demo", action="store_true", help="load the demo network first")
    chat = add("chat", _chat, "have a conversation on standard input and output")
    chat.add_argument("--as", dest="role", default="citizen", help="citizen, citizen:NAME or collector:CODE")
    chat.add_argument("--json", action="store_true", help="JSON lines in and out")
    read = add("read", _read, "read texts as people type them, one a line, and answer each with a JSON line")
    read.add_argument(
        "kind",
        choices="money date time phone ward province yesno duration language sex spot faq".split(),  # noqa: SIM905
    )
    read.add_argument(
        "--on", "--now", type=_day, default=None, metavar="DATE", help="the day it is; today when left out"
    )
    read.add_argument("--home", default="20", metavar="CODE", help="the province looked in first")


def _computing(add: Add) -> None:
    """The verbs of the law."""
    add("quote", _quote, "read quote requests as JSON lines and answer each with a JSON line")
    calc = add("calc", _calc, "read a calculator's requests as JSON lines and answer each with a JSON line")
    calc.add_argument("name", nargs="?", metavar="NAME", help="one of --list")
    calc.add_argument("--list", action="store_true", help="only list the calculators")
    calc.add_argument("--schema", action="store_true", help="only print the JSON Schema of NAME")
    law = add("law", _law, "print every legal parameter in force")
    law.add_argument("--on", type=_day, default=None, metavar="DATE", help="YYYY-MM-DD; today when left out")
    law.add_argument(
        "--diff", type=_day, default=None, metavar="DATE", help="print what changed since this day"
    )
    law.add_argument(
        "--stale", action="store_true", help="list the rows compared over a year before that day"
    )
    law_book = add("law-book", _law_book, "write docs/law.md, the law for officers to read and sign")
    law_book.add_argument("--check", action="store_true", help="only tell whether it is stale")
    examples = add("verify", _verify, "compute a file of worked examples again; print what does not come out")
    examples.add_argument("file", type=Path, help="YAML: meta, examples, derived_vectors")


def _operating(add: Add) -> None:
    """The verbs of whoever runs and develops it."""
    add("migrate", _migrate, "bring the database to the newest schema")
    replay = add("replay", _replay, "run failed messages again after a fix")
    replay.add_argument("failure", nargs="*", type=int, help="ids; all that were not replayed when left out")
    replay.add_argument("--list", action="store_true", help="only list them")
    add("check", _check, "check settings, law, words and database; print what to fix")
    register = add("do-not-call", _do_not_call, "import the register of numbers not to be called unasked")
    register.add_argument("file", nargs="?", type=Path, help="text or CSV, a number first on each line")
    register.add_argument("--check", metavar="PHONE", help="only tell whether a number is on the list")
    reports = add("reports", _reports, "what people reported of scams and no officer has seen to yet")
    reports.add_argument("--done", nargs="+", type=int, default=[], metavar="N", help="mark as seen to")

    _network(add)
    add("retention", _retention, "delete now what is kept longer than people were told")
    add("questions", _questions, "list what people asked and nobody has written an answer to")
    keys = add("keys", _keys, "show which keys seal the data, make a new secret, seal everything anew")
    keys.add_argument("what", nargs="?", choices=("show", "new", "rotate"), default="show")
    keys.add_argument("--forget", action="store_true", help="after rotating, forget older embedded secrets")
    graph = add("graph", _graph, "draw the conversations into docs/conversations/")
    graph.add_argument("--check", action="store_true", help="only tell whether the drawings are stale")
    add("bench", _bench, "measure the engine, a whole step, and the network")


def _network(add: Add) -> None:
    """The verbs of the network and its leads."""
    bring = add("import", _import, "import the network from an .xlsx workbook or .csv files, all or nothing")
    bring.add_argument("file", nargs="+", type=Path)
    bring.add_argument("--dry-run", action="store_true", help="only tell what is wrong, or what would change")
    out = add("export", _export, "write the network to an .xlsx workbook, or to .csv files, one a table")
    out.add_argument("file", type=Path)
    leads = add("leads", _leads, "leads nobody holds; why one went where it went; give one to a collector")
    leads.add_argument("what", nargs="?", choices=("list", "why", "give", "close"), default="list")
    leads.add_argument("number", nargs="?", type=int, metavar="N", help="the number on the lead's card")
    leads.add_argument("code", nargs="?", metavar="CODE", help="whom to give it to")
    leads.add_argument("--by", default="officer", metavar="NAME", help="who does it, for the records")


def _connecting(add: Add) -> None:
    """The verbs of messaging platforms."""
    channels = add("channels", _channels, "show each channel's state, or test each live and say what to fix")
    channels.add_argument("what", nargs="?", choices=("show", "check"), default="show")
    link = add("link", _link, "make a one-time code that links a chat to a collector, for 24 hours")
    link.add_argument("collector", help="the collector's code, such as LS0001")
    staff = add(
        "officers", _officers, "list the officers' chats; make a one-time code for one, or remove him"
    )
    staff.add_argument("name", nargs="?", help="as records name him: 2 to 20 small letters and digits")
    staff.add_argument("--remove", action="store_true", help="take his chats away from the office")
    simulated = add("simulate", _simulate, "run a simulated platform, and a page to play the phone on")
    simulated.add_argument("platform", help="telegram, …: a name that is not known lists them")
    simulated.add_argument("--port", type=_port, default=None, help="0 takes any free port")
    here = "where `ansinh serve` listens, for a platform that has to be told"
    simulated.add_argument("--server", default="http://127.0.0.1:8080", metavar="URL", help=here)
    simulated.add_argument("--seed", type=int, default=1, help="of its chance")
    simulated.add_argument("--journal", type=Path, default=None, metavar="FILE", help="write JSON lines")


def _port(text: str) -> int:
    from bot.settings import LAST_PORT

    if not (text.isascii() and text.isdecimal() and int(text) <= LAST_PORT):
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to {LAST_PORT}, not {text}")
    return int(text)


def _day(text: str) -> date:
    return datetime.fromisoformat(text).date()


def _serve(arguments: argparse.Namespace) -> int:
    from bot.serve import serve

    return serve(demo=arguments.demo)


def _chat(arguments: argparse.Namespace) -> int:
    from bot.terminal import chat

    return asyncio.run(chat(arguments.role, as_json=arguments.json))


def _quote(_: argparse.Namespace) -> int:
    from bot.calcdesk import calc_lines

    return calc_lines("quote", sys.stdin, sys.stdout)


def _calc(arguments: argparse.Namespace) -> int:
    from bot.calcdesk import calc_lines, print_calculators, print_schema

    if arguments.name is None or arguments.list:
        return print_calculators(sys.stdout)
    if arguments.schema:
        return print_schema(arguments.name, sys.stdout)
    return calc_lines(arguments.name, sys.stdin, sys.stdout)


def _read(arguments: argparse.Namespace) -> int:
    from bot.clock import LOCAL, now
    from bot.readdesk import read_lines

    texts = io.TextIOWrapper(sys.stdin.buffer, "utf-8", errors="replace", newline="\n")
    on = arguments.on or now().astimezone(LOCAL).date()
    return read_lines(arguments.kind, texts, sys.stdout, on=on, home=arguments.home)


def _law(arguments: argparse.Namespace) -> int:
    from bot.lawdesk import print_changes, print_law, print_stale

    if arguments.stale:
        return print_stale(arguments.on, sys.stdout)
    if arguments.diff:
        return print_changes(arguments.diff, arguments.on, sys.stdout)
    return print_law(arguments.on, sys.stdout)


def _law_book(arguments: argparse.Namespace) -> int:
    from bot.lawbook import write_book

    return write_book(only_check=arguments.check)


def _verify(arguments: argparse.Namespace) -> int:
    from bot.examples.judging import verify_file

    return verify_file(arguments.file, sys.stdout)


def _migrate(_: argparse.Namespace) -> int:
    from bot.operate import migrate_now

    return asyncio.run(migrate_now())


def _replay(arguments: argparse.Namespace) -> int:
    from bot.operate import replay

    return asyncio.run(replay(arguments.failure, only_list=arguments.list))


def _check(_: argparse.Namespace) -> int:
    from bot.operate import check

    return asyncio.run(check())


def _import(arguments: argparse.Namespace) -> int:
    from bot.sheets.desk import import_files

    return asyncio.run(import_files(arguments.file, dry_run=arguments.dry_run))


def _export(arguments: argparse.Namespace) -> int:
    from bot.sheets.desk import export_file

    return asyncio.run(export_file(arguments.file))


def _leads(arguments: argparse.Namespace) -> int:
    from bot import officedesk

    if arguments.what == "list":
        return asyncio.run(officedesk.show_waiting())
    if arguments.number is None or (arguments.what == "give" and not arguments.code):
        sys.stderr.write("ansinh leads: say which: why N, give N CODE, close N\n")
        return 2
    who = f"officer:{arguments.by}"[:32]
    if arguments.what == "why":
        return asyncio.run(officedesk.show_why(arguments.number))
    if arguments.what == "give":
        return asyncio.run(officedesk.give(arguments.number, arguments.code.upper(), who))
    return asyncio.run(officedesk.close(arguments.number, who))


def _do_not_call(arguments: argparse.Namespace) -> int:
    from bot import registers

    if arguments.check:
        return asyncio.run(registers.look_up(arguments.check))
    if arguments.file is None:
        sys.stderr.write("ansinh do-not-call: name a file, or a number with --check\n")
        return 2
    return asyncio.run(registers.import_register(arguments.file))


def _reports(arguments: argparse.Namespace) -> int:
    from bot.operate import scam_reports

    return asyncio.run(scam_reports(arguments.done))


def _questions(_: argparse.Namespace) -> int:
    from bot.questiondesk import list_questions

    return asyncio.run(list_questions(sys.stdout))


def _retention(_: argparse.Namespace) -> int:
    from bot.operate import delete_due

    return asyncio.run(delete_due())


def _keys(arguments: argparse.Namespace) -> int:
    from bot import keys

    if arguments.what == "rotate":
        return asyncio.run(keys.rotate(forget=arguments.forget))
    return asyncio.run(keys.new() if arguments.what == "new" else keys.show())


def _graph(arguments: argparse.Namespace) -> int:
    from bot.graph import graph

    return graph(only_check=arguments.check)


def _bench(_: argparse.Namespace) -> int:
    from bot.bench import bench

    return asyncio.run(bench())


def _simulate(arguments: argparse.Namespace) -> int:
    from bot.simulators.run import Given, simulate

    given = Given(arguments.server.rstrip("/"), arguments.seed, arguments.journal)
    return simulate(arguments.platform, given, port=arguments.port)


def _officers(arguments: argparse.Namespace) -> int:
    from bot import operate

    return asyncio.run(operate.officers(arguments.name, remove=arguments.remove))


def _link(arguments: argparse.Namespace) -> int:
    from bot.operate import link

    return asyncio.run(link(arguments.collector))


def _channels(arguments: argparse.Namespace) -> int:
    from bot.channeldesk import check, show

    return asyncio.run(check() if arguments.what == "check" else show())
