"""One method file, read whole: format, parts, use of every name, golden vectors."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from service.core.refusals import Refusal
from service.methodology.domain.checks import Limit
from service.methodology.domain.figures import Filing, GoldenVector, NaturalKey
from service.methodology.domain.method import Method
from service.methodology.domain.plan import REDUCTION, REDUCTION_UNIT, Plan
from service.methodology.store.building import Builder, text_of
from service.methodology.store.documents import Document, read_document
from service.methodology.store.format import SENTENCES, MethodFile
from service.methodology.store.problems import FileProblem, Path

Fields = Mapping[str, Any]


def digest_of(content: bytes) -> str:
    """Return the digest under which a method file is published."""
    return hashlib.sha256(content).hexdigest()


def read_method(file: str, content: bytes) -> tuple[Method | None, list[FileProblem]]:
    """Return the method of a file, or ``None`` with everything that is wrong with it, in the order of lines."""
    document = read_document(file, content)
    method = None
    if not document.problems:
        data = _checked(document)
        if data is not None:
            method = _built(document, data, digest_of(content))
    return method, sorted(document.problems, key=lambda problem: problem.line)


def _checked(document: Document) -> Fields | None:
    """Return the data in the declared format, or note what is not."""
    schema = MethodFile()
    errors = schema.validate(document.data)  # type: ignore[arg-type]  # whatever the file holds is judged here
    for path, code in _flat(errors, ()):
        document.report(path, code, SENTENCES.get(code, "the value is not valid"))
    if document.problems:
        return None
    loaded: Fields = schema.load(document.data)  # type: ignore[arg-type]  # it has just been found valid
    wanted = f"{loaded['method_id']}.v{loaded['version']}.yaml"
    if document.file.rsplit("/", 1)[-1] != wanted:
        document.report(("method_id",), "FILE_NAME", f"the file of this version is called {wanted}")
    return loaded


def _flat(errors: object, path: Path) -> Iterator[tuple[Path, str]]:
    """Yield every code of marshmallow's nested errors with its path."""
    if isinstance(errors, Mapping):
        # marshmallow puts "key" or "value" below an entry of a mapping; only worked examples hold mappings.
        silent = {"_schema", "key", "value"} if path[:1] == ("golden",) else {"_schema"}
        for key, inner in errors.items():
            yield from _flat(inner, path if key in silent else (*path, key))
    elif isinstance(errors, list):
        yield from ((path, str(code)) for code in errors)


def _built(document: Document, data: Fields, digest: str) -> Method | None:
    builder = Builder(document, data)
    inputs, parameters = builder.inputs(), builder.parameters()
    steps, limits = builder.steps(), builder.limits()
    _check_result(document, data)
    plan = Plan(inputs, parameters, steps, builder.tiers())
    if not document.problems:
        _check_use(builder)
    if document.problems:
        return None
    method = _method(data, plan, limits, digest)
    _check_golden(document, method)
    return None if document.problems else method


def _method(data: Fields, plan: Plan, limits: tuple[Limit, ...], digest: str) -> Method:
    filing, key = data["filing"], data["natural_key"]
    authority = filing["authority"]
    return Method(
        method_id=data["method_id"],
        version=data["version"],
        title=text_of(data["title"]),
        summary=text_of(data["summary"]),
        scope=text_of(data["scope"]),
        activity_type=data["activity_type"],
        sector=data["sector"],
        klass=data["klass"],
        filing=Filing(filing["state"], filing["number"], None if authority is None else text_of(authority)),
        effective_from=data["effective_from"],
        effective_until=data["effective_until"],
        limits=limits,
        natural_key=NaturalKey(tuple(key["fields_"]), key["bucket_s"]),
        golden=tuple(
            GoldenVector(
                inputs=vector["inputs"],
                evidence=vector["evidence"],
                steps=vector["steps"],
                reduction_mg=vector["reduction_mg"],
                note=text_of(vector["note"]),
            )
            for vector in data["golden"]
        ),
        digest=digest,
        plan=plan,
    )


def _check_result(document: Document, data: Fields) -> None:
    """Note a file whose last step is not the reduction in mg CO2e."""
    last = data["steps"][-1]
    if last["name"] != REDUCTION or last["unit"] != REDUCTION_UNIT:
        path: Path = ("steps", len(data["steps"]) - 1, "name")
        document.report(path, "REDUCTION_NOT_LAST", f"the last step is {REDUCTION} in {REDUCTION_UNIT}")


def _check_use(builder: Builder) -> None:
    """Note what nothing uses: a figure that changes nothing is a mistake or a decoy."""
    used = builder.used | {REDUCTION}
    for key in ("inputs", "parameters", "steps"):
        for at, part in enumerate(builder.data[key]):
            if part["name"] not in used:
                builder.document.report((key, at, "name"), "NAME_UNUSED", f"nothing uses {part['name']}")


def _check_golden(document: Document, method: Method) -> None:
    """Note every worked example that the method does not reproduce."""
    for at, vector in enumerate(method.golden):
        path: Path = ("golden", at)
        if set(vector.inputs) != {each.name for each in method.inputs}:
            document.report((*path, "inputs"), "GOLDEN_INPUTS", "a worked example brings every declared input")
            continue
        violation = method.violation(vector.inputs, vector.evidence)
        if violation is not None:
            document.report(path, "GOLDEN_REFUSED", f"{violation.code}: {violation.detail.en}")
            continue
        for field, expected, found in _compared(method, vector):
            if expected != found:
                document.report((*path, field), "GOLDEN_MISMATCH", f"expected {expected}, computed {found}")


def _compared(method: Method, vector: GoldenVector) -> Iterator[tuple[str, object, object]]:
    """Yield what a worked example says beside what each way of computing gives."""
    try:
        yield "steps", dict(vector.steps), method.plan.results(vector.inputs)
        one = method.quantify(vector.inputs, vector.evidence)
        many = method.quantify_many({name: [value] for name, value in vector.inputs.items()}, [vector.evidence])
        explained = method.explain(vector.inputs, vector.evidence)[-1].result
        yield "reduction_mg", (vector.reduction_mg,) * 3, (one, many[0], explained)
    except Refusal as refusal:
        yield "inputs", "a figure", refusal.code
